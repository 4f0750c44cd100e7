//! Which folders of layers there are, and letting go of one.
//!
//! When one was last used is the time of its `about.json`. A folder goes only under its lock, which all that use it hold
//! together; its `about.json` goes first, so that no part of it is ever taken for whole.

use std::fs;
use std::path::Path;
use std::time::Duration;

use super::cache::{ABOUT, Names, lock_path};
use super::form::Form;
use crate::base::fs::{age, remove, remove_all};
use crate::image::rootfs::{Error, making};
use crate::remote::registry::Digest;

/// The folder of a layer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder {
    pub name: String,
    /// The name without what says who unpacked it.
    pub stem: String,
    /// How long nobody has used it; a part of one that nobody can use is as old as anything.
    pub idle: Duration,
}

/// Returns what is in `cache` (a store's `cache/layers`).
pub fn folders(cache: &Path) -> Vec<Folder> {
    let mut folders = vec![];
    for entry in fs::read_dir(cache).into_iter().flatten().flatten() {
        let Ok(name) = entry.file_name().into_string() else { continue };
        if name.starts_with('.') || name.starts_with("lock-") {
            continue;
        }
        let idle = age(&entry.path().join(ABOUT)).unwrap_or(Duration::MAX);
        let stem = name.split_once("-user-").map_or(&*name, |(stem, _)| stem).to_owned();
        folders.push(Folder { name, stem, idle });
    }
    folders
}

/// Returns the stems of the folders that layers, lowest first, may have.
pub fn folder_names(diff_ids: &[Digest]) -> Vec<String> {
    let mut names = Names::begin(Form::Root);
    let both = |diff_id: &Digest| {
        names.next(diff_id);
        [names.of(false), names.of(true)]
    };
    diff_ids.iter().flat_map(both).collect()
}

/// Removes a folder, unless somebody uses it, makes it, or has used it since it was found; `in_use` is asked once nobody can
/// begin to.
pub fn remove_folder(
    cache: &Path,
    found: &Folder,
    in_use: impl FnOnce() -> bool,
) -> Result<bool, Error> {
    let folder = cache.join(&found.name);
    let about = folder.join(ABOUT);
    let is_idle = || age(&about).is_none_or(|age| age >= found.idle) && !in_use();
    making::remove_idle(&lock_path(cache, &found.name), is_idle, || {
        remove(&about).map_err(Error::io("remove", &folder))?;
        remove_all(&folder).map_err(Error::io("remove", &folder))
    })
}
