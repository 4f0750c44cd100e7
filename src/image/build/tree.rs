//! What can be copied from: a folder on disk, or the file system that the layers of an image make.

use std::collections::BTreeMap;
use std::sync::Arc;

use rustix::fs::FileType;

use crate::image::Error;
use crate::image::build;
use crate::image::build::context::{Folder, Seen};
use crate::image::layer::{Kind, Time};
use crate::image::rootfs::{self, View};

/// As many symlinks as the kernel follows in one path.
const MAX_LINKS: u32 = 40;

/// Somewhere files come from.
#[derive(Debug, Clone, Copy)]
pub enum Tree<'a> {
    Folder(&'a Folder),
    View(&'a View),
}

/// A file, folder or anything else that is to be copied.
#[derive(Debug, Clone)]
pub struct Item {
    /// In its tree, without symlinks before the last name; empty for the root.
    pub path: Vec<u8>,
    pub kind: Kind,
    /// The lower twelve bits.
    pub mode: u32,
    pub uid: u32,
    pub gid: u32,
    pub mtime: Time,
    /// Of a symlink.
    pub target: Vec<u8>,
    pub device: (u32, u32),
    pub xattrs: BTreeMap<Vec<u8>, Vec<u8>>,
    pub body: Body,
    /// The same for all names of one file in its tree, where it may have several.
    pub inode: Option<Inode>,
}

/// What tells files apart: numbers of the device and of the file; layers count theirs without a device.
pub type Inode = (u64, u64);

/// Where the content of a file is.
#[derive(Debug, Clone)]
pub enum Body {
    Nothing,
    /// In a folder on disk, at this path.
    Seen(Arc<Seen>, Vec<u8>),
    /// In the store, of so many bytes.
    Stored(Option<rootfs::Content>, u64),
    /// Here: what a Dockerfile says itself.
    Bytes(Arc<Vec<u8>>),
}

impl Item {
    /// Makes an item of what a Dockerfile or a server says.
    pub fn file(name: &str, mode: u32, mtime: Time, bytes: Vec<u8>) -> Self {
        Self {
            path: name.as_bytes().to_vec(),
            kind: Kind::File,
            mode,
            uid: 0,
            gid: 0,
            mtime,
            target: vec![],
            device: (0, 0),
            xattrs: BTreeMap::new(),
            body: Body::Bytes(Arc::new(bytes)),
            inode: None,
        }
    }

    /// Tells whether it is a folder of which nothing is said but that something is in it.
    pub fn is_implied(&self) -> bool {
        let Self { mode, uid, gid, mtime, xattrs, .. } = self;
        let plain = (*mode, *uid, *gid, *mtime) == (0o755, 0, 0, Time::default());
        self.is_folder() && plain && xattrs.is_empty()
    }

    /// Returns how many bytes a file has.
    pub fn size(&self) -> u64 {
        match &self.body {
            Body::Nothing => 0,
            Body::Seen(seen, _) => seen.size(),
            Body::Stored(_, size) => *size,
            Body::Bytes(bytes) => bytes.len() as u64,
        }
    }

    pub fn is_folder(&self) -> bool {
        self.kind == Kind::Directory
    }

    /// Returns the last name of its path.
    pub fn name(&self) -> &[u8] {
        self.path.rsplit(|byte| *byte == b'/').next().unwrap_or_default()
    }
}

impl Tree<'_> {
    /// Returns what `path` leads to, all symlinks followed as if the tree were all there is.
    pub fn resolve(&self, path: &[u8]) -> Result<Option<Item>, Error> {
        match self {
            Self::View(view) => Ok(view.resolve(path)?.map(|found| of_view(&found))),
            Self::Folder(folder) => self.resolve_in(folder, path),
        }
    }

    /// Returns what is at `path`; a symlink at its end is not followed.
    pub fn look(&self, path: &[u8]) -> Result<Option<Item>, Error> {
        match self {
            Self::View(view) => Ok(view.get(path)?.map(|found| of_view(&found))),
            Self::Folder(folder) => self.resolve_in(folder, path),
        }
    }

    fn resolve_in(&self, folder: &Folder, path: &[u8]) -> Result<Option<Item>, Error> {
        let root = of_seen(vec![], &folder.root()?);
        let mut trail = vec![root];
        let mut names: Vec<Vec<u8>> = split(path);
        let mut links = 0;
        while let Some(name) = names.pop() {
            let at = trail.last().expect("the root stays");
            match &name[..] {
                b"" | b"." => continue,
                b".." => {
                    trail.truncate((trail.len() - 1).max(1));
                    continue;
                }
                _ if !at.is_folder() => return Ok(None),
                _ => {}
            }
            let Some(item) = self.child(at, &name)? else { return Ok(None) };
            if item.kind != Kind::Symlink {
                trail.push(item);
                continue;
            }
            links += 1;
            if links > MAX_LINKS {
                return Err(build::Error::LinkLoop(String::from_utf8_lossy(path).into()).into());
            }
            if item.target.starts_with(b"/") {
                trail.truncate(1);
            }
            names.extend(split(&item.target));
        }
        Ok(trail.pop())
    }

    /// Returns what is called `name` in `folder`; a symlink is not followed.
    fn child(&self, folder: &Item, name: &[u8]) -> Result<Option<Item>, Error> {
        let (Self::Folder(tree), Body::Seen(around, _)) = (self, &folder.body) else {
            return Ok(self.list(folder)?.into_iter().find(|item| item.name() == name));
        };
        let listing = tree.list(&folder.path, around)?;
        let found = listing.binary_search_by(|(other, _)| other.as_slice().cmp(name)).ok();
        Ok(found.map(|at| of_seen(join(&folder.path, name), &listing[at].1)))
    }

    /// Returns what is in a folder, in the order of names.
    pub fn list(&self, folder: &Item) -> Result<Vec<Item>, Error> {
        match (self, &folder.body) {
            (Self::View(view), _) => {
                let listed = view.list(&folder.path)?;
                Ok(listed.iter().map(|(_, found)| of_view(found)).collect())
            }
            (Self::Folder(tree), Body::Seen(around, _)) => {
                let listing = tree.list(&folder.path, around)?;
                let items = listing.iter();
                Ok(items.map(|(name, seen)| of_seen(join(&folder.path, name), seen)).collect())
            }
            (Self::Folder(_), _) => Ok(vec![]),
        }
    }
}

