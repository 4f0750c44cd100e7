//! GGUF: magic, version, counts, key-value pairs, then where each tensor lies; all little-endian.

use std::collections::HashSet;
use std::io::{BufReader, SeekFrom};

use super::bytes::{Bytes, Source, size};
use super::{Fault, Format, Report, Tensor};

pub(super) const MAGIC: &[u8] = b"GGUF";

/// ggml has four dimensions.
const MOST_DIMENSIONS: u32 = 4;
/// Arrays in arrays.
const DEEPEST: usize = 8;
/// Texts longer than this are not shown.
const LONGEST_FACT: u64 = 300;
/// Pairs with these beginnings are shown.
const FACTS: [&str; 2] = ["general.", "tokenizer.ggml.model"];

type Reader<'a> = Bytes<BufReader<&'a mut dyn Source>>;

/// Reads the header.
pub(super) fn read(source: &mut dyn Source) -> Result<Report, Fault> {
    let size = size(source)?;
    source.seek(SeekFrom::Start(0))?;
    let mut bytes = Bytes::new(BufReader::new(source), size);
    bytes.take(MAGIC.len() as u64)?;
    let version = bytes.u32()?;
    if !(2..=3).contains(&version) {
        return Err(Fault::bad(format!("version {version} of GGUF is not known")));
    }
    let (count, pairs) = (bytes.u64()?, bytes.u64()?);
    // A tensor takes no less than 24 bytes in the header, a pair no less than 13.
    if count > bytes.left() / 24 || pairs > bytes.left() / 13 {
        return Err(Fault::bad("it would have more tensors than it has bytes".to_owned()));
    }
    let mut report = Report::of(Format::Gguf);
    let mut alignment = 32;
    for _ in 0..pairs {
        let key = text(&mut bytes)?;
        let kind = bytes.u32()?;
        let value = value(&mut bytes, kind, DEEPEST)?;
        match value {
            Some(value) if key == "general.alignment" => {
                let fits = |a: &u64| a.is_power_of_two() && (1..=1 << 16).contains(a);
                let bad = || Fault::bad("its alignment makes no sense".to_owned());
                alignment = value.parse().ok().filter(fits).ok_or_else(bad)?;
            }
            Some(value) if FACTS.iter().any(|known| key.starts_with(known)) => {
                report.facts.push((key, value));
            }
            _ => {}
        }
    }
    report.tensors = tensors(&mut bytes, count)?;
    place(&mut report.tensors, bytes.at().next_multiple_of(alignment), size)?;
    Ok(report)
}

fn text(bytes: &mut Reader<'_>) -> Result<String, Fault> {
    let length = bytes.u64()?;
    let text = bytes.take(length)?;
    String::from_utf8(text).map_err(|_| Fault::bad("a name is not UTF-8".to_owned()))
}

/// Reads a value; what is short comes back as text, the rest is passed over.
fn value(bytes: &mut Reader<'_>, kind: u32, depth: usize) -> Result<Option<String>, Fault> {
    Ok(Some(match kind {
        0 | 7 => bytes.u8()?.to_string(),
        1 => i8::from_le_bytes(bytes.array()?).to_string(),
        2 => u16::from_le_bytes(bytes.array()?).to_string(),
        3 => i16::from_le_bytes(bytes.array()?).to_string(),
        4 => bytes.u32()?.to_string(),
        5 => i32::from_le_bytes(bytes.array()?).to_string(),
        6 => f32::from_le_bytes(bytes.array()?).to_string(),
        8 => {
            let length = bytes.u64()?;
            if length > LONGEST_FACT {
                bytes.skip(length)?;
                return Ok(None);
            }
            String::from_utf8_lossy(&bytes.take(length)?).into_owned()
        }
        9 => {
            array(bytes, depth)?;
            return Ok(None);
        }
        10 => bytes.u64()?.to_string(),
        11 => i64::from_le_bytes(bytes.array()?).to_string(),
        12 => f64::from_le_bytes(bytes.array()?).to_string(),
        other => return Err(Fault::bad(format!("{other} is no type of a value"))),
    }))
}

