//! Tensors: a shape, and elements of one type one after the other, the last dimension fastest.

use std::ops::Range;

use super::Error;

/// An array of one element type.
#[derive(Debug, Clone, PartialEq)]
pub struct Tensor {
    shape: Vec<usize>,
    data: Data,
}

macro_rules! elements {
    ($($name:ident $kind:ty, $text:literal, $bytes:literal;)*) => {
        /// The elements of a tensor. 16-bit floats are kept as their bits.
        #[derive(Debug, Clone, PartialEq)]
        pub enum Data { $($name(Vec<$kind>),)* }

        /// The type of an element.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Element { $($name,)* }

        impl Element {
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// Returns the name as numpy writes it.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// Returns how many bytes one takes in packed form; none for text.
            pub const fn size(self) -> Option<usize> {
                let size: usize = match self { $(Self::$name => $bytes,)* };
                if size == 0 { None } else { Some(size) }
            }

            /// Returns no elements.
            pub const fn none(self) -> Data {
                match self { $(Self::$name => Data::$name(vec![]),)* }
            }
        }

        impl Data {
            /// Returns the type of the elements.
            pub const fn element(&self) -> Element {
                match self { $(Self::$name(_) => Element::$name,)* }
            }

            /// Returns how many there are.
            pub const fn len(&self) -> usize {
                match self { $(Self::$name(all) => all.len(),)* }
            }

            /// Returns a copy of some of them.
            pub fn slice(&self, range: Range<usize>) -> Self {
                match self { $(Self::$name(all) => Self::$name(all[range].to_vec()),)* }
            }

            /// Returns those at `indices`, which must be there.
            pub fn pick(&self, indices: impl Iterator<Item = usize>) -> Self {
                match self { $(Self::$name(all) =>
                    Self::$name(indices.map(|index| all[index].clone()).collect()),)* }
            }

            /// Adds those of `other`; false where it has another type.
            pub fn append(&mut self, other: &Self) -> bool {
                match (self, other) {
                    $((Self::$name(all), Self::$name(other)) => all.extend_from_slice(other),)*
                    _ => return false,
                }
                true
            }
        }
    };
}

elements! {
    Bool bool, "bool", 1;
    I8 i8, "int8", 1;
    U8 u8, "uint8", 1;
    I16 i16, "int16", 2;
    U16 u16, "uint16", 2;
    I32 i32, "int32", 4;
    U32 u32, "uint32", 4;
    I64 i64, "int64", 8;
    U64 u64, "uint64", 8;
    F16 u16, "float16", 2;
    Bf16 u16, "bfloat16", 2;
    F32 f32, "float32", 4;
    F64 f64, "float64", 8;
    Str String, "str", 0;
}

impl Data {
    /// Whether there is no element.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Element {
    /// Returns the type with a number of onnx.proto.
    pub const fn from_onnx(number: i32) -> Option<Self> {
        Some(match number {
            1 => Self::F32,
            2 => Self::U8,
            3 => Self::I8,
            4 => Self::U16,
            5 => Self::I16,
            6 => Self::I32,
            7 => Self::I64,
            8 => Self::Str,
            9 => Self::Bool,
            10 => Self::F16,
            11 => Self::F64,
            12 => Self::U32,
            13 => Self::U64,
            16 => Self::Bf16,
            _ => return None,
        })
    }
}

macro_rules! packed {
    ($bytes:expr, $name:ident, $kind:ty) => {{
        let (whole, rest) = $bytes.as_chunks::<{ size_of::<$kind>() }>();
        rest.is_empty().then(|| {
            Data::$name(whole.iter().map(|bytes| <$kind>::from_le_bytes(*bytes)).collect())
        })
    }};
}

impl Data {
    /// Reads packed little-endian elements; `None` for text and where the last is cut off.
    pub fn from_bytes(element: Element, bytes: &[u8]) -> Option<Self> {
        match element {
            Element::Bool => Some(Self::Bool(bytes.iter().map(|byte| *byte != 0).collect())),
            Element::I8 => packed!(bytes, I8, i8),
            Element::U8 => Some(Self::U8(bytes.to_vec())),
            Element::I16 => packed!(bytes, I16, i16),
            Element::U16 => packed!(bytes, U16, u16),
            Element::I32 => packed!(bytes, I32, i32),
            Element::U32 => packed!(bytes, U32, u32),
            Element::I64 => packed!(bytes, I64, i64),
            Element::U64 => packed!(bytes, U64, u64),
            Element::F16 => packed!(bytes, F16, u16),
            Element::Bf16 => packed!(bytes, Bf16, u16),
            Element::F32 => packed!(bytes, F32, f32),
            Element::F64 => packed!(bytes, F64, f64),
            Element::Str => None,
        }
    }

