//! A file that was added before and has changed since: most of its chunks are where they were, and need not be searched for.
//!
//! A chunk that is the same as one of the earlier file ends where that one did, since a cut depends on the bytes of its
//! chunk alone. So the next chunk of the earlier file is tried first, by its digest, which is needed anyway. What comes out
//! is the same as without a guess.

use std::collections::HashMap;

use crate::base::Digest;
use crate::store::chunk::{Cutter, MAX};
use crate::store::codec::Hint;
use crate::store::file::{self, Chunk};
use crate::store::{Link, Store};

/// A longer list is not worth its memory.
const MAX_CHUNKS: usize = 1 << 16;

/// The chunks of a file as it was.
#[derive(Debug)]
pub(super) struct Guess {
    chunks: Vec<Chunk>,
    places: HashMap<Digest, usize>,
    /// Which chunk should come next; nothing while the two files differ.
    next: Option<usize>,
}

impl Guess {
    /// Takes the file `link`, which this program has cut. `None` where it cannot be read.
    pub(super) fn from(store: &Store, link: &Link) -> Option<Self> {
        let file = file::open(store, link).ok()?;
        let chunks = file.chunks().get(..file.chunks().len().min(MAX_CHUNKS))?.to_vec();
        let places = chunks.iter().enumerate().map(|(at, chunk)| (chunk.link.digest, at)).collect();
        Some(Self { chunks, places, next: Some(0) })
    }

    /// As [`Cutter::next`], with the link of the chunk.
    pub(super) fn next(
        &mut self,
        cutter: &mut Cutter,
        bytes: &[u8],
        last: bool,
    ) -> Option<(usize, Hint, Link)> {
        if bytes.len() < MAX && !last {
            return None;
        }
        if let Some(chunk) = self.next.and_then(|next| self.chunks.get(next)).copied() {
            let begin = bytes.get(..chunk.length as usize);
            let same = begin.is_some_and(|bytes| Digest::of(bytes) == chunk.link.digest);
            if same && let Some(hint) = cutter.accept(bytes, chunk.length as usize, last) {
                self.next = self.next.map(|next| next + 1);
                return Some((chunk.length as usize, hint, chunk.link));
            }
        }
        let (length, hint) = cutter.next(bytes, last)?;
        let digest = Digest::of(&bytes[..length]);
        self.next = self.places.get(&digest).map(|at| at + 1);
        Some((length, hint, Link::blob(digest)))
    }
}
