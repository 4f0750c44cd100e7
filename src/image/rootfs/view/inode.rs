//! What is known of a file: everything but its names.

use crate::image::layer::Entry;
use crate::image::rootfs::Error;
use crate::store::Link;

/// What a file is. Sockets are in no layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    File,
    Folder,
    Symlink,
    CharDevice,
    BlockDevice,
    Fifo,
}

/// Names and values.
pub type Xattrs = Box<[(Box<[u8]>, Box<[u8]>)]>;

/// What is known of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inode {
    pub kind: Kind,
    /// The lower twelve bits.
    pub mode: u32,
    pub uid: u32,
    pub gid: u32,
    /// Seconds since 1970 and nanoseconds.
    pub mtime: (i64, u32),
    /// Bytes of a file's content; 0 for all else.
    pub size: u64,
    /// Where a symlink points to; empty for all else.
    pub target: Box<[u8]>,
    /// Major and minor number of a device.
    pub device: (u32, u32),
    /// Sorted by name; those that overlayfs keeps for itself are dropped.
    pub xattrs: Xattrs,
    /// Of a file that is not empty.
    pub content: Option<Content>,
}

/// Where the content of a file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// A blob or a file node.
    pub link: Link,
    /// Of a sparse file: where (offset, length) the bytes of `link` belong, one piece after the other; zeros elsewhere.
    pub sparse: Option<Box<[(u64, u64)]>>,
}

/// Attributes by which overlayfs and fuse-overlayfs steer themselves: one in a layer could show what is hidden, or lead
/// elsewhere (`redirect`).
const STEERING: [&[u8]; 3] = [b"trusted.overlay.", b"user.overlay.", b"user.fuseoverlayfs."];

/// The kernel takes no longer ones.
const MAX_TARGET: usize = 4095;

impl Inode {
    /// Returns what an entry says, which is of `kind`.
    pub(super) fn of(entry: Entry, kind: Kind) -> Result<Self, Error> {
        let target = match kind {
            Kind::Symlink => entry.link,
            _ => vec![],
        };
        let bad = target.is_empty() || target.len() > MAX_TARGET || target.contains(&0);
        if kind == Kind::Symlink && bad {
            return Err(Error::malformed(&entry.path, "it is a symbolic link to no path"));
        }
        let xattrs = entry.xattrs.into_iter().filter(|(name, _)| !steers(name));
        let content = entry.content.filter(|_| kind == Kind::File);
        Ok(Self {
            kind,
            mode: entry.mode & 0o7777,
            uid: entry.uid,
            gid: entry.gid,
            mtime: (entry.mtime.seconds, entry.mtime.nanoseconds),
            size: if kind == Kind::File { entry.size } else { 0 },
            target: target.into(),
            device: entry.device,
            xattrs: xattrs.map(|(name, value)| (name.into(), value.into())).collect(),
            content: content
                .map(|link| Content { link, sparse: entry.sparse.map(|sparse| sparse.map.into()) }),
        })
    }

    /// A folder of which no layer says anything.
    pub(super) fn folder() -> Self {
        Self {
            kind: Kind::Folder,
            mode: 0o755,
            uid: 0,
            gid: 0,
            mtime: (0, 0),
            size: 0,
            target: Box::default(),
            device: (0, 0),
            xattrs: Box::default(),
            content: None,
        }
    }
}

impl Content {
    /// Returns the whole file, of `size` bytes, made of the bytes of `link`.
    pub(super) fn expand(&self, bytes: Vec<u8>, size: u64) -> Vec<u8> {
        let Some(pieces) = &self.sparse else { return bytes };
        let mut whole = vec![0; size as usize];
        let mut rest = &bytes[..];
        for (start, length) in pieces {
            let length = (*length as usize).min(rest.len());
            let (piece, behind) = rest.split_at(length);
            rest = behind;
            let start = (*start).min(size) as usize;
            let room = length.min(whole.len() - start);
            whole[start..start + room].copy_from_slice(&piece[..room]);
        }
        whole
    }
}

/// Whether an attribute says something to overlayfs and nothing of the file.
pub(in crate::image::rootfs) fn steers(name: &[u8]) -> bool {
    STEERING.iter().any(|steering| name.starts_with(steering))
}
