//! A whole model, run by our own operators.

use std::path::Path;

use super::graph::{Around, Steps};
use crate::model::onnx::{self, Kind, Node};
use crate::model::score::engine::{Engine, Input, Output, Port, PortKind, Stop, Value};
use crate::model::score::{Element, Error, maps, ports, tensors_for};

/// A graph of operators that are all ours.
#[derive(Debug)]
pub(in crate::model::score) struct Native {
    inputs: Vec<Port>,
    outputs: Vec<Port>,
    steps: Steps,
}

impl Native {
    /// Makes a model ready; fails with [`Error::Unsupported`] where another engine must do it.
    pub(in crate::model::score) fn load(
        model: &onnx::Model<'_>,
        folder: Option<&Path>,
    ) -> Result<Self, Error> {
        let graph = &model.graph;
        if graph.sparse > 0 || model.functions > 0 {
            let what = if graph.sparse > 0 { "sparse weights" } else { "functions of the model" };
            return Err(Error::Engine { engine: "native", reason: format!("{what} are not read") });
        }
        let (inputs, outputs) = ports::of(graph)?;
        if inputs.len() > 1 && inputs.iter().any(|port| matches!(port.kind, PortKind::Map(_))) {
            let reason = "a map beside other inputs".to_owned();
            return Err(Error::Engine { engine: "native", reason });
        }
        let is_double =
            |port: &Port| matches!(port.kind, PortKind::Tensor { element: Element::F64, .. });
        let has_doubles = inputs.iter().any(is_double);
        let around = Around { opsets: &model.opsets, has_doubles, folder };
        Ok(Self { inputs, outputs, steps: Steps::of(graph, around)? })
    }
}

impl Engine for Native {
    fn name(&self) -> &'static str {
        "native"
    }

    fn inputs(&self) -> &[Port] {
        &self.inputs
    }

    fn outputs(&self) -> &[Port] {
        &self.outputs
    }

    fn rows_are_independent(&self) -> bool {
        let all = self.inputs.iter().chain(&self.outputs);
        all.clone().count() > 0 && all.clone().all(Port::has_rows) && !self.steps.mix_rows()
    }

    fn cost(&self) -> u64 {
        self.steps.cost()
    }

    fn predict(&self, input: &Input, stop: &Stop) -> Result<Output, Error> {
        let answers = self.steps.answers(given(&self.inputs, input)?, stop)?;
        let answer = |(value, port): (Option<Value>, &Port)| {
            let missing = || Error::Failed {
                operator: "output".to_owned(),
                node: port.name.clone(),
                reason: "nothing was made for it".to_owned(),
            };
            let value = match (value.ok_or_else(missing)?, &port.kind) {
                (Value::Tensor(tensor), PortKind::Tensor { element, .. }) => {
                    Value::Tensor(tensor.narrowed(*element))
                }
                (value, _) => value,
            };
            Ok((port.name.clone(), value))
        };
        let named = answers.into_iter().zip(&self.outputs).map(answer);
        Ok(Output::Values(named.collect::<Result<_, Error>>()?))
    }
}

/// Returns what goes in: a map where that is the only input, else tensors.
fn given(ports: &[Port], input: &Input) -> Result<Vec<Value>, Error> {
    if let [port @ Port { kind: PortKind::Map(element), .. }] = ports {
        return Ok(vec![maps::of(port, *element, input)?]);
    }
    let given = tensors_for(ports, input)?.into_iter();
    Ok(given.map(|tensor| Value::Tensor(tensor.widened())).collect())
}

/// Whether the model has an operator for which our own evaluator is the right one.
pub(in crate::model::score) fn is_classical(model: &onnx::Model<'_>) -> bool {
    let nodes = &model.graph.nodes;
    let is_wide = |node: &Node<'_>| matches!(node.operator, "MatMul" | "Gemm" | "Conv");
    let takes_doubles = |kind: &Kind<'_>| matches!(kind, Kind::Tensor { element: 11, .. });
    nodes.iter().any(|node| node.domain == "ai.onnx.ml")
        || !nodes.iter().any(is_wide)
        || model.graph.inputs.iter().any(|input| takes_doubles(&input.kind))
}
