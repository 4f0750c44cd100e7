//! Where an experiment from outside finds its place: under its own id, unless that means another one here.

use crate::store::Store;
use crate::track::import::runs::texts;
use crate::track::import::{ExperimentRecord, Notes};
use crate::track::{Error, Experiment, ExperimentId, experiment, limit};

/// Where an experiment belongs.
#[derive(Debug)]
pub(super) enum Place {
    /// It is this one, here or not.
    Own(Experiment),
    /// Its runs go into one that is here; these tags go with them.
    Joined(Experiment),
}

/// Finds the experiment that the runs of `record` go into; `None` where it cannot be kept.
///
/// A store has one experiment of a name, as a tracking server has: runs of one that is called alike are joined to it.
pub(super) fn place(
    store: &Store,
    record: &ExperimentRecord,
    notes: &Notes,
) -> Result<Option<Place>, Error> {
    let owner = format!("experiment `{}`", record.name.escape_debug());
    if let Err(error) = limit::name("experiment", &record.name) {
        notes.skip(format!("experiment {}", record.id.escape_debug()), error.to_string());
        return Ok(None);
    }
    let Ok(id) = record.id.parse::<ExperimentId>() else {
        notes.skip(owner, format!("`{}` is no id of an experiment", record.id.escape_debug()));
        return Ok(None);
    };
    let tags = texts("tag", &record.tags, &owner, notes);
    let wanted = |id: ExperimentId| {
        let mut made = experiment::named(id, &record.name, record.created);
        made.tags.clone_from(&tags);
        made.artifact_location = record.location.clone().filter(|place| is_elsewhere(place));
        made.deleted = record.deleted;
        made.edited = record.deleted.unwrap_or(record.created);
        made
    };
    let there = experiment::get(store, &id)?;
    if there.as_ref().is_some_and(|there| there.created == record.created) {
        return Ok(Some(Place::Own(wanted(id))));
    }
    let alike = match &there {
        Some(there) if there.name == record.name => Some(there.clone()),
        _ => named(store, record)?,
    };
    if let Some(alike) = alike {
        if alike.id != id {
            let there = &alike.id;
            notes.remark(format!("{} has id {there} here and {id} there.", capital(&owner)));
        }
        if alike.created == record.created {
            return Ok(Some(Place::Own(wanted(alike.id))));
        }
        if record.deleted.is_some() && alike.deleted.is_none() {
            notes.remark(format!("{} was removed there; here it stays.", capital(&owner)));
        }
        return Ok(Some(Place::Joined(with_tags(alike, tags))));
    }
    if there.is_none() {
        return Ok(Some(Place::Own(wanted(id))));
    }
    let own = ExperimentId::for_name(&record.name);
    if experiment::get(store, &own)?.is_some() {
        notes.skip(owner, format!("its id {id} and the id of its name mean two others here"));
        return Ok(None);
    }
    let words = format!("{} has id {own} here, because {id} means another one.", capital(&owner));
    notes.remark(words);
    Ok(Some(Place::Own(wanted(own))))
}

fn with_tags(
    mut there: Experiment,
    tags: std::collections::BTreeMap<String, String>,
) -> Experiment {
    for (key, value) in tags {
        there.tags.entry(key).or_insert(value);
    }
    there
}

fn capital(owner: &str) -> String {
    owner.replacen('e', "E", 1)
}

/// The experiment of that name that is here; one that was removed only for one that was removed.
fn named(store: &Store, record: &ExperimentRecord) -> Result<Option<Experiment>, Error> {
    let all = experiment::list(store, true)?;
    let same = |other: &Experiment| {
        other.name == record.name && other.deleted.is_some() == record.deleted.is_some()
    };
    Ok(all.into_iter().find(same))
}

/// Whether artifacts lie in an object store, which is the client's own business.
fn is_elsewhere(location: &str) -> bool {
    let Some((scheme, _)) = location.split_once("://") else { return false };
    !matches!(scheme, "file" | "mlflow-artifacts" | "http" | "https") && scheme.len() > 1
}
