//! One change of the registry: records are written, refs moved only from where they were read, and tried again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use rusqlite::Transaction;
use serde::Serialize;
use serde_bytes::ByteBuf;

use super::event::{Event, Registry};
use super::{Entry, REGISTERED, registered_ref};
use crate::model::node::Registered;
use crate::model::{Error, name};
use crate::store::{self, Change, Expected, Link, Store, Writer, refs};

/// Each attempt that fails lets another one win, so this many others have won before somebody gives up.
const ATTEMPTS: usize = 500;

/// Several threads of a server wait here in memory, and not by writing records in vain.
static TURN: Mutex<()> = Mutex::new(());

/// Tags to set, and tags to take off.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tags {
    pub set: BTreeMap<String, String>,
    pub unset: BTreeSet<String>,
}

impl Tags {
    /// Sets one tag.
    pub fn set(key: &str, value: &str) -> Self {
        Self { set: [(key.to_owned(), value.to_owned())].into(), unset: BTreeSet::new() }
    }

    /// Takes one tag off.
    pub fn unset(key: &str) -> Self {
        Self { set: BTreeMap::new(), unset: [key.to_owned()].into() }
    }

    pub(super) fn check(&self) -> Result<(), Error> {
        self.set.iter().try_for_each(|(key, value)| name::check_tag(key, value))?;
        self.unset.iter().try_for_each(|key| name::check_key(key))
    }

    pub(super) fn apply(&self, tags: &mut BTreeMap<String, String>) {
        tags.extend(self.set.clone());
        tags.retain(|key, _| !self.unset.contains(key));
    }
}

/// What one attempt will do.
#[derive(Debug)]
pub(super) struct Draft<'a> {
    pub(super) store: &'a Store,
    pub(super) writer: Writer<'a>,
    changes: Vec<Change>,
    /// Names of refs that come into being; no other may differ from them in case alone.
    fresh: Vec<String>,
    registry: Registry<'a>,
    events: Vec<Event>,
}

impl<'a> Draft<'a> {
    fn new(registry: Registry<'a>) -> Result<Self, Error> {
        let (store, writer) = (registry.store, registry.store.writer()?);
        Ok(Self { store, writer, changes: vec![], fresh: vec![], registry, events: vec![] })
    }

    /// Has whoever hears of changes told of an event, if this attempt comes true.
    pub(super) fn tell(&mut self, event: impl FnOnce() -> Event) {
        if self.registry.is_heard() {
            self.events.push(event());
        }
    }

    /// Moves a ref from what was read to a record.
    pub(super) fn set(
        &mut self,
        name: String,
        old: Option<Link>,
        node: &impl Serialize,
    ) -> Result<Link, Error> {
        let link = self.writer.node(node)?;
        self.point(name, old, link);
        Ok(link)
    }

    /// Moves a ref from what was read to a record that is there.
    pub(super) fn point(&mut self, name: String, old: Option<Link>, new: Link) {
        if old.is_none() {
            self.fresh.push(name.clone());
        }
        let expected = old.map_or(Expected::Absent, Expected::Is);
        self.changes.push(Change { name, expected, new: Some(new) });
    }

    pub(super) fn remove(&mut self, name: String, old: Link) {
        self.changes.push(Change { name, expected: Expected::Is(old), new: None });
    }

    /// Demands that a ref still is where it was read.
    pub(super) fn guard(&mut self, name: String, old: Option<Link>) {
        if let Some(link) = old {
            self.changes.push(Change { name, expected: Expected::Is(link), new: Some(link) });
        }
    }

    /// Writes the record of a model anew, changed by `edit`; the time of the change is returned.
    pub(super) fn edit(
        &mut self,
        entry: &Entry,
        edit: impl FnOnce(&mut Registered, i64),
    ) -> Result<i64, Error> {
        let now = self.store.now();
        let mut record = entry.registered.clone();
        edit(&mut record, now);
        record.edited = now.max(entry.registered.edited + 1);
        record.previous = previous(entry.link);
        let name = registered_ref(entry.name());
        self.set(name, entry.link, &record)?;
        Ok(now)
    }

    fn commit(self) -> Result<(), Error> {
        let Self { store, writer, changes, fresh, registry, events } = self;
        if changes
            .iter()
            .all(|change| matches!(change.expected, Expected::Is(link) if change.new == Some(link)))
        {
            return registry.say(&events);
        }
        writer.commit_with::<Error>(changes, |db| {
            only_case(store, db, &fresh)?;
            Ok(registry.say_in(db, &events)?)
        })?;
        Ok(())
    }
}

/// Names the version of a node before this one.
pub(super) fn previous(old: Option<Link>) -> Vec<ByteBuf> {
    old.iter().map(|link| ByteBuf::from(link.digest.as_bytes())).collect()
}

/// Makes one change, as often as others come between.
pub(super) fn change<'a, T>(
    registry: impl Into<Registry<'a>>,
    name: &str,
    make: impl Fn(&mut Draft<'_>) -> Result<T, Error>,
) -> Result<T, Error> {
    let registry = registry.into();
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    for _ in 0..ATTEMPTS {
        let mut draft = Draft::new(registry)?;
        let value = make(&mut draft)?;
        match draft.commit() {
            Err(Error::Store(store::Error::RefMoved { .. })) => {}
            other => return other.map(|()| value),
        }
    }
    Err(Error::Crowded(name.to_owned()))
}

/// Refuses a model or an alias that some file systems would take for one that is there.
fn only_case(store: &Store, db: &Transaction<'_>, fresh: &[String]) -> Result<(), Error> {
    for name in fresh {
        let Some((folder, own)) = name.rsplit_once('/') else { continue };
        let (what, prefix) = match own {
            REGISTERED => ("model", "models/".to_owned()),
            _ if own.starts_with('@') => ("alias", format!("{folder}/@")),
            _ => continue,
        };
        let listed = refs::list_in(db, &prefix).map_err(store.database_error("read refs"))?;
        let wanted = name.to_lowercase();
        let other = listed.iter().find(|r| r.name != *name && r.name.to_lowercase() == wanted);
        if let Some(other) = other {
            let shown = |name: &str| match super::Role::of(name) {
                Some((_, super::Role::Alias(alias))) => alias,
                Some((model, _)) => model,
                None => name.to_owned(),
            };
            return Err(Error::OnlyCase { what, name: shown(name), other: shown(&other.name) });
        }
    }
    Ok(())
}
