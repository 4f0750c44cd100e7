//! What a layer's folder is made of: every path is settled, none leads through a symlink.

use std::collections::HashMap;

use crate::image::rootfs::Error;
use crate::image::rootfs::view::{Applied, Found, Inode, Kind, View};

/// What to make, in this order.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// Each before what is in it, the root (an empty path) first; whether it hides what lower layers have in it.
    pub(super) folders: Vec<(Vec<u8>, Inode, bool)>,
    pub(super) files: Vec<(Vec<u8>, Inode)>,
    /// Symlinks, devices and fifos.
    pub(super) others: Vec<(Vec<u8>, Inode)>,
    pub(super) whiteouts: Vec<Vec<u8>>,
    /// One more name of what has the second.
    pub(super) links: Vec<(Vec<u8>, Vec<u8>)>,
}

impl Plan {
    /// Gathers what the topmost layer of `view` says.
    pub(super) fn of(view: &View, applied: &Applied) -> Self {
        let mut plan = Self::default();
        let mut names = HashMap::new();
        let mut stack = vec![(vec![], View::ROOT)];
        while let Some((path, at)) = stack.pop() {
            let node = view.node(at);
            let inode = view.inode(at);
            if inode.kind == Kind::Folder {
                let hidden = applied.whiteouts_in(at);
                plan.whiteouts.extend(hidden.map(|name| below(&path, name)));
                // Reversed, so that they are taken in their order.
                let children = node.children.iter().rev();
                let children = children.filter(|(_, child)| view.is_of_top(**child));
                stack.extend(children.map(|(name, child)| (below(&path, name), *child)));
                plan.folders.push((path, inode.clone(), node.opaque));
                continue;
            }
            plan.put(&mut names, node.inode, path, inode);
        }
        plan
    }

    /// Gathers what was found and all below it, whatever layer it came with; the first `start` bytes of the paths are left
    /// out. A single file comes without a folder.
    pub(super) fn whole(view: &View, found: &Found<'_>, start: usize) -> Self {
        let mut plan = Self::default();
        let mut names = HashMap::new();
        let walked = view.walk(&found.path, |one| {
            let path = one.path.get(start..).unwrap_or_default().to_vec();
            match one.inode.kind {
                Kind::Folder => plan.folders.push((path, one.inode.clone(), false)),
                _ => plan.put(&mut names, one.id, path, one.inode),
            }
            Ok::<(), Error>(())
        });
        debug_assert!(walked.is_ok(), "it was found");
        plan
    }

    /// Takes one name of a file.
    fn put(&mut self, names: &mut HashMap<u32, Vec<u8>>, id: u32, path: Vec<u8>, inode: &Inode) {
        if let Some(first) = names.get(&id) {
            self.links.push((path, first.clone()));
            return;
        }
        names.insert(id, path.clone());
        let list = match inode.kind {
            Kind::File => &mut self.files,
            _ => &mut self.others,
        };
        list.push((path, inode.clone()));
    }
}

fn below(folder: &[u8], name: &[u8]) -> Vec<u8> {
    let mut path = Vec::with_capacity(folder.len() + 1 + name.len());
    path.extend_from_slice(folder);
    if !folder.is_empty() {
        path.push(b'/');
    }
    path.extend_from_slice(name);
    path
}
