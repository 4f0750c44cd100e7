//! Changes to a live run that are no logging: its name, its state, what it was given.

use rusqlite::Transaction;

use crate::store::{Durability, Store};
use crate::track::edit::Edit;
use crate::track::live::{Batch, HEAD, log, mark, open_in, prepare};
use crate::track::{Dataset, Error, ModelOutput, Run, RunId, Status};

/// What a client says of a run's state; what is absent stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Update {
    pub status: Option<Status>,
    pub ended: Option<i64>,
    pub name: Option<String>,
}

/// Changes name and tags of a live run; `false` where there is no such live run.
pub fn edit(store: &Store, id: &RunId, edit: &Edit) -> Result<bool, Error> {
    prepare(store)?;
    store.transact(Durability::Full, |db| match log::record(store, db, id)? {
        Some(_) => edit_in(db, store, id, edit).map(|()| true),
        None => Ok(false),
    })
}

/// Changes name and tags of a run, which is opened again where it was sealed.
pub fn edit_in(db: &Transaction<'_>, store: &Store, id: &RunId, edit: &Edit) -> Result<(), Error> {
    let tags = edit.tags.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
    log::log_in(db, store, id, &Batch { tags, ..Batch::default() })?;
    if let Some(name) = &edit.name {
        change(db, store, id, |run| name.clone_into(&mut run.name))?;
    }
    let untag = || -> rusqlite::Result<()> {
        let mut remove = db.prepare_cached("DELETE FROM live_tags WHERE run = ?1 AND key = ?2")?;
        edit.untag.iter().try_for_each(|key| remove.execute((id.as_str(), key)).map(|_| ()))?;
        mark(db, id, HEAD)
    };
    Ok(untag().map_err(store.database_error("write a live run"))?)
}

/// Changes state, end and name of a run. One that is ended and belongs to no process is sealed soon.
///
/// Returns it without its params, metrics and tags.
pub fn update_in(
    db: &Transaction<'_>,
    store: &Store,
    id: &RunId,
    update: &Update,
) -> Result<Run, Error> {
    open_in(db, store, id)?;
    let run = change(db, store, id, |run| {
        run.status = update.status.unwrap_or(run.status);
        run.ended = update.ended.or(run.ended);
        if !run.status.is_over() && update.ended.is_none() {
            run.ended = None;
        }
        if let Some(name) = &update.name {
            name.clone_into(&mut run.name);
        }
    })?;
    let over = run.status.is_over();
    db.prepare_cached(
        "UPDATE live_states SET ended = ?2, touched = ?3, version = version + 1 WHERE run = ?1",
    )
    .and_then(|mut set| {
        set.execute((id.as_str(), over.then(|| run.ended.unwrap_or(store.now())), store.now()))
    })
    .map_err(store.database_error("write a live run"))?;
    Ok(run)
}

/// Removes a run, softly, whether it goes on or not.
pub fn remove_in(db: &Transaction<'_>, store: &Store, id: &RunId) -> Result<(), Error> {
    set_deleted(db, store, id, Some(store.now()))
}

/// Restores a run that was removed.
pub fn restore_in(db: &Transaction<'_>, store: &Store, id: &RunId) -> Result<(), Error> {
    set_deleted(db, store, id, None)
}

fn set_deleted(
    db: &Transaction<'_>,
    store: &Store,
    id: &RunId,
    deleted: Option<i64>,
) -> Result<(), Error> {
    open_in(db, store, id)?;
    let run =
        change(db, store, id, |run| run.deleted = deleted.map(|at| run.deleted.unwrap_or(at)))?;
    db.prepare_cached("UPDATE live_states SET deleted = ?2 WHERE run = ?1")
        .and_then(|mut set| set.execute((id.as_str(), run.deleted)))
        .map_err(store.database_error("write a live run"))?;
    Ok(())
}

/// Adds datasets and logged models that a run was given, and models that it made; each is there once.
pub fn add_inputs_in(
    db: &Transaction<'_>,
    store: &Store,
    id: &RunId,
    datasets: &[Dataset],
    inputs: &[String],
    outputs: &[ModelOutput],
) -> Result<(), Error> {
    open_in(db, store, id)?;
    change(db, store, id, |run| {
        for dataset in datasets {
            let same = |known: &&mut Dataset| {
                known.name == dataset.name
                    && known.digest == dataset.digest
                    && known.context == dataset.context
            };
            match run.datasets.iter_mut().find(same) {
                Some(known) => known.tags.extend(dataset.tags.clone()),
                None => run.datasets.push(dataset.clone()),
            }
        }
        for model in inputs {
            if !run.models.inputs.contains(model) {
                run.models.inputs.push(model.clone());
            }
        }
        for output in outputs {
            if !run.models.outputs.contains(output) {
                run.models.outputs.push(output.clone());
            }
        }
    })
    .map(|_| ())
}

fn change(
    db: &Transaction<'_>,
    store: &Store,
    id: &RunId,
    change: impl FnOnce(&mut Run),
) -> Result<Run, Error> {
    let mut run = log::record(store, db, id)?.ok_or_else(|| Error::RunHasEnded(id.clone()))?;
    change(&mut run);
    log::replace(store, db, &run)?;
    mark(db, id, HEAD).map_err(store.database_error("write a live run"))?;
    Ok(run)
}