    /// Writes the elements packed and little-endian; `None` for text.
    pub fn to_bytes(&self) -> Option<Vec<u8>> {
        let mut bytes = vec![];
        self.write(&mut bytes).then_some(bytes)
    }

    /// Writes the elements, packed and little-endian, behind what is in `into`; false for text.
    pub fn write(&self, into: &mut Vec<u8>) -> bool {
        match self {
            Self::Bool(all) => put(into, all, |one| [u8::from(one)]),
            Self::I8(all) => put(into, all, i8::to_le_bytes),
            Self::U8(all) => into.extend_from_slice(all),
            Self::I16(all) => put(into, all, i16::to_le_bytes),
            Self::U16(all) | Self::F16(all) | Self::Bf16(all) => put(into, all, u16::to_le_bytes),
            Self::I32(all) => put(into, all, i32::to_le_bytes),
            Self::U32(all) => put(into, all, u32::to_le_bytes),
            Self::I64(all) => put(into, all, i64::to_le_bytes),
            Self::U64(all) => put(into, all, u64::to_le_bytes),
            Self::F32(all) => put(into, all, f32::to_le_bytes),
            Self::F64(all) => put(into, all, f64::to_le_bytes),
            Self::Str(_) => return false,
        }
        true
    }
}

/// A loop over slots of one size, which becomes one copy of all.
fn put<T: Copy, const N: usize>(into: &mut Vec<u8>, all: &[T], bytes: impl Fn(T) -> [u8; N]) {
    let at = into.len();
    into.resize(at + N * all.len(), 0);
    let slots = into[at..].as_chunks_mut::<N>().0;
    slots.iter_mut().zip(all).for_each(|(slot, one)| *slot = bytes(*one));
}

impl Tensor {
    /// Returns a tensor, once its shape tells as many elements as there are.
    pub fn new(shape: &[usize], data: Data) -> Result<Self, Error> {
        let count = shape.iter().try_fold(1_usize, |count, dim| count.checked_mul(*dim));
        if count != Some(data.len()) {
            let reason = format!("shape {shape:?} does not tell {} elements", data.len());
            return Err(Error::BadInput { name: String::new(), reason });
        }
        Ok(Self { shape: shape.to_vec(), data })
    }

    /// Returns one dimension with all of `data`.
    pub fn list(data: Data) -> Self {
        Self { shape: vec![data.len()], data }
    }

    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    pub const fn data(&self) -> &Data {
        &self.data
    }

    pub const fn element(&self) -> Element {
        self.data.element()
    }

    /// Returns how many elements there are.
    pub const fn len(&self) -> usize {
        self.data.len()
    }

    /// Whether there is no element.
    pub const fn is_empty(&self) -> bool {
        self.data.len() == 0
    }

    /// Adds a row of the shape of those that are there.
    pub(super) fn add_row(&mut self, row: &Self) -> Result<(), Error> {
        let bad =
            || Error::BadInput { name: String::new(), reason: "a row of another shape".into() };
        let (rows, rest) = self.shape.split_first_mut().ok_or_else(bad)?;
        if *rest != row.shape || !self.data.append(&row.data) {
            return Err(bad());
        }
        *rows += 1;
        Ok(())
    }

    /// Returns the same shape with other elements, as many.
    pub(super) fn map(self, change: impl FnOnce(Data) -> Data) -> Self {
        Self { data: change(self.data), shape: self.shape }
    }

    /// Gives the parts.
    pub fn into_parts(self) -> (Vec<usize>, Data) {
        (self.shape, self.data)
    }

    /// Returns the rows of a range along the first dimension.
    pub fn rows(&self, range: Range<usize>) -> Result<Self, Error> {
        let Some((rows, rest)) = self.shape.split_first() else {
            let reason = "a tensor without dimensions has no rows".to_owned();
            return Err(Error::BadInput { name: String::new(), reason });
        };
        if range.end > *rows || range.start > range.end {
            let reason = format!("rows {range:?} of {rows}");
            return Err(Error::BadInput { name: String::new(), reason });
        }
        let each: usize = rest.iter().product();
        let mut shape = self.shape.clone();
        shape[0] = range.len();
        Ok(Self { shape, data: self.data.slice(range.start * each..range.end * each) })
    }

    /// Returns tensors of one type and row shape, one below the other.
    pub fn stack(parts: &[&Self]) -> Result<Self, Error> {
        let bad = |reason: &str| Error::BadInput { name: String::new(), reason: reason.to_owned() };
        let first = parts.first().ok_or_else(|| bad("nothing to stack"))?;
        let mut data = first.element().none();
        let mut shape = first.shape.clone();
        let mut rows = 0;
        for part in parts {
            if part.shape.is_empty() || part.shape[1..] != shape[1..] || !data.append(&part.data) {
                return Err(bad("tensors of different shapes or types"));
            }
            rows += part.shape[0];
        }
        shape[0] = rows;
        Ok(Self { shape, data })
    }
}
