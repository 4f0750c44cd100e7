//! Where the tensors of a file lie, told by its head. A head that lies or makes no sense gives no regions, never an error.

use std::collections::HashMap;

use serde::Deserialize;

use super::MIN;
use crate::store::codec::Hint;

/// A tensor large enough for chunks of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Region {
    pub start: u64,
    pub end: u64,
    pub hint: Hint,
}

/// Returns the tensors of a file that begins with `head`: sorted and apart from each other, but perhaps beyond its end.
///
/// What counts is `head` alone, [`super::HEAD`] bytes: a stream of unknown length is cut as the same file on disk is.
pub fn regions(head: &[u8]) -> Vec<Region> {
    safetensors(head).or_else(|| npy(head)).unwrap_or_default()
}

#[derive(Deserialize)]
struct Tensor<'a> {
    #[serde(borrow)]
    dtype: Option<&'a str>,
    data_offsets: Option<(u64, u64)>,
}

/// `length u64, JSON { name: { dtype, shape, data_offsets } }, data`; the offsets count from the end of the JSON.
fn safetensors(head: &[u8]) -> Option<Vec<Region>> {
    let (length, rest) = head.split_first_chunk()?;
    let length = usize::try_from(u64::from_le_bytes(*length)).ok()?;
    let json = rest.get(..length).filter(|json| json.starts_with(b"{"))?;
    let tensors: HashMap<String, Tensor<'_>> = serde_json::from_slice(json).ok()?;
    let data = 8 + length as u64;
    let mut found = Vec::new();
    for tensor in tensors.values() {
        let (Some(dtype), Some((start, end))) = (tensor.dtype, tensor.data_offsets) else {
            continue;
        };
        let (start, end) = (data.checked_add(start)?, data.checked_add(end)?);
        found.push((start, end, dtype));
    }
    found.sort_unstable();
    let forward = found.iter().all(|(start, end, _)| start <= end);
    let apart = found.windows(2).all(|pair| pair[0].1 <= pair[1].0);
    let large = found.into_iter().filter(|(start, end, _)| end - start >= MIN as u64);
    let region = |(start, end, dtype)| Region { start, end, hint: hint(dtype, start) };
    (forward && apart).then(|| large.map(region).collect())
}

/// `"\x93NUMPY" major u8, minor u8, length u16 (u32 from version 2 on), a Python dict, data`.
fn npy(head: &[u8]) -> Option<Vec<Region>> {
    let rest = head.strip_prefix(b"\x93NUMPY")?;
    let (version, rest) = rest.split_first_chunk::<2>()?;
    let (length, before) = match version[0] {
        1 => (u16::from_le_bytes(*rest.first_chunk()?).into(), 2),
        _ => (usize::try_from(u32::from_le_bytes(*rest.first_chunk()?)).ok()?, 4),
    };
    let dict = std::str::from_utf8(rest.get(before..)?.get(..length)?).ok()?;
    let (_, value) = dict.split_once("'descr':")?;
    let dtype = value.trim_start().strip_prefix('\'')?.split('\'').next()?;
    let start = (8 + before + length) as u64;
    Some(vec![Region { start, end: u64::MAX, hint: hint(dtype, start) }])
}

fn hint(dtype: &str, origin: u64) -> Hint {
    match dtype {
        "F32" | "<f4" | "<c8" => Hint::Float { origin },
        "BF16" | "F16" | "<f2" => Hint::Half { origin },
        _ => Hint::Any,
    }
}
