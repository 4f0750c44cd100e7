//! The end of a live run: rows become one node and a ref, in one transaction.

use rusqlite::{OptionalExtension as _, Transaction};

use crate::base::fs::remove;
use crate::store::{self, Change, Durability, Expected, Link, Store, Writer, history};
use crate::track::artifact::{self, Holder};
use crate::track::live::owner::{self, Adopted, Owner, folder};
use crate::track::live::{holder, prepare, read};
use crate::track::series::Builder;
use crate::track::{Error, Run, RunId, Status, experiment};

/// What is known only at the end.
#[derive(Debug, Clone)]
pub struct End {
    pub status: Status,
    pub time: i64,
    pub exit_code: Option<i32>,
    pub signal: Option<i32>,
    pub artifacts: Option<Link>,
    /// The environment where more was found out about it while the command ran.
    pub environment: Option<Link>,
    /// Leaves the folder of the run where it is, because it holds what is not among the artifacts.
    pub keep_folder: bool,
}

impl End {
    /// The end at `time` of a run of which nothing else is known.
    pub fn new(status: Status, time: i64) -> Self {
        let (exit_code, signal, artifacts, environment) = (None, None, None, None);
        Self { status, time, exit_code, signal, artifacts, environment, keep_folder: false }
    }
}

/// Seals a live run: writes its node with `writer`, makes its ref and removes its rows, all or nothing.
///
/// Staged artifacts become part of its tree; [`Error::ArtifactsChanged`] where another came at this very moment.
/// Its experiment is made with it where the store does not have it. The folder of the run is removed afterwards.
pub fn seal(
    store: &Store,
    mut writer: Writer<'_>,
    id: &RunId,
    end: End,
) -> Result<(Link, Run), Error> {
    let mut run = read::get(store, id)?.ok_or_else(|| Error::RunHasEnded(id.clone()))?;
    let mut builder = Builder::new(&mut writer);
    for (key, number) in read::numbers(store, id)? {
        read::each_page(store, number, |points| {
            points.iter().try_for_each(|point| builder.add(&key, *point))
        })?;
    }
    let series = builder.finish()?;
    run.metrics = series.metrics;
    run.series = series.segments;
    run.status = end.status;
    // A clock that was set back must not make a run that ended before it began.
    run.ended = Some(end.time.max(run.started));
    run.edited = store.now();
    let holder_of_files = Holder::Run(id.clone());
    let folded = artifact::fold(&mut writer, &holder_of_files, end.artifacts.or(run.artifacts))?;
    run.artifacts = folded.tree;
    run.environment = end.environment.or(run.environment);
    if let Some(command) = &mut run.command {
        (command.exit_code, command.signal) = (end.exit_code, end.signal);
    }
    let mut changes = experiment_of(store, &mut writer, &mut run)?;
    let link = writer.node(&run)?;
    changes.push(Change { name: id.ref_name(), expected: Expected::Absent, new: Some(link) });
    writer.commit_with(changes, |db| {
        artifact::forget(store, db, &holder_of_files, &folded)?;
        forget(db, id).map_err(store.database_error("remove a live run")).map_err(Error::from)
    })?;
    match end.keep_folder {
        true => owner::give_up(store, id),
        // What cannot be removed now is swept by another command.
        false => drop(remove(&folder(store, id))),
    }
    Ok((link, run))
}

/// Returns the change that makes the experiment of a run where the store does not have it.
pub(in crate::track) fn experiment_of(
    store: &Store,
    writer: &mut Writer<'_>,
    run: &mut Run,
) -> Result<Vec<Change>, Error> {
    let (found, known) = match experiment::get(store, &run.experiment)? {
        Some(found) if store::refs::get(store, &found.id.ref_name())?.is_some() => (found, true),
        Some(found) => (found, false),
        None => {
            (experiment::named(run.experiment.clone(), &run.experiment_name, run.started), false)
        }
    };
    run.experiment_name.clone_from(&found.name);
    match known {
        true => Ok(vec![]),
        false => {
            let link = writer.node(&found)?;
            Ok(vec![experiment::change(&found.id, Expected::Absent, link)])
        }
    }
}

/// Removes a live run with all that was logged, as if it had never begun.
pub fn discard(store: &Store, id: &RunId) -> Result<(), Error> {
    prepare(store)?;
    artifact::prepare(store)?;
    store.transact(Durability::Full, |db| {
        artifact::clear(db, &Holder::Run(id.clone()))
            .and_then(|()| forget(db, id))
            .map_err(store.database_error("remove a live run"))
            .map_err(Error::from)
    })?;
    let _ = remove(&folder(store, id));
    Ok(())
}

/// A live run whose process is gone; no other process takes it as long as this lives.
#[derive(Debug)]
pub struct Abandoned {
    pub id: RunId,
    /// The last sign of life.
    pub alive: i64,
    /// How far its writer came, see [`Batch::mark`](super::Batch).
    pub mark: Option<String>,
    _adopted: Adopted,
}

/// Returns the live runs whose process is gone, on proof; sweeps the folders of those that are no runs any more.
pub fn abandoned(store: &Store) -> Result<Vec<Abandoned>, Error> {
    prepare(store)?;
    let owned: Vec<(String, String)> = store.meta(|db| {
        db.prepare_cached("SELECT id, owner FROM live_runs WHERE owner IS NOT NULL")?
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect()
    })?;
    owner::sweep(store, |id| read::is_live(store, id).unwrap_or(true));
    let mut found = Vec::new();
    for (id, owner) in owned {
        let (Ok(id), Some(owner)) = (id.parse::<RunId>(), Owner::from_line(&owner)) else {
            continue;
        };
        let Some(adopted) = owner::adopt(store, &id, &owner) else { continue };
        // Only now it is certain that nobody else writes, or has sealed it meanwhile.
        let state = store.meta(|db| {
            db.prepare_cached("SELECT alive, mark FROM live_runs WHERE id = ?1")?
                .query_row([id.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()
        })?;
        if let Some((alive, mark)) = state {
            found.push(Abandoned { id, alive, mark, _adopted: adopted });
        }
    }
    Ok(found)
}

fn forget(db: &Transaction<'_>, id: &RunId) -> rusqlite::Result<()> {
    for sql in [
        "DELETE FROM live_points WHERE metric IN (SELECT number FROM live_metrics WHERE run = ?1)",
        "DELETE FROM live_metrics WHERE run = ?1",
        "DELETE FROM live_params WHERE run = ?1",
        "DELETE FROM live_tags WHERE run = ?1",
        "DELETE FROM live_runs WHERE id = ?1",
    ] {
        db.execute(sql, [id.as_str()])?;
    }
    history::release(db, &holder(id))
}
