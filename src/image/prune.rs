//! Letting go of what only makes builds and starts faster, when nothing has used it for long or when it is too much: steps of
//! builds, unpacked layers, caches of `RUN --mount=type=cache`, and what is known of the files of contexts.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::time::Duration;

use crate::base::fs::USE_NOTED;
use crate::container::Containers;
use crate::image::build::cache::{self, Step};
use crate::image::build::shelves::{self, Shelf};
use crate::image::{Error, catalog, layer, rootfs, start};
use crate::remote::registry::Digest;
use crate::store::{Change, Expected, Link, Store, refs};

const UNPACKED: &str = "cache/layers";

/// What stays.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// What was used within so many milliseconds.
    pub unused: i64,
    /// So many bytes at most, where something is said: what was used last longest ago goes first, and never what was used
    /// within [`USE_NOTED`].
    pub size: Option<u64>,
    /// Only tell what would go.
    pub dry_run: bool,
}

/// How many of a kind went, and what they took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pruned {
    pub count: u64,
    pub bytes: u64,
}

/// What went, or would go.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Report {
    /// Steps of builds that will run again when they are asked for; bytes of their layers, which gc lets go once no operation
    /// needs them.
    pub steps: Pruned,
    pub unpacked: Pruned,
    pub mounts: Pruned,
    pub contexts: Pruned,
}

/// Something that can be made again.
struct Entry {
    what: What,
    idle: Duration,
    size: u64,
    goes: bool,
}

enum What {
    /// The refs that lead to a step.
    Step(Vec<String>),
    Unpacked(rootfs::Folder),
    Mount(Shelf),
    Context(Shelf),
}

/// Lets go of what need not stay.
///
/// A step stays for as long as an image has its layer. Safe beside builds and containers: what they use is locked or named by
/// them, and content goes with gc only.
pub fn prune(store: &Store, options: &Options) -> Result<Report, Error> {
    let unused = Duration::from_millis(u64::try_from(options.unused).unwrap_or(0));
    let mut layers = HashSet::new();
    let mut all = steps(store, unused, &mut layers)?;
    all.extend(unpacked(store, unused, &layers));
    let shelf = |what: fn(Shelf) -> What| {
        move |shelf: Shelf| {
            let (idle, goes) = (shelf.idle, shelf.idle > unused);
            Entry { what: what(shelf), idle, size: 0, goes }
        }
    };
    all.extend(shelves::mounts(store).into_iter().map(shelf(What::Mount)));
    all.extend(shelves::contexts(store).into_iter().map(shelf(What::Context)));
    // Nobody looks through what stays whatever its size.
    let cache = store.folder().join(UNPACKED);
    for entry in all.iter_mut().filter(|entry| entry.goes || options.size.is_some()) {
        match &entry.what {
            What::Step(_) => {}
            What::Unpacked(folder) => entry.size = size(&cache.join(&folder.name)),
            What::Mount(shelf) | What::Context(shelf) => entry.size = size(&shelf.path),
        }
    }
    if let Some(limit) = options.size {
        limited(&mut all, limit);
    }
    all.retain(|entry| entry.goes);
    remove(store, &all, options.dry_run)
}

/// Marks more to go, until what stays is within the limit.
fn limited(all: &mut [Entry], limit: u64) {
    let mut total: u64 = all.iter().filter(|entry| !entry.goes).map(|entry| entry.size).sum();
    all.sort_by_key(|entry| std::cmp::Reverse(entry.idle));
    for entry in all.iter_mut().filter(|entry| !entry.goes && entry.idle > USE_NOTED) {
        if total <= limit {
            return;
        }
        if entry.size > 0 {
            entry.goes = true;
            total -= entry.size;
        }
    }
}

fn remove(store: &Store, going: &[Entry], dry_run: bool) -> Result<Report, Error> {
    let mut report = Report::default();
    let cache = store.folder().join(UNPACKED);
    let mut names = vec![];
    for Entry { what, size, .. } in going {
        let (pruned, gone) = match what {
            What::Step(refs) => {
                names.extend(refs);
                (&mut report.steps, true)
            }
            What::Unpacked(folder) => {
                let in_use = || !in_use(store).is_ok_and(|names| !names.contains(&folder.stem));
                let gone = dry_run || rootfs::remove_folder(&cache, folder, in_use)?;
                (&mut report.unpacked, gone)
            }
            What::Mount(shelf) => {
                (&mut report.mounts, dry_run || shelves::remove_mount(store, shelf)?)
            }
            What::Context(shelf) => {
                (&mut report.contexts, dry_run || shelves::remove_context(shelf)?)
            }
        };
        pruned.count += u64::from(gone);
        pruned.bytes += if gone { *size } else { 0 };
    }
    if !dry_run && !names.is_empty() {
        let gone =
            |name: &&String| Change { name: (*name).clone(), expected: Expected::Any, new: None };
        store.writer()?.commit(names.iter().map(gone).collect())?;
        names.iter().for_each(|name| cache::forget(store, name));
    }
    Ok(report)
}

