//! Finding an entry in a sorted table on disk.
//!
//! A small table is read whole and checked against its digest. In a large one an entry is found where its digest says it
//! should lie, since digests are spread evenly: one or two reads of a few kilobytes. Tables are read and not mapped: a
//! disk that fails under a map kills the program, a read that fails is an error.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::sync::OnceLock;

use super::{ENTRY, Entry};
use crate::base::Digest;
use crate::store::Link;

/// A table up to this size is read whole.
const SMALL: u64 = 2 << 20;

/// Entries read at once around the place where one should lie.
const WINDOW: u64 = 96;

/// A sorted table in a file.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) offset: u64,
    pub(super) entries: u64,
    pub(super) digest: Digest,
    whole: OnceLock<Vec<u8>>,
}

impl Table {
    pub(super) fn new(offset: u64, entries: u64, digest: Digest) -> Self {
        Self { offset, entries, digest, whole: OnceLock::new() }
    }

    pub(super) fn size(&self) -> u64 {
        self.entries * ENTRY as u64
    }

    /// Returns the entry of `link`, if there is one.
    pub(super) fn find(&self, file: &File, link: &Link) -> io::Result<Option<Entry>> {
        if self.size() <= SMALL {
            let whole = self.whole(file)?;
            return Ok(search(whole, link)?.ok());
        }
        self.find_on_disk(file, link)
    }

    /// Returns all bytes of the table, checked against its digest.
    pub(super) fn read(&self, file: &File) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; usize::try_from(self.size()).map_err(io::Error::other)?];
        file.read_exact_at(&mut bytes, self.offset)?;
        match Digest::of(&bytes) == self.digest {
            true => Ok(bytes),
            false => Err(damaged("its table does not have the digest that its trailer names")),
        }
    }

    /// Returns the entries whose digest lies between `low` and `high`, both included.
    pub(super) fn find_range(
        &self,
        file: &File,
        low: &Digest,
        high: &Digest,
    ) -> io::Result<Vec<Entry>> {
        let bytes = self.read(file)?;
        let first = partition(&bytes, |entry| entry[..32] < low.as_bytes()[..]);
        let rest = bytes[first * ENTRY..].chunks_exact(ENTRY);
        rest.take_while(|entry| entry[..32] <= high.as_bytes()[..]).map(decode).collect()
    }

    fn whole(&self, file: &File) -> io::Result<&[u8]> {
        if let Some(bytes) = self.whole.get() {
            return Ok(bytes);
        }
        let bytes = self.read(file)?;
        Ok(self.whole.get_or_init(|| bytes))
    }

    fn find_on_disk(&self, file: &File, link: &Link) -> io::Result<Option<Entry>> {
        let (mut low, mut high) = (0, self.entries);
        let mut guess = place(link, self.entries);
        while low < high {
            let from = guess.saturating_sub(WINDOW / 2).clamp(low, high - 1);
            let count = WINDOW.min(high - from);
            let mut bytes = vec![0; count as usize * ENTRY];
            file.read_exact_at(&mut bytes, self.offset + from * ENTRY as u64)?;
            match search(&bytes, link)? {
                Ok(entry) => return Ok(Some(entry)),
                Err(0) => high = from,
                Err(at) if at as u64 == count => low = from + count,
                Err(_) => return Ok(None),
            }
            guess = low + (high - low) / 2;
        }
        Ok(None)
    }
}

/// Finds `link` in the bytes of sorted entries, or the place where it would be.
fn search(bytes: &[u8], link: &Link) -> io::Result<Result<Entry, usize>> {
    let wanted = (&link.digest.as_bytes()[..], link.kind as u8);
    let at = partition(bytes, |entry| (&entry[..32], entry[ENTRY - 1] >> 4) < wanted);
    match bytes.get(at * ENTRY..(at + 1) * ENTRY) {
        Some(entry) if (&entry[..32], entry[ENTRY - 1] >> 4) == wanted => decode(entry).map(Ok),
        _ => Ok(Err(at)),
    }
}

fn partition(bytes: &[u8], before: impl Fn(&[u8]) -> bool) -> usize {
    let (mut low, mut high) = (0, bytes.len() / ENTRY);
    while low < high {
        let middle = low.midpoint(high);
        match before(&bytes[middle * ENTRY..][..ENTRY]) {
            true => low = middle + 1,
            false => high = middle,
        }
    }
    low
}

/// Where among `entries` evenly spread digests that of `link` should lie.
fn place(link: &Link, entries: u64) -> u64 {
    let head = u64::from_be_bytes(link.digest.as_bytes()[..8].try_into().expect("8 bytes"));
    ((u128::from(head) * u128::from(entries)) >> 64) as u64
}

fn decode(bytes: &[u8]) -> io::Result<Entry> {
    Entry::decode(bytes).ok_or_else(|| damaged("an entry of its table is out of bounds"))
}

pub(super) fn damaged(reason: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, reason)
}
