//! Weights of a file as tensors.

use std::path::Path;

use crate::model::onnx::{self, Payload, external};
use crate::model::score::{Data, Element, Error, Tensor};

/// Returns the elements of a weight, floats of 16 bits as such of 32; those in another file are read from `folder`.
pub(in crate::model::score) fn tensor_of(
    stored: &onnx::Tensor<'_>,
    folder: Option<&Path>,
) -> Result<Tensor, Error> {
    let bad = |reason: &str| {
        Error::BadModel(format!("tensor `{}`: {reason}", stored.name.escape_debug()))
    };
    let element = Element::from_onnx(stored.element)
        .ok_or_else(|| bad(&format!("elements of type {}", onnx::element::name(stored.element))))?;
    let shape: Result<Vec<usize>, _> =
        stored.dims.iter().map(|dim| usize::try_from(*dim)).collect();
    let shape = shape.map_err(|_| bad("its shape is too large"))?;
    let data = match &stored.payload {
        Payload::Strings(all) => {
            let text = |bytes: &&[u8]| String::from_utf8_lossy(bytes).into_owned();
            Data::Str(all.iter().map(text).collect())
        }
        Payload::External(_) => {
            let folder = folder.ok_or_else(|| bad("it lies in another file"))?;
            let bytes = external::load(folder, stored)?.unwrap_or_default();
            Data::from_bytes(element, &bytes).ok_or_else(|| bad("its last element is cut off"))?
        }
        Payload::Empty => element.none(),
        _ => {
            let raw = stored.raw().ok_or_else(|| bad("it holds no elements"))?;
            Data::from_bytes(element, &raw).ok_or_else(|| bad("its last element is cut off"))?
        }
    };
    Tensor::new(&shape, data.widened()).map_err(|error| bad(&error.to_string()))
}
