//! All runs in the default order: the newest first, and of the same moment in order of their ids.
//!
//! Reading a hundred thousand rows takes most of the time of a search, so the order is kept in memory. Whatever changes it writes
//! another random number into the index in the same transaction: an order under that number is the one, in whatever store.

use std::collections::{HashSet, VecDeque};
use std::sync::{Arc, Mutex};

use rusqlite::{Connection, OptionalExtension as _};

use crate::track::search::{Deleted, Query};

/// Orders of so many stores are kept, sixteen bytes a run.
const STORES: usize = 4;

/// Longer ones are read each time.
const LONGEST: usize = 4_000_000;

static KEPT: Mutex<VecDeque<(i64, Arc<Vec<Line>>)>> = Mutex::new(VecDeque::new());

/// A run as far as the default order knows it.
#[derive(Debug, Clone, Copy)]
struct Line {
    number: u32,
    experiment: i64,
    deleted: bool,
}

/// Returns the newest runs of the query's experiments, at most `enough`, in the default order; `db` is at one moment.
pub(super) fn newest(db: &Connection, query: &Query, enough: usize) -> rusqlite::Result<Vec<u32>> {
    let mut choice = Choice::read(db, query)?;
    let mut runs = Vec::new();
    let state = "SELECT value FROM run_index WHERE key = 'order'";
    let state: Option<i64> =
        db.prepare_cached(state)?.query_row([], |row| row.get(0)).optional()?;
    let mut take = |line: &Line| {
        if choice.takes(line) {
            runs.push(line.number);
        }
        runs.len() < enough
    };
    match (state, state.and_then(kept)) {
        (_, Some(lines)) => {
            let _ = lines.iter().all(&mut take);
        }
        (Some(state), None) if enough == usize::MAX => {
            let mut lines = Vec::new();
            read(db, &mut |line| {
                lines.push(line);
                take(&line)
            })?;
            keep(state, lines);
        }
        _ => read(db, &mut |line| take(&line))?,
    }
    Ok(runs)
}

/// Reads the order until `visit` has enough.
fn read(db: &Connection, visit: &mut dyn FnMut(Line) -> bool) -> rusqlite::Result<()> {
    let mut statement = db.prepare_cached(
        "SELECT number, experiment, deleted IS NOT NULL FROM runs INDEXED BY runs_by_start
         ORDER BY started DESC, id",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let line = Line { number: row.get(0)?, experiment: row.get(1)?, deleted: row.get(2)? };
        if !visit(line) {
            break;
        }
    }
    Ok(())
}

fn kept(state: i64) -> Option<Arc<Vec<Line>>> {
    let kept = KEPT.lock().expect("no holder panics");
    kept.iter().find(|(of, _)| *of == state).map(|(_, lines)| Arc::clone(lines))
}

fn keep(state: i64, lines: Vec<Line>) {
    if lines.len() > LONGEST {
        return;
    }
    let mut kept = KEPT.lock().expect("no holder panics");
    if kept.len() >= STORES {
        kept.pop_front();
    }
    kept.push_back((state, Arc::new(lines)));
}

/// Which runs a query takes, whatever its filter says.
struct Choice {
    deleted: Deleted,
    /// Every experiment, if there are none.
    within: Option<HashSet<i64>>,
    gone: HashSet<i64>,
    /// Runs of one experiment mostly follow each other: what is known of the last one saves two look-ups.
    last: (Option<i64>, bool, bool),
}

impl Choice {
    fn read(db: &Connection, query: &Query) -> rusqlite::Result<Self> {
        let (mut within, mut gone) = (HashSet::new(), HashSet::new());
        let mut statement = db.prepare_cached("SELECT number, id, deleted FROM run_experiments")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (number, id): (i64, String) = (row.get(0)?, row.get(1)?);
            if query.experiments.iter().any(|wanted| wanted.as_str() == id) {
                within.insert(number);
            }
            if row.get::<_, Option<i64>>(2)?.is_some() {
                gone.insert(number);
            }
        }
        let within = (!query.experiments.is_empty()).then_some(within);
        Ok(Self { deleted: query.deleted, within, gone, last: (None, false, false) })
    }

    fn takes(&mut self, line: &Line) -> bool {
        let Line { experiment, .. } = line;
        if self.last.0 != Some(*experiment) {
            let is_within = self.within.as_ref().is_none_or(|within| within.contains(experiment));
            self.last = (Some(*experiment), is_within, self.gone.contains(experiment));
        }
        let (_, is_within, with_experiment) = self.last;
        let is_deleted = with_experiment || line.deleted;
        let wanted = match self.deleted {
            Deleted::Without => !is_deleted,
            Deleted::Only => is_deleted,
            Deleted::With => true,
        };
        wanted && is_within
    }
}
