//! The points of metrics as columns in blobs ("segments").
//!
//! ```text
//! "MLSM"  version 1      5 bytes
//! metrics                varint
//! for each metric, in order of keys:
//!   length, key          varint, UTF-8
//!   count                varint, at least 1; all metrics together at most 65,536
//!   steps                count × zigzag varint: difference to the step before (from 0)
//!   times                count × zigzag varint: difference to the time before (from 0)
//!   values               8 × count bytes: first all lowest bytes of the IEEE 754 binary64 values, … last all highest
//! ```
//!
//! Points are in order of step, time, value, and no two are equal, so the same points have one encoding. A series with more than 4,096
//! points has segments of its own, cut every 65,536 points: what is full stays as it is when the series grows.
//! Shorter ones lie together. Another layout gets another version byte; a reader refuses one it does not know.

use std::cmp::Ordering;

use crate::track::{Point, Value};

mod build;
mod decode;
mod encode;
mod read;

pub use build::{Builder, Series};
pub use decode::decode;
pub use encode::encode;
pub use read::{read, read_all};

const MAGIC: &[u8; 5] = b"MLSM\x01";
/// No segment has more points: a reader can bound what it allocates.
pub const MAX_POINTS: usize = 65_536;

/// Orders points by step, then time, then value; NaN is above all numbers.
pub fn order(a: &Point, b: &Point) -> Ordering {
    (a.step, a.time).cmp(&(b.step, b.time)).then_with(|| a.value.0.total_cmp(&b.value.0))
}

/// Returns the point with the one NaN that is stored; other NaNs cannot be told from it in JSON either.
pub fn plain(point: Point) -> Point {
    match point.value.0.is_nan() {
        true => Point { value: Value(f64::NAN), ..point },
        false => point,
    }
}
