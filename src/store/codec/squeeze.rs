//! zstd, with contexts that each thread keeps: making one costs more than compressing a small file.

use std::cell::RefCell;
use std::io::Cursor;

use zstd::bulk::{Compressor, Decompressor};
use zstd::zstd_safe::CParameter;

use super::damaged;
use crate::store::Error;

/// How hard zstd tries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effort {
    /// One plane of numbers: Huffman codes pay, repeated strings are not there to be found.
    Plane,
    /// A chunk of a large file.
    Fast,
    /// Several small files together.
    Dense,
}

thread_local! {
    static PACKERS: RefCell<[Option<Compressor<'static>>; 3]> = const { RefCell::new([const { None }; 3]) };
    static UNPACKER: RefCell<Option<Decompressor<'static>>> = const { RefCell::new(None) };
}

/// Appends the zstd frame of `bytes` to `to`, and tells whether it took at most `limit` bytes; otherwise `to` is as it was.
pub(super) fn pack_within(bytes: &[u8], effort: Effort, limit: usize, to: &mut Vec<u8>) -> bool {
    let before = to.len();
    to.reserve(limit);
    let mut end = Cursor::new(&mut *to);
    end.set_position(before as u64);
    let packed = PACKERS.with_borrow_mut(|packers| {
        let packer = packers[effort as usize].get_or_insert_with(|| packer(effort));
        packer.compress_to_buffer(bytes, &mut end)
    });
    let fits = packed.is_ok_and(|length| length <= limit);
    if !fits {
        to.truncate(before);
    }
    fits
}

/// Fills `raw` from the zstd frame `stored`, which must hold exactly as many bytes.
pub(super) fn unpack(stored: &[u8], raw: &mut [u8]) -> Result<(), Error> {
    let length = UNPACKER.with_borrow_mut(|unpacker| {
        let unpacker =
            unpacker.get_or_insert_with(|| Decompressor::new().expect("a context is memory"));
        unpacker.decompress_to_buffer(stored, raw)
    });
    match length {
        Ok(length) if length == raw.len() => Ok(()),
        Ok(_) => Err(damaged("it holds less than it claims")),
        Err(_) => Err(damaged("it is no zstd frame of the length it claims")),
    }
}

fn packer(effort: Effort) -> Compressor<'static> {
    let level = match effort {
        Effort::Plane | Effort::Fast => 1,
        Effort::Dense => 3,
    };
    let mut packer = Compressor::new(level).expect("a context is memory");
    if effort == Effort::Plane {
        for parameter in [CParameter::MinMatch(7), CParameter::HashLog(6)] {
            packer.set_parameter(parameter).expect("within zstd's bounds");
        }
    }
    packer
}
