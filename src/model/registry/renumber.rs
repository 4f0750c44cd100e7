//! Other numbers for versions whose own another store has given to others: what a number means there counts.

use std::collections::BTreeMap;

use super::change::{Draft, change, previous};
use super::{Entry, Role, about_ref, alias_ref, record, registered_ref, version_ref};
use crate::model::Error;
use crate::model::node::{Alias, Registered};
use crate::store::{Link, Store};

/// The tag that says which number a version had, and those before it.
pub const RENUMBERED_TAG: &str = "mls.renumbered_from";

/// Gives the versions that `clashing` refs point at the next numbers that neither store has given; `theirs` are the refs of the
/// other store, as far as they are here. Returns the old names of refs with the new ones.
///
/// What is said of a version goes with it, and so do its aliases. Nothing counts as edited by that: where both stores have changed
/// a record, the later change still wins.
pub fn renumber(
    store: &Store,
    clashing: &[String],
    theirs: &BTreeMap<String, Link>,
) -> Result<Vec<(String, String)>, Error> {
    let mut models: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for reference in clashing {
        if let Some((name, Role::Model(number))) = Role::of(reference) {
            models.entry(name).or_default().push(number);
        }
    }
    let mut moved = vec![];
    for (name, mut numbers) in models {
        numbers.sort_unstable();
        let after = last(store, &name, theirs)?;
        let pairs = change(store, &name, |draft| match record(store, &name)? {
            Some(entry) => draft.renumber(&entry, &numbers, after),
            None => Ok(vec![]),
        })?;
        let names = |(old, new)| (version_ref(&name, old), version_ref(&name, new));
        moved.extend(pairs.into_iter().map(names));
    }
    Ok(moved)
}

/// Returns the last number that the other store is known to have given.
fn last(store: &Store, name: &str, theirs: &BTreeMap<String, Link>) -> Result<u64, Error> {
    let said = match theirs.get(&registered_ref(name)) {
        Some(link) => store.read_node::<Registered>(link)?.last,
        None => 0,
    };
    let numbers = theirs.keys().filter_map(|reference| match Role::of(reference)? {
        (of, Role::Model(number)) if of == name => Some(number),
        _ => None,
    });
    Ok(numbers.max().unwrap_or(0).max(said))
}

impl Draft<'_> {
    fn renumber(
        &mut self,
        entry: &Entry,
        numbers: &[u64],
        after: u64,
    ) -> Result<Vec<(u64, u64)>, Error> {
        let own = entry.numbers().next_back().unwrap_or(0);
        let mut last = after.max(entry.registered.last).max(own);
        let mut moved = BTreeMap::new();
        for number in numbers.iter().filter(|number| entry.versions.contains_key(number)) {
            last += 1;
            self.give(entry, *number, last)?;
            moved.insert(*number, last);
        }
        for (alias, (link, of)) in &entry.aliases {
            let Some(new) = moved.get(of) else { continue };
            let mut node: Alias = self.store.read_node(link)?;
            (node.version, node.edited) = (*new, node.edited + 1);
            node.previous = previous(Some(*link));
            self.set(alias_ref(entry.name(), alias), Some(*link), &node)?;
        }
        let mut record = entry.registered.clone();
        (record.last, record.edited) = (last, record.edited + 1);
        record.previous = previous(entry.link);
        self.set(registered_ref(entry.name()), entry.link, &record)?;
        Ok(moved.into_iter().collect())
    }

    /// Gives a version another number.
    fn give(&mut self, entry: &Entry, old: u64, new: u64) -> Result<(), Error> {
        let (name, store) = (entry.name(), self.store);
        let version = entry.version(store, old)?;
        self.remove(version_ref(name, old), version.id);
        self.point(version_ref(name, new), None, version.id);
        let before = entry.versions.get(&old).and_then(|place| place.about);
        if let Some(about) = before {
            self.remove(about_ref(name, old), about);
        }
        let mut about = version.about;
        let had = about.tags.remove(RENUMBERED_TAG).map(|had| format!("{had}, "));
        about.tags.insert(RENUMBERED_TAG.to_owned(), format!("{}{old}", had.unwrap_or_default()));
        (about.edited, about.previous) = (about.edited + 1, previous(before));
        self.set(about_ref(name, new), None, &about).map(|_| ())
    }
}
