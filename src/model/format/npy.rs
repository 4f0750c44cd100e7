//! numpy's files: `\x93NUMPY`, a header that is a Python dict, data. An array of objects is a pickle.

use super::bytes::{Source, range, size};
use super::pickle;
use super::{Fault, Format, Report, Tensor};

pub(super) const MAGIC: &[u8] = b"\x93NUMPY";
/// numpy's own limit for headers is far below.
const LONGEST_HEADER: usize = 1 << 20;

/// Reads the header, and what an array of objects would import.
pub(super) fn read(source: &mut dyn Source) -> Result<Report, Fault> {
    let size = size(source)?;
    let head = range(source, 0, LONGEST_HEADER)?;
    let version = *head.get(6).ok_or_else(Fault::short)?;
    let (length, before): (Option<usize>, usize) = match version {
        1 => (head.get(8..10).map(|b| usize::from(b[0]) | usize::from(b[1]) << 8), 10),
        _ => {
            let bytes = head.get(8..12).and_then(|bytes| bytes.try_into().ok());
            (bytes.map(u32::from_le_bytes).and_then(|length| length.try_into().ok()), 12)
        }
    };
    let length = length.ok_or_else(Fault::short)?;
    let end = before.checked_add(length).ok_or_else(Fault::short)?;
    let header = head.get(before..end).ok_or_else(Fault::short)?;
    let header = String::from_utf8_lossy(header);
    let mut report = Report::of(Format::Numpy);
    let descr = field(&header, "'descr':").unwrap_or_default();
    if descr.contains('O') {
        report.imports = pickle::read(source, end as u64, size)?.imports;
    }
    let shape = field(&header, "'shape':").unwrap_or_default();
    let lengths = shape.trim_matches(['(', ')']).split(',').map(str::trim);
    let shape: Option<Vec<u64>> =
        lengths.filter(|text| !text.is_empty()).map(|text| text.parse().ok()).collect();
    if let Some(shape) = shape {
        let dtype: String = descr.chars().take(60).collect();
        let data = size.checked_sub(end as u64).ok_or_else(Fault::short)?;
        let place = Some((end as u64, size));
        let tensor = Tensor { dtype, shape, size: Some(data), place, ..Tensor::default() };
        report.tensors.push(tensor);
    }
    Ok(report)
}

/// Returns the text of a simple value or a tuple.
fn field<'a>(header: &'a str, key: &str) -> Option<&'a str> {
    let rest = header.split_once(key)?.1.trim_start();
    match rest.strip_prefix('\'') {
        Some(text) => text.split('\'').next(),
        None => rest.find(')').map(|end| &rest[..=end]),
    }
}
