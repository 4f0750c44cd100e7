//! Runs that clients have ended and that belong to no process: many become nodes at once, in one operation.

use std::collections::BTreeSet;

use rusqlite::OptionalExtension as _;

use crate::base::fs::remove;
use crate::store::{self, Change, Durability, Link, Store, Writer, refs};
use crate::track::artifact::{self, Folded, Holder};
use crate::track::live::owner::folder;
use crate::track::live::seal::{self, Rows, forget};
use crate::track::live::{prepare, read};
use crate::track::{Error, Run, RunId, experiment};

/// Runs sealed in one operation.
const BATCH: usize = 200;
/// How often it is tried again with those runs left out that others write to.
const ATTEMPTS: usize = 8;

/// Seals the runs that were ended and that nobody wrote to for `quiet` milliseconds; returns how many.
///
/// Others may do the same at the same time. One that is written to meanwhile stays for the next call.
pub fn seal_ended(store: &Store, quiet: i64) -> Result<usize, Error> {
    prepare(store)?;
    let mut left_out = BTreeSet::new();
    let (mut sealed, mut attempts) = (0, 0);
    loop {
        let mut waiting = waiting(store, store.now().saturating_sub(quiet), left_out.len())?;
        waiting.retain(|(id, _)| !left_out.contains(id));
        if waiting.is_empty() {
            return Ok(sealed);
        }
        match seal(store, &waiting) {
            Ok(()) => sealed += waiting.len(),
            Err(Interrupted::By(id)) if attempts < ATTEMPTS => {
                left_out.insert(id);
                attempts += 1;
            }
            Err(Interrupted::Experiment) if attempts < ATTEMPTS => attempts += 1,
            Err(Interrupted::By(_) | Interrupted::Experiment) => return Ok(sealed),
            Err(Interrupted::Failed(error)) => return Err(error),
        }
    }
}

/// Runs that wait to be sealed, and how often each was written to.
fn waiting(store: &Store, before: i64, more: usize) -> Result<Vec<(RunId, i64)>, Error> {
    let rows: Vec<(String, i64)> = store.meta(|db| {
        db.prepare_cached(
            "SELECT run, version FROM live_states JOIN live_runs ON live_runs.id = run
             WHERE ended IS NOT NULL AND touched <= ?1 AND owner IS NULL ORDER BY touched LIMIT ?2",
        )?
        .query_map((before, (BATCH + more) as i64), |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect()
    })?;
    Ok(rows.into_iter().filter_map(|(id, version)| Some((id.parse().ok()?, version))).collect())
}

/// Why nothing of a batch was sealed.
enum Interrupted {
    /// Somebody wrote to this run, or sealed it.
    By(RunId),
    /// Somebody made the same experiment.
    Experiment,
    Failed(Error),
}

impl<E: Into<Error>> From<E> for Interrupted {
    fn from(error: E) -> Self {
        match error.into() {
            Error::RunHasEnded(id) | Error::RunIsLive(id) => Self::By(id),
            error if experiment::was_made_meanwhile(&error) => Self::Experiment,
            Error::Store(store::Error::RefMoved { name, found }) => {
                match name.strip_prefix("runs/").and_then(|id| id.parse().ok()) {
                    Some(id) => Self::By(id),
                    None => Self::Failed(store::Error::RefMoved { name, found }.into()),
                }
            }
            Error::ArtifactsChanged(holder) => {
                match holder.strip_prefix("run ").and_then(|id| id.parse().ok()) {
                    Some(id) => Self::By(id),
                    None => Self::Failed(Error::ArtifactsChanged(holder)),
                }
            }
            error => Self::Failed(error),
        }
    }
}

fn seal(store: &Store, waiting: &[(RunId, i64)]) -> Result<(), Interrupted> {
    let mut writer = store.writer()?;
    let (mut changes, mut files): (Vec<Change>, Vec<Folded>) = (vec![], vec![]);
    for (id, _) in waiting {
        follow_ref(store, id)?;
        let Rows { mut run, expected, folded } = seal::gather(store, &mut writer, id, None)?;
        // A clock that was set back must not make a run that ended before it began.
        run.ended = Some(run.ended.unwrap_or(run.edited).max(run.started));
        for change in seal::experiment_of(store, &mut writer, &mut run)? {
            if changes.iter().all(|known| known.name != change.name) {
                changes.push(change);
            }
        }
        let new = Some(writer.node(&run)?);
        changes.push(Change { name: id.ref_name(), expected, new });
        files.push(folded);
    }
    commit(store, writer, changes, waiting, &files)?;
    for (id, _) in waiting {
        let _ = remove(&folder(store, id));
    }
    Ok(())
}

fn commit(
    store: &Store,
    writer: Writer<'_>,
    changes: Vec<Change>,
    waiting: &[(RunId, i64)],
    files: &[Folded],
) -> Result<(), Error> {
    writer.commit_with(changes, |db| {
        let failed = || store.database_error("remove a live run");
        for ((id, version), folded) in waiting.iter().zip(files) {
            artifact::forget(store, db, &Holder::Run(id.clone()), folded)?;
            let found: Option<i64> = db
                .prepare_cached("SELECT version FROM live_states WHERE run = ?1")
                .and_then(|mut select| select.query_row([id.as_str()], |row| row.get(0)).optional())
                .map_err(failed())?;
            match found {
                Some(found) if found == *version => forget(db, id).map_err(failed())?,
                Some(_) => return Err(Error::RunIsLive(id.clone())),
                None => return Err(Error::RunHasEnded(id.clone())),
            }
        }
        Ok(())
    })?;
    Ok(())
}

/// Where the ref of a run that was opened again has moved, as by a pull, the run goes on from there: what the rows do
/// not say is taken over.
fn follow_ref(store: &Store, id: &RunId) -> Result<(), Error> {
    let now = refs::get(store, &id.ref_name())?;
    let base = read::base(store, id)?;
    let (Some(now), true) = (now, now != base) else { return Ok(()) };
    let other: Run = store.read_node(&now)?;
    store.transact(Durability::Normal, |db| {
        take_over(db, &now, &other).map_err(store.database_error("write a live run"))
    })?;
    Ok(())
}

fn take_over(db: &rusqlite::Transaction<'_>, now: &Link, other: &Run) -> rusqlite::Result<()> {
    let id = other.id.as_str();
    let mut param = db.prepare_cached("INSERT OR IGNORE INTO live_params VALUES (?1, ?2, ?3)")?;
    other.params.iter().try_for_each(|(key, value)| param.execute((id, key, value)).map(|_| ()))?;
    let mut tag = db.prepare_cached("INSERT OR IGNORE INTO live_tags VALUES (?1, ?2, ?3)")?;
    other.tags.iter().try_for_each(|(key, value)| tag.execute((id, key, value)).map(|_| ()))?;
    db.prepare_cached("UPDATE live_states SET base = ?2 WHERE run = ?1")?
        .execute((id, now))
        .map(|_| ())
}
