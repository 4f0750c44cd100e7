//! Tensors as an ONNX file holds them: raw, as typed lists, or in a file beside the model.

use std::borrow::Cow;

use super::proto::{narrow, pair};
use super::wire::Fields;
use super::{Error, element};

/// A weight, or the constant in an attribute; borrows the bytes of the file.
#[derive(Debug, Clone, Default)]
pub struct Tensor<'a> {
    pub name: &'a str,
    /// Number of the element type, see [`element::name`].
    pub element: i32,
    pub dims: Vec<u64>,
    pub payload: Payload<'a>,
}

/// Where the elements are.
#[derive(Debug, Clone, Default)]
pub enum Payload<'a> {
    #[default]
    Empty,
    /// Little-endian, packed.
    Raw(&'a [u8]),
    Floats(Vec<f32>),
    Doubles(Vec<f64>),
    /// `int32_data`, `int64_data` and `uint64_data`: the type of the elements says what they mean.
    Ints(Vec<i64>),
    Strings(Vec<&'a [u8]>),
    External(External<'a>),
}

/// A range of a file beside the model.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct External<'a> {
    pub location: &'a str,
    pub offset: u64,
    pub length: Option<u64>,
}

impl<'a> Tensor<'a> {
    pub(super) fn read(bytes: &'a [u8]) -> Result<Self, Error> {
        let mut tensor = Self::default();
        let (mut raw, mut strings, mut entries) = (None, vec![], vec![]);
        let (mut floats, mut doubles, mut ints) = (vec![], vec![], vec![]);
        let (mut dims, mut is_external) = (vec![], false);
        for field in Fields::of(bytes) {
            let (number, value) = field?;
            match number {
                1 => value.ints_into(&mut dims)?,
                2 => tensor.element = narrow(value)?,
                3 => return Err(Error::Missing("a tensor in segments")),
                4 => value.floats_into(&mut floats)?,
                5 | 7 | 11 => value.ints_into(&mut ints)?,
                6 => strings.push(value.bytes()?),
                8 => tensor.name = value.text()?,
                9 => raw = Some(value.bytes()?),
                10 => value.doubles_into(&mut doubles)?,
                13 => entries.push(pair(value.bytes()?)?),
                14 => is_external = value.int()? == 1,
                _ => {}
            }
        }
        if dims.len() > 64 {
            return Err(Error::TooMany { what: "dimensions", limit: 64 });
        }
        let negative = |_| tensor.bad("a dimension is negative");
        let dims: Result<_, _> = dims.iter().map(|dim| u64::try_from(*dim)).collect();
        tensor.dims = dims.map_err(negative)?;
        tensor.payload = if is_external {
            Payload::External(tensor.external(&entries)?)
        } else if let Some(raw) = raw {
            Payload::Raw(raw)
        } else if !floats.is_empty() {
            Payload::Floats(floats)
        } else if !doubles.is_empty() {
            Payload::Doubles(doubles)
        } else if !ints.is_empty() {
            Payload::Ints(ints)
        } else if !strings.is_empty() {
            Payload::Strings(strings)
        } else {
            Payload::Empty
        };
        tensor.check()?;
        Ok(tensor)
    }

    fn bad(&self, reason: impl Into<String>) -> Error {
        Error::BadTensor { name: self.name.to_owned(), reason: reason.into() }
    }

    fn external(&self, entries: &[(&'a str, &'a str)]) -> Result<External<'a>, Error> {
        let mut external = External::default();
        let number = |text: &str| text.parse().map_err(|_| self.bad("its place is no number"));
        for (key, value) in entries {
            match *key {
                "location" => external.location = value,
                "offset" => external.offset = number(value)?,
                "length" => external.length = Some(number(value)?),
                _ => {}
            }
        }
        if external.location.is_empty() {
            return Err(self.bad("it lies in another file that has no name"));
        }
        if !element::is_beneath(external.location) {
            return Err(Error::Outside {
                name: self.name.to_owned(),
                location: external.location.to_owned(),
            });
        }
        Ok(external)
    }

    /// Returns how many elements the shape tells.
    pub fn count(&self) -> Result<u64, Error> {
        let product = self.dims.iter().try_fold(1_u64, |product, dim| product.checked_mul(*dim));
        product.filter(|count| *count < 1 << 48).ok_or_else(|| self.bad("its shape is too large"))
    }

    /// Returns how many bytes the elements take in raw form; none for strings.
    pub fn size(&self) -> Result<Option<u64>, Error> {
        let count = self.count()?;
        Ok(element::bits(self.element).map(|bits| (count * bits).div_ceil(8)))
    }

    /// The shape must be what the file holds, before anything is allocated by it.
    fn check(&self) -> Result<(), Error> {
        let (count, size) = (self.count()?, self.size()?);
        let held = match &self.payload {
            Payload::Raw(raw) => {
                let size = size.ok_or_else(|| self.bad("an element type without raw form"))?;
                if raw.len() as u64 == size {
                    return Ok(());
                }
                let told = format!("its shape tells {size} bytes, the file holds {}", raw.len());
                return Err(self.bad(told));
            }
            Payload::External(external) => {
                let size = size.ok_or_else(|| self.bad("an element type without raw form"))?;
                let length = external.length.unwrap_or(size);
                let end = external.offset.checked_add(length);
                if length != size || end.is_none() {
                    return Err(self.bad(format!("its shape tells {size} bytes, not {length}")));
                }
                return Ok(());
            }
            Payload::Empty => 0,
            Payload::Floats(held) => held.len(),
            Payload::Doubles(held) => held.len(),
            Payload::Strings(held) => held.len(),
            // Types of four bits are packed in twos.
            Payload::Ints(_) if element::bits(self.element).is_some_and(|bits| bits < 8) => {
                return Ok(());
            }
            Payload::Ints(held) => held.len(),
        };
        // Complex numbers are two floats each.
        let each = if matches!(self.element, 14 | 15) { 2 } else { 1 };
        if held as u64 == count * each {
            return Ok(());
        }
        Err(self.bad(format!("its shape tells {count} elements, the file holds {held}")))
    }

    /// Returns the elements in raw form where the file holds them so or as a list; `None` for strings and other files.
    pub fn raw(&self) -> Option<Cow<'a, [u8]>> {
        match &self.payload {
            Payload::Raw(raw) => Some(Cow::Borrowed(raw)),
            Payload::Empty => Some(Cow::Borrowed(&[])),
            Payload::Floats(held) => Some(held.iter().flat_map(|v| v.to_le_bytes()).collect()),
            Payload::Doubles(held) => Some(held.iter().flat_map(|v| v.to_le_bytes()).collect()),
            Payload::Ints(held) => {
                let bytes = usize::try_from(element::bits(self.element)?.max(8) / 8).ok()?;
                Some(held.iter().flat_map(|v| v.to_le_bytes().into_iter().take(bytes)).collect())
            }
            Payload::Strings(_) | Payload::External(_) => None,
        }
    }
}
