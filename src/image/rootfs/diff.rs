//! How two images differ, file by file.

use std::collections::BTreeSet;

use crate::image::rootfs::Error;
use crate::image::rootfs::view::{Found, Inode, Kind, View};

/// What is not the same at one path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    pub path: Vec<u8>,
    pub old: Option<Inode>,
    pub new: Option<Inode>,
}

impl Difference {
    /// Returns `added`, `removed`, `changed`, or `mode` where only the mode, the owner or attributes are others.
    pub fn change(&self) -> &'static str {
        match (&self.old, &self.new) {
            (None, _) => "added",
            (_, None) => "removed",
            (Some(old), Some(new)) if is_same_content(old, new) => "mode",
            _ => "changed",
        }
    }
}

/// Returns where two file systems differ, sorted. Times are no difference: those of two builds of the same always differ.
pub fn diff(old: &View, new: &View) -> Result<Vec<Difference>, Error> {
    let mut found = vec![];
    let mut stack = vec![(old.get(b"")?, new.get(b"")?)];
    while let Some((a, b)) = stack.pop() {
        let differs = match (&a, &b) {
            (Some(a), Some(b)) => !is_same(a.inode, b.inode),
            _ => true,
        };
        let names: BTreeSet<Vec<u8>> = names(old, &a).chain(names(new, &b)).collect();
        // Reversed, so that they are taken in their order.
        for name in names.iter().rev() {
            let child = |view, one: &Option<Found<'_>>| {
                one.as_ref().and_then(|one| View::child_of_found(view, one, name))
            };
            stack.push((child(old, &a), child(new, &b)));
        }
        if differs {
            let path = a.as_ref().or(b.as_ref()).map(|one| one.path.clone()).unwrap_or_default();
            let inode = |one: Option<Found<'_>>| one.map(|one| one.inode.clone());
            found.push(Difference { path, old: inode(a), new: inode(b) });
        }
    }
    Ok(found)
}

fn names<'a>(
    view: &'a View,
    folder: &Option<Found<'_>>,
) -> impl Iterator<Item = Vec<u8>> + use<'a> {
    let names: Vec<Vec<u8>> = match folder {
        Some(folder) if folder.inode.kind == Kind::Folder => {
            view.names(folder).map(<[u8]>::to_vec).collect()
        }
        _ => vec![],
    };
    names.into_iter()
}

fn is_same(a: &Inode, b: &Inode) -> bool {
    is_same_content(a, b) && (a.mode, a.uid, a.gid, &a.xattrs) == (b.mode, b.uid, b.gid, &b.xattrs)
}

fn is_same_content(a: &Inode, b: &Inode) -> bool {
    let all =
        |one: &Inode| (one.kind, one.size, one.target.clone(), one.device, one.content.clone());
    all(a) == all(b)
}
