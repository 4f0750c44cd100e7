//! What requests of one transfer leave for each other: packs that were offered, uploads that are under way.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::base::Digest;
use crate::remote::Error;
use crate::remote::uploads::{PATIENCE, Uploads};
use crate::server::limits::Limited;
use crate::server::sync::reach::Reaches;
use crate::store::Store;
use crate::store::pack::Pack;

/// Packs that were offered stay open for so long, whatever gc does meanwhile.
const OFFER: Duration = Duration::from_secs(600);

/// More are not held open; what is gone by then is offered anew.
const MAX_OFFERED: usize = 512;

/// Abandoned uploads are looked for no more often.
const SWEEP: Duration = Duration::from_secs(600);

/// An upload comes in blocks: each costs two changes of threads, and is memory for as long as a slow client takes.
const LARGE_BLOCK: usize = 1 << 20;
const SMALL_BLOCK: usize = 128 << 10;

/// So many uploads have large blocks at a time, the others small ones.
const LARGE_BLOCKS: usize = 16;

/// What all requests share.
#[derive(Debug)]
pub(in crate::server) struct Desk {
    uploads: Mutex<Option<Arc<Uploads>>>,
    swept: Mutex<Instant>,
    writing: Mutex<HashMap<(String, Digest), Arc<Slot>>>,
    moving: Mutex<HashSet<String>>,
    offered: Mutex<VecDeque<Offer>>,
    reaches: Mutex<Reaches>,
    /// Taken for everything that reads much and thinks.
    pub(super) work: Semaphore,
    large: Arc<Semaphore>,
}

/// The memory that one upload may take.
#[derive(Debug)]
pub(super) struct Room(Option<OwnedSemaphorePermit>);

impl Room {
    /// Returns how many bytes go between the network and a file at once.
    pub(super) fn block(&self) -> usize {
        if self.0.is_some() { LARGE_BLOCK } else { SMALL_BLOCK }
    }
}

/// A pack that was offered.
#[derive(Debug)]
struct Offer {
    since: Instant,
    pack: Arc<Pack>,
    to: Option<Arc<Limited>>,
}

impl Offer {
    fn is(&self, digest: &Digest, to: Option<&Arc<Limited>>) -> bool {
        self.pack.digest == *digest && self.to.as_ref() == to
    }
}

/// One upload: the last request that writes it counts, earlier ones are of connections that have died.
#[derive(Debug, Default)]
pub(super) struct Slot {
    turn: Mutex<u64>,
}

impl Slot {
    /// Begins to write; whoever did so before may not go on.
    pub(super) fn begin(&self) -> u64 {
        let mut turn = lock(&self.turn);
        *turn += 1;
        *turn
    }

    /// Runs `work` if nobody else has begun since; nobody can while it runs.
    pub(super) fn in_turn<T>(&self, turn: u64, work: impl FnOnce() -> T) -> Option<T> {
        let now = lock(&self.turn);
        (*now == turn).then(work)
    }
}

/// A push whose refs are being moved; ends with this.
#[derive(Debug)]
pub(super) struct Moving<'a> {
    desk: &'a Desk,
    id: String,
}

impl Drop for Moving<'_> {
    fn drop(&mut self) {
        lock(&self.desk.moving).remove(&self.id);
    }
}

impl Default for Desk {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            uploads: Mutex::default(),
            swept: Mutex::new(Instant::now()),
            writing: Mutex::default(),
            moving: Mutex::default(),
            offered: Mutex::default(),
            reaches: Mutex::default(),
            work: Semaphore::new(cores),
            large: Arc::new(Semaphore::new(LARGE_BLOCKS)),
        }
    }
}

impl Desk {
    /// Returns the place for uploads, which is made when it is first needed.
    pub(super) fn uploads(&self, store: &Store) -> Result<Arc<Uploads>, Error> {
        let mut uploads = lock(&self.uploads);
        let uploads = match &*uploads {
            Some(uploads) => Arc::clone(uploads),
            None => Arc::clone(uploads.insert(Arc::new(Uploads::open(store)?))),
        };
        let mut swept = lock(&self.swept);
        if swept.elapsed() >= SWEEP {
            *swept = Instant::now();
            uploads.sweep(PATIENCE);
        }
        Ok(uploads)
    }

    pub(super) fn slot(&self, client: &str, digest: Digest) -> Arc<Slot> {
        let mut writing = lock(&self.writing);
        // Those that nobody holds are done with.
        if writing.len() >= 1024 {
            writing.retain(|_, slot| Arc::strong_count(slot) > 1);
        }
        Arc::clone(writing.entry((client.to_owned(), digest)).or_default())
    }

    /// Begins to move the refs of a push, unless that is being done already.
    pub(super) fn begin(&self, id: &str) -> Option<Moving<'_>> {
        let new = lock(&self.moving).insert(id.to_owned());
        new.then(|| Moving { desk: self, id: id.to_owned() })
    }

    /// Takes the memory for an upload until it is dropped.
    pub(super) fn room(&self) -> Room {
        Room(Arc::clone(&self.large).try_acquire_owned().ok())
    }

    /// Keeps a pack open for those to whom it was offered: everybody who may read all, or one token that may not.
    pub(super) fn offer(&self, pack: &Arc<Pack>, to: Option<&Arc<Limited>>) {
        let mut offered = lock(&self.offered);
        offered.retain(|there| there.since.elapsed() < OFFER && !there.is(&pack.digest, to));
        if offered.len() >= MAX_OFFERED {
            offered.pop_front();
        }
        let pack = Arc::clone(pack);
        offered.push_back(Offer { since: Instant::now(), pack, to: to.cloned() });
    }

    pub(super) fn offered(&self, digest: &Digest, to: Option<&Arc<Limited>>) -> Option<Arc<Pack>> {
        let offered = lock(&self.offered);
        let found = offered.iter().find(|there| there.is(digest, to));
        found.map(|there| Arc::clone(&there.pack))
    }

    pub(super) fn reaches(&self) -> MutexGuard<'_, Reaches> {
        lock(&self.reaches)
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        // What was cut off by the end of this hub is there when the next one starts.
        if let Some(uploads) = lock(&self.uploads).take().and_then(Arc::into_inner) {
            uploads.leave();
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
