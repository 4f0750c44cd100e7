//! What an ONNX graph declares as its inputs and outputs.

use super::engine::{Port, PortKind};
use super::{Element, Error};
use crate::model::onnx::{Dim, Graph, Kind, ValueInfo};

/// Returns inputs and outputs of a graph.
pub(super) fn of(graph: &Graph<'_>) -> Result<(Vec<Port>, Vec<Port>), Error> {
    let inputs = graph.true_inputs().map(|info| port(info, "input"));
    let outputs = graph.outputs.iter().map(|info| port(info, "output"));
    Ok((inputs.collect::<Result<_, _>>()?, outputs.collect::<Result<_, _>>()?))
}

fn port(info: &ValueInfo<'_>, what: &str) -> Result<Port, Error> {
    let bad =
        |reason: &str| Error::BadModel(format!("{what} `{}`: {reason}", info.name.escape_debug()));
    let kind = match &info.kind {
        Kind::Tensor { element, shape } => {
            let element = Element::from_onnx(*element)
                .ok_or_else(|| bad("a type of elements that is not known"))?;
            let dim = |dim: &Dim<'_>| match dim {
                Dim::Known(0) | Dim::Symbol(_) | Dim::Unknown => None,
                Dim::Known(size) => usize::try_from(*size).ok(),
            };
            let shape = shape.as_ref().map(|shape| shape.iter().map(dim).collect());
            PortKind::Tensor { element, shape }
        }
        Kind::Sequence(inner) if matches!(**inner, Kind::Map { .. }) => PortKind::Maps,
        Kind::Map { value, .. } if what == "input" => PortKind::Map(
            value_of(value).ok_or_else(|| bad("a map of other than numbers of 32 or 64 bits"))?,
        ),
        Kind::Sequence(_) | Kind::Map { .. } => return Err(bad("neither tensor nor maps")),
        Kind::Unknown => return Err(bad("no type")),
    };
    Ok(Port { name: info.name.to_owned(), kind })
}

fn value_of(kind: &Kind<'_>) -> Option<Element> {
    let Kind::Tensor { element, .. } = kind else { return None };
    let numbers = [Element::F32, Element::F64, Element::I64];
    Element::from_onnx(*element).filter(|element| numbers.contains(element))
}
