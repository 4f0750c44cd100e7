//! Where files are cut, so that an edit changes the chunks around it and no others.
//!
//! ```text
//! file < 1 MiB    one chunk
//! otherwise       hash of the last 64 bytes at each place; a cut behind a byte where its top 16 bits are zero
//!                 ├─ at least 8 KiB ─┤······ 64 KiB more on average ······├ at most 128 KiB
//!                 and always where a large tensor of a safetensors or npy file begins and ends
//! ```
//!
//! All of this is part of the store format: another table or another number, and nothing is shared any more with what was
//! stored before. `fixtures/boundaries.txt` holds cuts that must never move.

mod cut;
mod gear;
mod tensor;

pub(crate) use cut::picks;
pub use cut::{Cutter, length};
pub use tensor::{Region, regions};

/// A file of so many bytes is cut; a smaller one is a single blob.
pub const CUT_FROM: u64 = 1 << 20;

/// So many bytes at the beginning of a file that is cut tell where its tensors are.
pub const HEAD: usize = 1 << 20;

/// No chunk is shorter, but for the last of a file and those around tensors.
pub const MIN: usize = 8 << 10;

/// No chunk is longer.
pub const MAX: usize = 128 << 10;
