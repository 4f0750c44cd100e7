//! The plain text around the place that is worked on, by position in its member.

use std::io::{self, Read};

/// Matches reach so far back.
pub(super) const REACH: usize = 32 << 10;

/// A model sees so far ahead, and no further: what it does must not depend on how much has been read.
pub(super) const AHEAD: usize = 70_000;

/// What is behind stays until there is so much of it.
const BEHIND: usize = 1 << 20;

#[derive(Debug, Default)]
pub(super) struct Window {
    bytes: Vec<u8>,
    /// The position of the first of `bytes`.
    base: usize,
}

impl Window {
    pub(super) const fn end(&self) -> usize {
        self.base + self.bytes.len()
    }

    pub(super) fn at(&self, place: usize) -> u8 {
        self.bytes[place - self.base]
    }

    /// Returns what begins at `place`.
    pub(super) fn from(&self, place: usize) -> &[u8] {
        &self.bytes[place - self.base..]
    }

    pub(super) fn push(&mut self, byte: u8) {
        self.bytes.push(byte);
    }

    /// Repeats what is `distance` before the end; `false` where nothing is there.
    pub(super) fn repeat(&mut self, length: usize, distance: usize) -> bool {
        let Some(start) = self.bytes.len().checked_sub(distance) else { return false };
        for place in start..start + length {
            self.bytes.push(self.bytes[place]);
        }
        true
    }

    /// Reads up to `end`, or as far as there is something.
    pub(super) fn fill(&mut self, end: usize, mut input: impl Read) -> io::Result<()> {
        let missing = end.saturating_sub(self.end()) as u64;
        (&mut input).take(missing).read_to_end(&mut self.bytes).map(drop)
    }

    /// Lets go of what nothing before `place` can reach.
    pub(super) fn trim(&mut self, place: usize) {
        // A model may look back from where the unit began.
        let keep = place.saturating_sub(4 * REACH);
        if keep > self.base + BEHIND {
            self.bytes.drain(..keep - self.base);
            self.base = keep;
        }
    }

    /// Returns how many bytes from `a` and from `b` on are the same, up to `most`.
    pub(super) fn common(&self, a: usize, b: usize, most: usize) -> usize {
        let (a, b) = (self.from(a), self.from(b));
        let most = most.min(a.len()).min(b.len());
        let (a, b) = (&a[..most], &b[..most]);
        let words = a.chunks_exact(8).zip(b.chunks_exact(8));
        let same = words.take_while(|(a, b)| a == b).count() * 8;
        let rest = a[same..].iter().zip(&b[same..]);
        same + rest.take_while(|(a, b)| a == b).count()
    }

    /// Returns eight bytes as a number; zeros where there are none.
    pub(super) fn word(&self, place: usize) -> u64 {
        let from = self.from(place);
        match from.first_chunk::<8>() {
            Some(bytes) => u64::from_le_bytes(*bytes),
            None => {
                let mut bytes = [0; 8];
                bytes[..from.len()].copy_from_slice(from);
                u64::from_le_bytes(bytes)
            }
        }
    }
}
