//! What happens in the registry, and hearing of it: what a listener writes is there exactly when the change is.

use std::fmt;

use rusqlite::Transaction;

use super::{Tags, Version};
use crate::model::Error;
use crate::model::node::Registered;
use crate::store::{self, Durability, Store};

/// Something that was asked for and is so now, whether or not it was so before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    Created(Registered),
    Tagged { model: Registered, tags: Tags },
    VersionRegistered(Box<Version>),
    VersionTagged { model: Registered, number: u64, tags: Tags },
    AliasSet { model: Registered, alias: String, number: u64 },
    AliasRemoved { model: Registered, alias: String },
}

/// Writes what is to be known of events, in the transaction that makes them true. It may be called for several attempts, of
/// which the last one counts.
pub type Hear<'a> = &'a dyn Fn(&Transaction<'_>, &[Event]) -> Result<(), store::Error>;

/// The registry of a store, and who hears of its changes. A store alone is one of which nobody hears.
#[derive(Clone, Copy)]
pub struct Registry<'a> {
    pub(super) store: &'a Store,
    hear: Option<Hear<'a>>,
}

impl<'a> Registry<'a> {
    /// Returns the registry of `store`, whose changes `hear` is told of.
    pub fn heard(store: &'a Store, hear: Hear<'a>) -> Self {
        Self { store, hear: Some(hear) }
    }

    pub(super) fn is_heard(&self) -> bool {
        self.hear.is_some()
    }

    /// Tells of events in the transaction of their change.
    pub(super) fn say_in(
        &self,
        db: &Transaction<'_>,
        events: &[Event],
    ) -> Result<(), store::Error> {
        match self.hear {
            Some(hear) if !events.is_empty() => hear(db, events),
            _ => Ok(()),
        }
    }

    /// Tells of events that change nothing.
    pub(super) fn say(&self, events: &[Event]) -> Result<(), Error> {
        match events {
            [] => Ok(()),
            events => self.store.transact(Durability::Full, |db| Ok(self.say_in(db, events)?)),
        }
    }
}

impl<'a> From<&'a Store> for Registry<'a> {
    fn from(store: &'a Store) -> Self {
        Self { store, hear: None }
    }
}

impl fmt::Debug for Registry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registry").field("heard", &self.is_heard()).finish_non_exhaustive()
    }
}
