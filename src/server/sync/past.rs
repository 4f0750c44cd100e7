//! What the records were before that a limited token sees: who merges needs to know what both sides began with.
//!
//! A record names the versions before it and does not link to them, and anybody can name what is another's. So a version
//! counts only where the log says that the same ref was there once, and if it was the token's own then.

use std::collections::{HashMap, HashSet};

use crate::remote::answer::HISTORY;
use crate::server::sync::problem::Problem;
use crate::server::sync::reach::View;
use crate::store::{Link, Ref, operation, walk};

/// The refs of a token, and which of their records name versions before them.
pub(super) struct Past<'a> {
    refs: &'a [Ref],
    targets: HashSet<&'a Link>,
    named: HashMap<Link, Vec<Link>>,
}

impl<'a> Past<'a> {
    pub(super) fn of(refs: &'a [Ref]) -> Self {
        let targets = refs.iter().map(|found| &found.target).collect();
        Self { refs, targets, named: HashMap::new() }
    }

    /// Takes note of what a record names, if it is at a ref.
    pub(super) fn note(&mut self, link: &Link, bytes: &[u8]) {
        if self.targets.contains(link) {
            let before = walk::previous(bytes);
            if !before.is_empty() {
                self.named.insert(*link, before);
            }
        }
    }

    /// Returns the versions before that are there for the token.
    pub(super) fn versions(&self, view: &View<'_>) -> Result<Vec<Link>, Problem> {
        let mut versions = vec![];
        for found in self.refs {
            let Some(before) = self.named.get(&found.target) else { continue };
            versions.extend(before_one(view, &found.name, before.clone())?);
        }
        Ok(versions)
    }
}

/// Returns the versions of one ref, nearest first, from the ones that its record names on.
fn before_one(view: &View<'_>, name: &str, mut open: Vec<Link>) -> Result<Vec<Link>, Problem> {
    let mut versions: Vec<Link> = vec![];
    while let Some(link) = open.pop() {
        if versions.len() >= HISTORY || versions.contains(&link) {
            continue;
        }
        let past = Ref { name: name.to_owned(), target: link };
        if operation::was_at(view.store, name, &link)? && view.held(&past) {
            versions.push(link);
            // What is lost names nothing.
            let bytes = view.store.read(&link).unwrap_or_default();
            open.extend(walk::previous(&bytes));
        }
    }
    Ok(versions)
}
