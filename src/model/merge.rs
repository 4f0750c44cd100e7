//! Two stores have changed the same record of a model: one is made of both, as it is done with runs.

use serde_bytes::ByteBuf;

use crate::model::Error;
use crate::model::node::{About, Alias, Registered};
use crate::model::registry::Role;
use crate::store::{Link, Writer};
use crate::track::merge::{Versioned, merge, pick, pick_each};

/// Merges what two stores call `name`; `None` where it is no record of a model, or a version, which never changes.
pub fn reference(
    writer: &mut Writer<'_>,
    name: &str,
    ours: &Link,
    theirs: &Link,
) -> Result<Option<Link>, Error> {
    Ok(match Role::of(name) {
        Some((_, Role::Registered)) => Some(merge::<Registered>(writer, ours, theirs)?),
        Some((_, Role::About(_))) => Some(merge::<About>(writer, ours, theirs)?),
        Some((_, Role::Alias(_))) => Some(merge::<Alias>(writer, ours, theirs)?),
        Some((_, Role::Model(_))) | None => None,
    })
}

/// Picks one field of the three versions of a record.
macro_rules! field {
    ($base:ident, $older:ident, $newer:ident, $pick:ident, $field:ident) => {
        $pick($base.map(|base| &base.$field), &$older.$field, &$newer.$field)
    };
}

impl Versioned for Registered {
    fn previous(&self) -> &[ByteBuf] {
        &self.previous
    }

    fn edited(&self) -> i64 {
        self.edited
    }

    fn merge(base: Option<&Self>, older: &Self, newer: &Self) -> Self {
        Self {
            name: newer.name.clone(),
            created: older.created.min(newer.created),
            updated: older.updated.max(newer.updated),
            description: field!(base, older, newer, pick, description),
            tags: field!(base, older, newer, pick_each, tags),
            last: older.last.max(newer.last),
            deleted: field!(base, older, newer, pick, deleted),
            renamed: field!(base, older, newer, pick, renamed),
            edited: newer.edited,
            previous: vec![],
        }
    }

    fn set(&mut self, edited: i64, previous: Vec<ByteBuf>) {
        (self.edited, self.previous) = (edited, previous);
    }
}

impl Versioned for About {
    fn previous(&self) -> &[ByteBuf] {
        &self.previous
    }

    fn edited(&self) -> i64 {
        self.edited
    }

    fn merge(base: Option<&Self>, older: &Self, newer: &Self) -> Self {
        Self {
            description: field!(base, older, newer, pick, description),
            tags: field!(base, older, newer, pick_each, tags),
            stage: field!(base, older, newer, pick, stage),
            updated: older.updated.max(newer.updated),
            edited: newer.edited,
            previous: vec![],
        }
    }

    fn set(&mut self, edited: i64, previous: Vec<ByteBuf>) {
        (self.edited, self.previous) = (edited, previous);
    }
}

impl Versioned for Alias {
    fn previous(&self) -> &[ByteBuf] {
        &self.previous
    }

    fn edited(&self) -> i64 {
        self.edited
    }

    fn merge(base: Option<&Self>, older: &Self, newer: &Self) -> Self {
        // The number and the model that had it belong together.
        let of = |alias: &Self| (alias.version, alias.model);
        let (version, model) = pick(base.map(of).as_ref(), &of(older), &of(newer));
        Self { version, model, edited: newer.edited, previous: vec![] }
    }

    fn set(&mut self, edited: i64, previous: Vec<ByteBuf>) {
        (self.edited, self.previous) = (edited, previous);
    }
}
