//! A writer's lease: while it lives, gc takes nothing away that the writer may have counted on.
//!
//! A lease is a folder in `incoming/` with a locked file in it. The kernel frees the lock when the process dies, however
//! it dies, so a lease is dead on proof and not by a clock. What a dead writer left in its folder is swept.

use std::fs::{self, File, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use crate::base::fs::{create_new, remove, rename};
use crate::store::{Error, pack};

/// Held by a writer from before it first looks for an object until its refs are moved.
#[derive(Debug)]
pub(crate) struct Lease {
    folder: PathBuf,
    _lock: File,
    keep: bool,
}

/// A lease as another process sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) folder: PathBuf,
    pub(crate) alive: bool,
    /// The generation that the writer began in; 0 where it has not said so yet.
    pub(crate) generation: u64,
    pub(crate) pid: u32,
    pub(crate) command: String,
}

impl Lease {
    /// Takes a lease in the folder `incoming`.
    ///
    /// `generation` is asked again once the lease can be seen: gc either sees the lease, or its new generation is seen
    /// here.
    pub(crate) fn take(
        incoming: &Path,
        command: &str,
        generation: impl Fn() -> Result<u64, Error>,
    ) -> Result<Self, Error> {
        let mut random = [0; 8];
        getrandom::fill(&mut random).expect("the system has randomness");
        let name = format!("{}-{:016x}", std::process::id(), u64::from_be_bytes(random));
        let folder = incoming.join(name);
        fs::create_dir(&folder).map_err(Error::io("create", &folder))?;
        let path = folder.join("lease");
        // Locked before it has its name: a lease that can be seen and is not locked is a dead one.
        let make = || -> io::Result<File> {
            let unnamed = folder.join("lease.new");
            let lock = create_new(&unnamed)?;
            lock.lock()?;
            rename(&unnamed, &path)?;
            Ok(lock)
        };
        let mut lease = match make() {
            Ok(lock) => Self { folder, _lock: lock, keep: false },
            Err(error) => {
                let _ = remove(&folder);
                return Err(Error::io("lock", path)(error));
            }
        };
        let generation = generation()?;
        let line = format!("{generation}\n{}\n{command}\n", std::process::id());
        lease._lock.write_all(line.as_bytes()).map_err(Error::io("write", &path))?;
        Ok(lease)
    }

    /// Returns a folder for unfinished files; it goes when the lease goes.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Ends the lease as if its process had died: what lies in the folder stays there.
    pub(crate) fn leave(mut self) {
        self.keep = true;
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if !self.keep {
            // What cannot be removed is swept by the next gc.
            let _ = remove(&self.folder);
        }
    }
}

/// Returns the leases in the folder `incoming`.
pub(crate) fn list(incoming: &Path) -> Result<Vec<Seen>, Error> {
    let mut seen = vec![];
    for entry in fs::read_dir(incoming).map_err(Error::io("list", incoming))? {
        let folder = entry.map_err(Error::io("list", incoming))?.path();
        seen.extend(look(folder)?);
    }
    Ok(seen)
}

/// Removes what dead writers left; returns how many bytes that were.
pub(crate) fn sweep(incoming: &Path) -> Result<u64, Error> {
    let mut freed = 0;
    for dead in list(incoming)?.iter().filter(|seen| !seen.alive) {
        for entry in fs::read_dir(&dead.folder).into_iter().flatten().flatten() {
            freed += entry.metadata().map_or(0, |meta| meta.len());
        }
        remove(&dead.folder).map_err(Error::io("remove", &dead.folder))?;
    }
    Ok(freed)
}

fn look(folder: PathBuf) -> Result<Option<Seen>, Error> {
    let path = folder.join("lease");
    let file = match pack::open_regular(&path) {
        Ok(file) => file,
        Err(Error::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
            return Ok(young_or_gone(folder));
        }
        Err(error) => return Err(error),
    };
    let alive = match file.try_lock_shared() {
        Ok(()) => false,
        Err(TryLockError::WouldBlock) => true,
        // A file system without locks proves nothing: the writer counts as alive.
        Err(TryLockError::Error(_)) => true,
    };
    let mut text = String::new();
    let _ = (&file).take(10_000).read_to_string(&mut text);
    let mut lines = text.lines();
    Ok(Some(Seen {
        folder,
        alive,
        generation: lines.next().and_then(|line| line.parse().ok()).unwrap_or(0),
        pid: lines.next().and_then(|line| line.parse().ok()).unwrap_or(0),
        command: lines.next().unwrap_or_default().to_owned(),
    }))
}

/// A folder without a lease file is between its two first steps, or was left there by a dead process.
fn young_or_gone(folder: PathBuf) -> Option<Seen> {
    let meta = fs::symlink_metadata(&folder).ok()?;
    let age = meta.modified().ok()?.elapsed().unwrap_or_default();
    let alive = meta.is_dir() && age.as_secs() < 60;
    let command = String::new();
    meta.is_dir().then_some(Seen { folder, alive, generation: 0, pid: 0, command })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicBool, Ordering};

    #[test]
    fn a_lease_looks_alive_from_its_first_moment_to_its_last() {
        let folder = tempfile::tempdir().unwrap();
        let done = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for _ in 0..3_000 {
                    drop(Lease::take(folder.path(), "test", || Ok(1)).unwrap());
                }
                done.store(true, Ordering::Relaxed);
            });
            while !done.load(Ordering::Relaxed) {
                for seen in list(folder.path()).unwrap() {
                    // A folder that goes while it is looked at may be anything.
                    assert!(seen.alive || !seen.folder.exists(), "{seen:?}");
                }
            }
        });
    }
}
