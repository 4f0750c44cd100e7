//! How the bytes of a frame are stored: as they are, compressed, or as planes of numbers.
//!
//! A codec's number is part of the store format; the bytes behind it never change their meaning.

mod plane;
mod probe;
mod squeeze;

pub use probe::{Hint, encode};
pub(crate) use probe::{Plan, pack};

use crate::store::Error;
use crate::store::object::MAX_OBJECT;

/// How the stored bytes of a frame become its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Codec {
    /// The bytes themselves.
    Raw = 0,
    /// One zstd frame.
    Zstd = 1,
    /// Numbers of two bytes (bfloat16, float16), as planes.
    Plane2 = 2,
    /// Numbers of four bytes (float32), as planes.
    Plane4 = 3,
}

impl Codec {
    /// Returns the codec with this number, if there is one.
    pub const fn from_number(number: u8) -> Option<Self> {
        match number {
            0 => Some(Self::Raw),
            1 => Some(Self::Zstd),
            2 => Some(Self::Plane2),
            3 => Some(Self::Plane4),
            _ => None,
        }
    }

    /// Returns the number that stands for this codec in a pack.
    pub const fn number(self) -> u8 {
        self as u8
    }
}

/// Returns the `raw_len` bytes that `stored` stands for.
///
/// Allocates `raw_len` bytes at most, whatever `stored` claims.
pub fn decode(codec: Codec, stored: &[u8], raw_len: usize) -> Result<Vec<u8>, Error> {
    let mut raw = Vec::new();
    decode_into(codec, stored, raw_len, &mut raw)?;
    Ok(raw)
}

/// As [`decode`], into a buffer that can be used again.
pub fn decode_into(
    codec: Codec,
    stored: &[u8],
    raw_len: usize,
    raw: &mut Vec<u8>,
) -> Result<(), Error> {
    raw.clear();
    if raw_len > MAX_OBJECT {
        return Err(damaged("it claims more than 16 MiB"));
    }
    match codec {
        Codec::Raw if stored.len() == raw_len => raw.extend_from_slice(stored),
        Codec::Raw => return Err(damaged("its length is not what was written")),
        Codec::Zstd => {
            raw.resize(raw_len, 0);
            squeeze::unpack(stored, raw)?;
        }
        Codec::Plane2 => plane::decode::<2>(stored, raw_len, raw)?,
        Codec::Plane4 => plane::decode::<4>(stored, raw_len, raw)?,
    }
    Ok(())
}

fn damaged(reason: &'static str) -> Error {
    Error::damaged("a frame", reason)
}
