//! What an ONNX file says of itself, in the words of this room.

use super::bytes::{Source, all};
use super::{Fault, Format, Report, Tensor};
use crate::base::Digest;
use crate::model::onnx::{self, Dim, Kind, Payload, ValueInfo, element};
use crate::model::signature::{Dtype, Schema, Signature, Tensor as Port};

/// Protocol buffers hold no more.
const LARGEST: u64 = 2 << 30;

/// Reads a model; nothing where the file is none.
pub(super) fn read(source: &mut dyn Source) -> Result<Option<Report>, Fault> {
    let bytes = all(source, LARGEST)?;
    let model = match onnx::read(&bytes) {
        Ok(model) => model,
        Err(error @ (onnx::Error::Malformed(..) | onnx::Error::Missing(_))) => {
            // A message of another kind, or no message at all, reads like a broken one.
            let is_onnx = bytes.windows(7).take(512).any(|window| window == b"ai.onnx")
                || bytes.windows(4).take(64).any(|window| window == b"onnx");
            return match is_onnx {
                true => Err(Fault::bad(error.to_string())),
                false => Ok(None),
            };
        }
        Err(error) => return Err(Fault::bad(error.to_string())),
    };
    if model.ir_version == 0 || model.graph.nodes.is_empty() && model.graph.outputs.is_empty() {
        return Ok(None);
    }
    let mut report = Report::of(Format::Onnx);
    let opsets = model.opsets.iter().map(|(domain, version)| match *domain {
        "" => format!("ai.onnx {version}"),
        domain => format!("{domain} {version}"),
    });
    report.facts.push(("opset".to_owned(), opsets.collect::<Vec<_>>().join(", ")));
    let producer = format!("{} {}", model.producer, model.producer_version).trim().to_owned();
    report.facts.extend((!producer.is_empty()).then(|| ("producer".to_owned(), producer)));
    let inputs: Vec<_> = model.graph.true_inputs().collect();
    report.signature = signature(&inputs, &model.graph.outputs.iter().collect::<Vec<_>>());
    let weights = model.graph.initializers.iter();
    report.tensors = weights.map(|tensor| weight(&bytes, tensor)).collect::<Result<_, _>>()?;
    Ok(Some(report))
}

fn signature(inputs: &[&ValueInfo<'_>], outputs: &[&ValueInfo<'_>]) -> Option<Signature> {
    let side = |infos: &[&ValueInfo<'_>]| {
        let ports: Option<Vec<Port>> = infos.iter().map(|info| port(info)).collect();
        ports.filter(|ports| !ports.is_empty()).map(Schema::Tensors)
    };
    // Maps and sequences are none of the types of a signature.
    let signature = Signature { inputs: side(inputs), outputs: side(outputs), params: vec![] };
    (!signature.is_empty()).then_some(signature)
}

fn port(info: &ValueInfo<'_>) -> Option<Port> {
    let Kind::Tensor { element, shape } = &info.kind else { return None };
    let dtype = match element::name(*element) {
        "string" => Dtype::String,
        name => Dtype::parse(name)?,
    };
    let length = |dim: &Dim<'_>| match dim {
        Dim::Known(length) => i64::try_from(*length).unwrap_or(-1),
        Dim::Symbol(_) | Dim::Unknown => -1,
    };
    let shape = shape.as_ref()?.iter().map(length).collect();
    Some(Port { name: Some(info.name.to_owned()), dtype, shape })
}

fn weight(file: &[u8], tensor: &onnx::Tensor<'_>) -> Result<Tensor, Fault> {
    let size = tensor.size().map_err(|error| Fault::bad(error.to_string()))?;
    let mut weight = Tensor {
        name: tensor.name.to_owned(),
        dtype: element::name(tensor.element).to_owned(),
        shape: tensor.dims.clone(),
        size,
        ..Tensor::default()
    };
    match &tensor.payload {
        Payload::Raw(raw) => {
            // The slice lies in the file.
            let start = (raw.as_ptr() as usize).checked_sub(file.as_ptr() as usize);
            let place = start.map(|start| (start as u64, (start + raw.len()) as u64));
            weight.place = place.filter(|(_, end)| *end <= file.len() as u64);
        }
        Payload::External(external) => {
            let end = external.offset.checked_add(size.unwrap_or(0)).ok_or_else(Fault::short)?;
            weight.beside = Some(external.location.to_owned());
            weight.place = Some((external.offset, end));
        }
        _ => weight.digest = tensor.raw().map(|bytes| Digest::of(&bytes)),
    }
    Ok(weight)
}
