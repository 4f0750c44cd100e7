//! What a tar says of one file, whatever way it says it in: ustar, GNU or PAX.

use std::collections::BTreeMap;

use crate::image::layer::Error;
use crate::store::Link;

/// One file of a layer. Names are bytes as they stand in the tar: `..`, a leading `/` and repeated slashes included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub path: Vec<u8>,
    pub kind: Kind,
    /// Permissions with setuid, setgid and sticky; never more than `0o7777`.
    pub mode: u32,
    pub uid: u32,
    pub gid: u32,
    pub mtime: Time,
    /// Bytes of the file as it is seen, holes included. Zero for all but files.
    pub size: u64,
    /// What a symlink or a hard link points at; empty for others.
    pub link: Vec<u8>,
    /// Major and minor number of a device.
    pub device: (u32, u32),
    /// By full name, `user.x` or `security.capability`.
    pub xattrs: BTreeMap<Vec<u8>, Vec<u8>>,
    /// A blob or a file node; `None` where nothing is kept: an empty file, a folder, a link. Read it by
    /// [`crate::image::layer::file`], which knows of holes.
    pub content: Option<Link>,
    /// Where the file has holes: `content` is then what lies between them.
    pub sparse: Option<Sparse>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    File,
    HardLink,
    Symlink,
    CharDevice,
    BlockDevice,
    Directory,
    Fifo,
    /// A type flag that says nothing about a file system: it may have content, and nobody unpacks it.
    Other(u8),
}

impl Kind {
    /// Returns whether bytes follow its header, where the header says so: never behind links, folders and devices.
    pub(super) const fn has_content(self) -> bool {
        matches!(self, Self::File | Self::Other(_))
    }
}

/// Seconds since 1970, and nanoseconds that come on top.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Time {
    pub seconds: i64,
    pub nanoseconds: u32,
}

/// A file with holes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sparse {
    /// Start and length of each piece of content, in ascending order, without overlap, inside of the file.
    pub map: Vec<(u64, u64)>,
}

impl Entry {
    /// Returns an empty entry of root's, as old as time.
    pub fn new(path: impl Into<Vec<u8>>, kind: Kind, mode: u32) -> Self {
        Self {
            path: path.into(),
            kind,
            mode,
            uid: 0,
            gid: 0,
            mtime: Time::default(),
            size: 0,
            link: vec![],
            device: (0, 0),
            xattrs: BTreeMap::new(),
            content: None,
            sparse: None,
        }
    }

    /// Says that the entry cannot go into a layer.
    pub(super) fn unfit(&self, reason: impl Into<String>) -> Error {
        let path = String::from_utf8_lossy(&self.path).into_owned();
        Error::Unfit { path, reason: reason.into() }
    }
}
