//! Everything that can be reached from here, by links alone.

use std::collections::HashSet;

use crate::store::{Error, Kind, Link, Store, object};

/// The objects that a walk has met. Remembers half of each digest: 10 million objects fit into memory.
#[derive(Debug, Default, Clone)]
pub struct Seen(HashSet<u128>);

impl Seen {
    /// Adds `link`; returns whether it was new.
    pub fn insert(&mut self, link: &Link) -> bool {
        self.0.insert(half(link))
    }

    pub fn contains(&self, link: &Link) -> bool {
        self.0.contains(&half(link))
    }

    /// Returns how many objects were met.
    pub fn len(&self) -> u64 {
        self.0.len() as u64
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn half(link: &Link) -> u128 {
    let head = u128::from_le_bytes(link.digest.as_bytes()[..16].try_into().expect("16 bytes"));
    head ^ link.kind as u128
}

/// Visits each object that can be reached from `roots` and is not in `seen` yet, once, a node before what it links to.
///
/// `visit` gets the bytes of a node, and `None` for a blob, which is not read. Iterative, so that no depth overflows the
/// stack. A node that is missing or damaged goes to `lost`, which decides whether the walk goes on.
pub fn walk(
    store: &Store,
    roots: impl IntoIterator<Item = Link>,
    seen: &mut Seen,
    mut visit: impl FnMut(&Link, Option<&[u8]>) -> Result<(), Error>,
    mut lost: impl FnMut(&Link, Error) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut open: Vec<Link> = roots.into_iter().filter(|link| seen.insert(link)).collect();
    open.reverse();
    while let Some(link) = open.pop() {
        if link.kind == Kind::Blob {
            visit(&link, None)?;
            continue;
        }
        match store.read(&link).and_then(|bytes| Ok((object::links(&bytes)?, bytes))) {
            Ok((links, bytes)) => {
                visit(&link, Some(&bytes))?;
                open.extend(links.into_iter().rev().filter(|link| seen.insert(link)));
            }
            Err(error) => lost(&link, error)?,
        }
    }
    Ok(())
}

/// Adds everything that can be reached from `roots` to `seen`; fails where a node cannot be read.
pub fn mark(
    store: &Store,
    roots: impl IntoIterator<Item = Link>,
    seen: &mut Seen,
) -> Result<(), Error> {
    walk(store, roots, seen, |_, _| Ok(()), |_, error| Err(error))
}

/// Returns whether `old` is `new` or one of the versions before it, as far as they are in the store.
///
/// A node that stands for an edit names what was there before in `previous`, by digest and not by link.
pub fn is_ancestor(store: &Store, old: &Link, new: &Link) -> Result<bool, Error> {
    let mut seen = Seen::default();
    let mut open = vec![*new];
    while let Some(link) = open.pop() {
        if link == *old {
            return Ok(true);
        }
        if !seen.insert(&link) || link.kind == Kind::Blob {
            continue;
        }
        match store.read(&link) {
            Ok(bytes) => open.extend(previous(&bytes)),
            Err(Error::Missing(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(false)
}

/// Returns the versions that the bytes of a node name in `previous`.
pub fn previous(bytes: &[u8]) -> Vec<Link> {
    #[derive(serde::Deserialize)]
    struct Edit {
        #[serde(default)]
        previous: Vec<serde_bytes::ByteBuf>,
    }
    let edit = object::decode::<Edit>(bytes).map(|edit| edit.previous).unwrap_or_default();
    let digests = edit.iter().filter_map(|name| <[u8; 32]>::try_from(name.as_slice()).ok());
    digests.map(|digest| Link::node(crate::base::Digest::from_bytes(digest))).collect()
}
