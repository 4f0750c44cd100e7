//! The folder that a layer is unpacked into: every file is made below its descriptor, and no symlink is ever followed.

use std::ffi::OsStr;
use std::fs::File;
use std::os::fd::{AsFd, AsRawFd as _, OwnedFd};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use rustix::fs::{
    AtFlags, FileType, Gid, Mode, OFlags, Timespec, Timestamps, UTIME_OMIT, Uid, XattrFlags,
};
use rustix::fs::{chmodat, chownat, linkat, mkdirat, mknodat, symlinkat, utimensat};
use rustix::fs::{fchmod, fchown, fsetxattr, futimens, lsetxattr, makedev};
use rustix::io::Errno;

use crate::image::rootfs::error::shown;
use crate::image::rootfs::unpack::{Form, Warning};
use crate::image::rootfs::view::{Inode, Kind};
use crate::image::rootfs::{Error, Xattrs};
use crate::store::beneath;

/// More would say nothing more.
const MAX_WARNINGS: usize = 100;

#[derive(Debug)]
pub(super) struct Ground {
    root: OwnedFd,
    path: PathBuf,
    form: Form,
    warnings: Mutex<Vec<Warning>>,
}

/// The folder that was used last, kept open by each thread.
#[derive(Debug, Default)]
pub(super) struct Hand(Option<(Vec<u8>, OwnedFd)>);

