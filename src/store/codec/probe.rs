//! Which codec some bytes deserve, found from a sample: bytes that do not shrink must not cost the attempt.

use super::Codec;
use super::plane::{self, Layout};
use super::squeeze::{self, Effort};

/// A codec must save one part in so many, or the bytes stay as they are.
const WORTHWHILE: usize = 32;

/// How many bytes speak for all.
const SAMPLE: usize = 8 << 10;

/// A plane with more bits to a byte than this stays as it is. Random bytes show about 7.9 in a sample of this size.
const PACKED_BITS: f64 = 7.4;

/// What is known about some bytes before they are looked at. Positions count from the beginning of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Hint {
    /// Nothing.
    #[default]
    Any,
    /// Numbers of two bytes, one of which begins at `origin`.
    Half { origin: u64 },
    /// Numbers of four bytes, one of which begins at `origin`.
    Float { origin: u64 },
}

/// How to store some bytes and others around them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Plan {
    codec: Codec,
    /// Where a number begins, and which planes are compressed; for the plane codecs.
    origin: u64,
    packed: u8,
}

/// Returns `bytes` as they are best stored.
pub fn encode(bytes: &[u8], hint: Hint) -> (Codec, Vec<u8>) {
    Plan::of(bytes, 0, hint).encode(bytes, 0, vec![])
}

/// Returns several small files, one after the other in `bytes`, as they are best stored together.
pub(crate) fn pack(bytes: &[u8]) -> (Codec, Vec<u8>) {
    let mut stored = Vec::new();
    match squeeze::pack_within(bytes, Effort::Dense, limit(bytes.len()), &mut stored) {
        true => (Codec::Zstd, stored),
        false => (Codec::Raw, bytes.to_vec()),
    }
}

impl Plan {
    /// Finds a plan for `bytes`, which begin at `offset` of their file.
    pub(crate) fn of(bytes: &[u8], offset: u64, hint: Hint) -> Self {
        let start = bytes.len().saturating_sub(SAMPLE) / 2;
        let sample = &bytes[start..bytes.len().min(start + SAMPLE)];
        let at = offset + start as u64;
        let planes = match hint {
            Hint::Any => {
                let half = planes::<2>(sample, at, (0..2).map(|phase| at + phase));
                let float = planes::<4>(sample, at, (0..4).map(|phase| at + phase));
                // Halves also show as floats, only with twice the planes.
                if half.1 * 50 < float.1 * 51 { half } else { float }
            }
            Hint::Half { origin } => planes::<2>(sample, at, [origin].into_iter()),
            Hint::Float { origin } => planes::<4>(sample, at, [origin].into_iter()),
        };
        let packed = packed_size(sample);
        match () {
            () if planes.1 < limit(sample.len()).min(packed) => planes.0,
            () if packed < sample.len() => Self { codec: Codec::Zstd, origin: 0, packed: 0 },
            () => Self { codec: Codec::Raw, origin: 0, packed: 0 },
        }
    }

    /// Returns `bytes`, which begin at `offset` of their file, as the plan stores them: raw if it saves too little.
    ///
    /// `stored` is memory to be used again.
    pub(crate) fn encode(self, bytes: &[u8], offset: u64, mut stored: Vec<u8>) -> (Codec, Vec<u8>) {
        let limit = limit(bytes.len());
        stored.clear();
        stored.reserve(bytes.len());
        let layout =
            |width| Layout { phase: phase(self.origin, offset, width), packed: self.packed };
        let fits = match self.codec {
            Codec::Raw => false,
            Codec::Zstd => squeeze::pack_within(bytes, Effort::Fast, limit, &mut stored),
            Codec::Plane2 => plane::encode::<2>(bytes, layout(2), limit, &mut stored),
            Codec::Plane4 => plane::encode::<4>(bytes, layout(4), limit, &mut stored),
        };
        if fits {
            return (self.codec, stored);
        }
        stored.clear();
        stored.extend_from_slice(bytes);
        (Codec::Raw, stored)
    }
}

/// The most that `length` bytes may become for a codec to be kept.
fn limit(length: usize) -> usize {
    length - length.div_ceil(WORTHWHILE)
}

/// How many bytes stand before the first number, in bytes that begin at `offset`.
fn phase(origin: u64, offset: u64, width: u64) -> usize {
    (origin.wrapping_sub(offset) % width) as usize
}

/// Finds the best of some origins, and how large the sample would become.
fn planes<const W: usize>(
    sample: &[u8],
    at: u64,
    origins: impl Iterator<Item = u64>,
) -> (Plan, usize) {
    let codec = if W == 2 { Codec::Plane2 } else { Codec::Plane4 };
    let top = |origin: &u64| {
        let numbers = sample.get(phase(*origin, at, W as u64)..).unwrap_or_default();
        bits(numbers.as_chunks::<W>().0.iter().map(|number| plane::byte(number, W - 1)))
    };
    let best = origins.map(|origin| (top(&origin), origin)).min_by(|a, b| a.0.total_cmp(&b.0));
    let (top, origin) = best.unwrap_or((8.0, at));
    let numbers = sample.get(phase(origin, at, W as u64)..).unwrap_or_default();
    let each = (0..W).map(|plane| match plane + 1 == W {
        true => top,
        false => bits(numbers.as_chunks::<W>().0.iter().map(|number| plane::byte(number, plane))),
    });
    let (mut packed, mut total) = (0, 0.0);
    for (plane, bits) in each.enumerate() {
        packed |= u8::from(bits < PACKED_BITS) << plane;
        total += if bits < PACKED_BITS { bits } else { 8.0 };
    }
    let size = total / 8.0 / W as f64 * sample.len() as f64;
    (Plan { codec, origin, packed }, size as usize)
}

/// The size of the sample as a zstd frame; its own size if that saves too little.
fn packed_size(sample: &[u8]) -> usize {
    let mut packed = Vec::new();
    match squeeze::pack_within(sample, Effort::Fast, limit(sample.len()), &mut packed) {
        true => packed.len(),
        false => sample.len(),
    }
}

/// The entropy of some bytes, in bits to a byte.
fn bits(bytes: impl Iterator<Item = u8>) -> f64 {
    let mut counts = [0_u32; 256];
    let mut total = 0_u32;
    for byte in bytes {
        counts[usize::from(byte)] += 1;
        total += 1;
    }
    if total == 0 {
        return 8.0;
    }
    let total = f64::from(total);
    let share = |count: u32| f64::from(count) * (total / f64::from(count)).log2();
    counts.into_iter().filter(|count| *count > 0).map(share).sum::<f64>() / total
}
