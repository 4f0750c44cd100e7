//! Element types of ONNX by their numbers, and names of files beside a model.

use std::path::{Component, Path};

/// Returns the name of an element type, as onnx.proto writes it in lower case.
pub fn name(element: i32) -> &'static str {
    match element {
        1 => "float32",
        2 => "uint8",
        3 => "int8",
        4 => "uint16",
        5 => "int16",
        6 => "int32",
        7 => "int64",
        8 => "string",
        9 => "bool",
        10 => "float16",
        11 => "float64",
        12 => "uint32",
        13 => "uint64",
        14 => "complex64",
        15 => "complex128",
        16 => "bfloat16",
        17 => "float8e4m3fn",
        18 => "float8e4m3fnuz",
        19 => "float8e5m2",
        20 => "float8e5m2fnuz",
        21 => "uint4",
        22 => "int4",
        23 => "float4e2m1",
        24 => "float8e8m0",
        25 => "uint2",
        26 => "int2",
        _ => "unknown",
    }
}

/// Returns how many bits an element takes in raw form; none for strings and unknown types.
pub fn bits(element: i32) -> Option<u64> {
    match element {
        2 | 3 | 9 | 17..=20 | 24 => Some(8),
        4 | 5 | 10 | 16 => Some(16),
        1 | 6 | 12 => Some(32),
        7 | 11 | 13 | 14 => Some(64),
        15 => Some(128),
        21..=23 => Some(4),
        25 | 26 => Some(2),
        _ => None,
    }
}

/// Whether `location` names a file beneath the folder of the model, by its letters.
pub(super) fn is_beneath(location: &str) -> bool {
    let parts = Path::new(location).components();
    let plain = |part: Component<'_>| matches!(part, Component::Normal(_) | Component::CurDir);
    !location.contains(['\0', '\\']) && parts.into_iter().all(plain)
}
