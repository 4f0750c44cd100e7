//! Aliases: names that move from version to version.

use super::change::{change, previous};
use super::{alias_ref, get, registered_ref, version_ref};
use crate::model::node::Alias;
use crate::model::{Error, name};
use crate::store::Store;

/// Makes `alias` stand for a version, whatever it stood for before. Returns whether anything is different now.
pub fn set(store: &Store, name: &str, alias: &str, number: u64) -> Result<bool, Error> {
    name::check_alias(alias)?;
    change(store, name, |draft| {
        let entry = get(store, name)?;
        let model = entry.id(number).ok_or_else(|| entry.no_version(number))?;
        let old = entry.aliases.get(alias).copied();
        if old.is_some_and(|(_, before)| before == number) {
            return Ok(false);
        }
        let before = old.map(|(link, _)| store.read_node::<Alias>(&link)).transpose()?;
        let now = store.now();
        let node = Alias {
            version: number,
            model,
            edited: before.map_or(now, |before| now.max(before.edited + 1)),
            previous: previous(old.map(|(link, _)| link)),
        };
        draft.set(alias_ref(name, alias), old.map(|(link, _)| link), &node)?;
        draft.guard(registered_ref(name), entry.link);
        draft.guard(version_ref(name, number), Some(model));
        Ok(true)
    })
}

/// Takes an alias off. Returns whether it was there.
pub fn remove(store: &Store, name: &str, alias: &str) -> Result<bool, Error> {
    change(store, name, |draft| {
        let entry = get(store, name)?;
        let Some((link, _)) = entry.aliases.get(alias) else { return Ok(false) };
        draft.remove(alias_ref(name, alias), *link);
        Ok(true)
    })
}
