//! Models that are registered elsewhere, brought in under their names and numbers.
//!
//! A version that is here stays as it is; what is said of it follows the source. Numbers that were given there and taken
//! back are given to nobody here either.

use crate::model::registry::{self, New, NewVersion, Tags};
use crate::model::{Error, Stage, source};
use crate::store::Store;
use crate::track::import::{Change, Counts, Notes, RegisteredRecord, VersionRecord};

/// Brings models in; returns how many versions came. What cannot be kept is told.
pub fn import(
    store: &Store,
    models: &[RegisteredRecord],
    dry_run: bool,
    notes: &Notes,
) -> Result<Counts, Error> {
    let mut counts = Counts::default();
    for record in models {
        match model(store, record, dry_run, notes, &mut counts) {
            Ok(()) => {}
            Err(Error::Store(error)) => return Err(error.into()),
            Err(error) => {
                notes.skip(format!("model `{}`", record.name.escape_debug()), error.to_string());
            }
        }
    }
    Ok(counts)
}

fn model(
    store: &Store,
    record: &RegisteredRecord,
    dry_run: bool,
    notes: &Notes,
    counts: &mut Counts,
) -> Result<(), Error> {
    let name = &record.name;
    let there = registry::find(store, name)?;
    if dry_run {
        for version in record.versions.iter().filter(|version| !version.deleted) {
            let is_here = there.as_ref().is_some_and(|entry| entry.id(version.number).is_some());
            counts.add(if is_here { Change::Nothing } else { Change::New });
        }
        return Ok(());
    }
    match &there {
        None => {
            let description = record.description.clone();
            let new = New { description, tags: record.tags.clone(), created: Some(record.created) };
            registry::create(store, name, &new)?;
        }
        Some(entry) => {
            if record.description.is_some() && entry.registered.description != record.description {
                registry::describe(store, name, record.description.as_deref())?;
            }
            let set = record.tags.clone();
            registry::tag(store, name, &Tags { set, ..Tags::default() })?;
        }
    }
    for version in &record.versions {
        match self::version(store, name, version) {
            Ok(Some(change)) => counts.add(change),
            Ok(None) => {}
            Err(Error::Store(error)) => return Err(error.into()),
            Err(error) => {
                let what = format!("version {} of model `{name}`", version.number);
                notes.skip(what, error.to_string());
            }
        }
    }
    for (alias, number) in &record.aliases {
        if let Err(error) = registry::set_alias(store, name, alias, *number) {
            notes.skip(
                format!("alias `{}` of model `{name}`", alias.escape_debug()),
                error.to_string(),
            );
        }
    }
    Ok(())
}

fn version(store: &Store, name: &str, record: &VersionRecord) -> Result<Option<Change>, Error> {
    let entry = registry::get(store, name)?;
    if record.deleted {
        if record.number > entry.registered.last {
            // Given and taken back, so that the number counts as given.
            registry::register(store, name, &new(store, record)?)?;
            registry::remove_version(store, name, record.number)?;
        }
        return Ok(None);
    }
    if entry.id(record.number).is_none() {
        registry::register(store, name, &new(store, record)?)?;
        return Ok(Some(Change::New));
    }
    let there = entry.version(store, record.number)?;
    if there.model.created != record.created {
        let number = record.number;
        return Err(Error::VersionExists { name: name.to_owned(), number });
    }
    let mut changed = false;
    if record.description.is_some() && there.about.description != record.description {
        registry::describe_version(store, name, record.number, record.description.as_deref())?;
        changed = true;
    }
    let missing = |(key, value): &(&String, &String)| there.about.tags.get(*key) != Some(*value);
    if record.tags.iter().any(|pair| missing(&pair)) {
        let tags = Tags { set: record.tags.clone(), ..Tags::default() };
        registry::tag_version(store, name, record.number, &tags)?;
        changed = true;
    }
    let stage = stage(record);
    if there.about.stage != stage {
        registry::set_stage(store, name, record.number, stage, false)?;
        changed = true;
    }
    Ok(Some(if changed { Change::Changed } else { Change::Nothing }))
}

fn stage(record: &VersionRecord) -> Stage {
    record.stage.parse().unwrap_or_default()
}

fn new(store: &Store, record: &VersionRecord) -> Result<NewVersion, Error> {
    let given = [Some(&record.source), record.location.as_ref()];
    let mut source = record.source.clone();
    // A path of another machine means nothing here; the run or logged model in it does.
    for address in given.into_iter().flatten().filter_map(|given| ours(given)) {
        if source::follow(store, &address)?.is_some() {
            source = address;
            break;
        }
    }
    Ok(NewVersion {
        source,
        location: None,
        run: record.run.clone(),
        run_link: record.run_link.clone(),
        logged_model: record.logged_model.clone(),
        user: record.user.clone(),
        description: record.description.clone(),
        tags: record.tags.clone(),
        content: None,
        flavors: vec![],
        signature: None,
        number: Some(record.number),
        created: Some(record.created),
        stage: stage(record),
        updated: Some(record.updated),
    })
}

/// Rewrites `…/RUN/artifacts/model` and `…/models/m-ID/artifacts` to an address that needs no folder.
fn ours(source: &str) -> Option<String> {
    if source.starts_with("runs:/") || source.starts_with("models:/") {
        return Some(source.to_owned());
    }
    let (before, inside) = match source.split_once("/artifacts") {
        Some((before, inside)) if inside.is_empty() || inside.starts_with('/') => (before, inside),
        _ => return None,
    };
    let owner = before.rsplit('/').next()?;
    match owner.starts_with("m-") {
        true => Some(format!("models:/{owner}")),
        false if inside.len() > 1 => Some(format!("runs:/{owner}{inside}")),
        false => None,
    }
}

#[cfg(test)]
mod tests {
    use super::ours;

    #[test]
    fn a_path_of_another_machine_says_which_run_or_model_it_is() {
        for (source, address) in [
            ("runs:/abc/model", Some("runs:/abc/model")),
            ("file:///home/x/mlruns/1/abc/artifacts/model", Some("runs:/abc/model")),
            ("mlflow-artifacts:/1/abc/artifacts/a/b", Some("runs:/abc/a/b")),
            ("/x/mlruns/1/models/m-12/artifacts", Some("models:/m-12")),
            ("s3://bucket/model", None),
            ("/x/1/abc/artifacts", None),
        ] {
            assert_eq!(ours(source).as_deref(), address, "{source}");
        }
    }
}
