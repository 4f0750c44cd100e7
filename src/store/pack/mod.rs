//! Packs: files that hold many objects and are never changed once they have a name.
//!
//! ```text
//! packs/<BLAKE3 of the file>.pack              all numbers little-endian
//!
//!   "mls-pack"  version u32 = 1  0 u32         16 bytes
//!
//!   frame: one stored unit, made of one object or of several small ones compressed together
//!   ├ "MLSF"  codec u8  0 u8  parts u16  stored u32  raw u32
//!   ├ parts × ( length u24, kind u8 )          objects, one after the other in the decoded bytes
//!   └ stored bytes
//!   …
//!
//!   table: one entry for each object, sorted by digest, then kind
//!   ├ digest [32]  pack u32 = 0  offset u32  stored u32  raw u32  start u32  length u24  kind u4 codec u4
//!   …
//!
//!   trailer: table offset u64  entries u64  BLAKE3 of the table [32]  version u32  0 u32  "mls-tabl"
//! ```
//!
//! The table alone answers where an object lies; the heads of the frames say enough to make the table again when it is
//! damaged . The same entries, with `pack` filled in, make the merged index of many packs ([`index`]).
//!
//! A reader that meets another version in the head refuses the file; changes of this drawing take a new version.

mod build;
mod cache;
mod entry;
pub(crate) mod index;
mod read;
pub(crate) mod salvage;
mod scan;
mod set;
mod table;
mod write;

pub(crate) use read::open_regular;

pub(crate) use build::Builder;
pub(crate) use cache::FrameCache;
pub(crate) use entry::{ENTRY, Entry};
pub(crate) use read::Pack;
pub(crate) use scan::{fills, part, tidy, verify_parts};
pub(crate) use set::{Found, PackSet, Survey};
pub(crate) use write::{PackWriter, Sealed};

use crate::store::Link;
use crate::store::codec::Codec;

/// A pack is closed once it holds so many bytes.
pub(crate) const TARGET_SIZE: u64 = 48 << 20;

/// Or so many objects: what is known of them is in memory until then.
pub(crate) const TARGET_OBJECTS: usize = 1 << 17;

/// No pack is larger, so that offsets fit 32 bits with room to spare.
pub(crate) const MAX_SIZE: u64 = 1 << 30;

const VERSION: u32 = 1;
const HEAD: usize = 16;
const HEAD_MAGIC: &[u8; 8] = b"mls-pack";
const FRAME_MAGIC: &[u8; 4] = b"MLSF";
const FRAME_HEAD: usize = 16;
const TRAILER: usize = 64;
const TRAILER_MAGIC: &[u8; 8] = b"mls-tabl";

/// One stored unit of a pack: one object, or several small ones compressed together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    pub codec: Codec,
    /// Length of the decoded bytes; the parts fill them without a gap.
    pub raw_len: u32,
    pub stored: Vec<u8>,
    pub objects: Vec<Part>,
}

/// Where an object lies in the decoded bytes of its frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    pub link: Link,
    pub start: u32,
    pub len: u32,
}
