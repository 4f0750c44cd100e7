//! Letting go of folders of layers: those whose layer is gone, and those that nobody has used for long.
//!
//! When one was last used is the time of its `about.json`. A folder goes only under its lock, which all that use it hold
//! together; its `about.json` goes first, so that no part of it is ever taken for whole.

use std::collections::HashSet;
use std::fs;
use std::path::Path;
use std::time::Duration;

use super::cache::{ABOUT, lock_path};
use crate::base::fs::{age, remove, touch};
use crate::image::rootfs::{Error, making};
use crate::remote::registry::Digest;

/// A use is noted again after so long: to note each would be a write for each layer of each command.
const NOTED: Duration = Duration::from_secs(6 * 3600);

/// What went, or would go.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pruned {
    pub folders: u64,
    /// Lengths of the files in them.
    pub bytes: u64,
}

/// Notes that a folder is used.
pub(super) fn used(folder: &Path) {
    let path = folder.join(ABOUT);
    if age(&path).is_none_or(|age| age >= NOTED) {
        // Where this user may not, another does.
        let _ = touch(&path);
    }
}

/// Removes what is in `cache` (a store's `cache/layers`) and was not used for `unused`, or whose layer is none of `layers`.
///
/// A folder that leans on others is told by its age alone. What is in use stays.
pub fn prune(
    cache: &Path,
    layers: &HashSet<Digest>,
    unused: Duration,
    dry_run: bool,
) -> Result<Pruned, Error> {
    let mut pruned = Pruned::default();
    let known: HashSet<String> = layers.iter().map(Digest::hex).collect();
    let Ok(entries) = fs::read_dir(cache) else { return Ok(pruned) };
    for entry in entries.flatten() {
        let Ok(name) = entry.file_name().into_string() else { continue };
        if name.starts_with('.')
            || name.starts_with("lock-")
            || !is_idle(&entry.path(), unused, &name, &known)
        {
            continue;
        }
        let size = size(&entry.path());
        if dry_run || remove_folder(cache, &name)? {
            pruned.folders += 1;
            pruned.bytes += size;
        }
    }
    Ok(pruned)
}

fn is_idle(folder: &Path, unused: Duration, name: &str, known: &HashSet<String>) -> bool {
    let Some(age) = age(&folder.join(ABOUT)) else { return true };
    // Behind the id stands how it was unpacked, where that was not as root.
    let id = name.get(..64).unwrap_or(name);
    let is_gone = !name.starts_with("chain-") && !known.contains(id) && age > NOTED;
    is_gone || age > unused
}

/// Removes a folder, unless somebody uses it or makes it.
fn remove_folder(cache: &Path, name: &str) -> Result<bool, Error> {
    let (folder, path) = (cache.join(name), lock_path(cache, name));
    let Some(_lock) = making::try_lock(&path)? else { return Ok(false) };
    remove(&folder.join(ABOUT)).map_err(Error::io("remove", &folder))?;
    making::remove_all(&folder).map_err(Error::io("remove", &folder))?;
    remove(&path).map_err(Error::io("remove", &path))?;
    Ok(true)
}

fn size(folder: &Path) -> u64 {
    let (mut size, mut open) = (0, vec![folder.to_owned()]);
    while let Some(path) = open.pop() {
        for entry in fs::read_dir(path).into_iter().flatten().flatten() {
            match entry.metadata() {
                Ok(meta) if meta.is_dir() => open.push(entry.path()),
                Ok(meta) => size += meta.len(),
                Err(_) => {}
            }
        }
    }
    size
}
