//! Laying a layer upon those below it: the order of the image specification, and what is hostile refused.
//!
//! A path in a layer is followed as the finished container would: symlinks of this and of lower layers, inside of the root
//! only. So an entry `a/x` where `a` points to `/etc` is `/etc/x` of the image, and never of the host.

use std::collections::HashSet;

use super::{Inode, Kind, Node, ROOT, View};
use crate::image::layer::{self, Entry};
use crate::image::rootfs::{Error, path};

/// A whiteout's name begins so (image-spec, layer.md).
const WHITEOUT: &[u8] = b".wh.";
/// Hides all that is in the folder below.
const OPAQUE: &[u8] = b".wh..wh..opq";
/// AUFS kept records under such names; no runtime takes them for files.
const AUFS: &[u8] = b".wh..wh.";
/// As many symlinks as the kernel follows in one path.
const MAX_LINKS: u32 = 40;
/// (uid_t) -1 says "leave as it is" to every call that takes an owner.
const NO_ID: u32 = u32::MAX;

/// What came with one layer.
#[derive(Debug, Default)]
pub(in crate::image::rootfs) struct Applied {
    /// Names in folders (by node) that lower layers may have and which are gone.
    whiteouts: Vec<(u32, Box<[u8]>)>,
    /// Whether an entry meant what only the layers below tell: a folder that the layer itself does not name, a link to a
    /// file of theirs.
    pub(in crate::image::rootfs) leans: bool,
    /// Whether the layer names the root folder itself.
    pub(in crate::image::rootfs) has_root: bool,
}

impl Applied {
    /// Returns the names in a folder that are gone.
    pub(in crate::image::rootfs) fn whiteouts_in(
        &self,
        folder: u32,
    ) -> impl Iterator<Item = &[u8]> {
        let from = self.whiteouts.partition_point(|(at, _)| *at < folder);
        let rest = self.whiteouts[from..].iter();
        rest.take_while(move |(at, _)| *at == folder).map(|(_, name)| &**name)
    }
}

/// The work on one layer.
pub(super) struct Laying<'v> {
    view: &'v mut View,
    layer: u32,
    applied: Applied,
    gone: HashSet<(u32, Box<[u8]>)>,
    /// The folder of the entry before: the next is mostly in the same.
    last: Option<(Vec<u8>, u32)>,
}

impl<'v> Laying<'v> {
    pub(super) fn begin(view: &'v mut View) -> Self {
        view.layers += 1;
        let layer = view.layers;
        Self { view, layer, applied: Applied::default(), gone: HashSet::new(), last: None }
    }

    pub(super) fn finish(mut self) -> Applied {
        let mut gone: Vec<_> = self.gone.into_iter().collect();
        gone.sort_unstable();
        self.applied.whiteouts = gone;
        self.applied
    }

    pub(super) fn put(&mut self, entry: Entry) -> Result<(), Error> {
        if matches!(entry.kind, layer::Kind::Other(_)) {
            return Ok(());
        }
        let whole = entry.path.clone();
        let names = path::names(&whole)?;
        if entry.uid == NO_ID || entry.gid == NO_ID {
            return Err(Error::malformed(&whole, "its owner is no number a system has"));
        }
        let Some((name, above)) = names.split_last() else {
            return self.put_root(entry);
        };
        if above.iter().any(|name| name.starts_with(WHITEOUT)) {
            return Err(Error::malformed(&whole, "it lies below a whiteout"));
        }
        match name.strip_prefix(WHITEOUT) {
            None => self.put_entry(entry, above, name),
            Some(_) if *name == OPAQUE => self.hide_all(&whole, above),
            Some(_) if name.starts_with(AUFS) => Ok(()),
            Some(b"" | b"." | b"..") => {
                Err(Error::malformed(&whole, "it is a whiteout of no name"))
            }
            Some(hidden) => self.hide(&whole, above, hidden),
        }
    }

    /// The root is a folder and stays one: a link in its place would move all that follows (CVE-2021-29136).
    fn put_root(&mut self, entry: Entry) -> Result<(), Error> {
        if entry.kind != layer::Kind::Directory {
            return Err(Error::unsafe_entry(&entry.path, "the root can be nothing but a folder"));
        }
        let inode = self.view.add_inode(Inode::of(entry, Kind::Folder)?);
        self.view.node_mut(ROOT).inode = inode;
        self.applied.has_root = true;
        self.touch(ROOT, false);
        Ok(())
    }

