//! Experiments: labels that runs are gathered under. An experiment keeps its id when it is renamed.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension as _};
use serde_bytes::ByteBuf;

use crate::store::{self, Change, Expected, Link, Store, refs};
use crate::track::{Error, Experiment, ExperimentId, Run, index, limit};

/// How often a change is tried again when others change the same experiment at the same time.
const ATTEMPTS: usize = 16;

/// The experiment of runs that name none; it is there without being made.
pub const DEFAULT: &str = "Default";

/// Returns the experiments in order of their names, `Default` first; those that were removed only where `removed` says so.
pub fn list(store: &Store, removed: bool) -> Result<Vec<Experiment>, Error> {
    let mut found = Vec::new();
    for reference in refs::list(store, "experiments/")? {
        found.push(store.read_node::<Experiment>(&reference.target)?);
    }
    if !found.iter().any(|experiment| experiment.id == default().id) {
        found.push(default());
    }
    found.retain(|experiment| removed || experiment.deleted.is_none());
    found.sort_by(|a, b| {
        (a.name != DEFAULT, &a.name, &a.id).cmp(&(b.name != DEFAULT, &b.name, &b.id))
    });
    Ok(found)
}

/// Returns the experiment with this id, removed or not.
pub fn get(store: &Store, id: &ExperimentId) -> Result<Option<Experiment>, Error> {
    match refs::get(store, &id.ref_name())? {
        Some(link) => Ok(Some(store.read_node(&link)?)),
        None => Ok(Some(default()).filter(|default| default.id == *id)),
    }
}

/// Returns the experiment that `text` means, by name or by id, removed or not.
///
/// A name goes before an id, and one that is there before one that was removed.
pub fn resolve(store: &Store, text: &str) -> Result<Experiment, Error> {
    find(store, text)?.ok_or_else(|| Error::NoExperiment(text.to_owned()))
}

fn find(store: &Store, text: &str) -> Result<Option<Experiment>, Error> {
    let mut named: Vec<Experiment> = list(store, true)?;
    named.retain(|experiment| experiment.name == text);
    if named.iter().any(|experiment| experiment.deleted.is_none()) {
        named.retain(|experiment| experiment.deleted.is_none());
    }
    match named.len() {
        0 => text.parse().map_or(Ok(None), |id| get(store, &id)),
        1 => Ok(named.pop()),
        _ => Err(Error::AmbiguousExperiment {
            text: text.to_owned(),
            candidates: named.into_iter().map(|experiment| experiment.id).collect(),
        }),
    }
}

/// Returns the experiment that a run goes into, and whether the store has it so far.
pub fn for_run(store: &Store, text: &str) -> Result<(Experiment, bool), Error> {
    if let Some(found) = find(store, text)? {
        return match found.deleted {
            Some(_) => Err(Error::ExperimentIsRemoved(found.name)),
            None => Ok((refs::get(store, &found.id.ref_name())?.is_some(), found))
                .map(|(is, e)| (e, is)),
        };
    }
    fresh(store, text)
}

/// Makes an experiment.
pub fn create(store: &Store, name: &str) -> Result<Experiment, Error> {
    create_with(store, name, None, BTreeMap::new())
}

/// Makes an experiment with tags, whose runs keep their artifacts elsewhere than in the store if `location` says so.
pub fn create_with(
    store: &Store,
    name: &str,
    location: Option<String>,
    tags: BTreeMap<String, String>,
) -> Result<Experiment, Error> {
    if let Some(found) = find(store, name)?.filter(|found| found.name == name) {
        let removed = found.deleted.is_some();
        return Err(Error::ExperimentExists { name: name.to_owned(), removed });
    }
    let (mut experiment, is_there) = fresh(store, name)?;
    let exists = || Error::ExperimentExists { name: name.to_owned(), removed: false };
    if is_there {
        return Err(exists());
    }
    (experiment.artifact_location, experiment.tags) = (location, tags);
    let mut writer = store.writer()?;
    let link = writer.node(&experiment)?;
    let made = writer.commit(vec![change(&experiment.id, Expected::Absent, link)]);
    match made.map_err(Error::from) {
        Err(error) if was_made_meanwhile(&error) => Err(exists()),
        other => other.map(|_| experiment),
    }
}

/// Returns the experiment with exactly this name, one that is there before one that was removed; from the index.
pub fn named_so(store: &Store, name: &str) -> Result<Option<Experiment>, Error> {
    index::refresh(store)?;
    let id: Option<String> = store.meta(|db| {
        db.prepare_cached("SELECT id FROM run_experiments WHERE name = ?1 ORDER BY deleted, id")?
            .query_row([name], |row| row.get(0))
            .optional()
    })?;
    match id.and_then(|id| id.parse().ok()) {
        Some(id) => get(store, &id),
        None if name == DEFAULT => Ok(Some(default())),
        None => Ok(None),
    }
}

/// Returns whether the index, as it was last brought up to date, has an experiment as removed.
pub fn is_removed_in(db: &Connection, id: &ExperimentId) -> rusqlite::Result<bool> {
    db.prepare_cached("SELECT 1 FROM run_experiments WHERE id = ?1 AND deleted IS NOT NULL")?
        .exists([id.as_str()])
}

/// Changes an experiment; tries again where others change it at the same moment.
pub fn change_it(
    store: &Store,
    id: &ExperimentId,
    change: impl Fn(&mut Experiment),
) -> Result<Experiment, Error> {
    for attempt in 1.. {
        let experiment = get(store, id)?.ok_or_else(|| Error::NoExperiment(id.to_string()))?;
        match edit(store, &experiment, &change) {
            Err(error) if was_made_meanwhile(&error) && attempt < ATTEMPTS => {}
            other => return other,
        }
    }
    unreachable!("the last attempt returns")
}

