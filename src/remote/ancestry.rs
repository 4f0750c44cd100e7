//! Which of two versions came first: by the field `previous` of nodes, which names versions and means nothing more here.

use std::collections::{HashSet, VecDeque};

use crate::remote::Error;
use crate::store::{self, Link, Store, walk};

/// So many versions are looked at; a longer history is taken for an unknown one.
const MAX_VERSIONS: usize = 100_000;

/// How a value here stands to the value there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Relation {
    Same,
    /// Ours came from theirs.
    Ahead,
    /// Theirs came from ours.
    Behind,
    Diverged,
}

/// Tells how `ours` stands to `theirs`; `base` is what both stores had when they last met.
///
/// Old versions may be in any of `stores`, or gone.
pub(crate) fn relation(
    ours: &Link,
    theirs: &Link,
    base: Option<&Link>,
    stores: &[&Store],
) -> Result<Relation, Error> {
    if ours == theirs {
        return Ok(Relation::Same);
    }
    if comes_from(ours, theirs, stores)? {
        return Ok(Relation::Ahead);
    }
    if comes_from(theirs, ours, stores)? {
        return Ok(Relation::Behind);
    }
    match base {
        // What was last seen there may have been fetched and never taken over: a history that is known decides.
        Some(base) if base == theirs && !is_known(ours, stores)? => Ok(Relation::Ahead),
        Some(base) if base == ours => Ok(Relation::Behind),
        _ => Ok(Relation::Diverged),
    }
}

/// Tells whether `newer` names versions before it and all of them, to the first, are still there.
fn is_known(newer: &Link, stores: &[&Store]) -> Result<bool, Error> {
    let (mut any, mut whole) = (false, true);
    versions(newer, stores, |version| {
        any = true;
        whole &= stores.iter().any(|store| store.has(version).unwrap_or(false));
        whole
    })?;
    Ok(any && whole)
}

/// Tells whether `older` is among the versions before `newer`.
pub(crate) fn comes_from(newer: &Link, older: &Link, stores: &[&Store]) -> Result<bool, Error> {
    let mut found = false;
    versions(newer, stores, |version| {
        found |= version == older;
        !found
    })?;
    Ok(found)
}

/// Returns the versions before `newer` that `missing_in` lacks, as far as the others still have them.
pub(crate) fn missing(
    newer: &Link,
    missing_in: &Store,
    stores: &[&Store],
) -> Result<Vec<Link>, Error> {
    let mut links = vec![];
    versions(newer, stores, |version| {
        let there = missing_in.has(version).unwrap_or(true);
        if !there && stores.iter().any(|store| store.has(version).unwrap_or(false)) {
            links.push(*version);
        }
        !there
    })?;
    Ok(links)
}

/// Visits the versions before `newer`, nearest first; `visit` says whether to look behind one.
fn versions(
    newer: &Link,
    stores: &[&Store],
    mut visit: impl FnMut(&Link) -> bool,
) -> Result<(), Error> {
    let mut seen = HashSet::from([*newer]);
    let mut open = VecDeque::from([*newer]);
    while let Some(version) = open.pop_front() {
        if version != *newer && !visit(&version) {
            continue;
        }
        for before in previous(&version, stores)? {
            if seen.len() < MAX_VERSIONS && seen.insert(before) {
                open.push_back(before);
            }
        }
    }
    Ok(())
}

/// Returns the versions directly before one; none where it is gone, or names none.
fn previous(version: &Link, stores: &[&Store]) -> Result<Vec<Link>, Error> {
    for store in stores {
        match store.read(version) {
            Ok(bytes) => return Ok(walk::previous(&bytes)),
            Err(store::Error::Missing(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(vec![])
}
