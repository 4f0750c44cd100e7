//! The wire format of protocol buffers: read, borrowed from the bytes of a file, with nothing copied or allocated; and written.

use super::Error;

/// One value of a field, as the wire types tell it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Value<'a> {
    Varint(u64),
    Fixed64(u64),
    Bytes(&'a [u8]),
    Fixed32(u32),
}

/// The fields of one message, in the order of the file.
#[derive(Debug, Clone)]
pub(super) struct Fields<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Fields<'a> {
    pub(super) fn of(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    fn bad(&self, what: &'static str) -> Error {
        Error::Malformed(what, self.at)
    }

    fn varint(&mut self) -> Result<u64, Error> {
        let mut value = 0_u64;
        for shift in (0..70).step_by(7) {
            let byte = *self.bytes.get(self.at).ok_or_else(|| self.bad("a number is cut off"))?;
            self.at += 1;
            if shift == 63 && byte > 1 {
                return Err(self.bad("a number is too long"));
            }
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(self.bad("a number is too long"))
    }

    fn take(&mut self, count: u64) -> Result<&'a [u8], Error> {
        let rest = &self.bytes[self.at..];
        let count = usize::try_from(count).ok().filter(|count| *count <= rest.len());
        let count = count.ok_or_else(|| self.bad("a field is longer than its message"))?;
        self.at += count;
        Ok(&rest[..count])
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Error> {
        let bytes = self.take(N as u64)?;
        Ok(bytes.try_into().expect("as many bytes as were asked for"))
    }

    fn field(&mut self) -> Result<(u32, Value<'a>), Error> {
        let tag = self.varint()?;
        let number = u32::try_from(tag >> 3).map_err(|_| self.bad("a field has no number"))?;
        if number == 0 {
            return Err(self.bad("a field has no number"));
        }
        let value = match tag & 7 {
            0 => Value::Varint(self.varint()?),
            1 => Value::Fixed64(u64::from_le_bytes(self.array()?)),
            2 => {
                let length = self.varint()?;
                Value::Bytes(self.take(length)?)
            }
            5 => Value::Fixed32(u32::from_le_bytes(self.array()?)),
            _ => return Err(self.bad("a field of an unknown kind")),
        };
        Ok((number, value))
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Result<(u32, Value<'a>), Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.at >= self.bytes.len() {
            return None;
        }
        let field = self.field();
        if field.is_err() {
            self.at = self.bytes.len();
        }
        Some(field)
    }
}

impl<'a> Value<'a> {
    pub(super) fn bytes(self) -> Result<&'a [u8], Error> {
        match self {
            Self::Bytes(bytes) => Ok(bytes),
            _ => Err(Error::Missing("a message where a number stands")),
        }
    }

    pub(super) fn text(self) -> Result<&'a str, Error> {
        std::str::from_utf8(self.bytes()?).map_err(|_| Error::Missing("a name is not UTF-8"))
    }

    pub(super) fn int(self) -> Result<i64, Error> {
        match self {
            Self::Varint(value) => Ok(value.cast_signed()),
            _ => Err(Error::Missing("a number where a message stands")),
        }
    }

    pub(super) fn float(self) -> Result<f32, Error> {
        match self {
            Self::Fixed32(bits) => Ok(f32::from_bits(bits)),
            _ => Err(Error::Missing("a number where a message stands")),
        }
    }

    /// Adds integers that stand alone or packed.
    pub(super) fn ints_into(self, all: &mut Vec<i64>) -> Result<(), Error> {
        match self {
            Self::Bytes(bytes) => {
                let mut packed = Fields::of(bytes);
                while packed.at < bytes.len() {
                    all.push(packed.varint()?.cast_signed());
                }
                Ok(())
            }
            other => {
                all.push(other.int()?);
                Ok(())
            }
        }
    }

    /// Adds floats that stand alone or packed.
    pub(super) fn floats_into(self, all: &mut Vec<f32>) -> Result<(), Error> {
        match self {
            Self::Bytes(bytes) => {
                let (whole, rest) = bytes.as_chunks::<4>();
                if !rest.is_empty() {
                    return Err(Error::Missing("packed numbers are cut off"));
                }
                all.extend(whole.iter().map(|bytes| f32::from_le_bytes(*bytes)));
                Ok(())
            }
            other => {
                all.push(other.float()?);
                Ok(())
            }
        }
    }

    /// Adds doubles that stand alone or packed.
    pub(super) fn doubles_into(self, all: &mut Vec<f64>) -> Result<(), Error> {
        match self {
            Self::Bytes(bytes) => {
                let (whole, rest) = bytes.as_chunks::<8>();
                if !rest.is_empty() {
                    return Err(Error::Missing("packed numbers are cut off"));
                }
                all.extend(whole.iter().map(|bytes| f64::from_le_bytes(*bytes)));
                Ok(())
            }
            Self::Fixed64(bits) => {
                all.push(f64::from_bits(bits));
                Ok(())
            }
            _ => Err(Error::Missing("a number where a message stands")),
        }
    }
}

/// Writes one field.
pub(super) fn put(out: &mut Vec<u8>, number: u32, value: Value<'_>) {
    let tag = |kind: u64| u64::from(number) << 3 | kind;
    match value {
        Value::Varint(value) => {
            varint(out, tag(0));
            varint(out, value);
        }
        Value::Fixed64(value) => {
            varint(out, tag(1));
            out.extend_from_slice(&value.to_le_bytes());
        }
        Value::Bytes(bytes) => {
            varint(out, tag(2));
            varint(out, bytes.len() as u64);
            out.extend_from_slice(bytes);
        }
        Value::Fixed32(value) => {
            varint(out, tag(5));
            out.extend_from_slice(&value.to_le_bytes());
        }
    }
}

fn varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}
