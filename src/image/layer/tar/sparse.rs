//! Where a file has holes: GNU's old header and its three forms in PAX.

use super::header::Header;
use super::{BLOCK, pax};
use crate::image::layer::Error;

/// Start and length of each piece of content.
pub(super) type Map = Vec<(u64, u64)>;

/// Checks that the pieces are in order, lie within the file, and add up to what is stored of it.
pub(super) fn check(map: &Map, size: u64, stored: u64) -> Result<(), Error> {
    let (mut at, mut sum) = (0, 0_u64);
    for (start, length) in map {
        let end = start.checked_add(*length).filter(|end| *start >= at && *end <= size);
        at = end.ok_or_else(|| bad("its pieces overlap, or lie outside of the file"))?;
        sum += length;
    }
    match sum == stored {
        true => Ok(()),
        false => Err(bad("its pieces are not what is stored")),
    }
}

/// Reads the map of the form 0.1: numbers between commas.
pub(super) fn commas(value: &[u8]) -> Result<Map, Error> {
    let numbers: Option<Vec<u64>> = value.split(|byte| *byte == b',').map(pax::decimal).collect();
    let numbers = numbers.filter(|numbers| numbers.len() % 2 == 0);
    let numbers = numbers.ok_or_else(|| bad("it is no list of pairs"))?;
    Ok(numbers.chunks(2).map(|pair| (pair[0], pair[1])).collect())
}

/// Reads the pieces of an old GNU header; returns whether a block with more follows.
pub(super) fn old(header: &Header<'_>, map: &mut Map) -> Result<bool, Error> {
    pairs(&header.bytes()[386..482], map)?;
    Ok(header.bytes()[482] != 0)
}

/// Reads a block with more pieces; returns whether another follows.
pub(super) fn more(block: &[u8], map: &mut Map) -> Result<bool, Error> {
    pairs(&block[..504], map)?;
    Ok(block[504] != 0)
}

fn pairs(bytes: &[u8], map: &mut Map) -> Result<(), Error> {
    for pair in bytes.chunks_exact(24).take_while(|pair| pair[0] != 0) {
        // The fields are as wide as a header's size, and are read as such.
        let mut block = [0; BLOCK];
        block[..24].copy_from_slice(pair);
        map.push((field(&block, 0)?, field(&block, 12)?));
    }
    Ok(())
}

fn field(block: &[u8; BLOCK], start: usize) -> Result<u64, Error> {
    Header::unchecked(block).unsigned(start..start + 12, "a piece of a sparse map")
}

/// The map of the form 1.0, which stands before the content: a count, then pairs, each number on a line of its own.
#[derive(Debug, Default)]
pub(super) struct Lines {
    text: Vec<u8>,
    complete: u64,
}

impl Lines {
    /// Takes a block; returns the map once it is complete.
    pub(super) fn take(&mut self, block: &[u8]) -> Result<Option<Map>, Error> {
        self.text.extend_from_slice(block);
        self.complete += block.iter().filter(|byte| **byte == b'\n').count() as u64;
        let mut lines = self.text.split(|byte| *byte == b'\n');
        let mut number = || {
            let number = lines.next().and_then(pax::decimal);
            number.ok_or_else(|| bad("a line is no number"))
        };
        let count = number()?;
        // A line more than the numbers of the pairs: that of the count itself.
        if count.checked_mul(2).is_none_or(|numbers| numbers >= self.complete) {
            return Ok(None);
        }
        (0..count).map(|_| Ok((number()?, number()?))).collect::<Result<_, Error>>().map(Some)
    }

    /// Returns how many bytes were taken.
    pub(super) fn length(&self) -> u64 {
        self.text.len() as u64
    }
}

fn bad(reason: &str) -> Error {
    Error::Malformed(format!("a sparse map is not sound: {reason}"))
}
