//! Cutting: the hash loop, and the state between two reads of a stream.

use super::gear::{DOUBLED, GEAR};
use super::tensor::Region;
use super::{MAX, MIN};
use crate::store::codec::Hint;

/// How many bytes the hash remembers: each shifts all earlier ones up by a bit.
const WINDOW: usize = 64;

/// A hash below this, with its top 16 bits zero, is a cut: once in 64 KiB.
const BELOW: u64 = 1 << 48;

/// Returns the length of the first chunk of `bytes`, which are at least [`MAX`] long or the end of their file.
pub fn length(bytes: &[u8]) -> usize {
    let end = bytes.len().min(MAX);
    if end <= MIN {
        return end;
    }
    let mut hash = bytes[MIN - WINDOW..MIN].iter().fold(0, |hash, byte| step(hash, *byte));
    let mut at = MIN;
    let mut groups = bytes[MIN..end].chunks_exact(8);
    for group in groups.by_ref() {
        // Two bytes a step: adding the pair first halves the chain of dependent shifts (2.4 against 1.9 GB/s).
        for pair in 0..4 {
            let (first, second) = (usize::from(group[2 * pair]), usize::from(group[2 * pair + 1]));
            let both = DOUBLED[first].wrapping_add(GEAR[second]);
            let between = (hash << 1).wrapping_add(GEAR[first]);
            hash = (hash << 2).wrapping_add(both);
            if between < BELOW {
                return at + 2 * pair + 1;
            }
            if hash < BELOW {
                return at + 2 * pair + 2;
            }
        }
        at += 8;
    }
    for byte in groups.remainder() {
        hash = step(hash, *byte);
        at += 1;
        if hash < BELOW {
            return at;
        }
    }
    end
}

/// Returns whether the hash puts a cut behind these bytes.
fn is_cut(bytes: &[u8]) -> bool {
    bytes[bytes.len() - WINDOW..].iter().fold(0, |hash, byte| step(hash, *byte)) < BELOW
}

fn step(hash: u64, byte: u8) -> u64 {
    (hash << 1).wrapping_add(GEAR[usize::from(byte)])
}

/// Returns whether a list may be cut behind this name or digest: one in 1,024 is picked.
pub(crate) fn picks(bytes: &[u8]) -> bool {
    bytes.iter().fold(0, |hash, byte| step(hash, *byte)) >> 54 == 0
}

/// Cuts a file that arrives piece by piece.
#[derive(Debug)]
pub struct Cutter {
    at: u64,
    regions: std::iter::Peekable<std::vec::IntoIter<Region>>,
}

impl Cutter {
    /// Begins a file with these regions, in their order.
    pub fn new(regions: Vec<Region>) -> Self {
        Self { at: 0, regions: regions.into_iter().peekable() }
    }

    /// Returns where the next chunk begins.
    pub fn at(&self) -> u64 {
        self.at
    }

    /// Returns the length of the next chunk, which `bytes` begin with, and what is known of it.
    ///
    /// `None` asks for more bytes: it is never returned if there are [`MAX`] of them or `last` says that no more come.
    pub fn next(&mut self, bytes: &[u8], last: bool) -> Option<(usize, Hint)> {
        let (border, hint) = self.border();
        let bytes = match border {
            Some(distance) if distance <= bytes.len() => &bytes[..distance],
            _ if bytes.len() >= MAX || (last && !bytes.is_empty()) => bytes,
            _ => return None,
        };
        let length = length(bytes);
        self.at += length as u64;
        Some((length, hint))
    }

    /// Takes the next `length` bytes as a chunk, if [`Cutter::next`] would cut there; returns what is known of them.
    ///
    /// The caller knows that these bytes are a chunk that was once cut: so there is no cut inside, and only its end counts.
    pub(crate) fn accept(&mut self, bytes: &[u8], length: usize, last: bool) -> Option<Hint> {
        let (border, hint) = self.border();
        let end = length == MAX
            || border == Some(length)
            || (last && length == bytes.len())
            || (length > MIN && is_cut(&bytes[..length]));
        let whole = end && (1..=MAX).contains(&length) && border.is_none_or(|at| length <= at);
        whole.then(|| {
            self.at += length as u64;
            hint
        })
    }

    /// How far it is to the next place where a cut must be, and what is known of the bytes up to there.
    fn border(&mut self) -> (Option<usize>, Hint) {
        while self.regions.next_if(|region| region.end <= self.at).is_some() {}
        match self.regions.peek() {
            None => (None, Hint::Any),
            Some(region) if region.start > self.at => {
                (usize::try_from(region.start - self.at).ok(), Hint::Any)
            }
            Some(region) => (usize::try_from(region.end - self.at).ok(), region.hint),
        }
    }
}