    fn put_entry(&mut self, entry: Entry, above: &[&[u8]], name: &[u8]) -> Result<(), Error> {
        let folder = self.folder(&entry.path, above, true)?.expect("made where it was not");
        let kind = match entry.kind {
            layer::Kind::HardLink => return self.put_link(&entry, folder, name),
            layer::Kind::Directory => Kind::Folder,
            layer::Kind::Symlink => Kind::Symlink,
            layer::Kind::CharDevice => Kind::CharDevice,
            layer::Kind::BlockDevice => Kind::BlockDevice,
            layer::Kind::Fifo => Kind::Fifo,
            layer::Kind::File | layer::Kind::Other(_) => Kind::File,
        };
        let inode = self.view.add_inode(Inode::of(entry, kind)?);
        match kind {
            Kind::Folder => self.put_folder(folder, name, inode),
            _ => self.put_file(folder, name, inode),
        }
        Ok(())
    }

    fn put_link(&mut self, entry: &Entry, folder: u32, name: &[u8]) -> Result<(), Error> {
        let (at, same) = self.link_target(&entry.path, &entry.link)?;
        if at == folder && *same == *name {
            return Ok(());
        }
        let inode = self.shared_inode(at, &same);
        self.put_file(folder, name, inode);
        Ok(())
    }

    fn put_file(&mut self, folder: u32, name: &[u8], inode: u32) {
        self.replace(folder, name, Node { inode, layer: self.layer, ..Node::default() });
    }

    /// A folder keeps what lower layers have in it; anything else makes room for it, a symlink too (RUSTSEC-2026-0067).
    fn put_folder(&mut self, folder: u32, name: &[u8], inode: u32) {
        let before = self.view.child_of(folder, name);
        match before {
            Some(node) if self.view.inode(node).kind == Kind::Folder => {
                self.touch(node, false);
                self.view.node_mut(node).inode = inode;
            }
            _ => {
                // What this very layer put there first has hidden what lower ones have.
                let replaced = before.is_some_and(|node| self.view.node(node).layer == self.layer);
                let opaque = replaced || self.gone.remove(&(folder, name.into()));
                self.replace(
                    folder,
                    name,
                    Node { inode, layer: self.layer, opaque, ..Node::default() },
                );
            }
        }
    }

    fn replace(&mut self, folder: u32, name: &[u8], node: Node) {
        if !self.is_leaf(folder, name) {
            self.last = None;
        }
        self.gone.remove(&(folder, Box::from(name)));
        let number = self.view.add_node(node);
        self.view.node_mut(folder).children.insert(name.into(), number);
    }

    /// Whether no path can lead through `name`.
    fn is_leaf(&self, folder: u32, name: &[u8]) -> bool {
        let node = self.view.child_of(folder, name);
        node.is_none_or(|node| !matches!(self.view.inode(node).kind, Kind::Folder | Kind::Symlink))
    }

    /// Removes what lower layers have at a name; what this layer has there stays, wherever in the layer it stands.
    fn hide(&mut self, path: &[u8], above: &[&[u8]], name: &[u8]) -> Result<(), Error> {
        let Some(folder) = self.folder(path, above, false)? else { return Ok(()) };
        match self.view.child_of(folder, name) {
            Some(node) if self.view.node(node).layer == self.layer => {
                if self.view.inode(node).kind == Kind::Folder {
                    self.view.node_mut(node).opaque = true;
                    self.prune(node);
                }
            }
            found => {
                self.last = None;
                self.gone.insert((folder, name.into()));
                if found.is_some() {
                    self.view.node_mut(folder).children.remove(name);
                }
            }
        }
        Ok(())
    }

    fn hide_all(&mut self, path: &[u8], above: &[&[u8]]) -> Result<(), Error> {
        let Some(folder) = self.folder(path, above, false)? else { return Ok(()) };
        self.last = None;
        self.view.node_mut(folder).opaque = true;
        self.prune(folder);
        Ok(())
    }

    /// Removes all below a folder that only lower layers have.
    fn prune(&mut self, folder: u32) {
        self.last = None;
        let mut stack = vec![folder];
        while let Some(at) = stack.pop() {
            let mut children = std::mem::take(&mut self.view.node_mut(at).children);
            children.retain(|_, node| self.view.node(*node).layer == self.layer);
            stack.extend(children.values());
            self.view.node_mut(at).children = children;
        }
    }

    /// Returns the folder and the name of a file that is linked to once more. A symlink at the end is not followed.
    fn link_target(&mut self, path: &[u8], target: &[u8]) -> Result<(u32, Box<[u8]>), Error> {
        let missing = || Error::malformed(path, "it is a link to what is not there");
        let names = path::names(target)?;
        let (name, above) = names
            .split_last()
            .ok_or_else(|| Error::unsafe_entry(path, "it is a link to the root"))?;
        let folder = self.folder(path, above, false)?.ok_or_else(missing)?;
        let node = self.view.child_of(folder, name).ok_or_else(missing)?;
        match self.view.inode(node).kind {
            Kind::Folder => Err(Error::malformed(path, "it is a hard link to a folder")),
            _ => Ok((folder, Box::from(*name))),
        }
    }

