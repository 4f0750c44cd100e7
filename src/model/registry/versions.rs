//! Versions of a model: registered, described, tagged, put into a stage, deleted.

use std::collections::BTreeMap;

use super::change::{Draft, Tags, change, previous};
use super::event::{Event, Registry};
use super::{Entry, Version, about_ref, alias_ref, get, registered_ref, version_ref};
use crate::model::node::{About, Model, Stage};
use crate::model::{Error, source};
use crate::store::{Link, Store};
use crate::track::{RunId, edit};

/// A version that is to be registered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewVersion {
    /// Where the model is; see [`source`].
    pub source: String,
    pub location: Option<String>,
    pub run: Option<String>,
    pub run_link: Option<String>,
    pub logged_model: Option<String>,
    pub user: Option<String>,
    pub description: Option<String>,
    pub tags: BTreeMap<String, String>,
    /// What the version consists of, where the caller knows it; else the source is followed.
    pub content: Option<Link>,
    pub flavors: Vec<String>,
    /// JSON of the signature, where the caller knows it.
    pub signature: Option<String>,
    /// The number it has elsewhere; one that was given already is refused.
    pub number: Option<u64>,
    pub created: Option<i64>,
    pub stage: Stage,
    pub updated: Option<i64>,
}

/// Registers a version under the next number, which no version of this model has had before.
pub fn register<'a>(
    registry: impl Into<Registry<'a>>,
    name: &str,
    new: &NewVersion,
) -> Result<Version, Error> {
    Tags { set: new.tags.clone(), ..Tags::default() }.check()?;
    let registry = registry.into();
    let model = new.model(registry.store)?;
    change(registry, name, |draft| {
        let entry = get(draft.store, name)?;
        let number = new.number.unwrap_or(entry.registered.last + 1);
        if entry.versions.contains_key(&number) || number == 0 {
            return Err(Error::VersionExists { name: name.to_owned(), number });
        }
        let id = draft.set(version_ref(name, number), None, &model)?;
        let mut about = model.about();
        if new.stage != Stage::None || new.updated.is_some() {
            about.stage = new.stage;
            about.updated = new.updated.unwrap_or(about.updated);
            draft.set(about_ref(name, number), None, &about)?;
        }
        draft.edit(&entry, |record, _| {
            record.last = record.last.max(number);
            record.updated = record.updated.max(model.created);
        })?;
        let version = Version { name: name.to_owned(), number, id, model: model.clone(), about };
        draft.tell(|| Event::VersionRegistered(Box::new(version.clone())));
        Ok(version)
    })
}

/// Sets the description of a version; `None` takes it off.
pub fn describe(
    store: &Store,
    name: &str,
    number: u64,
    description: Option<&str>,
) -> Result<Version, Error> {
    about(store, name, number, None, |about, now| {
        about.description = description.map(str::to_owned);
        about.updated = now;
    })
}

/// Sets and takes off tags of a version.
pub fn tag<'a>(
    registry: impl Into<Registry<'a>>,
    name: &str,
    number: u64,
    tags: &Tags,
) -> Result<Version, Error> {
    tags.check()?;
    about(registry, name, number, Some(tags), |about, _| tags.apply(&mut about.tags))
}

/// Puts a version into a stage; with `archive`, all others of that stage go to `Archived`.
pub fn set_stage(
    store: &Store,
    name: &str,
    number: u64,
    stage: Stage,
    archive: bool,
) -> Result<Version, Error> {
    if archive && !stage.is_active() {
        return Err(Error::CannotArchive(stage.as_str()));
    }
    change(store, name, |draft| {
        let entry = get(store, name)?;
        let version = entry.version(store, number)?;
        if archive {
            for other in entry.versions(store)? {
                if other.number != number && other.about.stage == stage {
                    draft.say(&entry, &other, |about, now| {
                        (about.stage, about.updated) = (Stage::Archived, now);
                    })?;
                }
            }
        }
        let about = draft.say(&entry, &version, |about, now| {
            (about.stage, about.updated) = (stage, now);
        })?;
        draft.edit(&entry, |record, now| record.updated = now)?;
        Ok(Version { about, ..version })
    })
}

/// Deletes a version with its aliases; its number is not given again.
pub fn remove(store: &Store, name: &str, number: u64) -> Result<(), Error> {
    change(store, name, |draft| {
        let entry = get(store, name)?;
        let place = entry.versions.get(&number).ok_or_else(|| entry.no_version(number))?;
        draft.remove(version_ref(name, number), place.model);
        if let Some(about) = place.about {
            draft.remove(about_ref(name, number), about);
        }
        for (alias, (link, of)) in &entry.aliases {
            if *of == number {
                draft.remove(alias_ref(name, alias), *link);
            }
        }
        draft.edit(&entry, |record, now| record.updated = now).map(|_| ())
    })
}

/// Changes what is said of one version; `tags` are what is told of it.
fn about<'a>(
    registry: impl Into<Registry<'a>>,
    name: &str,
    number: u64,
    tags: Option<&Tags>,
    edit: impl Fn(&mut About, i64),
) -> Result<Version, Error> {
    change(registry, name, |draft| {
        let entry = get(draft.store, name)?;
        let version = entry.version(draft.store, number)?;
        if let Some(tags) = tags {
            let model = || entry.registered.clone();
            draft.tell(|| Event::VersionTagged { model: model(), number, tags: tags.clone() });
        }
        let about = draft.say(&entry, &version, &edit)?;
        draft.guard(registered_ref(name), entry.link);
        Ok(Version { about, ..version })
    })
}

impl NewVersion {
    /// Makes the record of the version: what the source leads to is linked, so that it stays and travels.
    fn model(&self, store: &Store) -> Result<Model, Error> {
        let content = match self.content {
            Some(link) => Some(link),
            None => source::follow(store, &self.source)?,
        };
        let run = self.run.clone().filter(|run| !run.is_empty());
        let id = run.as_deref().and_then(|run| run.parse::<RunId>().ok());
        let run_node = id.map(|id| edit::get(store, &id)).transpose()?.flatten();
        Ok(Model {
            created: self.created.unwrap_or_else(|| store.now()),
            source: self.source.clone(),
            location: self.location.clone().filter(|location| *location != self.source),
            run,
            run_link: self.run_link.clone(),
            run_node: run_node.map(|(link, _)| link),
            logged_model: self.logged_model.clone(),
            user: self.user.clone(),
            description: self.description.clone(),
            tags: self.tags.clone(),
            content,
            flavors: self.flavors.clone(),
            signature: self.signature.clone(),
        })
    }
}

impl Draft<'_> {
    /// Says something else of a version; the same again moves nothing.
    fn say(
        &mut self,
        entry: &Entry,
        version: &Version,
        edit: impl Fn(&mut About, i64),
    ) -> Result<About, Error> {
        let old = entry.versions.get(&version.number).and_then(|place| place.about);
        let now = self.store.now();
        let mut about = version.about.clone();
        edit(&mut about, now);
        if about == version.about {
            return Ok(about);
        }
        about.edited = now.max(version.about.edited + 1);
        about.previous = previous(old);
        self.set(about_ref(entry.name(), version.number), old, &about)?;
        Ok(about)
    }
}
