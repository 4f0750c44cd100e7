//! What builds keep beside the store: folders of `RUN --mount=type=cache`, and what the files of contexts were.
//!
//! ```text
//! cache/build-mounts/<BLAKE3 of the id>/     a cache: 0/ is the shared one, 1/, 2/ … are private ones
//!                        <number>.lock       held by who uses it, where others must not
//!                    lock-<BLAKE3 of the id> held together by all who use one of them, alone by gc; its time is the last use
//!                    .gone-<BLAKE3 of the id> on its way out
//! cache/context-<BLAKE3 of the root's path>  see `context/known.rs`; its time is the last use
//! ```

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::base::Digest;
use crate::base::fs::{age, create_private, note_use, remove, remove_all, rename};
use crate::image::Error;
use crate::image::build;
use crate::image::build::context;
use crate::image::rootfs;
use crate::store::Store;

const LOCK: &str = "lock-";
const GONE: &str = ".gone-";

/// One of these, and how long nobody has used it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shelf {
    pub path: PathBuf,
    pub idle: Duration,
}

fn folder(store: &Store) -> PathBuf {
    store.folder().join("cache/build-mounts")
}

/// Returns the folder of a cache, which stays for as long as what comes with it lives.
pub(super) fn hold(store: &Store, key: &Digest) -> Result<(PathBuf, File), Error> {
    let folder = folder(store);
    create_private(&folder).map_err(build::Error::io("make", &folder))?;
    let lock = folder.join(format!("{LOCK}{key}"));
    let held = rootfs::lock_shared(&lock)?;
    note_use(&lock);
    Ok((folder.join(key.to_string()), held))
}

/// Returns all caches of `RUN --mount=type=cache`.
pub fn mounts(store: &Store) -> Vec<Shelf> {
    let folder = folder(store);
    let found = list(&folder).filter(|name| !name.starts_with('.') && !name.starts_with(LOCK));
    let shelf = |name: String| {
        let idle = age(&folder.join(format!("{LOCK}{name}"))).unwrap_or_default();
        Shelf { path: folder.join(name), idle }
    };
    found.map(shelf).collect()
}

/// Removes a cache, unless somebody uses it, or has used it since it was found.
pub fn remove_mount(store: &Store, shelf: &Shelf) -> Result<bool, Error> {
    let folder = folder(store);
    for left in list(&folder).filter(|name| name.starts_with(GONE)) {
        let _ = remove_all(&folder.join(left));
    }
    let name = shelf.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let lock = folder.join(format!("{LOCK}{name}"));
    let gone = folder.join(format!("{GONE}{name}"));
    let is_idle = || age(&lock).is_none_or(|age| age >= shelf.idle);
    rootfs::remove_idle(&lock, is_idle, || {
        // Whole, or not at all.
        rename(&shelf.path, &gone).map_err(build::Error::io("remove", &shelf.path))?;
        Ok(remove_all(&gone).map_err(build::Error::io("remove", &gone))?)
    })
}

/// Returns what is known of the files of contexts.
pub fn contexts(store: &Store) -> Vec<Shelf> {
    let folder = store.folder().join("cache");
    let found = list(&folder).filter(|name| name.starts_with(context::PREFIX));
    let shelf = |name| {
        let path = folder.join(name);
        let idle = age(&path).unwrap_or_default();
        Shelf { path, idle }
    };
    found.map(shelf).collect()
}

/// Forgets what the files of a context were; a build that reads it now goes on with it.
pub fn remove_context(shelf: &Shelf) -> Result<bool, Error> {
    remove(&shelf.path).map_err(build::Error::io("remove", &shelf.path))?;
    Ok(true)
}

fn list(folder: &Path) -> impl Iterator<Item = String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().into_string().ok())
}