fn array(bytes: &mut Reader<'_>, depth: usize) -> Result<(), Fault> {
    let depth = depth.checked_sub(1).ok_or_else(|| Fault::bad("arrays in arrays".to_owned()))?;
    let (kind, count) = (bytes.u32()?, bytes.u64()?);
    let each = match kind {
        0 | 1 | 7 => 1,
        2 | 3 => 2,
        4..=6 => 4,
        10..=12 => 8,
        8 | 9 => {
            // No element is shorter than its length.
            if count > bytes.left() / 8 {
                return Err(Fault::short());
            }
            for _ in 0..count {
                if kind == 9 {
                    array(bytes, depth)?;
                } else {
                    let length = bytes.u64()?;
                    bytes.skip(length)?;
                }
            }
            return Ok(());
        }
        other => return Err(Fault::bad(format!("{other} is no type of a value"))),
    };
    bytes.skip(count.checked_mul(each).ok_or_else(Fault::short)?)
}

/// Reads where the tensors lie, from the beginning of the data.
fn tensors(bytes: &mut Reader<'_>, count: u64) -> Result<Vec<Tensor>, Fault> {
    let (mut tensors, mut names) = (vec![], HashSet::new());
    for _ in 0..count {
        let name = text(bytes)?;
        let dimensions = bytes.u32()?;
        if dimensions > MOST_DIMENSIONS {
            return Err(Fault::bad(format!("a tensor would have {dimensions} dimensions")));
        }
        let mut shape = vec![];
        for _ in 0..dimensions {
            shape.push(bytes.u64()?);
        }
        let kind = bytes.u32()?;
        let start = bytes.u64()?;
        let elements = shape.iter().try_fold(1_u64, |all, length| all.checked_mul(*length));
        let elements = elements.ok_or_else(|| Fault::bad("a shape is too large".to_owned()))?;
        let (dtype, block) = kind_of(kind);
        let size = match block {
            Some((per, bytes)) => {
                let size = elements.div_ceil(per).checked_mul(bytes);
                Some(size.ok_or_else(|| Fault::bad("a shape is too large".to_owned()))?)
            }
            None => None,
        };
        if !names.insert(name.clone()) {
            return Err(Fault::bad("a name stands twice".to_owned()));
        }
        // The first dimension is the innermost; everybody else says it last.
        shape.reverse();
        let place = Some((start, start.saturating_add(size.unwrap_or(0))));
        tensors.push(Tensor { name, dtype, shape, size, place, ..Tensor::default() });
    }
    Ok(tensors)
}

/// Moves the places to where the data begins, and checks that none overlap or leave the file.
fn place(tensors: &mut [Tensor], data: u64, size: u64) -> Result<(), Fault> {
    let wrong = || Fault::bad("its tensors lie wrong in it".to_owned());
    let mut order: Vec<(u64, u64)> = tensors.iter().filter_map(|tensor| tensor.place).collect();
    order.sort_unstable();
    if order.windows(2).any(|pair| pair[0].1 > pair[1].0) {
        return Err(wrong());
    }
    for tensor in tensors {
        let (from, to) = tensor.place.ok_or_else(wrong)?;
        let moved = data.checked_add(from).zip(data.checked_add(to));
        let (from, to) = moved.filter(|(_, to)| *to <= size).ok_or_else(wrong)?;
        tensor.place = tensor.size.map(|_| (from, to));
    }
    Ok(())
}

/// Returns the name of a type, and how many elements make a block of how many bytes.
fn kind_of(kind: u32) -> (String, Option<(u64, u64)>) {
    let known = match kind {
        0 => ("F32", (1, 4)),
        1 => ("F16", (1, 2)),
        2 => ("Q4_0", (32, 18)),
        3 => ("Q4_1", (32, 20)),
        6 => ("Q5_0", (32, 22)),
        7 => ("Q5_1", (32, 24)),
        8 => ("Q8_0", (32, 34)),
        9 => ("Q8_1", (32, 36)),
        10 => ("Q2_K", (256, 84)),
        11 => ("Q3_K", (256, 110)),
        12 => ("Q4_K", (256, 144)),
        13 => ("Q5_K", (256, 176)),
        14 => ("Q6_K", (256, 210)),
        15 => ("Q8_K", (256, 292)),
        24 => ("I8", (1, 1)),
        25 => ("I16", (1, 2)),
        26 => ("I32", (1, 4)),
        27 => ("I64", (1, 8)),
        28 => ("F64", (1, 8)),
        30 => ("BF16", (1, 2)),
        other => return (format!("type {other}"), None),
    };
    (known.0.to_owned(), Some(known.1))
}