fn split(path: &[u8]) -> Vec<Vec<u8>> {
    path.split(|byte| *byte == b'/').rev().map(<[u8]>::to_vec).collect()
}

pub(super) fn join(folder: &[u8], name: &[u8]) -> Vec<u8> {
    match (folder.is_empty(), name.is_empty()) {
        (true, _) => name.to_vec(),
        (_, true) => folder.to_vec(),
        (false, false) => [folder, b"/", name].concat(),
    }
}

fn of_seen(path: Vec<u8>, seen: &Arc<Seen>) -> Item {
    let kind = match seen.kind() {
        FileType::Directory => Kind::Directory,
        FileType::Symlink => Kind::Symlink,
        FileType::Fifo => Kind::Fifo,
        FileType::CharacterDevice => Kind::CharDevice,
        FileType::BlockDevice => Kind::BlockDevice,
        FileType::RegularFile => Kind::File,
        _ => Kind::Other(0),
    };
    Item {
        body: Body::Seen(Arc::clone(seen), path.clone()),
        path,
        kind,
        mode: seen.mode(),
        // A context belongs to nobody: BuildKit's client resets owners too.
        uid: 0,
        gid: 0,
        mtime: Time {
            seconds: seen.mtime().div_euclid(1_000_000_000),
            nanoseconds: seen.mtime().rem_euclid(1_000_000_000) as u32,
        },
        target: seen.target.clone(),
        device: (0, 0),
        xattrs: seen.attributes.iter().cloned().collect(),
        inode: seen.shared(),
    }
}

fn of_view(found: &rootfs::Found<'_>) -> Item {
    let inode = found.inode;
    let kind = match inode.kind {
        rootfs::Kind::File => Kind::File,
        rootfs::Kind::Folder => Kind::Directory,
        rootfs::Kind::Symlink => Kind::Symlink,
        rootfs::Kind::CharDevice => Kind::CharDevice,
        rootfs::Kind::BlockDevice => Kind::BlockDevice,
        rootfs::Kind::Fifo => Kind::Fifo,
    };
    Item {
        path: found.path.clone(),
        kind,
        mode: inode.mode,
        uid: inode.uid,
        gid: inode.gid,
        mtime: Time { seconds: inode.mtime.0, nanoseconds: inode.mtime.1 },
        target: inode.target.to_vec(),
        device: inode.device,
        xattrs: inode.xattrs.iter().map(|(name, value)| (name.to_vec(), value.to_vec())).collect(),
        body: match kind {
            Kind::File => Body::Stored(inode.content.clone(), inode.size),
            _ => Body::Nothing,
        },
        inode: (kind == Kind::File).then_some((0, u64::from(found.id))),
    }
}
