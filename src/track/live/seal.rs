//! The end of a live run: rows become one node and a ref, in one transaction.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{OptionalExtension as _, Transaction};
use serde_bytes::ByteBuf;

use crate::base::fs::remove;
use crate::store::{self, Change, Durability, Expected, Link, Store, Writer, history};
use crate::track::artifact::{self, Folded, Holder};
use crate::track::live::owner::{self, Adopted, Owner, folder};
use crate::track::live::{ALL, holder, mark, prepare, read};
use crate::track::series::{Builder, Series, order, read_all};
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
    let Rows { mut run, expected, folded } = gather(store, &mut writer, id, end.artifacts)?;
    run.status = end.status;
    // A clock that was set back must not make a run that ended before it began.
    run.ended = Some(end.time.max(run.started));
    run.environment = end.environment.or(run.environment);
    if let Some(command) = &mut run.command {
        (command.exit_code, command.signal) = (end.exit_code, end.signal);
    }
    let mut changes = experiment_of(store, &mut writer, &mut run)?;
    let link = writer.node(&run)?;
    changes.push(Change { name: id.ref_name(), expected, new: Some(link) });
    writer.commit_with(changes, |db| {
        artifact::forget(store, db, &Holder::Run(id.clone()), &folded)?;
        forget(db, id).map_err(store.database_error("remove a live run")).map_err(Error::from)
    })?;
    match end.keep_folder {
        true => owner::give_up(store, id),
        // What cannot be removed now is swept by another command.
        false => drop(remove(&folder(store, id))),
    }
    Ok((link, run))
}

/// A live run as the node that it becomes, and what its ref must be for that.
pub(super) struct Rows {
    pub(super) run: Run,
    pub(super) expected: Expected,
    pub(super) folded: Folded,
}

/// Reads all rows of a live run; writes its points, joined with those of the node that it was before.
///
/// `tree` is what its artifacts are without those that clients have staged, where that is not what they were before.
pub(super) fn gather(
    store: &Store,
    writer: &mut Writer<'_>,
    id: &RunId,
    tree: Option<Link>,
) -> Result<Rows, Error> {
    let mut run = read::get(store, id)?.ok_or_else(|| Error::RunHasEnded(id.clone()))?;
    let base = read::base(store, id)?;
    let before: Option<Run> = base.map(|base| store.read_node(&base)).transpose()?;
    let folded = artifact::fold(writer, &Holder::Run(id.clone()), tree.or(run.artifacts))?;
    run.artifacts = folded.tree;
    let now = store.now();
    run.edited = before.as_ref().map_or(now, |before| now.max(before.edited + 1));
    run.previous = base.iter().map(|base| ByteBuf::from(base.digest.as_bytes())).collect();
    let fresh = read::numbers(store, id)?;
    match before {
        Some(before) if !has_points(store, &fresh)? => {
            (run.metrics, run.series) = (before.metrics, before.series);
        }
        before => {
            let series = join(store, writer, before.as_ref(), &fresh)?;
            (run.metrics, run.series) = (series.metrics, series.segments);
        }
    }
    Ok(Rows { run, expected: base.map_or(Expected::Absent, Expected::Is), folded })
}

fn has_points(store: &Store, numbers: &BTreeMap<String, i64>) -> Result<bool, Error> {
    Ok(store.meta(|db| {
        let mut any = db.prepare_cached("SELECT 1 FROM live_points WHERE metric = ?1")?;
        for number in numbers.values() {
            if any.exists([number])? {
                return Ok(true);
            }
        }
        Ok(false)
    })?)
}

fn join(
    store: &Store,
    writer: &mut Writer<'_>,
    before: Option<&Run>,
    fresh: &BTreeMap<String, i64>,
) -> Result<Series, Error> {
    let mut old = match before {
        Some(before) => read_all(store, before)?,
        None => BTreeMap::new(),
    };
    let keys: BTreeSet<String> = old.keys().chain(fresh.keys()).cloned().collect();
    let mut builder = Builder::new(writer);
    for key in keys {
        let mut old = old.remove(&key).unwrap_or_default().into_iter().peekable();
        if let Some(number) = fresh.get(&key) {
            read::each_page(store, *number, |points| {
                for point in points {
                    while let Some(before) = old.next_if(|old| order(old, point).is_le()) {
                        builder.add(&key, before)?;
                    }
                    builder.add(&key, *point)?;
                }
                Ok(())
            })?;
        }
        old.try_for_each(|point| builder.add(&key, point))?;
    }
    builder.finish()
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

pub(super) fn forget(db: &Transaction<'_>, id: &RunId) -> rusqlite::Result<()> {
    for sql in [
        "DELETE FROM live_points WHERE metric IN (SELECT number FROM live_metrics WHERE run = ?1)",
        "DELETE FROM live_metrics WHERE run = ?1",
        "DELETE FROM live_params WHERE run = ?1",
        "DELETE FROM live_tags WHERE run = ?1",
        "DELETE FROM live_models WHERE run = ?1",
        "DELETE FROM live_states WHERE run = ?1",
        "DELETE FROM live_runs WHERE id = ?1",
    ] {
        db.prepare_cached(sql)?.execute([id.as_str()])?;
    }
    mark(db, id, ALL)?;
    history::release(db, &holder(id))
}
