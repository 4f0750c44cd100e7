//! UBJSON (draft 12) as XGBoost writes it: big-endian numbers, lists of one type with their length in front.
//!
//! ```text
//! {  i 4 name  S i 5 value …  }      [ value … ]      [ $ d # L 1000 numbers without markers
//! ```

use serde::de::value::BorrowedStrDeserializer;
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

/// Why bytes are not UBJSON, or not what was looked for.
pub(super) type Error = serde::de::value::Error;

/// Values in values; XGBoost's own are not nested deeper than ten.
const DEEPEST: usize = 64;

/// Bytes that are read once, from first to last.
#[derive(Debug)]
pub(super) struct Bytes<'de> {
    left: &'de [u8],
    depth: usize,
}

impl<'de> Bytes<'de> {
    pub(super) const fn new(bytes: &'de [u8]) -> Self {
        Self { left: bytes, depth: 0 }
    }

    fn take(&mut self, count: usize) -> Result<&'de [u8], Error> {
        let (taken, left) =
            self.left.split_at_checked(count).ok_or_else(|| Error::custom("it is cut off"))?;
        self.left = left;
        Ok(taken)
    }

    fn marker(&mut self) -> Result<u8, Error> {
        // No-ops may stand wherever a marker may.
        loop {
            match self.take(1)?[0] {
                b'N' => {}
                marker => return Ok(marker),
            }
        }
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Error> {
        let taken = self.take(N)?;
        taken.try_into().map_err(|_| Error::custom("it is cut off"))
    }

    fn int(&mut self, marker: u8) -> Result<i64, Error> {
        Ok(match marker {
            b'i' => i8::from_be_bytes(self.array()?).into(),
            b'U' => u8::from_be_bytes(self.array()?).into(),
            b'I' => i16::from_be_bytes(self.array()?).into(),
            b'l' => i32::from_be_bytes(self.array()?).into(),
            b'L' => i64::from_be_bytes(self.array()?),
            _ => return Err(Error::custom("a length is no number")),
        })
    }

    /// Reads a length whose marker has been read; no more than there are bytes left.
    fn length_of(&mut self, marker: u8) -> Result<usize, Error> {
        let length = usize::try_from(self.int(marker)?).ok();
        let fits = length.filter(|length| *length <= self.left.len());
        fits.ok_or_else(|| Error::custom("a length is more than there is"))
    }

    fn length(&mut self) -> Result<usize, Error> {
        let marker = self.marker()?;
        self.length_of(marker)
    }

    fn text(&mut self, length: usize) -> Result<&'de str, Error> {
        std::str::from_utf8(self.take(length)?).map_err(|_| Error::custom("a text is no UTF-8"))
    }

    fn value<V: Visitor<'de>>(&mut self, marker: u8, visitor: V) -> Result<V::Value, Error> {
        match marker {
            b'Z' => visitor.visit_unit(),
            b'T' => visitor.visit_bool(true),
            b'F' => visitor.visit_bool(false),
            b'U' => visitor.visit_u64(u8::from_be_bytes(self.array()?).into()),
            b'i' | b'I' | b'l' | b'L' => visitor.visit_i64(self.int(marker)?),
            b'd' => visitor.visit_f32(f32::from_be_bytes(self.array()?)),
            b'D' => visitor.visit_f64(f64::from_be_bytes(self.array()?)),
            b'C' => {
                let [byte] = self.array()?;
                visitor.visit_char(byte.into())
            }
            b'S' | b'H' => {
                let length = self.length()?;
                visitor.visit_borrowed_str(self.text(length)?)
            }
            b'[' | b'{' => {
                self.depth += 1;
                if self.depth > DEEPEST {
                    return Err(Error::custom("it is nested too deep"));
                }
                let value = match marker {
                    b'[' => visitor.visit_seq(List::begin(self)?),
                    _ => visitor.visit_map(Members(self)),
                };
                self.depth -= 1;
                value
            }
            _ => Err(Error::custom("a value has no known type")),
        }
    }
}

impl<'de> Deserializer<'de> for &mut Bytes<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let marker = self.marker()?;
        self.value(marker, visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// A value whose marker has been read.
struct Marked<'a, 'de>(&'a mut Bytes<'de>, u8);

impl<'de> Deserializer<'de> for Marked<'_, 'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.0.value(self.1, visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// `[$type#count …`, `[#count …` or `[ … ]`.
struct List<'a, 'de> {
    bytes: &'a mut Bytes<'de>,
    kind: Option<u8>,
    left: Option<usize>,
}

impl<'a, 'de> List<'a, 'de> {
    fn begin(bytes: &'a mut Bytes<'de>) -> Result<Self, Error> {
        let kind = match bytes.left {
            [b'$', kind, b'#', ..] => {
                // What has no bytes of its own has no bound either.
                if !b"iUIlLdDCS[{".contains(kind) {
                    return Err(Error::custom("a list of no known type"));
                }
                bytes.take(2)?;
                Some(*kind)
            }
            _ => None,
        };
        let left = match bytes.left {
            [b'#', ..] => {
                bytes.take(1)?;
                Some(bytes.length()?)
            }
            _ => None,
        };
        Ok(Self { bytes, kind, left })
    }
}

impl<'de> SeqAccess<'de> for List<'_, 'de> {
    type Error = Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Error> {
        match &mut self.left {
            Some(0) => return Ok(None),
            Some(left) => *left -= 1,
            None => {}
        }
        let marker = match self.kind {
            Some(kind) => kind,
            None => self.bytes.marker()?,
        };
        if marker == b']' && self.left.is_none() {
            return Ok(None);
        }
        seed.deserialize(Marked(self.bytes, marker)).map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        self.left
    }
}

/// Names with their values up to `}`.
struct Members<'a, 'de>(&'a mut Bytes<'de>);

impl<'de> MapAccess<'de> for Members<'_, 'de> {
    type Error = Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Error> {
        let marker = self.0.marker()?;
        if marker == b'}' {
            return Ok(None);
        }
        let length = self.0.length_of(marker)?;
        let name = self.0.text(length)?;
        seed.deserialize(BorrowedStrDeserializer::new(name)).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Error> {
        seed.deserialize(&mut *self.0)
    }
}
