//! The protocol's names of types.

use crate::model::score::Element;
use crate::model::signature::{Dtype, Scalar};

const NAMES: [(Element, &str); 14] = [
    (Element::Bool, "BOOL"),
    (Element::U8, "UINT8"),
    (Element::U16, "UINT16"),
    (Element::U32, "UINT32"),
    (Element::U64, "UINT64"),
    (Element::I8, "INT8"),
    (Element::I16, "INT16"),
    (Element::I32, "INT32"),
    (Element::I64, "INT64"),
    (Element::F16, "FP16"),
    (Element::F32, "FP32"),
    (Element::F64, "FP64"),
    (Element::Bf16, "BF16"),
    (Element::Str, "BYTES"),
];

/// Returns the name of a type.
pub(super) fn name(element: Element) -> &'static str {
    NAMES.iter().find(|(one, _)| *one == element).map_or("BYTES", |(_, name)| name)
}

/// Reads the name of a type.
pub(super) fn parse(text: &str) -> Result<Element, String> {
    let found = NAMES.iter().find(|(_, name)| *name == text);
    found
        .map(|(element, _)| *element)
        .ok_or_else(|| format!("`{}` is no datatype", text.escape_debug()))
}

/// Returns what a tensor of a signature holds.
pub(super) fn of_dtype(dtype: &Dtype) -> Element {
    match dtype {
        Dtype::Bool => Element::Bool,
        Dtype::Int8 => Element::I8,
        Dtype::Int16 => Element::I16,
        Dtype::Int32 => Element::I32,
        Dtype::Int64 => Element::I64,
        Dtype::Uint8 => Element::U8,
        Dtype::Uint16 => Element::U16,
        Dtype::Uint32 => Element::U32,
        Dtype::Uint64 => Element::U64,
        Dtype::Float16 => Element::F16,
        Dtype::Float32 => Element::F32,
        Dtype::Float64 => Element::F64,
        Dtype::String | Dtype::Bytes | Dtype::Object | Dtype::Other(_) => Element::Str,
    }
}

/// Returns numpy's name of a type, for what casts values to it.
pub(super) fn dtype(element: Element) -> Dtype {
    match element {
        Element::Bf16 | Element::F16 => Dtype::Float16,
        Element::Str => Dtype::String,
        other => Dtype::parse(other.as_str()).unwrap_or(Dtype::Object),
    }
}

/// Returns what a column of a table holds.
pub(super) const fn of_scalar(scalar: Scalar) -> Element {
    match scalar {
        Scalar::Boolean => Element::Bool,
        Scalar::Integer => Element::I32,
        Scalar::Long => Element::I64,
        Scalar::Float => Element::F32,
        Scalar::Double => Element::F64,
        Scalar::String | Scalar::Binary | Scalar::Datetime => Element::Str,
    }
}
