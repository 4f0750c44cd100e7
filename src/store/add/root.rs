//! The folder that is read, and opening files in it.

use std::fs::File;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::{FileType, Mode, OFlags, fstat};
use rustix::io::Errno;

use crate::store::stamp::Stamp;
use crate::store::{Error, beneath};

/// An open folder; everything below it is opened relative to it.
#[derive(Debug)]
pub(super) struct Root {
    folder: OwnedFd,
    path: PathBuf,
}

impl Root {
    pub(super) fn open(path: &Path) -> Result<Self, Error> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let folder = rustix::fs::open(path, flags, Mode::empty())
            .map_err(|errno| Error::io("open", path)(errno.into()))?;
        Ok(Self { folder, path: path.to_owned() })
    }

    /// Takes a folder that is open already; `path` is for messages.
    pub(super) fn of(folder: OwnedFd, path: PathBuf) -> Self {
        Self { folder, path }
    }

    /// Returns the full path of what lies at `path` below the root, for messages.
    pub(super) fn full(&self, path: &[u8]) -> PathBuf {
        match path {
            b"" => self.path.clone(),
            path => self.path.join(std::ffi::OsStr::from_bytes(path)),
        }
    }

    pub(super) fn folder(&self, path: &[u8]) -> Result<OwnedFd, Error> {
        beneath::open(&self.folder, path, OFlags::RDONLY | OFlags::DIRECTORY, Mode::empty())
            .map_err(|errno| self.error("open", path, errno))
    }

    /// Opens a regular file. Anything else that has taken its place is refused, and never waited for.
    pub(super) fn file(&self, path: &[u8]) -> Result<(File, Stamp), Error> {
        let file =
            beneath::open(&self.folder, path, OFlags::RDONLY | OFlags::NONBLOCK, Mode::empty())
                .map_err(|errno| self.error("open", path, errno))?;
        let stat = fstat(&file).map_err(|errno| self.error("look at", path, errno))?;
        let kind = FileType::from_raw_mode(stat.st_mode);
        match kind.is_file() {
            true => Ok((File::from(file), Stamp::of(&stat))),
            false => Err(self.wrong_kind(path, kind)),
        }
    }

    /// Returns what an open file is by now.
    pub(super) fn look(&self, path: &[u8], file: &File) -> Result<Stamp, Error> {
        let stat = fstat(file).map_err(|errno| self.error("look at", path, errno))?;
        Ok(Stamp::of(&stat))
    }

    pub(super) fn error(&self, action: &'static str, path: &[u8], errno: Errno) -> Error {
        Error::io(action, self.full(path))(errno.into())
    }

    pub(super) fn wrong_kind(&self, path: &[u8], kind: FileType) -> Error {
        let found = match kind {
            FileType::Fifo => "a pipe",
            FileType::Socket => "a socket",
            FileType::CharacterDevice | FileType::BlockDevice => "a device",
            FileType::Symlink => "a symlink",
            FileType::Directory => "a folder",
            _ => "something else",
        };
        Error::WrongFileType { path: self.full(path), found, wanted: "a file, folder or symlink" }
    }
}
