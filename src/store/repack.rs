//! Writing packs anew: small ones joined, so that their number stays logarithmic; mixed ones without what nobody needs.

use std::collections::BTreeMap;
use std::fs::{self, File, TryLockError};
use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

use crate::base::fs::remove;
use crate::base::{Digest, Progress, Task};
use crate::store::lease::Lease;
use crate::store::pack::{Builder, Entry, Pack, index};
use crate::store::walk::Seen;
use crate::store::{Error, Link, Store};

/// So many packs of about one size are joined. Sizes are about one where they fall between two powers of 4.
const TOO_MANY: usize = 8;

/// Packs from this size on are left as they are.
const FULL: u64 = 24 << 20;

/// So many packs without an index get one.
const UNINDEXED: usize = 48;

/// A frame of this size is moved as it is stored; smaller ones are unpacked and compressed with others.
const OWN_FRAME: u32 = 32 << 10;

/// Held by whoever rewrites packs: one at a time. The kernel frees it when the process dies.
#[derive(Debug)]
pub(crate) struct Maintenance {
    _lock: File,
}

impl Maintenance {
    /// Takes the lock if it is free.
    pub(crate) fn try_begin(store: &Store) -> Result<Option<Self>, Error> {
        let (file, path) = Self::file(store)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { _lock: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(Error::io("lock", path)(error)),
        }
    }

    /// Waits for the lock.
    pub(crate) fn begin(store: &Store) -> Result<Self, Error> {
        let (file, path) = Self::file(store)?;
        file.lock().map_err(Error::io("lock", path))?;
        Ok(Self { _lock: file })
    }

    fn file(store: &Store) -> Result<(File, PathBuf), Error> {
        let path = store.folder().join("packs/maintenance.lock");
        let file = fs::OpenOptions::new().write(true).create(true).truncate(false).open(&path);
        Ok((file.map_err(Error::io("open", &path))?, path))
    }
}

/// Joins small packs where there are too many, and indexes packs where many have no index.
///
/// Called after each commit. Its cost is spread over the commits that made the packs: each object is moved once for every
/// fourfold growth. Does nothing while another process does it.
pub fn maintain(store: &Store) -> Result<(), Error> {
    store.packs().refresh()?;
    let small = too_many(store)?;
    if small.is_empty() && store.packs().unindexed().len() < UNINDEXED {
        return Ok(());
    }
    let Some(_lock) = Maintenance::try_begin(store)? else { return Ok(()) };
    store.packs().refresh()?;
    let chosen = too_many(store)?;
    if !chosen.is_empty() {
        join(store, &chosen)?;
    }
    reindex(store)
}

/// Returns the packs to join: those of the largest crowded size, and all smaller ones.
fn too_many(store: &Store) -> Result<Vec<Digest>, Error> {
    let mut classes: BTreeMap<u32, Vec<Digest>> = BTreeMap::new();
    for (digest, path) in store.packs().kept_paths() {
        let Ok(meta) = fs::symlink_metadata(&path) else { continue };
        if meta.size() < FULL {
            classes.entry(meta.size().max(1).ilog2() / 2).or_default().push(digest);
        }
    }
    let crowded = classes.iter().rev().find(|(_, packs)| packs.len() >= TOO_MANY);
    let Some((crowded, _)) = crowded else { return Ok(vec![]) };
    Ok(classes.range(..=*crowded).flat_map(|(_, packs)| packs.clone()).collect())
}

fn join(store: &Store, chosen: &[Digest]) -> Result<(), Error> {
    let packs: Vec<_> =
        store.packs().kept()?.into_iter().filter(|pack| chosen.contains(&pack.digest)).collect();
    let lease =
        Lease::take(&store.folder().join("incoming"), "maintenance", || store.generation())?;
    let mut builder = Builder::new(lease.folder());
    let mut seen = Seen::default();
    for pack in &packs {
        copy(pack, &mut builder, |link| seen.insert(link))?;
    }
    let made = builder.publish(store.packs().folder())?;
    age(store, &made.iter().map(|pack| pack.digest).collect::<Vec<_>>(), &packs)?;
    for pack in packs.iter().filter(|old| made.iter().all(|pack| pack.digest != old.digest)) {
        remove(pack.path()).map_err(Error::io("remove", pack.path()))?;
    }
    store.packs().refresh()
}

/// Gives new packs the time of the youngest that they were made of, so that gc does not wait for its grace again.
pub(crate) fn age(store: &Store, made: &[Digest], of: &[Arc<Pack>]) -> Result<(), Error> {
    let modified =
        |path: &std::path::Path| fs::metadata(path).and_then(|meta| meta.modified()).ok();
    let youngest: Option<SystemTime> = of.iter().filter_map(|pack| modified(pack.path())).max();
    let Some(youngest) = youngest else { return Ok(()) };
    for digest in made {
        let path = store.packs().folder().join(format!("{digest}.pack"));
        let file = File::open(&path).map_err(Error::io("open", &path))?;
        file.set_modified(youngest).map_err(Error::io("set the time of", &path))?;
    }
    Ok(())
}

/// Copies the objects of a pack that `wanted` asks for, each checked against its digest.
pub(crate) fn copy(
    pack: &Pack,
    builder: &mut Builder,
    mut wanted: impl FnMut(&Link) -> bool,
) -> Result<(), Error> {
    for parts in frames(pack.entries()?) {
        let chosen: Vec<Entry> =
            parts.iter().filter(|entry| wanted(&entry.link)).copied().collect();
        let Some(first) = chosen.first() else { continue };
        let bytes = pack.frame(first)?;
        let objects: Vec<_> = chosen
            .iter()
            .map(|entry| Ok((entry.link, pack.part(&bytes, entry)?)))
            .collect::<Result<_, Error>>()?;
        if chosen.len() == parts.len() && first.raw >= OWN_FRAME {
            builder.frame(&pack.raw_frame(&chosen)?)?;
            continue;
        }
        objects.into_iter().try_for_each(|(link, bytes)| builder.object(link, bytes))?;
    }
    Ok(())
}

/// Sorts entries into the frames that they lie in, in the order in which these lie in the pack.
pub(crate) fn frames(mut entries: Vec<Entry>) -> Vec<Vec<Entry>> {
    entries.sort_by_key(|entry| (entry.offset, entry.start));
    entries.chunk_by(|a, b| a.offset == b.offset).map(<[Entry]>::to_vec).collect()
}

/// Writes an index over the packs that have none, once there are many; old indexes are joined into it.
fn reindex(store: &Store) -> Result<(), Error> {
    if store.packs().unindexed().len() < UNINDEXED {
        return Ok(());
    }
    let old = store.packs().indexes();
    let packs = store.packs().kept()?;
    index::write(store.packs().folder(), &packs)?;
    old.iter().try_for_each(|path| remove(path).map_err(Error::io("remove", path)))?;
    store.packs().refresh()
}

/// Copies what `keep` names from packs that hold other things too, and tells the names of the new ones.
pub(crate) fn rewrite(
    store: &Store,
    mixed: &[Arc<Pack>],
    keep: &Seen,
    progress: &dyn Progress,
) -> Result<Vec<Digest>, Error> {
    let lease = Lease::take(&store.folder().join("incoming"), "gc", || store.generation())?;
    let mut builder = Builder::new(lease.folder());
    let mut copied = Seen::default();
    for pack in mixed {
        copy(pack, &mut builder, |link| keep.contains(link) && copied.insert(link))?;
        progress.advance(Task::Repack, pack.size);
    }
    let made = builder.publish(store.packs().folder())?;
    Ok(made.iter().map(|pack| pack.digest).collect())
}
