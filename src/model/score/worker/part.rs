//! Columns and tensors in the body of a frame, as numpy has them in memory.
//!
//! Not Arrow: no library of it is in this program, none is needed by a model, and `numpy.frombuffer` reads this without a
//! copy. Text is the ends of its values, 8 bytes each, and then all of it.

use serde::{Deserialize, Serialize};

use super::Error;
use crate::model::score::{Data, Element, Tensor};

/// One column or tensor, and where it lies in the body.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(in crate::model::score) struct Part {
    pub(in crate::model::score) name: Option<String>,
    #[serde(rename = "type")]
    pub(in crate::model::score) kind: String,
    pub(in crate::model::score) at: usize,
    pub(in crate::model::score) bytes: usize,
    #[serde(default)]
    pub(in crate::model::score) rows: usize,
    #[serde(default)]
    pub(in crate::model::score) shape: Vec<usize>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(in crate::model::score) missing: Vec<usize>,
}

impl Part {
    /// Puts a tensor behind what is in the body.
    pub(in crate::model::score) fn of(tensor: &Tensor, body: &mut Vec<u8>) -> Self {
        let (shape, data) = (tensor.shape().to_vec(), tensor.data());
        if let Data::Str(all) = data {
            let text = Self::text("string", body, all.iter().map(String::as_bytes));
            return Self { rows: all.len(), shape, ..text };
        }
        align(body);
        let at = body.len();
        data.write(body);
        let kind = data.element().as_str().to_owned();
        let (bytes, rows) = (body.len() - at, data.len());
        Self { kind, at, bytes, rows, shape, ..Self::default() }
    }

    /// Puts numbers behind what is in the body.
    pub(in crate::model::score) fn plain<const N: usize>(
        kind: &str,
        body: &mut Vec<u8>,
        values: impl Iterator<Item = [u8; N]>,
    ) -> Self {
        // Columns of one type must lie together: what is as long as its type needs no room between.
        while !body.len().is_multiple_of(N) {
            body.push(0);
        }
        let at = body.len();
        values.for_each(|one| body.extend_from_slice(&one));
        Self { kind: kind.to_owned(), at, bytes: body.len() - at, ..Self::default() }
    }

    /// Puts text or bytes behind what is in the body.
    pub(in crate::model::score) fn text<'a>(
        kind: &str,
        body: &mut Vec<u8>,
        values: impl Iterator<Item = &'a [u8]> + Clone,
    ) -> Self {
        align(body);
        let (at, mut end) = (body.len(), 0_u64);
        for one in values.clone() {
            end += one.len() as u64;
            body.extend_from_slice(&end.to_le_bytes());
        }
        values.for_each(|one| body.extend_from_slice(one));
        Self { kind: kind.to_owned(), at, bytes: body.len() - at, ..Self::default() }
    }

    /// Returns the tensor that it tells of.
    pub(in crate::model::score) fn tensor(&self, body: &[u8]) -> Result<Tensor, Error> {
        Tensor::new(&self.shape, self.data(body)?).map_err(|_| Error::Garbled("a shape"))
    }

    /// Returns the elements that it tells of.
    pub(in crate::model::score) fn data(&self, body: &[u8]) -> Result<Data, Error> {
        let bytes = self.at.checked_add(self.bytes).and_then(|end| body.get(self.at..end));
        let bytes = bytes.ok_or(Error::Garbled("it is cut off"))?;
        if self.kind == "string" {
            return strings(bytes, self.rows);
        }
        let element = element(&self.kind).ok_or(Error::Garbled("a type"))?;
        Data::from_bytes(element, bytes).ok_or(Error::Garbled("it is cut off"))
    }
}

/// Reads a type by its name, or as numpy writes it in short.
fn element(kind: &str) -> Option<Element> {
    if let Some(found) = Element::ALL.iter().find(|one| one.as_str() == kind) {
        return Some(*found);
    }
    Some(match kind.trim_start_matches(['<', '|', '=']) {
        "b1" => Element::Bool,
        "i1" => Element::I8,
        "i2" => Element::I16,
        "i4" => Element::I32,
        "i8" => Element::I64,
        "u1" => Element::U8,
        "u2" => Element::U16,
        "u4" => Element::U32,
        "u8" => Element::U64,
        "f2" => Element::F16,
        "f4" => Element::F32,
        "f8" => Element::F64,
        _ => return None,
    })
}

fn strings(bytes: &[u8], rows: usize) -> Result<Data, Error> {
    let cut = || Error::Garbled("it is cut off");
    let ends = rows.checked_mul(8).and_then(|end| bytes.get(..end)).ok_or_else(cut)?;
    let text = &bytes[ends.len()..];
    let mut from = 0;
    let mut all = Vec::with_capacity(rows);
    for end in ends.as_chunks::<8>().0 {
        let end = usize::try_from(u64::from_le_bytes(*end)).map_err(|_| cut())?;
        let one = text.get(from..end).ok_or_else(cut)?;
        all.push(std::str::from_utf8(one).map_err(|_| Error::Garbled("its text"))?.to_owned());
        from = end;
    }
    Ok(Data::Str(all))
}

/// Puts room behind what is in the body, so that numbers of any type lie well.
fn align(body: &mut Vec<u8>) {
    body.resize(body.len().next_multiple_of(8), 0);
}
