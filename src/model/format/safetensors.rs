//! safetensors: `length u64, JSON {name: {dtype, shape, data_offsets}}, data`. The data is what the tensors say, no more, no less.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _, MapAccess, Visitor};
use serde_json::Value;

use super::bytes::{Source, range, size};
use super::{Fault, Format, Report, Tensor};

/// The format's own limit of its header.
const LONGEST_HEADER: u64 = 100_000_000;

/// Tells whether a file that begins with `head` is one.
pub(super) fn begins(head: &[u8], size: u64) -> bool {
    let length = head.first_chunk().map(|length| u64::from_le_bytes(*length));
    let fits = |length: u64| (2..=LONGEST_HEADER.min(size.saturating_sub(8))).contains(&length);
    length.is_some_and(fits) && head.get(8) == Some(&b'{')
}

/// Reads the header.
pub(super) fn read(source: &mut dyn Source) -> Result<Report, Fault> {
    let size = size(source)?;
    let head = range(source, 0, 8)?;
    let length = u64::from_le_bytes(head.try_into().map_err(|_| Fault::short())?);
    if length > LONGEST_HEADER.min(size.saturating_sub(8)) {
        return Err(Fault::bad(format!("its header would have {length} bytes")));
    }
    let json = range(source, 8, length as usize)?;
    let header: Header = serde_json::from_slice(&json)
        .map_err(|error| Fault::bad(format!("its header: {error}")))?;
    let mut report = Report::of(Format::Safetensors);
    report.facts = header.metadata.into_iter().collect();
    report.tensors = tensors(header.tensors, 8 + length, size)?;
    Ok(report)
}

struct Header {
    metadata: BTreeMap<String, String>,
    tensors: Vec<(String, Said)>,
}

#[derive(Deserialize)]
struct Said {
    dtype: String,
    shape: Vec<u64>,
    data_offsets: (u64, u64),
}

/// Checks that the tensors fill the data, each as its shape says.
fn tensors(mut said: Vec<(String, Said)>, data: u64, size: u64) -> Result<Vec<Tensor>, Fault> {
    said.sort_by_key(|(_, tensor)| tensor.data_offsets);
    let mut end = 0;
    let mut tensors = Vec::with_capacity(said.len());
    for (name, Said { dtype, shape, data_offsets: (from, to) }) in said {
        let shown = || name.chars().take(100).collect::<String>().escape_debug().to_string();
        let bits =
            bits(&dtype).ok_or_else(|| Fault::bad(format!("`{}`: unknown type", shown())))?;
        let wanted = shape.iter().try_fold(bits, |all, length| all.checked_mul(*length));
        if from != end || to < from || wanted.map(|bits| bits.div_ceil(8)) != Some(to - from) {
            return Err(Fault::bad(format!("`{}` lies wrong in its file", shown())));
        }
        end = to;
        let place = data.checked_add(from).zip(data.checked_add(to));
        tensors.push(Tensor {
            name,
            dtype,
            shape,
            size: Some(to - from),
            place,
            ..Tensor::default()
        });
    }
    match data.checked_add(end) == Some(size) {
        true => Ok(tensors),
        false => Err(Fault::bad("its tensors do not fill it".to_owned())),
    }
}

fn bits(dtype: &str) -> Option<u64> {
    Some(match dtype {
        "F4" => 4,
        "F6_E2M3" | "F6_E3M2" => 6,
        "BOOL" | "U8" | "I8" | "F8_E5M2" | "F8_E4M3" | "F8_E8M0" | "F8_E4M3FNUZ"
        | "F8_E5M2FNUZ" => 8,
        "I16" | "U16" | "F16" | "BF16" => 16,
        "I32" | "U32" | "F32" => 32,
        "I64" | "U64" | "F64" | "C64" => 64,
        _ => return None,
    })
}

/// A name that stands twice would be two tensors to one reader and one to another.
impl<'de> Deserialize<'de> for Header {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs;
        impl<'de> Visitor<'de> for Pairs {
            type Value = Header;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("tensors by name")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Header, A::Error> {
                let (mut metadata, mut tensors) = (BTreeMap::new(), BTreeMap::new());
                while let Some(name) = map.next_key::<String>()? {
                    if name == "__metadata__" {
                        let texts: BTreeMap<String, Value> = map.next_value()?;
                        let text =
                            |(key, value): (String, Value)| Some((key, value.as_str()?.to_owned()));
                        metadata = texts.into_iter().filter_map(text).collect();
                    } else if tensors.insert(name, map.next_value()?).is_some() {
                        return Err(A::Error::custom("a name stands twice"));
                    }
                }
                Ok(Header { metadata, tensors: tensors.into_iter().collect() })
            }
        }
        deserializer.deserialize_map(Pairs)
    }
}
