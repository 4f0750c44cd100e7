//! What differs between two trees.

use super::entry::{Entry, FOLDER};
use super::read::read;
use crate::store::{Error, Link, Store};

/// A path where two trees differ; folders only where one of them is empty or is no folder in the other tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    pub path: Vec<u8>,
    pub old: Option<Entry>,
    pub new: Option<Entry>,
}

/// Compares two trees, either of which may not be there. Folders with the same id are not looked into.
pub fn diff(
    store: &Store,
    old: Option<&Link>,
    new: Option<&Link>,
) -> Result<Vec<Difference>, Error> {
    let mut found = vec![];
    let mut stack = vec![(vec![], old.copied(), new.copied())];
    while let Some((prefix, old, new)) = stack.pop() {
        if old != new {
            compare(entries(store, old)?, entries(store, new)?, &prefix, &mut stack, &mut found);
        }
    }
    found
        .sort_by(|a, b| a.path.split(|byte| *byte == b'/').cmp(b.path.split(|byte| *byte == b'/')));
    Ok(found)
}

fn entries(store: &Store, link: Option<Link>) -> Result<Vec<Entry>, Error> {
    link.map_or(Ok(vec![]), |link| Ok(read(store, &link)?.entries))
}

type Pending = (Vec<u8>, Option<Link>, Option<Link>);

/// Compares two sorted lists; what lies in folders is left for later.
fn compare(
    old: Vec<Entry>,
    new: Vec<Entry>,
    prefix: &[u8],
    pending: &mut Vec<Pending>,
    found: &mut Vec<Difference>,
) {
    let (mut old, mut new) = (old.into_iter().peekable(), new.into_iter().peekable());
    while let Some(first) = [old.peek(), new.peek()].into_iter().flatten().map(|e| &e.name).min() {
        let name = first.clone();
        let a = old.next_if(|entry| entry.name == name);
        let b = new.next_if(|entry| entry.name == name);
        if a == b {
            continue;
        }
        let slash: &[u8] = if prefix.is_empty() { b"" } else { b"/" };
        let path = [prefix, slash, &name].concat();
        let folders = [&a, &b].map(|entry| entry.as_ref().and_then(Entry::folder));
        if folders != [None, None] {
            pending.push((path.clone(), folders[0], folders[1]));
        }
        let shown = |entry: &Option<Entry>| {
            entry.clone().filter(|entry| entry.mode != FOLDER || entry.size == 0)
        };
        let (a, b) = (shown(&a), shown(&b));
        if a != b {
            found.push(Difference { path, old: a, new: b });
        }
    }
}
