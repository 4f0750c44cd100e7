//! All packs of a store: which there are, and which holds an object.
//!
//! Other processes add, merge and remove packs at any time. A reader that misses looks at the folder again; a pack that
//! is open can be read to its end even when its name is gone.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, RwLock};

use super::index::Index;
use super::{Entry, Pack};
use crate::base::Digest;
use crate::store::{Error, Link};

/// So many packs are held open; more are closed and opened again when they are needed.
const OPEN: usize = 256;

/// The packs in a folder, as they were when it was last looked at.
#[derive(Debug)]
pub(crate) struct PackSet {
    folder: PathBuf,
    state: RwLock<Arc<State>>,
    open: RwLock<HashMap<Digest, Arc<Pack>>>,
}

#[derive(Debug, Default)]
struct State {
    /// Not in an index: each is asked itself. Newest first.
    loose: Vec<Slot>,
    /// Named by gc as no longer needed, and read only when nothing else has the object.
    condemned: Vec<Slot>,
    indexed: HashMap<Digest, Slot>,
    indexes: Vec<Index>,
    /// Indexes that cannot be read.
    unread: Vec<PathBuf>,
}

#[derive(Debug, Clone)]
struct Slot {
    digest: Digest,
    path: PathBuf,
}

/// All packs of a folder, and what only looks like one.
#[derive(Debug, Default)]
pub(crate) struct Survey {
    pub(crate) packs: Vec<Arc<Pack>>,
    pub(crate) broken: Vec<(PathBuf, Error)>,
}

/// An object, and the pack that holds it.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    pub(crate) pack: Arc<Pack>,
    pub(crate) entry: Entry,
}

