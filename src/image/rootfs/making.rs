//! Folders that belong to a living process: locked while it lives, swept by the next one when it is dead.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use crate::base::fs::{remove, remove_all};
use crate::image::rootfs::Error;

/// A folder of this process, gone when dropped.
#[derive(Debug)]
pub(super) struct Making {
    folder: PathBuf,
    _lock: File,
    keep: bool,
}

impl Making {
    /// Makes a folder in `above` whose name begins with `prefix`, and removes those of dead processes there; `ready` sees
    /// each of these before.
    pub(super) fn begin(
        above: &Path,
        prefix: &str,
        ready: impl Fn(&Path) -> Result<(), Error>,
    ) -> Result<Self, Error> {
        crate::base::fs::create_private(above).map_err(Error::io("create", above))?;
        // Held while a folder is made and locked, so that one that is not locked is a dead one.
        let gate = lock(&above.join(".lock"))?;
        sweep(above, prefix, ready)?;
        let folder = tempfile::Builder::new()
            .prefix(prefix)
            .tempdir_in(above)
            .map_err(Error::io("create a folder in", above))?
            .keep();
        let path = folder.join("lock");
        let lock = lock(&path).inspect_err(|_| drop(remove(&folder)))?;
        drop(gate);
        Ok(Self { folder, _lock: lock, keep: false })
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Leaves the folder to the next process: what is in it must not be removed as it is.
    pub(super) fn leave(&mut self) {
        self.keep = true;
    }
}

impl Drop for Making {
    fn drop(&mut self) {
        if !self.keep {
            let _ = remove_all(&self.folder); // what stays is swept by the next
        }
    }
}

/// Opens the file `path`, which may be there, and locks it; waits for another that holds it.
pub(super) fn lock(path: &Path) -> Result<File, Error> {
    held(path, File::lock)
}

/// Removes something under the lock at `path`, unless somebody holds that, or it is not idle any more; the lock goes last.
/// Tells whether it was done.
pub(in crate::image) fn remove_idle<E: From<Error>>(
    path: &Path,
    is_idle: impl FnOnce() -> bool,
    remove_it: impl FnOnce() -> Result<(), E>,
) -> Result<bool, E> {
    let Some(_lock) = try_lock(path)? else { return Ok(false) };
    if !is_idle() {
        return Ok(false);
    }
    remove_it()?;
    remove(path).map_err(Error::io("remove", path))?;
    Ok(true)
}

/// As [`lock`], with others that only use what it guards.
pub(in crate::image) fn lock_shared(path: &Path) -> Result<File, Error> {
    held(path, File::lock_shared)
}

/// As [`lock`], without waiting: nothing where another holds it.
pub(super) fn try_lock(path: &Path) -> Result<Option<File>, Error> {
    let busy = std::cell::Cell::new(false);
    let file = held(path, |file| match file.try_lock() {
        Err(std::fs::TryLockError::WouldBlock) => {
            busy.set(true);
            Ok(())
        }
        Err(std::fs::TryLockError::Error(error)) => Err(error),
        Ok(()) => Ok(()),
    })?;
    Ok((!busy.get()).then_some(file))
}

/// Locks the file `path`; whoever removes it does so while holding it, and what is removed guards nothing.
fn held(path: &Path, take: impl Fn(&File) -> std::io::Result<()>) -> Result<File, Error> {
    use std::os::unix::fs::MetadataExt as _;
    loop {
        let options =
            File::options().read(true).write(true).create(true).truncate(false).open(path);
        let file = options.map_err(Error::io("open", path))?;
        take(&file).map_err(Error::io("lock", path))?;
        let here = file.metadata().map_err(Error::io("look at", path))?;
        if fs::metadata(path)
            .is_ok_and(|there| (there.dev(), there.ino()) == (here.dev(), here.ino()))
        {
            return Ok(file);
        }
    }
}

fn sweep(
    above: &Path,
    prefix: &str,
    ready: impl Fn(&Path) -> Result<(), Error>,
) -> Result<(), Error> {
    for entry in fs::read_dir(above).map_err(Error::io("list", above))?.flatten() {
        let name = entry.file_name();
        let path = entry.path();
        if !name.to_string_lossy().starts_with(prefix) || !is_dead(&path) {
            continue;
        }
        // Another user's, or one still busy: it harms nobody.
        if ready(&path).is_ok() {
            let _ = remove_all(&path);
        }
    }
    Ok(())
}

fn is_dead(folder: &Path) -> bool {
    match File::open(folder.join("lock")) {
        Ok(lock) => lock.try_lock().is_ok(),
        Err(error) => error.kind() == std::io::ErrorKind::NotFound,
    }
}
