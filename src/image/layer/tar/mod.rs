//! The format tar: what its bytes say, without reading or writing any.
//!
//! ```text
//! entry   [ g ] [ x: PAX records ] [ L, K: GNU long names ]  header 512  [ sparse map ]  content  padding to 512
//! end     two blocks of zeros, and whatever comes behind them
//! ```
//!
//! Programs disagree about odd archives, and attackers live on that. Here Go's `archive/tar` is right, which Docker and
//! containerd unpack with: a PAX size wins over the header's, the last `x` replaces the one before and is for the next real
//! entry, a GNU long name wins over a PAX path, links and folders have no content whatever their size says. What Go
//! ignores and others obey (a global path or size) is refused.

mod header;
mod pax;
mod sparse;
mod walk;
mod write;

pub(super) use walk::{Walk, Want};
pub(super) use write::{encode, padding};

/// Bytes of a header, and what all lengths are rounded up to.
pub(super) const BLOCK: usize = 512;

/// The two blocks that end an archive.
pub(super) const END: [u8; 2 * BLOCK] = [0; 2 * BLOCK];

/// Returns whether a block is a header: its checksum holds.
pub(super) fn is_header(block: &[u8]) -> bool {
    block.try_into().is_ok_and(|block| header::Header::read(block).is_ok())
}
