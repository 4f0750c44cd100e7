//! Changes to runs that have ended: each makes another node that names the one before.

use std::collections::{BTreeMap, BTreeSet};

use serde_bytes::ByteBuf;

use crate::store::{self, Change, Expected, Link, Store, refs};
use crate::track::{Error, Run, RunId, limit, live};

/// How often an edit is tried again when others edit the same run at the same time.
const ATTEMPTS: usize = 16;

/// What is to be different.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edit {
    pub name: Option<String>,
    pub tags: BTreeMap<String, String>,
    pub untag: BTreeSet<String>,
}

impl Edit {
    /// Checks names and lengths.
    pub fn check(&self) -> Result<(), Error> {
        if let Some(name) = &self.name {
            limit::name("run", name)?;
        }
        self.tags.iter().try_for_each(|(key, value)| limit::tag(key, value))
    }
}

/// Returns the run as it is sealed, and the node that it is.
pub fn get(store: &Store, id: &RunId) -> Result<Option<(Link, Run)>, Error> {
    match refs::get(store, &id.ref_name())? {
        Some(link) => Ok(Some((link, store.read_node(&link)?))),
        None => Ok(None),
    }
}

/// Changes name and tags of a run, live or sealed. Returns whether anything is different now.
pub fn edit(store: &Store, id: &RunId, edit: &Edit) -> Result<bool, Error> {
    edit.check()?;
    if live::edit(store, id, edit)? {
        return Ok(true);
    }
    change(store, id, |run| {
        if let Some(name) = &edit.name {
            name.clone_into(&mut run.name);
        }
        run.tags.extend(edit.tags.clone());
        run.tags.retain(|key, _| !edit.untag.contains(key));
    })
}

/// Removes a run, softly. Returns whether it was there.
pub fn remove(store: &Store, id: &RunId) -> Result<bool, Error> {
    let now = store.now();
    change(store, id, |run| run.deleted = run.deleted.or(Some(now)))
}

/// Restores a run that was removed. Returns whether it was removed.
pub fn restore(store: &Store, id: &RunId) -> Result<bool, Error> {
    change(store, id, |run| run.deleted = None)
}

fn change(store: &Store, id: &RunId, change: impl Fn(&mut Run)) -> Result<bool, Error> {
    for attempt in 1.. {
        let Some((old, run)) = get(store, id)? else {
            return match live::is_live(store, id)? {
                true => Err(Error::RunIsLive(id.clone())),
                false => Err(Error::NoRun(id.to_string())),
            };
        };
        let mut edited = run.clone();
        change(&mut edited);
        if edited == run {
            return Ok(false);
        }
        edited.edited = store.now().max(run.edited + 1);
        edited.previous = vec![ByteBuf::from(old.digest.as_bytes())];
        let mut writer = store.writer()?;
        let link = writer.node(&edited)?;
        let moved = Change { name: id.ref_name(), expected: Expected::Is(old), new: Some(link) };
        match writer.commit(vec![moved]) {
            Err(store::Error::RefMoved { .. }) if attempt < ATTEMPTS => {}
            other => return Ok(other.map(|_| true)?),
        }
    }
    Ok(false)
}
