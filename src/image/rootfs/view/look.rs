//! Looking into a view: by path, folder by folder, content.

use super::{Inode, Kind, ROOT, View};
use crate::image::rootfs::Error;
use crate::image::rootfs::error::shown;
use crate::store::{Store, file};

/// As many symlinks as the kernel follows in one path.
const MAX_LINKS: u32 = 40;

/// A file and where it is, with no symlink in the path.
#[derive(Debug, Clone)]
pub struct Found<'a> {
    /// Without a leading `/`; empty for the root.
    pub path: Vec<u8>,
    pub inode: &'a Inode,
    /// The same for all names of one file (hard links).
    pub id: u32,
    node: u32,
}

/// How far a path leads.
struct Walked<'a> {
    /// The nodes from the root on, and their names; the root has none.
    trail: Vec<(u32, &'a [u8])>,
    /// Names that are not there, outermost first.
    missing: Vec<&'a [u8]>,
}

impl View {
    /// Returns what is at `path`; a symlink at its end is not followed, one before it is, inside of the root only.
    ///
    /// Nothing is returned where the path leads nowhere; a loop is an error.
    pub fn get(&self, path: &[u8]) -> Result<Option<Found<'_>>, Error> {
        self.optional(path, false)
    }

    /// Returns what `path` leads to in the end, all symlinks followed inside of the root; `..` stops at it.
    pub fn resolve(&self, path: &[u8]) -> Result<Option<Found<'_>>, Error> {
        self.optional(path, true)
    }

    /// Returns the innermost folder of `path` that is there, all symlinks followed, and the names that are not there yet.
    ///
    /// What is made at `path` belongs below that folder, at those names.
    pub fn nearest(&self, path: &[u8]) -> Result<(Found<'_>, Vec<u8>), Error> {
        let walked = self.walk_to(path, true)?;
        let missing = walked.missing.join(&b'/');
        Ok((self.found(&walked), missing))
    }

    /// Returns the names in a folder in the order of their bytes, with what they are; the folder may be behind symlinks.
    pub fn list(&self, path: &[u8]) -> Result<Vec<(&[u8], Found<'_>)>, Error> {
        let folder = self.resolve(path)?.ok_or_else(|| Error::NotFound(shown(path)))?;
        if folder.inode.kind != Kind::Folder {
            return Err(Error::NotAFolder(shown(path)));
        }
        let children = self.node(folder.node).children.iter();
        Ok(children.map(|(name, node)| (&**name, self.child(&folder.path, name, *node))).collect())
    }

    /// Visits what `path` leads to and all below it, a folder before what is in it, names in the order of their bytes.
    /// The paths are those in the image, so that all below a symlinked folder has the path of the folder itself.
    pub fn walk<'a, E: From<Error>>(
        &'a self,
        path: &[u8],
        mut visit: impl FnMut(&Found<'a>) -> Result<(), E>,
    ) -> Result<(), E> {
        let top = self.resolve(path)?.ok_or_else(|| Error::NotFound(shown(path)))?;
        let mut stack = vec![top];
        while let Some(found) = stack.pop() {
            visit(&found)?;
            let children = self.node(found.node).children.iter().rev();
            stack.extend(children.map(|(name, node)| self.child(&found.path, name, *node)));
        }
        Ok(())
    }

    /// Reads the file that `path` leads to; nothing where it leads nowhere or to no file. Refuses more than `limit` bytes.
    pub fn read(&self, store: &Store, path: &[u8], limit: u64) -> Result<Option<Vec<u8>>, Error> {
        let Some(found) = self.resolve(path)? else { return Ok(None) };
        let inode = found.inode;
        if inode.kind != Kind::File {
            return Ok(None);
        }
        if inode.size > limit {
            return Err(Error::TooLarge { path: shown(path), size: inode.size, limit });
        }
        let Some(content) = &inode.content else {
            return Ok(Some(vec![0; inode.size as usize]));
        };
        let bytes = file::open(store, &content.link)?.read_all(limit)?;
        Ok(Some(content.expand(bytes, inode.size)))
    }

    /// Returns how many names there are, the root's among them.
    pub fn len(&self) -> usize {
        let mut count = 0;
        let mut stack = vec![ROOT];
        while let Some(node) = stack.pop() {
            count += 1;
            stack.extend(self.node(node).children.values());
        }
        count
    }

    /// Returns whether there is nothing but the root.
    pub fn is_empty(&self) -> bool {
        self.node(ROOT).children.is_empty()
    }

    /// Returns what has a name in a folder that was found; no symlink is followed.
    pub(in crate::image::rootfs) fn child_of_found(
        &self,
        folder: &Found<'_>,
        name: &[u8],
    ) -> Option<Found<'_>> {
        let node = *self.node(folder.node).children.get(name)?;
        Some(self.child(&folder.path, name, node))
    }

    /// Returns the names in a folder that was found.
    pub(in crate::image::rootfs) fn names(
        &self,
        folder: &Found<'_>,
    ) -> impl Iterator<Item = &[u8]> {
        self.node(folder.node).children.keys().map(|name| &**name)
    }

    fn optional(&self, path: &[u8], follow: bool) -> Result<Option<Found<'_>>, Error> {
        match self.walk_to(path, follow) {
            Ok(walked) if walked.missing.is_empty() => Ok(Some(self.found(&walked))),
            Ok(_) | Err(Error::NotAFolder(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn child<'a>(&'a self, folder: &[u8], name: &[u8], node: u32) -> Found<'a> {
        let mut path = Vec::with_capacity(folder.len() + 1 + name.len());
        path.extend_from_slice(folder);
        if !folder.is_empty() {
            path.push(b'/');
        }
        path.extend_from_slice(name);
        Found { path, inode: self.inode(node), id: self.node(node).inode, node }
    }

    fn found(&self, walked: &Walked<'_>) -> Found<'_> {
        let names: Vec<&[u8]> = walked.trail[1..].iter().map(|(_, name)| *name).collect();
        let node = walked.trail.last().map_or(ROOT, |(node, _)| *node);
        let (inode, id) = (self.inode(node), self.node(node).inode);
        Found { path: names.join(&b'/'), inode, id, node }
    }

    fn walk_to<'a>(&'a self, path: &'a [u8], follow: bool) -> Result<Walked<'a>, Error> {
        let mut walked = Walked { trail: vec![(ROOT, b"")], missing: vec![] };
        // A path that ends with `/` means what is behind the last link.
        let follow = follow || path.ends_with(b"/") || path.ends_with(b"/.");
        let mut names: Vec<&[u8]> = path.split(|byte| *byte == b'/').rev().collect();
        let mut links = 0;
        while let Some(name) = names.pop() {
            match name {
                b"" | b"." => continue,
                b".." if !walked.missing.is_empty() => drop(walked.missing.pop()),
                b".." => walked.trail.truncate((walked.trail.len() - 1).max(1)),
                _ if !walked.missing.is_empty() => walked.missing.push(name),
                _ => {
                    let (at, _) = *walked.trail.last().expect("the root stays");
                    if self.inode(at).kind != Kind::Folder {
                        return Err(Error::NotAFolder(shown(path)));
                    }
                    let Some((name, node)) = self.node(at).children.get_key_value(name) else {
                        walked.missing.push(name);
                        continue;
                    };
                    let inode = self.inode(*node);
                    if inode.kind != Kind::Symlink || (!follow && rest_is_empty(&names)) {
                        walked.trail.push((*node, &**name));
                        continue;
                    }
                    links += 1;
                    if links > MAX_LINKS {
                        return Err(Error::Loop(shown(path)));
                    }
                    if inode.target.starts_with(b"/") {
                        walked.trail.truncate(1);
                    }
                    names.extend(inode.target.split(|byte| *byte == b'/').rev());
                }
            }
        }
        Ok(walked)
    }
}

fn rest_is_empty(names: &[&[u8]]) -> bool {
    names.iter().all(|name| matches!(*name, b"" | b"."))
}
