//! One row of a table: where an object lies.

use crate::base::Digest;
use crate::store::codec::Codec;
use crate::store::object::MAX_OBJECT;
use crate::store::{Kind, Link};

/// Bytes of an entry, see the drawing in [`super`].
pub(crate) const ENTRY: usize = 56;

/// Where an object lies: which pack of a merged index, which frame, which part of its decoded bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) link: Link,
    pub(crate) pack: u32,
    /// Where the stored bytes of the frame begin in the pack.
    pub(crate) offset: u32,
    pub(crate) stored: u32,
    pub(crate) raw: u32,
    pub(crate) start: u32,
    pub(crate) len: u32,
    pub(crate) codec: Codec,
}

impl Entry {
    pub(crate) fn encode(&self) -> [u8; ENTRY] {
        let mut bytes = [0; ENTRY];
        bytes[..32].copy_from_slice(self.link.digest.as_bytes());
        let numbers = [self.pack, self.offset, self.stored, self.raw, self.start, self.last()];
        for (place, number) in bytes[32..].chunks_exact_mut(4).zip(numbers) {
            place.copy_from_slice(&number.to_le_bytes());
        }
        bytes
    }

    fn last(&self) -> u32 {
        self.len | (self.link.kind as u32) << 28 | (self.codec as u32) << 24
    }

    /// Reads an entry; `None` where a number is outside of its bounds.
    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        let bytes: &[u8; ENTRY] = bytes.try_into().ok()?;
        let digest = Digest::from_bytes(bytes[..32].try_into().ok()?);
        let number = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().expect("4 bytes"));
        let last = number(52);
        let kind = match last >> 28 {
            0 => Kind::Blob,
            1 => Kind::Node,
            _ => return None,
        };
        let entry = Self {
            link: Link { kind, digest },
            pack: number(32),
            offset: number(36),
            stored: number(40),
            raw: number(44),
            start: number(48),
            len: last & 0xff_ffff,
            codec: Codec::from_number((last >> 24 & 0xf) as u8)?,
        };
        let fits = entry.raw as usize <= MAX_OBJECT
            && entry.start.checked_add(entry.len).is_some_and(|end| end <= entry.raw);
        fits.then_some(entry)
    }
}
