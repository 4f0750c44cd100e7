//! Making and changing logged models: one commit for each change.

use std::collections::BTreeMap;

use serde_bytes::ByteBuf;

use crate::store::{self, Change, Expected, Link, Store, refs};
use crate::track::artifact::{self, Holder};
use crate::track::logged::{LoggedModel, ModelId, ModelStatus};
use crate::track::{Error, ExperimentId, experiment, name};

/// How often a change is tried again when others change the same model at the same time.
const ATTEMPTS: usize = 64;

/// What a model is made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct New {
    pub experiment: ExperimentId,
    /// Made up where there is none.
    pub name: Option<String>,
    pub source_run: Option<String>,
    pub model_type: Option<String>,
    pub params: BTreeMap<String, String>,
    pub tags: BTreeMap<String, String>,
}

/// Makes a logged model that waits for its files.
pub fn create(store: &Store, new: New) -> Result<LoggedModel, Error> {
    let found = experiment::get(store, &new.experiment)?
        .ok_or_else(|| Error::NoExperiment(new.experiment.to_string()))?;
    if found.deleted.is_some() {
        return Err(Error::ExperimentIsRemoved(found.name));
    }
    if let Some(name) = &new.name {
        check_name(name)?;
    }
    let now = store.now();
    let model = LoggedModel {
        id: ModelId::random(),
        name: new.name.unwrap_or_else(name::name),
        experiment: new.experiment,
        status: ModelStatus::Pending,
        status_message: None,
        model_type: new.model_type,
        source_run: new.source_run,
        params: new.params,
        tags: new.tags,
        artifacts: None,
        created: now,
        updated: now,
        deleted: None,
        edited: now,
        previous: vec![],
    };
    let mut writer = store.writer()?;
    let mut changes = vec![];
    if refs::get(store, &found.id.ref_name())?.is_none() {
        // `Default` is written when something is in it.
        let link = writer.node(&found)?;
        changes.push(Change {
            name: found.id.ref_name(),
            expected: Expected::Any,
            new: Some(link),
        });
    }
    let link = writer.node(&model)?;
    let name = model.id.ref_name();
    changes.push(Change { name, expected: Expected::Absent, new: Some(link) });
    writer.commit(changes)?;
    Ok(model)
}

/// Checks a name by MLflow's rules.
fn check_name(name: &str) -> Result<(), Error> {
    let bad = |reason| Err(Error::BadName { what: "logged model", name: name.to_owned(), reason });
    match name {
        "" => bad("it is empty"),
        _ if name.contains(['/', ':', '.', '%', '"', '\'']) => {
            bad("it holds one of `/`, `:`, `.`, `%`, `\"`, `'`")
        }
        _ => crate::track::limit::name("logged model", name),
    }
}

/// Returns a model and the node that it is; also one that was removed.
pub fn get(store: &Store, id: &ModelId) -> Result<Option<(Link, LoggedModel)>, Error> {
    match refs::get(store, &id.ref_name())? {
        Some(link) => Ok(Some((link, store.read_node(&link)?))),
        None => Ok(None),
    }
}

/// Sets the state of a model; its files become its tree.
pub fn finalize(store: &Store, id: &ModelId, status: ModelStatus) -> Result<LoggedModel, Error> {
    let now = store.now();
    edit(store, id, |model| {
        (model.status, model.updated) = (status, now.max(model.updated));
        Ok(())
    })
}

/// Removes a model, softly.
pub fn remove(store: &Store, id: &ModelId) -> Result<LoggedModel, Error> {
    let now = store.now();
    edit(store, id, |model| {
        (model.deleted, model.updated) = (model.deleted.or(Some(now)), now.max(model.updated));
        Ok(())
    })
}

/// Takes the files in that were staged since the last change.
pub fn seal(store: &Store, id: &ModelId) -> Result<LoggedModel, Error> {
    edit(store, id, |_| Ok(()))
}

/// Changes a model by one commit, which takes in what is staged for it.
pub fn edit(
    store: &Store,
    id: &ModelId,
    change: impl Fn(&mut LoggedModel) -> Result<(), Error>,
) -> Result<LoggedModel, Error> {
    let holder = Holder::Model(id.clone());
    for attempt in 1.. {
        let (old, model) = get(store, id)?.ok_or_else(|| holder.missing())?;
        let mut edited = model.clone();
        change(&mut edited)?;
        let mut writer = store.writer()?;
        let folded = artifact::fold(&mut writer, &holder, model.artifacts)?;
        edited.artifacts = folded.tree;
        if edited == model {
            return Ok(model);
        }
        edited.edited = store.now().max(model.edited + 1);
        edited.previous = vec![ByteBuf::from(old.digest.as_bytes())];
        let link = writer.node(&edited)?;
        let moved = Change { name: id.ref_name(), expected: Expected::Is(old), new: Some(link) };
        let done =
            writer.commit_with(vec![moved], |db| artifact::forget(store, db, &holder, &folded));
        match done {
            Err(Error::Store(store::Error::RefMoved { .. }) | Error::ArtifactsChanged(_))
                if attempt < ATTEMPTS => {}
            Err(error) => return Err(error),
            Ok(_) => return Ok(edited),
        }
    }
    unreachable!("the last attempt returns")
}
