//! The place that is written to.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rustix::fs::{AtFlags, FileType, Mode, OFlags, mkdirat, renameat, statat, symlinkat, unlinkat};
use rustix::io::Errno;

use crate::store::{Error, beneath};

/// An open folder below which everything is written.
#[derive(Debug)]
pub(super) struct Target {
    root: OwnedFd,
    path: PathBuf,
    replace: bool,
    /// Numbers the files that have no name yet.
    counter: AtomicU64,
}

/// A file that is being written beside its place; dropped before it is put there, it is gone.
#[derive(Debug)]
pub(super) struct Unnamed {
    pub(super) file: File,
    folder: Arc<OwnedFd>,
    name: Vec<u8>,
    temporary: String,
    placed: bool,
}

impl Target {
    /// Makes the folder `path`, or takes one that is there.
    pub(super) fn folder_at(path: &Path, replace: bool) -> Result<Self, Error> {
        fs::create_dir_all(path).map_err(Error::io("create", path))?;
        let mut entries = fs::read_dir(path).map_err(Error::io("list", path))?;
        match entries.next() {
            Some(_) if !replace => Err(Error::Exists(path.to_owned())),
            _ => Self::open(path, replace),
        }
    }

    /// Opens the folder of the file `path`; returns the name that the file has there.
    pub(super) fn file_at(path: &Path, replace: bool) -> Result<(Self, Vec<u8>), Error> {
        if path.is_dir() || (!replace && path.symlink_metadata().is_ok()) {
            return Err(Error::Exists(path.to_owned()));
        }
        let name = path.file_name().unwrap_or_default().as_bytes().to_owned();
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        Ok((Self::open(folder.unwrap_or(Path::new(".")), replace)?, name))
    }

    fn open(path: &Path, replace: bool) -> Result<Self, Error> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let root = rustix::fs::open(path, flags, Mode::empty())
            .map_err(|errno| Error::io("open", path)(errno.into()))?;
        Ok(Self { root, path: path.to_owned(), replace, counter: AtomicU64::new(0) })
    }

    fn full(&self, path: &[u8]) -> PathBuf {
        self.path.join(OsStr::from_bytes(path))
    }

    pub(super) fn error(
        &self,
        action: &'static str,
        path: &[u8],
        error: impl Into<io::Error>,
    ) -> Error {
        Error::io(action, self.full(path))(error.into())
    }

    /// Opens a folder that was made before.
    pub(super) fn folder(&self, path: &[u8]) -> Result<OwnedFd, Error> {
        beneath::open(&self.root, path, OFlags::RDONLY | OFlags::DIRECTORY, Mode::empty())
            .map_err(|errno| self.error("open", path, errno))
    }

    /// Makes a folder; one that is there is kept, what else is there makes room only where it may be replaced.
    pub(super) fn make_folder(&self, path: &[u8]) -> Result<(), Error> {
        let (above, name) = split(path);
        let above = self.folder(above)?;
        let make = || mkdirat(&above, name, Mode::from_raw_mode(0o777));
        let made = match make() {
            Err(Errno::EXIST) => match kind(&above, name) {
                Ok(FileType::Directory) => Ok(()),
                Ok(_) if !self.replace => return Err(Error::Exists(self.full(path))),
                Ok(_) => unlinkat(&above, name, AtFlags::empty()).and_then(|()| make()),
                Err(errno) => Err(errno),
            },
            other => other,
        };
        made.map_err(|errno| self.error("create", path, errno))
    }

    pub(super) fn make_symlink(&self, path: &[u8], to: &[u8]) -> Result<(), Error> {
        let (above, name) = split(path);
        let above = self.folder(above)?;
        let temporary = self.temporary();
        symlinkat(to, &above, &temporary)
            .and_then(|()| {
                renameat(&above, &temporary, &above, name).inspect_err(|_| {
                    let _ = unlinkat(&above, &temporary, AtFlags::empty());
                })
            })
            .map_err(|errno| self.place_error(path, errno))
    }

    /// Begins a file in `folder`, which is the open folder of `path`.
    pub(super) fn create(
        &self,
        folder: &Arc<OwnedFd>,
        path: &[u8],
        executable: bool,
    ) -> Result<Unnamed, Error> {
        let temporary = self.temporary();
        let mode = Mode::from_raw_mode(if executable { 0o777 } else { 0o666 });
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL;
        let file = beneath::open(folder, temporary.as_bytes(), flags, mode)
            .map_err(|errno| self.error("create", path, errno))?;
        let (folder, name) = (Arc::clone(folder), split(path).1.to_vec());
        Ok(Unnamed { file: File::from(file), folder, name, temporary, placed: false })
    }

    /// Puts a finished file into its place.
    pub(super) fn place(&self, mut file: Unnamed, path: &[u8]) -> Result<(), Error> {
        renameat(&file.folder, &file.temporary, &file.folder, &file.name[..])
            .map_err(|errno| self.place_error(path, errno))?;
        file.placed = true;
        Ok(())
    }

    /// A folder that is there is never replaced by something else.
    fn place_error(&self, path: &[u8], errno: Errno) -> Error {
        match errno {
            Errno::ISDIR | Errno::NOTEMPTY | Errno::EXIST => Error::Exists(self.full(path)),
            errno => self.error("write", path, errno),
        }
    }

    fn temporary(&self) -> String {
        let number = self.counter.fetch_add(1, Ordering::Relaxed);
        format!(".mls-checkout-{}-{number}", std::process::id())
    }
}

impl Drop for Unnamed {
    fn drop(&mut self) {
        if !self.placed {
            let _ = unlinkat(&self.folder, &self.temporary, AtFlags::empty());
        }
    }
}

/// Splits a path into the folder and the name in it.
pub(super) fn split(path: &[u8]) -> (&[u8], &[u8]) {
    match path.iter().rposition(|byte| *byte == b'/') {
        Some(slash) => (&path[..slash], &path[slash + 1..]),
        None => (b"", path),
    }
}

fn kind(folder: impl AsFd, name: &[u8]) -> Result<FileType, Errno> {
    let stat = statat(folder, name, AtFlags::SYMLINK_NOFOLLOW)?;
    Ok(FileType::from_raw_mode(stat.st_mode))
}