/// Returns the steps that no image has the layer of; adds the layers of images, and of steps that are in use, to `layers`.
fn steps(
    store: &Store,
    unused: Duration,
    layers: &mut HashSet<Digest>,
) -> Result<Vec<Entry>, Error> {
    let mut in_images = HashSet::new();
    for found in catalog::list(store)? {
        // An image that cannot be read keeps nothing; fsck tells of it.
        let Ok(config) = catalog::config_of(store, &found.image) else { continue };
        layers.extend(config.rootfs.diff_ids);
        in_images.extend(catalog::layers(store, &found.image).unwrap_or_default());
    }
    let mut entries: HashMap<Link, Entry> = HashMap::new();
    for found in refs::list(store, cache::FOLDER)? {
        // What another version of this program wrote is used by that.
        let Ok(step) = store.read_node::<Step>(&found.target) else { continue };
        let last = step.created.max(cache::last_used(store, &found.name).unwrap_or(0));
        let idle = u64::try_from(store.now().saturating_sub(last)).unwrap_or(0);
        let idle = Duration::from_millis(idle);
        let in_image = step.layer.is_some_and(|layer| in_images.contains(&layer));
        if in_image || idle <= unused {
            layers.extend(step.diff_id);
        }
        if in_image {
            continue;
        }
        // A step may have two keys, and is as young as the younger.
        let size = if step.layer.is_some() { step.size } else { 0 };
        let what = What::Step(vec![]);
        let entry = entries.entry(found.target).or_insert(Entry { what, idle, size, goes: false });
        entry.idle = entry.idle.min(idle);
        entry.goes = entry.idle > unused;
        if let What::Step(names) = &mut entry.what {
            names.push(found.name);
        }
    }
    Ok(entries.into_values().collect())
}

/// Returns the folders of layers that no living container is made of.
///
/// One whose layer is gone goes soon; one that leans on others is told by its age alone.
fn unpacked(store: &Store, unused: Duration, layers: &HashSet<Digest>) -> Vec<Entry> {
    // Where it cannot be told what a container is made of, all stay.
    let Ok(in_use) = in_use(store) else { return vec![] };
    let cache = store.folder().join(UNPACKED);
    let known: HashSet<String> = layers.iter().map(Digest::hex).collect();
    let mut entries = vec![];
    for folder in rootfs::folders(&cache) {
        if in_use.contains(&folder.stem) {
            continue;
        }
        let is_gone = !folder.stem.starts_with("chain-")
            && !known.contains(&folder.stem)
            && folder.idle > USE_NOTED;
        let goes = is_gone || folder.idle > unused;
        entries.push(Entry { idle: folder.idle, size: 0, goes, what: What::Unpacked(folder) });
    }
    entries
}

/// Returns the stems of the folders that containers are made of which live: theirs are not locked while they run by
/// themselves.
fn in_use(store: &Store) -> Result<HashSet<String>, Error> {
    let mut names = HashSet::new();
    for container in Containers::new(store.folder().join("containers")).list()? {
        if !container.state().life.is_alive() {
            continue;
        }
        let mut diff_ids = vec![];
        for link in start::layers(store, &container, &container.config()?)? {
            diff_ids.push(store.read_node::<layer::Layer>(&link)?.diff_id);
        }
        names.extend(rootfs::folder_names(&diff_ids));
    }
    Ok(names)
}

/// Returns the lengths of all files in a folder, or of a file.
fn size(path: &Path) -> u64 {
    let Ok(meta) = std::fs::symlink_metadata(path) else { return 0 };
    if !meta.is_dir() {
        return meta.len();
    }
    let entries = std::fs::read_dir(path).into_iter().flatten().flatten();
    entries.map(|entry| size(&entry.path())).sum()
}
