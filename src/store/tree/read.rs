//! Reading a folder, finding a path, walking all below.

use super::entry::{Entry, FOLDER, Node, Target, Tree};
use crate::store::{Error, Link, Store};

/// A list of parts may itself have parts; hostile ones would go on for ever.
const MAX_LEVELS: usize = 4;

/// Reads the folder that `link` stands for.
pub fn read(store: &Store, link: &Link) -> Result<Tree, Error> {
    let mut entries = vec![];
    let mut stack = vec![(*link, 0)];
    while let Some((part, level)) = stack.pop() {
        let node: Node = store.read_node(&part)?;
        if level > MAX_LEVELS {
            return Err(malformed(link, "its parts are nested too deep"));
        }
        // The node of a file that lies in several chunks has neither.
        if node.parts.is_empty() && node.entries.is_none() {
            return Err(malformed(link, "it is no folder"));
        }
        stack.extend(node.parts.iter().rev().map(|(_, link)| (*link, level + 1)));
        entries.extend(node.entries.unwrap_or_default());
    }
    match entries.is_sorted_by(|a, b| a.name < b.name) {
        true => Ok(Tree { entries }),
        false => Err(malformed(link, "its names are not sorted")),
    }
}

/// Returns what `path` (names with `/` between them) leads to from the tree `root`; symlinks are not followed.
pub fn get(store: &Store, root: &Link, path: &[u8]) -> Result<Entry, Error> {
    let missing = || Error::NoEntry { tree: *root, path: String::from_utf8_lossy(path).into() };
    let mut at = Entry { name: vec![], mode: FOLDER, size: 0, target: Target::Content(*root) };
    for name in path.split(|byte| *byte == b'/').filter(|name| !name.is_empty() && *name != b".") {
        let folder = at.folder().ok_or_else(missing)?;
        at = find(store, folder, name)?.ok_or_else(missing)?;
    }
    Ok(at)
}

/// Finds a name without reading the parts where it cannot be.
fn find(store: &Store, folder: Link, name: &[u8]) -> Result<Option<Entry>, Error> {
    let mut link = folder;
    for _ in 0..=MAX_LEVELS {
        let node: Node = store.read_node(&link)?;
        if let Some(entries) = node.entries {
            return Ok(Tree { entries }.find(name).cloned());
        }
        match node.parts.partition_point(|(first, _)| first.as_slice() <= name) {
            0 => return Ok(None),
            after => link = node.parts[after - 1].1,
        }
    }
    Err(malformed(&folder, "its parts are nested too deep"))
}

/// Shows every entry below `root` with its path: a folder before what is in it, names in their order.
pub fn walk<E: From<Error>>(
    store: &Store,
    root: &Link,
    mut visit: impl FnMut(&[u8], &Entry) -> Result<(), E>,
) -> Result<(), E> {
    let mut path = Path::default();
    let mut stack = vec![read(store, root)?.entries.into_iter()];
    while let Some(entries) = stack.last_mut() {
        let Some(entry) = entries.next() else {
            stack.pop();
            path.leave();
            continue;
        };
        path.enter(&entry.name);
        visit(&path.bytes, &entry)?;
        match entry.folder() {
            Some(folder) => stack.push(read(store, &folder)?.entries.into_iter()),
            None => path.leave(),
        }
    }
    Ok(())
}

/// A path that is walked; the length before each name is kept, so that a deep one costs no copies.
#[derive(Debug, Default)]
struct Path {
    bytes: Vec<u8>,
    lengths: Vec<usize>,
}

impl Path {
    fn enter(&mut self, name: &[u8]) {
        self.lengths.push(self.bytes.len());
        if !self.bytes.is_empty() {
            self.bytes.push(b'/');
        }
        self.bytes.extend_from_slice(name);
    }

    fn leave(&mut self) {
        self.bytes.truncate(self.lengths.pop().unwrap_or(0));
    }
}

fn malformed(link: &Link, reason: &str) -> Error {
    Error::Malformed { link: *link, wanted: "tree", reason: reason.to_owned() }
}