impl PackSet {
    pub(crate) fn open(folder: PathBuf) -> Result<Self, Error> {
        let state = RwLock::new(Arc::new(State::read(&folder)?));
        Ok(Self { folder, state, open: RwLock::default() })
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Looks at the folder again.
    pub(crate) fn refresh(&self) -> Result<(), Error> {
        let state = Arc::new(State::read(&self.folder)?);
        *self.state.write().expect("no holder panics") = state;
        Ok(())
    }

    /// Finds an object that will stay: not in a pack that gc has condemned.
    pub(crate) fn find(&self, link: &Link) -> Result<Option<Found>, Error> {
        let state = self.state();
        if let Some(found) = self.ask(&state.loose, link)? {
            return Ok(Some(found));
        }
        for index in &state.indexes {
            let (digest, entry) = match index.find(link) {
                Ok(Some(hit)) => hit,
                Ok(None) => continue,
                // The packs know it themselves.
                Err(_) => return self.ask(state.indexed.values(), link),
            };
            if let Some(slot) = state.indexed.get(&digest) {
                let Some(pack) = self.pack(slot)? else { continue };
                return Ok(Some(Found { pack, entry }));
            }
        }
        Ok(None)
    }

    fn ask<'a>(
        &self,
        slots: impl IntoIterator<Item = &'a Slot>,
        link: &Link,
    ) -> Result<Option<Found>, Error> {
        for slot in slots {
            if let Some(found) = self.find_in(slot, link)? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// Finds an object wherever it is, and looks at the folder again before it gives up.
    pub(crate) fn find_anywhere(&self, link: &Link) -> Result<Option<Found>, Error> {
        if let Some(found) = self.find(link)? {
            return Ok(Some(found));
        }
        self.refresh()?;
        if let Some(found) = self.find(link)? {
            return Ok(Some(found));
        }
        // An index that is damaged in the middle may hide an object that its pack still has.
        let state = self.state();
        self.ask(state.condemned.iter().chain(state.indexed.values()), link)
    }

    /// Returns every pack that there is, the condemned ones last; one that vanishes meanwhile is left out.
    pub(crate) fn all(&self) -> Result<Vec<Arc<Pack>>, Error> {
        self.refresh()?;
        let mut packs = self.kept()?;
        packs.extend(self.condemned()?);
        Ok(packs)
    }

    /// Opens the pack of this name; nothing where it is gone.
    pub(crate) fn open_pack(&self, digest: &Digest) -> Result<Option<Arc<Pack>>, Error> {
        let names = ["pack", "condemned"].map(|kind| format!("{digest}.{kind}"));
        for path in names.map(|name| self.folder.join(name)) {
            if let Some(pack) = self.pack(&Slot { digest: *digest, path })? {
                return Ok(Some(pack));
            }
        }
        Ok(None)
    }

    /// Returns every pack but the condemned ones.
    pub(crate) fn kept(&self) -> Result<Vec<Arc<Pack>>, Error> {
        let state = self.state();
        let slots = state.loose.iter().chain(state.indexed.values());
        slots.filter_map(|slot| self.pack(slot).transpose()).collect()
    }

    /// Returns the packs that gc has condemned.
    pub(crate) fn condemned(&self) -> Result<Vec<Arc<Pack>>, Error> {
        let state = self.state();
        state.condemned.iter().filter_map(|slot| self.pack(slot).transpose()).collect()
    }

    /// Returns the names of the packs that no index covers.
    pub(crate) fn unindexed(&self) -> Vec<Digest> {
        self.state().loose.iter().map(|slot| slot.digest).collect()
    }

    /// Returns the files of the packs that are not condemned, without opening any.
    pub(crate) fn kept_paths(&self) -> Vec<(Digest, PathBuf)> {
        let state = self.state();
        let slots = state.loose.iter().chain(state.indexed.values());
        slots.map(|slot| (slot.digest, slot.path.clone())).collect()
    }

    /// Closes every pack: a file under the same name may be another one from here on.
    pub(crate) fn forget_open(&self) {
        self.open.write().expect("no holder panics").clear();
    }

    /// Returns every pack that can be opened, and the files that cannot, each with the reason.
    pub(crate) fn survey(&self) -> Result<Survey, Error> {
        self.refresh()?;
        let state = self.state();
        let mut survey = Survey::default();
        for slot in state.loose.iter().chain(state.indexed.values()).chain(&state.condemned) {
            match self.pack(slot) {
                Ok(pack) => survey.packs.extend(pack),
                Err(error) => survey.broken.push((slot.path.clone(), error)),
            }
        }
        Ok(survey)
    }

    /// Returns the files of indexes that are damaged.
    pub(crate) fn unsound_indexes(&self) -> Vec<PathBuf> {
        let state = self.state();
        let damaged = state.indexes.iter().filter(|index| !index.is_sound());
        damaged.map(|index| index.path().to_owned()).chain(state.unread.iter().cloned()).collect()
    }

    /// Returns how many bytes all packs take, the condemned ones too.
    pub(crate) fn total_size(&self) -> u64 {
        let state = self.state();
        let slots = state.loose.iter().chain(state.indexed.values()).chain(&state.condemned);
        slots.filter_map(|slot| fs::symlink_metadata(&slot.path).ok()).map(|meta| meta.len()).sum()
    }

    /// Returns the files of the indexes.
    pub(crate) fn indexes(&self) -> Vec<PathBuf> {
        self.state().indexes.iter().map(|index| index.path().to_owned()).collect()
    }

    fn state(&self) -> Arc<State> {
        Arc::clone(&self.state.read().expect("no holder panics"))
    }

    fn find_in(&self, slot: &Slot, link: &Link) -> Result<Option<Found>, Error> {
        let Some(pack) = self.pack(slot)? else { return Ok(None) };
        Ok(pack.find(link)?.map(|entry| Found { pack, entry }))
    }

    /// Opens a pack; `None` where another process has removed it meanwhile.
    fn pack(&self, slot: &Slot) -> Result<Option<Arc<Pack>>, Error> {
        let open = self.open.read().expect("no holder panics");
        // Condemned and pardoned packs are renamed.
        if let Some(pack) = open.get(&slot.digest).filter(|pack| pack.path() == slot.path) {
            return Ok(Some(Arc::clone(pack)));
        }
        drop(open);
        let pack = match Pack::open(slot.path.clone(), slot.digest) {
            Ok(pack) => Arc::new(pack),
            Err(Error::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
                return Ok(None);
            }
            Err(error) => return Err(error),
        };
        let mut open = self.open.write().expect("no holder panics");
        if open.len() >= OPEN {
            open.clear();
        }
        open.insert(slot.digest, Arc::clone(&pack));
        Ok(Some(pack))
    }
}

impl State {
    fn read(folder: &Path) -> Result<Self, Error> {
        let mut state = Self::default();
        let mut packs = vec![];
        for entry in fs::read_dir(folder).map_err(Error::io("list", folder))? {
            let path = entry.map_err(Error::io("list", folder))?.path();
            let name = path.file_stem().and_then(|stem| stem.to_str()).and_then(|s| s.parse().ok());
            let Some(digest) = name else { continue };
            let slot = Slot { digest, path: path.clone() };
            match path.extension().and_then(|extension| extension.to_str()) {
                Some("pack") => packs.push(slot),
                Some("condemned") => state.condemned.push(slot),
                // An index is derived: a damaged one is passed over, and its packs are asked themselves.
                Some("idx") => match Index::open(&path) {
                    Ok(index) => state.indexes.push(index),
                    Err(_) => state.unread.push(path),
                },
                _ => {}
            }
        }
        if packs.len() > OPEN {
            allow_open_files(packs.len());
        }
        for slot in packs {
            match state.indexes.iter().any(|index| index.covers(&slot.digest)) {
                true => drop(state.indexed.insert(slot.digest, slot)),
                false => state.loose.push(slot),
            }
        }
        Ok(state)
    }
}

/// Asks the system for more open files, as far as it lets anybody have: a walk over a store of a terabyte holds more
/// packs open than most systems allow at first.
fn allow_open_files(packs: usize) {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    let wanted = packs as u64 * 2 + 512;
    if limit.current.is_some_and(|current| current < wanted) {
        limit.current = Some(limit.maximum.map_or(wanted, |maximum| maximum.min(wanted)));
        // Refused, it is as it was before, and a file that cannot be opened is an error then.
        let _ = setrlimit(Resource::Nofile, limit);
    }
}
