//! A folder on disk that something hostile may have filled: looked at below its descriptor, no symlink followed, nothing
//! opened but files and folders.

use std::ffi::OsStr;
use std::fs::File;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, FileType, Mode, OFlags, Stat, major, minor, readlinkat, statat};
use rustix::io::Errno;

use crate::base::listing;
use crate::image::rootfs::view::{Inode, Kind};
use crate::image::rootfs::{Error, xattr};
use crate::store::beneath;

#[derive(Debug)]
pub(super) struct Disk {
    root: OwnedFd,
    path: PathBuf,
}

/// A name in a folder.
#[derive(Debug)]
pub(super) struct Name {
    pub(super) name: Vec<u8>,
    pub(super) stat: Stat,
}

impl Name {
    pub(super) fn kind(&self) -> FileType {
        FileType::from_raw_mode(self.stat.st_mode)
    }

    /// Whether it is how overlayfs says that something is gone.
    pub(super) fn is_whiteout(&self) -> bool {
        self.kind() == FileType::CharacterDevice && self.stat.st_rdev == 0
    }
}

impl Disk {
    pub(super) fn open(path: &Path) -> Result<Self, Error> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let root = rustix::fs::open(path, flags, Mode::empty()).map_err(Error::os("open", path))?;
        Ok(Self { root, path: path.to_owned() })
    }

    fn os(&self, action: &'static str, path: &[u8]) -> impl FnOnce(Errno) -> Error {
        Error::os(action, self.path.join(OsStr::from_bytes(path)))
    }

    pub(super) fn folder(&self, path: &[u8]) -> Result<OwnedFd, Error> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY;
        beneath::open(&self.root, path, flags, Mode::empty()).map_err(self.os("open", path))
    }

    /// Opens a regular file; a fifo or device in its place is refused and does not block.
    pub(super) fn file(&self, path: &[u8]) -> Result<File, Error> {
        let flags = OFlags::RDONLY | OFlags::NONBLOCK;
        let open = beneath::open(&self.root, path, flags, Mode::empty());
        let open = open.map_err(self.os("open", path))?;
        let stat = rustix::fs::fstat(&open).map_err(self.os("look at", path))?;
        match FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile {
            true => Ok(File::from(open)),
            false => Err(self.os("read", path)(Errno::INVAL)),
        }
    }

    /// Returns an open folder under the name that it has for itself.
    pub(super) fn own(&self, folder: &OwnedFd) -> Result<Name, Error> {
        let stat = rustix::fs::fstat(folder).map_err(self.os("look at", b""))?;
        Ok(Name { name: b".".to_vec(), stat })
    }

    /// Returns what is in an open folder, sorted.
    pub(super) fn list(&self, folder: &OwnedFd, path: &[u8]) -> Result<Vec<Name>, Error> {
        let names = listing::list(folder).map_err(self.os("list", path))?;
        let look = |(name, _): (Vec<u8>, _)| {
            let stat = statat(folder, &name[..], AtFlags::SYMLINK_NOFOLLOW)
                .map_err(self.os("look at", path))?;
            Ok(Name { name, stat })
        };
        names.map(look).collect()
    }

    /// Returns all there is to say of a file in an open folder; nothing of a socket.
    pub(super) fn inode(
        &self,
        folder: &OwnedFd,
        name: &Name,
        path: &[u8],
    ) -> Result<Option<Inode>, Error> {
        let stat = &name.stat;
        let kind = match name.kind() {
            FileType::RegularFile => Kind::File,
            FileType::Directory => Kind::Folder,
            FileType::Symlink => Kind::Symlink,
            FileType::CharacterDevice => Kind::CharDevice,
            FileType::BlockDevice => Kind::BlockDevice,
            FileType::Fifo => Kind::Fifo,
            FileType::Socket | FileType::Unknown => return Ok(None),
        };
        let target = match kind {
            Kind::Symlink => readlinkat(folder, &name.name[..], vec![])
                .map_err(self.os("read", path))?
                .into_bytes(),
            _ => vec![],
        };
        let device = match kind {
            Kind::CharDevice | Kind::BlockDevice => (major(stat.st_rdev), minor(stat.st_rdev)),
            _ => (0, 0),
        };
        let xattrs = xattr::all(folder, &name.name).map_err(self.os("read attributes of", path))?;
        let xattrs = xattrs.into_iter().filter(|(name, _)| xattr::travels(name)).collect();
        Ok(Some(Inode {
            kind,
            mode: stat.st_mode & 0o7777,
            uid: stat.st_uid,
            gid: stat.st_gid,
            mtime: (stat.st_mtime, stat.st_mtime_nsec as u32),
            size: if kind == Kind::File { stat.st_size as u64 } else { 0 },
            target: target.into(),
            device,
            xattrs,
            content: None,
        }))
    }

    /// Whether overlayfs shows nothing of lower folders in this one.
    pub(super) fn is_opaque(&self, folder: &OwnedFd) -> bool {
        use std::os::fd::AsRawFd as _;
        xattr::is_opaque(Path::new(&format!("/proc/self/fd/{}/.", folder.as_raw_fd())))
    }
}
