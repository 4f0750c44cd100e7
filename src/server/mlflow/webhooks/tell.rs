//! Changes of the registry that webhooks are told of: what they are told is kept in the transaction of the change.

use std::cell::RefCell;

use rusqlite::Transaction;
use serde_json::{Value, json};

use super::event::Event;
use super::pending::{self, Kept};
use super::table;
use crate::model::is_prompt;
use crate::model::registry::{self, Registry, Tags, Version};
use crate::server::state::State;
use crate::store::{self, Store};

/// Tags that say of a prompt what its event says already.
const OWN: [&str; 2] = ["mlflow.prompt.is_prompt", "_mlflow_prompt_type"];
const TEMPLATE: &str = "mlflow.prompt.text";

/// Makes changes of which webhooks are told.
pub(in crate::server::mlflow) trait Tell {
    /// Lets `make` change the registry. What webhooks are to be told of it is kept when the change is, or neither is.
    fn telling<T, E: From<store::Error>>(
        &self,
        make: impl FnOnce(Registry<'_>) -> Result<T, E>,
    ) -> Result<T, E>;
}

impl Tell for State {
    fn telling<T, E: From<store::Error>>(
        &self,
        make: impl FnOnce(Registry<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let store = &*self.store;
        if !table::any(store)? {
            return make(store.into());
        }
        let kept = RefCell::new(vec![]);
        let hear = |db: &Transaction<'_>, events: &[registry::Event]| {
            let room = self.courier.room();
            *kept.borrow_mut() = keep(store, db, events, room)?;
            Ok(())
        };
        let made = make(Registry::heard(store, &hear));
        match (&made, kept.into_inner()) {
            (_, kept) if kept.is_empty() => {}
            (Ok(_), kept) => self.courier.send(&self.store, kept),
            // The change may have been made all the same: what is kept tells.
            (Err(_), _) => self.courier.resume(&self.store),
        }
        made
    }
}

/// Keeps what is to be told of events, as long as there is room.
fn keep(
    store: &Store,
    db: &Transaction<'_>,
    events: &[registry::Event],
    room: usize,
) -> Result<Vec<Kept>, store::Error> {
    let now = store.now();
    let keep = || -> rusqlite::Result<Vec<Kept>> {
        let mut kept = vec![];
        for (event, data) in events.iter().filter_map(said) {
            kept.extend(pending::messages(table::wanting(db, event)?, event, &data, now));
        }
        kept.truncate(room);
        pending::add(db, &kept, now).map(|()| kept)
    };
    keep().map_err(store.database_error("keep a message"))
}

/// Says in MLflow's words what happened; of some of it MLflow has none.
fn said(event: &registry::Event) -> Option<(Event, Value)> {
    use registry::Event as Happened;
    let either = |prompt, event, of_prompt| if prompt { of_prompt } else { event };
    Some(match event {
        Happened::Created(model) => {
            let prompt = is_prompt(&model.tags);
            let mut tags = model.tags.clone();
            tags.retain(|key, _| !prompt || !OWN.contains(&key.as_str()));
            let description = model.description.as_deref().unwrap_or_default();
            let data = json!({"name": model.name, "tags": tags, "description": description});
            (either(prompt, Event::ModelCreated, Event::PromptCreated), data)
        }
        Happened::Tagged { model, .. } if !is_prompt(&model.tags) => return None,
        Happened::Tagged { model, tags } => {
            tagged(json!({"name": model.name}), tags, Event::PromptTagSet, Event::PromptTagDeleted)?
        }
        Happened::VersionRegistered(version) => registered(version),
        Happened::VersionTagged { model, number, tags } => {
            let prompt = is_prompt(&model.tags);
            let set = either(prompt, Event::VersionTagSet, Event::PromptVersionTagSet);
            let unset = either(prompt, Event::VersionTagDeleted, Event::PromptVersionTagDeleted);
            tagged(json!({"name": model.name, "version": number.to_string()}), tags, set, unset)?
        }
        Happened::AliasSet { model, alias, number } => (
            either(is_prompt(&model.tags), Event::AliasCreated, Event::PromptAliasCreated),
            json!({"name": model.name, "alias": alias, "version": number.to_string()}),
        ),
        Happened::AliasRemoved { model, alias } => (
            either(is_prompt(&model.tags), Event::AliasDeleted, Event::PromptAliasDeleted),
            json!({"name": model.name, "alias": alias}),
        ),
    })
}

/// Says that a tag was set or taken off; MLflow's requests are about one each.
fn tagged(mut data: Value, tags: &Tags, set: Event, unset: Event) -> Option<(Event, Value)> {
    if let Some((key, value)) = tags.set.first_key_value() {
        data["key"] = key.as_str().into();
        data["value"] = value.as_str().into();
        return Some((set, data));
    }
    data["key"] = tags.unset.first()?.as_str().into();
    Some((unset, data))
}

/// Says that a version was made.
fn registered(version: &Version) -> (Event, Value) {
    let (name, number, model) = (&version.name, version.number.to_string(), &version.model);
    if !is_prompt(&model.tags) {
        let data = json!({
            "name": name, "version": number, "source": model.source, "run_id": model.run,
            "tags": model.tags, "description": model.description,
        });
        return (Event::VersionCreated, data);
    }
    let mut tags = model.tags.clone();
    let template = tags.remove(TEMPLATE);
    tags.retain(|key, _| !OWN.contains(&key.as_str()));
    let data = json!({
        "name": name, "version": number, "template": template, "tags": tags,
        "description": model.description,
    });
    (Event::PromptVersionCreated, data)
}
