//! Aliases: names that move from version to version.

use super::change::{change, previous};
use super::event::{Event, Registry};
use super::{alias_ref, get, registered_ref, version_ref};
use crate::model::node::Alias;
use crate::model::{Error, Which, name};
use crate::store::{Store, operation};

/// Makes `alias` stand for a version, whatever it stood for before. Returns whether anything is different now.
pub fn set<'a>(
    registry: impl Into<Registry<'a>>,
    name: &str,
    alias: &str,
    number: u64,
) -> Result<bool, Error> {
    name::check_alias(alias)?;
    change(registry, name, |draft| {
        let store = draft.store;
        let entry = get(store, name)?;
        let model = entry.id(number).ok_or_else(|| entry.no_version(number))?;
        draft.tell(|| Event::AliasSet {
            model: entry.registered.clone(),
            alias: alias.to_owned(),
            number,
        });
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
pub fn remove<'a>(
    registry: impl Into<Registry<'a>>,
    name: &str,
    alias: &str,
) -> Result<bool, Error> {
    change(registry, name, |draft| {
        let entry = get(draft.store, name)?;
        draft.tell(|| Event::AliasRemoved {
            model: entry.registered.clone(),
            alias: alias.to_owned(),
        });
        let Some((link, _)) = entry.aliases.get(alias) else { return Ok(false) };
        draft.remove(alias_ref(name, alias), *link);
        Ok(true)
    })
}

/// Lets an alias mean what it meant before its last move: before two, where it is done twice. Returns that number.
///
/// The log of operations tells; a move back to what was meant before counts as taken back itself, whoever made it.
pub fn roll_back(store: &Store, name: &str, alias: &str) -> Result<u64, Error> {
    let number = before(store, name, alias)?;
    set(store, name, alias, number)?;
    Ok(number)
}

/// Returns what an alias meant before, as the log tells it. Versions that are gone do not count.
pub fn before(store: &Store, name: &str, alias: &str) -> Result<u64, Error> {
    let entry = get(store, name)?;
    let current = entry.number(&Which::Alias(alias.to_owned()))?;
    let reference = alias_ref(name, alias);
    let mut meant: Vec<u64> = vec![];
    for logged in operation::log(store, Some(&reference), None, usize::MAX >> 1)?.iter().rev() {
        let moves = logged.operation.moves.iter().filter(|moved| moved.name == reference);
        for link in moves.flat_map(|moved| [moved.old, moved.new]).flatten() {
            let number = store.read_node::<Alias>(&link)?.version;
            if meant.len() > 1 && meant[meant.len() - 2] == number {
                meant.pop();
            } else if meant.last() != Some(&number) {
                meant.push(number);
            }
        }
    }
    let others = meant.into_iter().rev().skip_while(|number| *number == current);
    let found = others.into_iter().find(|number| entry.id(*number).is_some());
    found.ok_or_else(|| Error::NothingBefore { name: name.to_owned(), alias: alias.to_owned() })
}
