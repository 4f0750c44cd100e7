//! Finding runs: filtered, in an order, some at a time, without reading one.

mod eval;
mod list;
mod newest;
mod resolve;
mod set;
mod sort;
mod source;

use rusqlite::Connection;

pub use crate::track::index::Listed;
pub(crate) use list::load;
pub use resolve::resolve;

use crate::store::{self, Store};
use crate::track::filter::{Filter, Order};
use crate::track::{Error, ExperimentId, index};
use newest::newest;
use set::Set;

/// How many runs are loaded at once.
const CHUNK: usize = 256;

/// Which runs are wanted, and in what order.
#[derive(Debug, Clone)]
pub struct Query {
    pub filter: Filter,
    /// Only runs of these; of all where there are none.
    pub experiments: Vec<ExperimentId>,
    /// Beyond these the newest come first, and of the same moment in order of their ids.
    pub sort: Vec<Order>,
    pub offset: usize,
    pub limit: Option<usize>,
    pub deleted: Deleted,
}

/// Whether runs that were removed are wanted; a run is removed with its experiment too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Deleted {
    #[default]
    Without,
    Only,
    With,
}

/// Some of the runs that were found.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    pub runs: Vec<Listed>,
    /// The offset of the next page, if there is one.
    pub next: Option<usize>,
}

impl Default for Query {
    fn default() -> Self {
        Self {
            filter: Filter::And(Vec::new()),
            experiments: Vec::new(),
            sort: Vec::new(),
            offset: 0,
            limit: None,
            deleted: Deleted::default(),
        }
    }
}

/// Returns the runs that `query` asks for.
pub fn search(store: &Store, query: &Query) -> Result<Page, Error> {
    let mut runs = Vec::new();
    let next = each(store, query, &mut |run| {
        runs.push(run);
        Ok::<_, Error>(())
    })?;
    Ok(Page { runs, next })
}

/// Hands the runs over one by one, so that any number takes little memory; returns the offset of the next page.
pub fn each<E: From<Error>>(
    store: &Store,
    query: &Query,
    visit: &mut impl FnMut(Listed) -> Result<(), E>,
) -> Result<Option<usize>, E> {
    index::refresh(store)?;
    let (numbers, next) = store.meta(|db| find(db, query)).map_err(Error::from)?;
    for chunk in numbers.chunks(CHUNK) {
        let loaded = store.meta(|db| load(db, chunk)).map_err(Error::from)?;
        if let Some(reason) = loaded.damaged.into_iter().next() {
            let what =
                format!("the index of runs in `{}`", store.folder().join("meta.db").display());
            return Err(Error::from(store::Error::Damaged { what, reason }).into());
        }
        loaded.runs.into_iter().try_for_each(&mut *visit)?;
    }
    Ok(next)
}

/// Returns the runs that `query` asks for from a database with the tables of [`index::SCHEMA`]; damaged ones are left out.
pub fn search_in(db: &Connection, query: &Query) -> rusqlite::Result<Page> {
    let (numbers, next) = find(db, query)?;
    Ok(Page { runs: load(db, &numbers)?.runs, next })
}

fn find(db: &Connection, query: &Query) -> rusqlite::Result<(Vec<u32>, Option<usize>)> {
    // One moment for all statements.
    let moment = db.unchecked_transaction()?;
    let end = query.limit.map_or(usize::MAX, |limit| query.offset.saturating_add(limit));
    let any = query.filter.is_empty();
    // One more than asked for tells whether there is a next page.
    let enough = if any && query.sort.is_empty() { end.saturating_add(1) } else { usize::MAX };
    let mut runs = newest(&moment, query, enough)?;
    if !any {
        let held = eval::eval(&moment, &query.filter, &runs.iter().copied().collect::<Set>())?;
        runs.retain(|number| held.contains(*number));
    }
    let next = (runs.len() > end).then_some(end);
    if !query.sort.is_empty() {
        runs = sort::sort(&moment, runs, &query.sort, end)?;
    }
    runs.truncate(end);
    runs.drain(..query.offset.min(runs.len()));
    Ok((runs, next))
}
