//! The memory of answers that wait for their clients: a client that does not read holds what it has not read.
//!
//! Pieces are large, which costs the least work, as long as all that are under way together are not too much. Then each
//! answer has one small piece under way: however many clients do not read, each holds little.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use bytes::Bytes;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, SemaphorePermit};

use crate::server::state::{Shared, blocking};
use crate::store::file::{self, Chunk};
use crate::store::{Error, Link, Store};

/// All large pieces together, in units.
const UNITS: usize = (16 << 20) / UNIT;
const UNIT: usize = 1 << 10;

/// So much of a file is read at once where there is room: a thread is busy with it.
const LARGE: u64 = 256 << 10;
/// What a piece may be where there is no room: a chunk is then read two times, or three.
const SMALL: u64 = 48 << 10;
/// So many pieces are read at a time for each processor: more would take memory for what is decoded, and be no faster.
const READERS: usize = 4;

/// What all answers of a server share.
#[derive(Debug, Clone)]
pub(in crate::server) struct Budget {
    /// The room for large pieces that is left.
    room: Arc<Semaphore>,
    readers: Arc<Semaphore>,
    lists: Arc<Mutex<HashMap<Link, Weak<[Chunk]>>>>,
}

/// One answer, piece by piece.
#[derive(Debug)]
pub(in crate::server) struct Flow {
    budget: Budget,
    /// The room for one small piece.
    own: Arc<Semaphore>,
}

/// The room for one piece; free again when its last byte is away.
#[derive(Debug)]
pub(in crate::server) struct Room {
    bytes: u64,
    _place: Option<OwnedSemaphorePermit>,
}

/// Bytes, and the room that they take.
struct Held {
    bytes: Vec<u8>,
    _room: Room,
}

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Default for Budget {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let new = |count| Arc::new(Semaphore::new(count));
        Self { room: new(UNITS), readers: new(READERS * cores), lists: Arc::default() }
    }
}

impl Budget {
    /// Begins an answer.
    pub(in crate::server) fn begin(&self) -> Flow {
        Flow { budget: self.clone(), own: Arc::new(Semaphore::new(1)) }
    }

    /// Returns the chunks of a file; all answers with the same file share one list.
    pub(in crate::server) fn chunks(
        &self,
        store: &Store,
        link: &Link,
    ) -> Result<Arc<[Chunk]>, Error> {
        if let Some(list) = self.lists().get(link).and_then(Weak::upgrade) {
            return Ok(list);
        }
        let list: Arc<[Chunk]> = file::open(store, link)?.chunks().into();
        let mut lists = self.lists();
        lists.retain(|_, list| list.strong_count() > 0);
        lists.insert(*link, Arc::downgrade(&list));
        Ok(list)
    }

    fn lists(&self) -> MutexGuard<'_, HashMap<Link, Weak<[Chunk]>>> {
        self.lists.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the room for a piece of so many bytes, if there is any left.
    fn take(&self, bytes: u64) -> Option<Room> {
        let units = u32::try_from(bytes.div_ceil(UNIT as u64)).ok()?;
        let place = Arc::clone(&self.room).try_acquire_many_owned(units).ok()?;
        Some(Room { bytes, _place: Some(place) })
    }
}

impl Flow {
    /// Waits for the room for a piece: for so many bytes, or for few when the piece before is away.
    pub(in crate::server) async fn room(&self, wanted: u64) -> Room {
        if let Some(room) = self.budget.take(wanted) {
            return room;
        }
        let place = Arc::clone(&self.own).acquire_owned().await.ok();
        Room { bytes: wanted.min(SMALL), _place: place }
    }

    /// Reads what comes next of a file, from `at` on and not beyond `end`.
    pub(in crate::server) async fn piece(
        &self,
        state: &Shared,
        chunks: &Arc<[Chunk]>,
        at: u64,
        end: u64,
    ) -> Result<Bytes, Error> {
        let room = self.room(next(chunks, at, end)).await;
        let _turn = self.turn().await;
        let chunks = Arc::clone(chunks);
        blocking(state, move |state| read(&state.store, &chunks, at, room)).await
    }

    /// Waits for a turn to read a piece.
    pub(in crate::server) async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        self.budget.readers.acquire().await.ok()
    }
}

impl Room {
    /// Returns how many bytes it is for.
    pub(in crate::server) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Keeps this room for as long as the bytes are there.
    pub(in crate::server) fn hold(self, bytes: Vec<u8>) -> Bytes {
        Bytes::from_owner(Held { bytes, _room: self })
    }
}

/// Returns how many bytes of a file come next where there is room: whole chunks, from `at` on and not beyond `end`.
fn next(chunks: &[Chunk], at: u64, end: u64) -> u64 {
    let to = ends(chunks, at).find(|to| to - at >= LARGE);
    to.unwrap_or(end).min(end) - at
}

/// Reads what comes next of a file. Each chunk is verified before a byte of it goes out.
fn read(store: &Store, chunks: &[Chunk], at: u64, room: Room) -> Result<Bytes, Error> {
    let most = at + room.bytes();
    // No chunk is read twice that need not be.
    let end = ends(chunks, at).take_while(|to| *to <= most).last().unwrap_or(most);
    let mut bytes = Vec::with_capacity((end - at) as usize);
    for chunk in ahead(chunks, at).iter().take_while(|chunk| chunk.start < end) {
        let read = store.read(&chunk.link)?;
        if read.len() as u64 != chunk.length {
            let reason = "it is not as long as the file says".to_owned();
            return Err(Error::Malformed { link: chunk.link, wanted: "file", reason });
        }
        let from = at.saturating_sub(chunk.start) as usize;
        let to = chunk.length.min(end - chunk.start) as usize;
        bytes.extend_from_slice(&read[from..to]);
    }
    Ok(room.hold(bytes))
}

/// Returns the chunks that end after `at`.
fn ahead(chunks: &[Chunk], at: u64) -> &[Chunk] {
    &chunks[chunks.partition_point(|chunk| chunk.start + chunk.length <= at)..]
}

fn ends(chunks: &[Chunk], at: u64) -> impl Iterator<Item = u64> {
    ahead(chunks, at).iter().map(|chunk| chunk.start + chunk.length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_free_again_when_the_last_byte_is_away() {
        let budget = Budget::default();
        let all: Vec<Bytes> =
            std::iter::from_fn(|| budget.take(LARGE)).map(|room| room.hold(vec![7; 4])).collect();
        assert_eq!(all.len(), UNITS * UNIT / LARGE as usize);
        let part = all[0].slice(1..2);
        drop(all);
        let rest = (UNITS * UNIT) as u64 - LARGE;
        assert!(budget.take(rest + 1).is_none() && budget.take(rest).is_some());
        drop(part);
        assert!(budget.take(rest + LARGE).is_some());
    }

    #[tokio::test]
    async fn without_room_an_answer_has_one_small_piece_under_way() {
        let budget = Budget::default();
        let _all = budget.take((UNITS * UNIT) as u64).unwrap();
        let (one, other) = (budget.begin(), budget.begin());
        let first = one.room(LARGE).await.hold(vec![7; 4]);
        assert_eq!(other.room(LARGE).await.bytes(), SMALL);
        let second = one.room(LARGE);
        tokio::pin!(second);
        let waits = tokio::select! {
            biased;
            _ = &mut second => false,
            () = std::future::ready(()) => true,
        };
        assert!(waits);
        drop(first);
        assert_eq!(second.await.bytes(), SMALL);
    }
}
