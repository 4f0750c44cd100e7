//! What was changed in a mounted root file system, as entries of a layer.
//!
//! Whatever overlayfs copied up is a whole entry, even where only its mode changed. Where it hides a whole folder of the
//! layers below, each name that is gone gets a whiteout of its own: the image specification lets a reader expect these only.

mod disk;
mod gather;

use std::fs::File;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use crate::image::layer::{Entry, Kind as Type, Maker, Time};
use crate::image::rootfs::view::{Inode, Kind};
use crate::image::rootfs::{Error, Mounted, View, mount};
use disk::Disk;
use gather::Gather;

/// Paths in the image where a container mounts something: what it makes there to mount upon is no change, unless it was in
/// the image or something is in it.
#[derive(Debug, Clone)]
pub struct Stubs(Vec<Vec<u8>>);

impl Default for Stubs {
    /// What every container has mounted upon.
    fn default() -> Self {
        let known = ["etc/resolv.conf", "etc/hosts", "etc/hostname", "dev", "proc", "sys"];
        Self(known.iter().map(|path| path.as_bytes().to_owned()).collect())
    }
}

impl Stubs {
    /// Adds the place of one more mount.
    pub fn add(&mut self, path: &Path) {
        let names = path.as_os_str().as_bytes().split(|byte| *byte == b'/');
        let names: Vec<&[u8]> = names.filter(|name| !matches!(*name, b"" | b".")).collect();
        self.0.push(names.join(&b'/'));
    }

    fn has(&self, path: &[u8]) -> bool {
        self.0.iter().any(|stub| stub == path)
    }

    /// Whether a stub lies below the folder `path`.
    fn is_above(&self, path: &[u8]) -> bool {
        self.0.iter().any(|stub| stub.strip_prefix(path).is_some_and(|rest| rest.starts_with(b"/")))
    }
}

/// What changes while it is looked at is looked at so often.
const TRIES: u32 = 20;

/// One entry of the layer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A file, folder, link or device; whole, even where only its mode changed.
    Made { path: Vec<u8>, inode: Inode },
    /// One more name of a file that was `Made` before.
    HardLink { path: Vec<u8>, to: Vec<u8>, inode: Inode },
    /// A file of the layers below is gone.
    Whiteout { path: Vec<u8> },
}

/// What was changed, in the order in which it belongs into the layer: sorted, a folder before what is in it.
#[derive(Debug)]
pub struct Changes {
    pub list: Vec<Change>,
    disk: Disk,
}

/// Returns what was changed in `mounted` since it was mounted; nothing may run in it any more.
///
/// `below` is the view of the layers that were mounted. Sockets are left out, and so are stubs of mounts, and folders in which
/// nothing changed but what is left out.
pub fn changes(mounted: &Mounted, below: &View, stubs: &Stubs) -> Result<Changes, Error> {
    let disk = Disk::open(&mounted.changed())?;
    let given = (mounted.how(), mounted.before());
    let list = Gather::new(&disk, given, below, stubs).run()?;
    Ok(Changes { list, disk })
}

/// As [`changes()`], for what [`super::mount_in`] mounts in `folder`, whether it is mounted by now or not.
///
/// Something may run in it: then this is what was changed at one moment or another of this call.
pub fn changes_in(folder: &Path, below: &View, stubs: &Stubs) -> Result<Changes, Error> {
    let Some((how, changed)) = mount::changed_in(folder) else {
        return Ok(Changes { list: vec![], disk: Disk::open(folder)? });
    };
    let disk = Disk::open(&changed)?;
    let mut tries = TRIES;
    loop {
        match Gather::new(&disk, (how, None), below, stubs).run() {
            Err(error) if tries > 1 && error.is_not_found() => tries -= 1,
            done => return done.map(|list| Changes { list, disk }),
        }
    }
}

impl Changes {
    /// Opens a file that was `Made`, for reading.
    pub fn open(&self, path: &[u8]) -> Result<File, Error> {
        self.disk.file(path)
    }

    /// Puts all into a layer.
    pub fn write(&self, maker: &mut Maker<'_, '_>) -> Result<(), Error> {
        for change in &self.list {
            let entry = entry(change);
            match entry.kind {
                Type::File if entry.size > 0 => {
                    maker.file(&entry, self.open(&entry.path)?)?;
                }
                _ => maker.stored(&entry)?,
            }
        }
        Ok(())
    }
}

/// Returns what a tar says of a change.
fn entry(change: &Change) -> Entry {
    match change {
        Change::Made { path, inode } => of_inode(path, inode, of_kind(inode.kind)),
        Change::HardLink { path, to, inode } => {
            let link = to.clone();
            Entry { size: 0, link, ..of_inode(path, inode, Type::HardLink) }
        }
        Change::Whiteout { path } => {
            let name = path.iter().rposition(|byte| *byte == b'/').map_or(0, |slash| slash + 1);
            let whiteout = [&path[..name], b".wh.", &path[name..]].concat();
            Entry::new(whiteout, Type::File, 0o600)
        }
    }
}

/// Returns what a tar says of a file, its content left out.
pub(in crate::image) fn of_inode(path: &[u8], inode: &Inode, kind: Type) -> Entry {
    let (seconds, nanoseconds) = inode.mtime;
    let xattrs = inode.xattrs.iter().map(|(name, value)| (name.to_vec(), value.to_vec()));
    Entry {
        uid: inode.uid,
        gid: inode.gid,
        mtime: Time { seconds, nanoseconds },
        size: inode.size,
        link: inode.target.to_vec(),
        device: inode.device,
        xattrs: xattrs.collect(),
        ..Entry::new(path, kind, inode.mode)
    }
}

pub(in crate::image) fn of_kind(kind: Kind) -> Type {
    match kind {
        Kind::File => Type::File,
        Kind::Folder => Type::Directory,
        Kind::Symlink => Type::Symlink,
        Kind::CharDevice => Type::CharDevice,
        Kind::BlockDevice => Type::BlockDevice,
        Kind::Fifo => Type::Fifo,
    }
}
