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
    let count = body.len() / W;
    let (numbers, tail) = body.split_at(count * W);
    to.push(layout.packed | (layout.phase as u8) << 4);
    to.extend_from_slice(head);
    PLANES.with_borrow_mut(|planes| {
        planes.resize(count * W, 0);
        split::<W>(numbers, planes, count);
        (0..W).rev().all(|plane| {
            let bytes = &planes[plane * count..][..count];
            match layout.packed >> plane & 1 {
                0 => to.extend_from_slice(bytes),
                _ => return append_packed(bytes, limit.saturating_sub(to.len()), to),
            }
            true
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

/// One pass for each plane: the compiler makes vector code of this, and not of a single pass that fills all.
fn split<const W: usize>(numbers: &[u8], planes: &mut [u8], count: usize) {
    for (plane, bytes) in planes.chunks_exact_mut(count.max(1)).enumerate() {
        for (byte, number) in bytes.iter_mut().zip(numbers.chunks_exact(W)) {
            *byte = (rotate_left::<W>(number) >> (8 * plane)) as u8;
        }
    }
}

fn join<const W: usize>(planes: &[&[u8]; W], numbers: &mut [u8]) {
    for (at, number) in numbers.chunks_exact_mut(W).enumerate() {
        let rotated =
            (0..W).fold(0, |all, plane| all | u32::from(planes[plane][at]) << (8 * plane));
        number.copy_from_slice(&rotate_right::<W>(rotated).to_le_bytes()[..W]);
    }
}

fn rotate_left<const W: usize>(number: &[u8]) -> u32 {
    match W {
        2 => u16::from_le_bytes([number[0], number[1]]).rotate_left(1).into(),
        _ => u32::from_le_bytes([number[0], number[1], number[2], number[3]]).rotate_left(1),
    }
}

fn rotate_right<const W: usize>(number: u32) -> u32 {
    match W {
        2 => (number as u16).rotate_right(1).into(),
        _ => number.rotate_right(1),
    }
}

/// Returns the byte that goes to `plane` of the number at the beginning of `number`.
pub(super) fn byte<const W: usize>(number: &[u8], plane: usize) -> u8 {
    (rotate_left::<W>(number) >> (8 * plane)) as u8
}
