//! Floating-point numbers as planes of bytes, so that the exponents, which repeat, lie apart from the mantissas, which do not.
//!
//! Each little-endian number of W bytes is rotated left by one bit: the sign goes to the bottom, and the exponent of a
//! float32 or bfloat16 fills the top byte exactly. Then the bytes of equal weight are put side by side.
//!
//! ```text
//! flags u8      bit k of the low half: plane k is zstd; the high half: how many bytes stand before the first number (< W)
//! head          those bytes
//! planes W-1 down to 0, each either
//! ├ the bytes   one for each number
//! └ length u32, then one zstd frame of as many bytes
//! tail          the bytes after the last whole number (< W)
//! ```

use std::cell::RefCell;

use super::damaged;
use super::squeeze::{self, Effort};
use crate::store::Error;

/// How numbers lie in some bytes, and which planes are worth compressing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Layout {
    /// How many bytes stand before the first number.
    pub(super) phase: usize,
    /// Bit k: plane k is compressed.
    pub(super) packed: u8,
}

thread_local! {
    /// Planes on their way into or out of zstd.
    static PLANES: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Appends the stored form of `bytes` if it takes at most `limit` bytes.
pub(super) fn encode<const W: usize>(
    bytes: &[u8],
    layout: Layout,
    limit: usize,
    to: &mut Vec<u8>,
) -> bool {
    let Some((head, body)) = bytes.split_at_checked(layout.phase) else { return false };
    // Arrays and not slices: of these the compiler makes vector code (8 GB/s against 3).
    let (numbers, tail) = body.as_chunks::<W>();
    to.push(layout.packed | (layout.phase as u8) << 4);
    to.extend_from_slice(head);
    PLANES.with_borrow_mut(|scratch| {
        (0..W).rev().all(|plane| {
            let bytes = numbers.iter().map(|number| byte(number, plane));
            if layout.packed >> plane & 1 == 0 {
                to.extend(bytes);
                return true;
            }
            scratch.clear();
            scratch.extend(bytes);
            append_packed(scratch, limit.saturating_sub(to.len()), to)
        })
    }) && {
        to.extend_from_slice(tail);
        to.len() <= limit
    }
}

fn append_packed(plane: &[u8], limit: usize, to: &mut Vec<u8>) -> bool {
    let at = to.len();
    to.extend_from_slice(&[0; 4]);
    let fits = squeeze::pack_within(plane, Effort::Plane, limit.saturating_sub(4), to);
    let length = (to.len() - at - 4) as u32;
    to[at..at + 4].copy_from_slice(&length.to_le_bytes());
    fits
}

/// Appends the `raw_len` bytes that `stored` stands for to the empty `raw`.
pub(super) fn decode<const W: usize>(
    mut stored: &[u8],
    raw_len: usize,
    raw: &mut Vec<u8>,
) -> Result<(), Error> {
    let flags = take(&mut stored, 1)?[0];
    let phase = usize::from(flags >> 4);
    if phase >= W || phase > raw_len {
        return Err(damaged("its numbers begin beyond it"));
    }
    let count = (raw_len - phase) / W;
    raw.extend_from_slice(take(&mut stored, phase)?);
    PLANES.with_borrow_mut(|scratch| {
        scratch.resize(count * W, 0);
        let mut planes: [&[u8]; W] = [&[]; W];
        let rest = &mut scratch[..];
        let mut spaces = rest.chunks_exact_mut(count.max(1));
        for plane in (0..W).rev() {
            planes[plane] = match (flags >> plane & 1, spaces.next()) {
                (0, _) | (_, None) => take(&mut stored, count)?,
                (_, Some(space)) => {
                    let length = take(&mut stored, 4)?.try_into().expect("4 bytes were taken");
                    let packed = take(&mut stored, u32::from_le_bytes(length) as usize)?;
                    squeeze::unpack(packed, space)?;
                    space
                }
            };
        }
        raw.resize(phase + count * W, 0);
        join::<W>(&planes, &mut raw[phase..]);
        Ok::<(), Error>(())
    })?;
    if stored.len() != raw_len - phase - count * W {
        return Err(damaged("its length is not what was written"));
    }
    raw.extend_from_slice(stored);
    Ok(())
}

fn take<'a>(from: &mut &'a [u8], length: usize) -> Result<&'a [u8], Error> {
    from.split_off(..length).ok_or_else(|| damaged("it ends early"))
}

fn join<const W: usize>(planes: &[&[u8]; W], numbers: &mut [u8]) {
    match planes[..] {
        [low, high] => {
            let bytes = low.iter().zip(high);
            for (number, (low, high)) in numbers.as_chunks_mut::<2>().0.iter_mut().zip(bytes) {
                *number = u16::from_le_bytes([*low, *high]).rotate_right(1).to_le_bytes();
            }
        }
        [low, second, third, high] => {
            let bytes = low.iter().zip(second).zip(third.iter().zip(high));
            for (number, ((a, b), (c, d))) in numbers.as_chunks_mut::<4>().0.iter_mut().zip(bytes) {
                *number = u32::from_le_bytes([*a, *b, *c, *d]).rotate_right(1).to_le_bytes();
            }
        }
        _ => unreachable!("numbers have two or four bytes"),
    }
}

/// Returns the byte of a number that goes to `plane`.
pub(super) fn byte<const W: usize>(number: &[u8; W], plane: usize) -> u8 {
    let rotated = match W {
        2 => u16::from_le_bytes([number[0], number[1]]).rotate_left(1).into(),
        _ => u32::from_le_bytes([number[0], number[1], number[2], number[3]]).rotate_left(1),
    };
    (rotated >> (8 * plane)) as u8
}
