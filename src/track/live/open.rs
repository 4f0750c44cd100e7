//! Runs that were sealed and are written to again: rows once more, until the next seal.

use rusqlite::{OptionalExtension as _, Transaction};

use crate::store::{Link, Store, history, refs};
use crate::track::live::{holder, log, put_rows};
use crate::track::{Error, ExperimentId, Run, RunId};

/// A run that can be written to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    pub experiment: ExperimentId,
    pub deleted: Option<i64>,
    /// Whether a client has ended it: it is sealed soon.
    pub ended: bool,
}

/// Makes sure that a run is live, within the transaction that writes to it next; a sealed one becomes rows again.
///
/// Whoever seals it meanwhile notices, and does it again later. [`Error::NoRun`] where there is no such run. The caller
/// has called [`prepare`](super::prepare) once.
pub fn open_in(db: &Transaction<'_>, store: &Store, id: &RunId) -> Result<Opened, Error> {
    let failed = || store.database_error("read a live run");
    if let Some(state) = state(db, id).map_err(failed())? {
        if state.ended {
            touch(db, store, id).map_err(failed())?;
        }
        return Ok(state);
    }
    // One that an older program began has no state.
    if let Some(record) = log::record(store, db, id)? {
        add_state(db, store, &record).map_err(failed())?;
        let Run { experiment, deleted, .. } = record;
        return Ok(Opened { experiment, deleted, ended: false });
    }
    let base = refs::find(db, &id.ref_name()).map_err(failed())?;
    let Some(base) = base else { return Err(Error::NoRun(id.to_string())) };
    let run: Run = store.read_node(&base)?;
    put_rows(db, store, &run, None, Some(&base))?;
    put_metrics(db, &run, &base).map_err(failed())?;
    Ok(Opened { experiment: run.experiment, deleted: run.deleted, ended: run.ended.is_some() })
}

fn state(db: &Transaction<'_>, id: &RunId) -> rusqlite::Result<Option<Opened>> {
    let row = db
        .prepare_cached(
            "SELECT experiment, deleted, ended IS NOT NULL FROM live_states WHERE run = ?1",
        )?
        .query_row([id.as_str()], |row| Ok((row.get::<_, String>(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    Ok(row.and_then(|(experiment, deleted, ended)| {
        Some(Opened { experiment: experiment.parse().ok()?, deleted, ended })
    }))
}

/// Tells whoever is sealing the run that there is more.
fn touch(db: &Transaction<'_>, store: &Store, id: &RunId) -> rusqlite::Result<()> {
    db.prepare_cached("UPDATE live_states SET touched = ?2, version = version + 1 WHERE run = ?1")?
        .execute((id.as_str(), store.now()))
        .map(|_| ())
}

fn add_state(db: &Transaction<'_>, store: &Store, run: &Run) -> rusqlite::Result<()> {
    db.prepare_cached("INSERT INTO live_states VALUES (?1, ?2, ?3, NULL, NULL, ?4, 0)")?
        .execute((run.id.as_str(), run.experiment.as_str(), run.deleted, store.now()))
        .map(|_| ())
}

/// What a table shows of each metric; the points stay in the node.
fn put_metrics(db: &Transaction<'_>, run: &Run, base: &Link) -> rusqlite::Result<()> {
    run.metrics.iter().try_for_each(|(key, summary)| log::put_metric(db, &run.id, key, summary))?;
    history::hold_within(db, &holder(&run.id), base)
}
