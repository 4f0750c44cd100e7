//! Element types of tensors, under numpy's names.

use std::fmt;

/// The type of a tensor's elements.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Dtype {
    Bool,
    Int8,
    Int16,
    Int32,
    Int64,
    Uint8,
    Uint16,
    Uint32,
    Uint64,
    Float16,
    Float32,
    Float64,
    String,
    Bytes,
    /// Python objects; strings in practice.
    Object,
    /// Any other of numpy's, such as `datetime64[ns]` or `complex64`: kept, and not computed with.
    Other(String),
}

const NAMES: [(Dtype, &str); 15] = [
    (Dtype::Bool, "bool"),
    (Dtype::Int8, "int8"),
    (Dtype::Int16, "int16"),
    (Dtype::Int32, "int32"),
    (Dtype::Int64, "int64"),
    (Dtype::Uint8, "uint8"),
    (Dtype::Uint16, "uint16"),
    (Dtype::Uint32, "uint32"),
    (Dtype::Uint64, "uint64"),
    (Dtype::Float16, "float16"),
    (Dtype::Float32, "float32"),
    (Dtype::Float64, "float64"),
    (Dtype::String, "str"),
    (Dtype::Bytes, "bytes"),
    (Dtype::Object, "object"),
];

/// Longer names are none of numpy's.
const LONGEST: usize = 64;

impl Dtype {
    /// Reads numpy's name of a type; nothing where it cannot be one.
    pub fn parse(text: &str) -> Option<Self> {
        if let Some((dtype, _)) = NAMES.iter().find(|(_, name)| *name == text) {
            return Some(dtype.clone());
        }
        let plain = |c: char| c.is_ascii_alphanumeric() || "[]_<>|=.".contains(c);
        match text {
            "" => None,
            _ if text.len() > LONGEST || !text.chars().all(plain) => None,
            _ => Some(Self::Other(text.to_owned())),
        }
    }

    /// Returns numpy's name.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Other(name) => name,
            known => NAMES.iter().find(|(dtype, _)| dtype == known).map_or("object", |(_, n)| n),
        }
    }

    /// Returns the bytes of one element, if all have as many.
    pub fn size(&self) -> Option<usize> {
        match self {
            Self::Bool | Self::Int8 | Self::Uint8 => Some(1),
            Self::Int16 | Self::Uint16 | Self::Float16 => Some(2),
            Self::Int32 | Self::Uint32 | Self::Float32 => Some(4),
            Self::Int64 | Self::Uint64 | Self::Float64 => Some(8),
            Self::String | Self::Bytes | Self::Object | Self::Other(_) => None,
        }
    }
}

impl fmt::Display for Dtype {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