/// Returns the change that makes the ref of an experiment.
pub(super) fn change(id: &ExperimentId, expected: Expected, link: Link) -> Change {
    Change { name: id.ref_name(), expected, new: Some(link) }
}

/// Renames an experiment; its runs follow.
pub fn rename(store: &Store, text: &str, name: &str) -> Result<Experiment, Error> {
    let experiment = resolve(store, text)?;
    limit::name("experiment", name)?;
    if experiment.id == default().id {
        return Err(Error::DefaultExperiment("renamed"));
    }
    if let Some(other) = find(store, name)?.filter(|other| other.name == name) {
        if other.id == experiment.id {
            return Ok(experiment);
        }
        let removed = other.deleted.is_some();
        return Err(Error::ExperimentExists { name: name.to_owned(), removed });
    }
    edit(store, &experiment, |experiment| name.clone_into(&mut experiment.name))
}

/// Removes an experiment, softly: it and its runs can be restored.
pub fn remove(store: &Store, text: &str) -> Result<Experiment, Error> {
    let experiment = resolve(store, text)?;
    if experiment.id == default().id {
        return Err(Error::DefaultExperiment("removed"));
    }
    if experiment.deleted.is_some() {
        return Err(Error::ExperimentIsRemoved(experiment.name));
    }
    let now = store.now();
    edit(store, &experiment, |experiment| experiment.deleted = Some(now))
}

/// Restores an experiment that was removed; one that was not stays as it is.
pub fn restore(store: &Store, text: &str) -> Result<Experiment, Error> {
    let mut removed: Vec<Experiment> = list(store, true)?;
    removed.retain(|experiment| experiment.deleted.is_some() && experiment.name == text);
    let experiment = match removed.len() {
        1 => removed.remove(0),
        _ => resolve(store, text)?,
    };
    if experiment.deleted.is_none() {
        return Ok(experiment);
    }
    let living = list(store, false)?.into_iter().any(|other| other.name == experiment.name);
    if living {
        return Err(Error::ExperimentExists { name: experiment.name, removed: false });
    }
    edit(store, &experiment, |experiment| experiment.deleted = None)
}

/// Returns how many runs each experiment holds, by its id; removed runs are not counted.
pub fn counts(store: &Store) -> Result<BTreeMap<String, u64>, Error> {
    index::refresh(store)?;
    Ok(store.meta(|db| {
        db.prepare(
            "SELECT run_experiments.id, count(*) FROM runs
             JOIN run_experiments ON run_experiments.number = runs.experiment
             WHERE runs.deleted IS NULL GROUP BY run_experiments.id",
        )?
        .query_map([], |row| Ok((row.get(0)?, row.get::<_, i64>(1)? as u64)))?
        .collect()
    })?)
}

/// Makes the experiment that a run goes into where the store does not have it; whoever makes it first, all are content.
pub fn make_for(store: &Store, run: &Run) -> Result<(), Error> {
    if refs::get(store, &run.experiment.ref_name())?.is_some() {
        return Ok(());
    }
    let made = named(run.experiment.clone(), &run.experiment_name, run.started);
    let mut writer = store.writer()?;
    let link = writer.node(&made)?;
    match writer.commit(vec![change(&made.id, Expected::Absent, link)]).map_err(Error::from) {
        Err(error) if !was_made_meanwhile(&error) => Err(error),
        _ => Ok(()),
    }
}

/// Returns whether a commit failed because another made the same experiment at the same moment; it can be tried again.
pub(super) fn was_made_meanwhile(error: &Error) -> bool {
    matches!(error, Error::Store(store::Error::RefMoved { name, .. }) if name.starts_with("experiments/"))
}

fn edit(
    store: &Store,
    experiment: &Experiment,
    change_it: impl FnOnce(&mut Experiment),
) -> Result<Experiment, Error> {
    let name = experiment.id.ref_name();
    let old = refs::get(store, &name)?;
    if old.is_none() && experiment.id != default().id {
        return Err(Error::NoExperiment(experiment.name.clone()));
    }
    let mut edited = experiment.clone();
    change_it(&mut edited);
    edited.edited = store.now().max(experiment.edited + 1);
    edited.previous = old.iter().map(|old| ByteBuf::from(old.digest.as_bytes())).collect();
    let mut writer = store.writer()?;
    let link = writer.node(&edited)?;
    let expected = old.map_or(Expected::Absent, Expected::Is);
    writer.commit(vec![change(&edited.id, expected, link)])?;
    Ok(edited)
}

/// An experiment called `name` that the store did not have a moment ago, and whether another process has made it since.
fn fresh(store: &Store, name: &str) -> Result<(Experiment, bool), Error> {
    limit::name("experiment", name)?;
    let now = store.now();
    let mut id = ExperimentId::for_name(name);
    // The id of a name may belong to an experiment that was called so once.
    let mut attempt = 1;
    while let Some(link) = refs::get(store, &id.ref_name())? {
        let found: Experiment = store.read_node(&link)?;
        if found.name == name && found.deleted.is_none() {
            return Ok((found, true));
        }
        attempt += 1;
        id = ExperimentId::for_name(&format!("{name}\0{attempt}"));
    }
    Ok((named(id, name, now), false))
}

/// `Default` has no time of birth, so that it is the same node in every store.
fn default() -> Experiment {
    named(ExperimentId::for_name(DEFAULT), DEFAULT, 0)
}

pub(super) fn named(id: ExperimentId, name: &str, created: i64) -> Experiment {
    Experiment {
        id,
        name: name.to_owned(),
        created,
        tags: BTreeMap::new(),
        artifact_location: None,
        deleted: None,
        edited: created,
        previous: vec![],
    }
}