    /// Returns the inode of a file that gets one more name. One of a lower layer is this layer's from here on, as overlayfs
    /// does it: the layer's own folder holds all its names.
    fn shared_inode(&mut self, folder: u32, name: &[u8]) -> u32 {
        let node = self.view.child_of(folder, name).expect("looked up by the caller");
        if self.view.node(node).layer != self.layer {
            self.applied.leans = true;
            let copy = self.view.inode(node).clone();
            let inode = self.view.add_inode(copy);
            *self.view.node_mut(node) = Node { inode, layer: self.layer, ..Node::default() };
        }
        self.view.node(node).inode
    }

    /// Returns the folder that `names` lead to, now one of this layer too. Makes what is not there, if it may.
    fn folder(&mut self, path: &[u8], names: &[&[u8]], make: bool) -> Result<Option<u32>, Error> {
        let key = path::join(names);
        if let Some((known, folder)) = &self.last
            && *known == key
        {
            return Ok(Some(*folder));
        }
        let Some(trail) = self.trail(path, names, make)? else {
            self.applied.leans = true;
            return Ok(None);
        };
        trail.iter().for_each(|node| self.touch(*node, true));
        let folder = *trail.last().expect("the root is first");
        self.last = Some((key, folder));
        Ok(Some(folder))
    }

    /// Returns the nodes from the root to what `names` lead to.
    fn trail(
        &mut self,
        path: &[u8],
        names: &[&[u8]],
        make: bool,
    ) -> Result<Option<Vec<u32>>, Error> {
        let mut trail = vec![ROOT];
        let mut rest: Vec<Box<[u8]>> = names.iter().rev().map(|name| Box::from(*name)).collect();
        let mut links = 0;
        while let Some(name) = rest.pop() {
            let at = *trail.last().expect("the root stays");
            match (&*name, self.view.child_of(at, &name)) {
                (b"" | b".", _) => {}
                (b"..", _) => trail.truncate((trail.len() - 1).max(1)),
                (_, None) if make && name.starts_with(WHITEOUT) => {
                    return Err(Error::malformed(path, "its folder has the name of a whiteout"));
                }
                (_, None) if make => trail.push(self.make_folder(at, name)),
                (_, None) => return Ok(None),
                (_, Some(node)) => match self.view.inode(node).kind {
                    Kind::Folder => trail.push(node),
                    Kind::Symlink => {
                        links += 1;
                        self.applied.leans |= self.view.node(node).layer != self.layer;
                        if links > MAX_LINKS {
                            return Err(Error::malformed(path, "its folder is a loop of links"));
                        }
                        let target = self.view.inode(node).target.clone();
                        if target.starts_with(b"/") {
                            trail.truncate(1);
                        }
                        rest.extend(target.split(|byte| *byte == b'/').rev().map(Box::from));
                    }
                    _ if make => return Err(Error::malformed(path, "its folder is no folder")),
                    _ => return Ok(None),
                },
            }
        }
        Ok(Some(trail))
    }

    /// Makes a folder that the layer does not name, or not before what is in it.
    fn make_folder(&mut self, at: u32, name: Box<[u8]>) -> u32 {
        self.applied.leans = true;
        let opaque = self.gone.remove(&(at, name.clone()));
        let inode = self.view.add_inode(Inode::folder());
        let node = Node { inode, layer: self.layer, opaque, ..Node::default() };
        let number = self.view.add_node(node);
        self.view.node_mut(at).children.insert(name, number);
        number
    }

    /// Says that a folder is in this layer. A layer need not name the root: that alone makes it lean on nothing.
    fn touch(&mut self, node: u32, through: bool) {
        let layer = self.layer;
        let found = self.view.node_mut(node);
        if found.layer != layer {
            found.layer = layer;
            found.opaque = false;
            self.applied.leans |= through && node != ROOT;
        }
    }
}

impl View {
    fn add_inode(&mut self, inode: Inode) -> u32 {
        self.inodes.push(inode);
        u32::try_from(self.inodes.len() - 1).expect("a layer's entries are limited")
    }

    fn add_node(&mut self, node: Node) -> u32 {
        self.nodes.push(node);
        u32::try_from(self.nodes.len() - 1).expect("a layer's entries are limited")
    }

    fn child_of(&self, folder: u32, name: &[u8]) -> Option<u32> {
        self.node(folder).children.get(name).copied()
    }
}
