//! Making whole again what can be: everything derived from what is in the packs, sound objects out of damaged packs,
//! and, through the caller, lost objects from a store that has them.

use std::fs;
use std::path::Path;

use serde_bytes::ByteBuf;

use crate::base::fs::{remove, rename, sync_folder};
use crate::base::{Digest, Progress, parallel};
use crate::store::lease::Lease;
use crate::store::pack::{Builder, Survey, salvage};
use crate::store::repack::Maintenance;
use crate::store::{Context, Error, Link, Logged, Store, fsck, layout, object, operation, rebuild};

/// What was done, in the order in which it was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The file `format` was damaged and is whole again.
    Format,
    /// `meta.db` was lost or damaged: so many refs and operations were found in the packs. What was live is gone.
    Database { refs: u64, operations: u64 },
    /// A damaged pack was replaced by its sound objects; it is kept aside where something of it was lost.
    Pack { pack: Digest, saved: u64, lost_frames: u64 },
    /// So many operations were lost in the packs and written again from the log.
    Operations(u64),
    /// A damaged index was deleted; it is made again when it is needed.
    Index,
}

/// Repairs the store in `folder`, and returns it with what was done.
///
/// Run [`fsck::check`] after it: what it still finds is lost here, and can only come from elsewhere.
pub fn repair(
    folder: &Path,
    context: Context,
    progress: &dyn Progress,
) -> Result<(Store, Vec<Step>), Error> {
    let mut steps = vec![];
    if layout::mend(folder)? {
        steps.push(Step::Format);
    }
    let store = Store::open(folder, context.clone())?;
    let _lock = Maintenance::begin(&store)?;
    steps.extend(packs(&store)?);
    steps.extend(indexes(&store)?);
    let found = fsck::check(&store, &fsck::Options::default(), progress)?;
    if found.problems.iter().all(|problem| problem.place != fsck::Place::Database) {
        steps.extend(operations(&store)?);
        return Ok((store, steps));
    }
    drop(store);
    set_aside(folder)?;
    let store = Store::init(folder, context)?;
    let (refs, operations) = rebuild::from_packs(&store)?;
    steps.push(Step::Database { refs, operations });
    Ok((store, steps))
}

/// Puts the sound objects of damaged packs into new ones.
fn packs(store: &Store) -> Result<Vec<Step>, Error> {
    let Survey { packs: whole, broken } = store.packs().survey()?;
    let mut damaged: Vec<_> = broken.into_iter().map(|(path, _)| path).collect();
    let sound = parallel::map(&whole, |pack| {
        pack.entries().is_ok_and(|entries| fsck::unsound(pack, entries).is_empty())
            && pack.check_bytes(&mut |_| ()).is_ok()
    });
    let unsound = whole.iter().zip(sound).filter(|(_, sound)| !sound);
    damaged.extend(unsound.map(|(pack, _)| pack.path().to_owned()));
    damaged.iter().map(|path| replace(store, path)).collect()
}

fn replace(store: &Store, path: &Path) -> Result<Step, Error> {
    let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let pack: Digest = stem.parse().expect("only files with a digest for a name are packs");
    let lease = Lease::take(&store.folder().join("incoming"), "repair", || Ok(0))?;
    let mut builder = Builder::new(lease.folder());
    let saved = salvage::save(path, pack, &mut builder)?;
    // Out of the way first: the new pack may get the same name where only bytes between the frames were damaged.
    let aside = path.with_extension("damaged");
    rename(path, &aside).map_err(Error::io("rename", path))?;
    builder.publish(store.packs().folder())?;
    if saved.lost_frames == 0 && saved.objects > 0 {
        remove(&aside).map_err(Error::io("remove", &aside))?;
    }
    store.packs().forget_open();
    store.packs().refresh()?;
    Ok(Step::Pack { pack, saved: saved.objects, lost_frames: saved.lost_frames })
}

fn indexes(store: &Store) -> Result<Vec<Step>, Error> {
    let unsound = store.packs().unsound_indexes();
    for path in &unsound {
        remove(path).map_err(Error::io("remove", path))?;
    }
    store.packs().refresh()?;
    let cache = store.folder().join("cache");
    for entry in fs::read_dir(&cache).map_err(Error::io("list", &cache))?.flatten() {
        // What was remembered of the store before may name objects that were lost.
        remove(&entry.path()).map_err(Error::io("remove", entry.path()))?;
    }
    Ok(unsound.into_iter().map(|_| Step::Index).collect())
}

/// Writes the nodes of operations again that only the log still knows.
fn operations(store: &Store) -> Result<Option<Step>, Error> {
    let mut writer = store.writer()?;
    let mut log = operation::log(store, None, None, usize::MAX >> 1)?;
    log.reverse();
    let (mut previous, mut written) = (None, 0);
    for Logged { digest, mut operation } in log {
        let lost = store.read(&Link::node(digest)).is_err();
        operation.previous = previous.map(|name: Digest| ByteBuf::from(name.as_bytes()));
        previous = Some(digest);
        if lost && Digest::of(&object::encode(&operation)?) == digest {
            writer.node(&operation)?;
            written += 1;
        }
    }
    writer.commit(vec![])?;
    Ok((written > 0).then_some(Step::Operations(written)))
}

/// Moves the database away, in case somebody wants to look at it.
fn set_aside(folder: &Path) -> Result<(), Error> {
    for suffix in ["-wal", "-shm", ""] {
        let path = folder.join(format!("meta.db{suffix}"));
        if path.exists() {
            let aside = folder.join(format!("meta.db.damaged{suffix}"));
            rename(&path, &aside).map_err(Error::io("rename", &path))?;
        }
    }
    sync_folder(folder).map_err(Error::io("sync", folder))
}
