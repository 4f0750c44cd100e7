//! Models as a whole: made, renamed, described, tagged, deleted.

use std::collections::BTreeMap;

use super::change::{Draft, Tags, change, previous};
use super::event::{Event, Registry};
use super::{Entry, about_ref, alias_ref, get, record, registered_ref, version_ref};
use crate::model::node::Registered;
use crate::model::{Error, name};
use crate::store::Store;

/// A model that is to be made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct New {
    pub description: Option<String>,
    pub tags: BTreeMap<String, String>,
    /// When it was made, if not now: what comes from elsewhere keeps its times.
    pub created: Option<i64>,
}

/// Makes a model without versions. One that was deleted comes back empty, and goes on with its numbers.
pub fn create<'a>(
    registry: impl Into<Registry<'a>>,
    name: &str,
    new: &New,
) -> Result<Entry, Error> {
    name::check(name)?;
    Tags { set: new.tags.clone(), ..Tags::default() }.check()?;
    let registry = registry.into();
    change(registry, name, |draft| draft.create(name, new))?;
    get(registry.store, name)
}

/// Sets the description of a model; `None` takes it off.
pub fn describe(store: &Store, name: &str, description: Option<&str>) -> Result<Entry, Error> {
    change(store, name, |draft| {
        let entry = get(store, name)?;
        draft.edit(&entry, |record, now| {
            record.description = description.map(str::to_owned);
            record.updated = now;
        })
    })?;
    get(store, name)
}

/// Sets and takes off tags of a model. Returns whether anything is different now.
pub fn tag<'a>(registry: impl Into<Registry<'a>>, name: &str, tags: &Tags) -> Result<bool, Error> {
    tags.check()?;
    change(registry, name, |draft| {
        let entry = get(draft.store, name)?;
        draft.tell(|| Event::Tagged { model: tagged(&entry, tags), tags: tags.clone() });
        let mut changed = entry.registered.tags.clone();
        tags.apply(&mut changed);
        if changed == entry.registered.tags {
            return Ok(false);
        }
        draft.edit(&entry, |record, _| record.tags = changed).map(|_| true)
    })
}

/// Gives a model another name; versions, numbers and aliases go with it.
///
/// The new name may be one that was deleted, unless its numbers would be given again.
pub fn rename(store: &Store, old: &str, new: &str) -> Result<Entry, Error> {
    name::check(new)?;
    change(store, old, |draft| {
        let entry = get(store, old)?;
        if old == new {
            return Err(exists(&entry));
        }
        let there = record(store, new)?;
        if let Some(there) = &there {
            may_take(&entry, there)?;
        }
        draft.move_all(&entry, new, there.as_ref())
    })?;
    get(store, new)
}

/// Deletes a model with its versions and aliases; its last number is kept.
pub fn remove(store: &Store, name: &str) -> Result<(), Error> {
    change(store, name, |draft| {
        let entry = get(store, name)?;
        draft.clear(&entry);
        draft.edit(&entry, |record, now| {
            (record.deleted, record.updated) = (Some(now), now);
            (record.description, record.tags) = (None, BTreeMap::new());
        })
    })?;
    Ok(())
}

impl Draft<'_> {
    /// Removes all versions and aliases.
    fn clear(&mut self, entry: &Entry) {
        let name = entry.name();
        for (number, place) in &entry.versions {
            self.remove(version_ref(name, *number), place.model);
            if let Some(about) = place.about {
                self.remove(about_ref(name, *number), about);
            }
        }
        for (alias, (link, _)) in &entry.aliases {
            self.remove(alias_ref(name, alias), *link);
        }
    }

    fn create(&mut self, name: &str, new: &New) -> Result<(), Error> {
        let there = record(self.store, name)?;
        if let Some(there) = there.as_ref().filter(|there| there.is_there()) {
            return Err(exists(there));
        }
        // A push says that a model was deleted and leaves what it had: that must not come back.
        there.iter().for_each(|there| self.clear(there));
        let now = self.store.now();
        let created = new.created.unwrap_or(now);
        let record = Registered {
            name: name.to_owned(),
            created,
            updated: created,
            description: new.description.clone(),
            tags: new.tags.clone(),
            last: there.as_ref().map_or(0, |there| there.registered.last),
            deleted: None,
            renamed: None,
            edited: there.as_ref().map_or(now, |there| now.max(there.registered.edited + 1)),
            previous: previous(there.as_ref().and_then(|there| there.link)),
        };
        let old = there.and_then(|there| there.link);
        self.set(registered_ref(name), old, &record)?;
        self.tell(|| Event::Created(record));
        Ok(())
    }

    fn move_all(&mut self, entry: &Entry, new: &str, there: Option<&Entry>) -> Result<(), Error> {
        let old = entry.name();
        for (number, place) in &entry.versions {
            self.remove(version_ref(old, *number), place.model);
            self.point(version_ref(new, *number), None, place.model);
            if let Some(about) = place.about {
                self.remove(about_ref(old, *number), about);
                self.point(about_ref(new, *number), None, about);
            }
        }
        for (alias, (link, _)) in &entry.aliases {
            self.remove(alias_ref(old, alias), *link);
            self.point(alias_ref(new, alias), None, *link);
        }
        let now = self.edit(entry, |record, now| {
            (record.deleted, record.updated) = (Some(now), now);
            record.renamed = Some(new.to_owned());
            (record.description, record.tags) = (None, BTreeMap::new());
        })?;
        let taken = there.map(|there| &there.registered);
        let record = Registered {
            name: new.to_owned(),
            updated: now,
            last: entry.registered.last.max(taken.map_or(0, |taken| taken.last)),
            edited: now
                .max(taken.map_or(0, |taken| taken.edited + 1))
                .max(entry.registered.edited + 1),
            previous: previous(there.and_then(|there| there.link)),
            ..entry.registered.clone()
        };
        self.set(registered_ref(new), there.and_then(|there| there.link), &record).map(|_| ())
    }
}

/// Returns the record of a model as it is with other tags.
fn tagged(entry: &Entry, tags: &Tags) -> Registered {
    let mut record = entry.registered.clone();
    tags.apply(&mut record.tags);
    record
}

fn exists(entry: &Entry) -> Error {
    Error::ModelExists { name: entry.name().to_owned(), is_prompt: entry.is_prompt() }
}

/// Tells whether a model may take the name of one that was deleted: not if a number would mean something else then.
fn may_take(entry: &Entry, there: &Entry) -> Result<(), Error> {
    let past = &there.registered;
    if there.is_there() {
        return Err(exists(there));
    }
    let is_its_own = past.renamed.as_deref() == Some(entry.name());
    let lowest = entry.numbers().next();
    match is_its_own || lowest.is_none_or(|lowest| lowest > past.last) {
        true => Ok(()),
        false => Err(Error::NumbersWereGiven { name: past.name.clone(), last: past.last }),
    }
}