impl Ground {
    /// Opens the folder `path`.
    pub(super) fn open(path: &Path, form: Form) -> Result<Self, Error> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let root = rustix::fs::open(path, flags, Mode::empty()).map_err(Error::os("open", path))?;
        Ok(Self { root, path: path.to_owned(), form, warnings: Mutex::default() })
    }

    pub(super) fn warnings(self) -> Vec<Warning> {
        self.warnings.into_inner().expect("no holder panics")
    }

    pub(super) fn root(&self) -> &OwnedFd {
        &self.root
    }

    pub(super) fn full(&self, path: &[u8]) -> PathBuf {
        self.path.join(OsStr::from_bytes(path))
    }

    fn os(&self, action: &'static str, path: &[u8]) -> impl FnOnce(Errno) -> Error {
        Error::os(action, self.full(path))
    }

    fn warn(&self, path: &[u8], reason: &'static str) {
        let mut warnings = self.warnings.lock().expect("no holder panics");
        if warnings.len() < MAX_WARNINGS {
            warnings.push(Warning { path: shown(path), reason });
        }
    }

    /// Opens the folder above `path`; returns it with the name of the last part.
    fn above<'h, 'p>(
        &self,
        hand: &'h mut Hand,
        path: &'p [u8],
    ) -> Result<(&'h OwnedFd, &'p [u8]), Error> {
        let (folder, name) = match path.iter().rposition(|byte| *byte == b'/') {
            Some(slash) => (&path[..slash], &path[slash + 1..]),
            None => (&b""[..], path),
        };
        if hand.0.as_ref().is_none_or(|(known, _)| known != folder) {
            hand.0 = Some((folder.to_vec(), self.folder(folder)?));
        }
        let (_, fd) = hand.0.as_ref().expect("filled above");
        Ok((fd, name))
    }

    fn folder(&self, path: &[u8]) -> Result<OwnedFd, Error> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY;
        beneath::open(&self.root, path, flags, Mode::empty()).map_err(self.os("open", path))
    }

    /// Makes a folder that only its owner may use; [`Ground::finish_folder`] gives it what it is to have.
    pub(super) fn make_folder(&self, hand: &mut Hand, path: &[u8]) -> Result<(), Error> {
        let (above, name) = self.above(hand, path)?;
        mkdirat(above, name, Mode::RWXU).map_err(self.os("create", path))
    }

    pub(super) fn make_file(&self, hand: &mut Hand, path: &[u8]) -> Result<File, Error> {
        let (above, name) = self.above(hand, path)?;
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL;
        beneath::open(above, name, flags, Mode::RUSR | Mode::WUSR)
            .map(File::from)
            .map_err(self.os("create", path))
    }

    /// Opens a file that was made before.
    pub(super) fn open_file(&self, hand: &mut Hand, path: &[u8]) -> Result<File, Error> {
        let (above, name) = self.above(hand, path)?;
        beneath::open(above, name, OFlags::WRONLY, Mode::empty())
            .map(File::from)
            .map_err(self.os("open", path))
    }

    /// Makes a symlink, device or fifo with all that belongs to it. Nothing of it is ever opened.
    pub(super) fn make_other(
        &self,
        hand: &mut Hand,
        path: &[u8],
        inode: &Inode,
    ) -> Result<(), Error> {
        let (above, name) = self.above(hand, path)?;
        let made = match inode.kind {
            Kind::Symlink => symlinkat(&*inode.target, above, name),
            _ => self.make_node(above, name, inode),
        };
        match made {
            Err(Errno::PERM) if inode.kind != Kind::Symlink => {
                self.warn(path, "a device cannot be made by this user");
                return Ok(());
            }
            other => other.map_err(self.os("create", path))?,
        }
        let nofollow = AtFlags::SYMLINK_NOFOLLOW;
        let owned = chownat(above, name, uid(inode), gid(inode), nofollow);
        self.owner(path, inode, owned)?;
        if inode.kind != Kind::Symlink {
            chmodat(above, name, mode(inode), AtFlags::empty())
                .map_err(self.os("set the mode of", path))?;
        }
        if !inode.xattrs.is_empty() {
            // There is no such call below a descriptor; this way leads through no folder but the one that is open.
            let mut through = format!("/proc/self/fd/{}/", above.as_raw_fd()).into_bytes();
            through.extend_from_slice(name);
            self.xattrs(path, &inode.xattrs, |name, value| {
                lsetxattr(&through[..], name, value, XattrFlags::empty())
            });
        }
        utimensat(above, name, &times(inode), nofollow).map_err(self.os("set the time of", path))
    }

    fn make_node(&self, above: &OwnedFd, name: &[u8], inode: &Inode) -> Result<(), Errno> {
        let (major, minor) = inode.device;
        let (kind, device) = match inode.kind {
            Kind::CharDevice if inode.device == (0, 0) => return Err(Errno::PERM), // a whiteout to overlayfs
            Kind::CharDevice => (FileType::CharacterDevice, makedev(major, minor)),
            Kind::BlockDevice => (FileType::BlockDevice, makedev(major, minor)),
            _ => (FileType::Fifo, 0),
        };
        mknodat(above, name, kind, Mode::RUSR | Mode::WUSR, device)
    }

    /// Says that a name of lower layers is gone, as overlayfs reads it. This device anybody may make, since Linux 5.8.
    pub(super) fn make_whiteout(&self, hand: &mut Hand, path: &[u8]) -> Result<(), Error> {
        let (above, name) = self.above(hand, path)?;
        mknodat(above, name, FileType::CharacterDevice, Mode::empty(), 0)
            .map_err(self.os("create", path))
    }

    pub(super) fn make_link(
        &self,
        hand: &mut Hand,
        path: &[u8],
        first: &[u8],
    ) -> Result<(), Error> {
        let mut other = Hand::default();
        let (from, old) = self.above(&mut other, first)?;
        let (above, name) = self.above(hand, path)?;
        match linkat(from, old, above, name, AtFlags::empty()) {
            // Its first name could not be made either; that was said.
            Err(Errno::NOENT) if self.form != Form::Root => Ok(()),
            other => other.map_err(self.os("link", path)),
        }
    }

    /// Gives an open file its owner, mode, attributes and time: in this order, as each takes away what comes later.
    pub(super) fn finish_file(
        &self,
        file: impl AsFd,
        path: &[u8],
        inode: &Inode,
    ) -> Result<(), Error> {
        let file = file.as_fd();
        self.owner(path, inode, fchown(file, uid(inode), gid(inode)))?;
        fchmod(file, mode(inode)).map_err(self.os("set the mode of", path))?;
        self.xattrs(path, &inode.xattrs, |name, value| {
            fsetxattr(file, name, value, XattrFlags::empty())
        });
        futimens(file, &times(inode)).map_err(self.os("set the time of", path))
    }

    pub(super) fn finish_folder(
        &self,
        path: &[u8],
        inode: &Inode,
        opaque: bool,
    ) -> Result<(), Error> {
        let folder = self.folder(path)?;
        if opaque {
            let set = |name: &&[u8]| fsetxattr(&folder, *name, b"y", XattrFlags::empty()).is_ok();
            if !self.form.opaque().iter().any(set) {
                return Err(self.os("set an attribute of", path)(Errno::OPNOTSUPP));
            }
        }
        self.finish_file(&folder, path, inode)
    }

    fn owner(&self, path: &[u8], inode: &Inode, result: Result<(), Errno>) -> Result<(), Error> {
        match result {
            // Numbers that this user namespace has not, or no right to give files away.
            Err(Errno::PERM | Errno::INVAL) if self.form != Form::Root => {
                if (inode.uid, inode.gid) != (0, 0) {
                    self.warn(path, "its owner cannot be kept by this user");
                }
                Ok(())
            }
            other => other.map_err(self.os("set the owner of", path)),
        }
    }

    fn xattrs(
        &self,
        path: &[u8],
        xattrs: &Xattrs,
        set: impl Fn(&[u8], &[u8]) -> Result<(), Errno>,
    ) {
        for (name, value) in xattrs {
            if set(name, value).is_err() {
                self.warn(path, "an extended attribute cannot be kept here");
            }
        }
    }
}

fn uid(inode: &Inode) -> Option<Uid> {
    Some(Uid::from_raw(inode.uid))
}

fn gid(inode: &Inode) -> Option<Gid> {
    Some(Gid::from_raw(inode.gid))
}

fn mode(inode: &Inode) -> Mode {
    Mode::from_raw_mode(inode.mode & 0o7777)
}

fn times(inode: &Inode) -> Timestamps {
    let (seconds, nanoseconds) = inode.mtime;
    Timestamps {
        last_access: Timespec { tv_sec: 0, tv_nsec: UTIME_OMIT },
        last_modification: Timespec { tv_sec: seconds, tv_nsec: nanoseconds.into() },
    }
}
