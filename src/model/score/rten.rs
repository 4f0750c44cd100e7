//! Neural networks, run by rten: pure Rust, shapes as they come, threads bounded.

use std::path::Path;
use std::sync::Arc;

use rten::{Model, ModelOptions, NodeId, RunOptions, ThreadPool, Value as Own};
use rten_tensor::prelude::*;
use rten_tensor::{Tensor as OwnTensor, TensorView};

use super::engine::{Engine, Input, Output, Port, PortKind, Source, Stop, Value};
use super::{Data, Element, Error, Options, Tensor, ports, tensors_for};
use crate::model::onnx::{self, Payload, external};

/// A network that rten has loaded.
pub(super) struct Network {
    model: Model,
    inputs: Vec<Port>,
    outputs: Vec<Port>,
    input_ids: Vec<NodeId>,
    output_ids: Vec<NodeId>,
    threads: Arc<ThreadPool>,
}

impl std::fmt::Debug for Network {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Network").field("inputs", &self.inputs).finish_non_exhaustive()
    }
}

fn failed(reason: impl std::fmt::Display) -> Error {
    Error::Engine { engine: "rten", reason: reason.to_string() }
}

impl Network {
    /// Loads a model; fails with [`Error::Engine`] where rten does not know an operator.
    pub(super) fn load(
        model: &onnx::Model<'_>,
        source: &Source,
        options: &Options,
    ) -> Result<Self, Error> {
        if let Some((node, reason)) = foreign(&model.graph) {
            return Err(Error::Unsupported {
                engine: "rten",
                operator: node.operator.to_owned(),
                node: node.name.to_owned(),
                reason: reason.to_owned(),
            });
        }
        let (inputs, outputs) = ports::of(&model.graph)?;
        for port in inputs.iter().chain(&outputs) {
            let PortKind::Tensor { element, .. } = &port.kind else {
                return Err(failed(format!("`{}` is no tensor", port.name)));
            };
            if !matches!(
                element,
                Element::F32
                    | Element::F16
                    | Element::I64
                    | Element::I32
                    | Element::I8
                    | Element::U8
                    | Element::Bool
            ) {
                return Err(failed(format!("`{}` is {}", port.name, element.as_str())));
            }
        }
        let mut how = ModelOptions::with_all_ops();
        how.prepack_weights(true);
        if let Some(folder) = &source.folder {
            for (location, bytes) in beside(model, folder)? {
                how.external_data(&location, bytes);
            }
        }
        let loaded = caught(|| how.load(source.bytes.to_vec()).map_err(failed))?;
        let id = |port: &Port| loaded.node_id(&port.name).map_err(failed);
        let input_ids = inputs.iter().map(id).collect::<Result<_, _>>()?;
        let output_ids = outputs.iter().map(id).collect::<Result<_, _>>()?;
        let threads = Arc::new(ThreadPool::with_num_threads(options.threads.max(1)));
        Ok(Self { model: loaded, inputs, outputs, input_ids, output_ids, threads })
    }
}

/// Returns a node that is not for rten, and why, in a graph or one within it.
fn foreign<'a>(graph: &'a onnx::Graph<'a>) -> Option<(&'a onnx::Node<'a>, &'static str)> {
    graph.nodes.iter().find_map(|node| {
        if node.domain == "ai.onnx.ml" {
            return Some((node, ""));
        }
        // Once begun, a run is not broken off: one without an end would take its thread for good.
        if node.operator == "Loop" {
            return Some((node, "it could go on for ever"));
        }
        node.attributes.iter().find_map(|(_, value)| match value {
            onnx::Attribute::Graph(inner) => foreign(inner),
            _ => None,
        })
    })
}

/// A file that makes a library panic must not end a server.
fn caught<T>(work: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work));
    done.unwrap_or_else(|_| Err(failed("it gave up")))
}

/// Most bytes that files beside a model may have.
const MOST_BESIDE: u64 = 1 << 36;

/// Reads the files that weights lie in, each once, beneath the folder of the model.
fn beside(model: &onnx::Model<'_>, folder: &Path) -> Result<Vec<(String, Vec<u8>)>, Error> {
    let mut found: Vec<(String, Vec<u8>)> = vec![];
    let mut room = MOST_BESIDE;
    for tensor in &model.graph.initializers {
        let Payload::External(place) = &tensor.payload else { continue };
        if found.iter().any(|(known, _)| known == place.location) {
            continue;
        }
        let bytes = external::whole(folder, tensor, room)?;
        room = room.saturating_sub(bytes.len() as u64);
        found.push((place.location.to_owned(), bytes));
    }
    Ok(found)
}

fn given(port: &Port, tensor: Tensor) -> Result<Own, Error> {
    let bad = |reason: &str| Error::BadInput { name: port.name.clone(), reason: reason.to_owned() };
    let (shape, data) = tensor.widened().into_parts();
    let shape = shape.as_slice();
    Ok(match data {
        Data::F32(all) => OwnTensor::from_data(shape, all).into(),
        Data::I32(all) => OwnTensor::from_data(shape, all).into(),
        Data::I8(all) => OwnTensor::from_data(shape, all).into(),
        Data::U8(all) => OwnTensor::from_data(shape, all).into(),
        Data::Bool(all) => {
            let all: Vec<i32> = all.iter().map(|x| i32::from(*x)).collect();
            OwnTensor::from_data(shape, all).into()
        }
        Data::I64(all) => {
            let all: Result<Vec<i32>, _> = all.iter().map(|x| i32::try_from(*x)).collect();
            let all = all.map_err(|_| bad("an integer that does not fit into 32 bits"))?;
            OwnTensor::from_data(shape, all).into()
        }
        _ => return Err(bad("elements of this type")),
    })
}

fn answer(port: &Port, value: Own) -> Result<Value, Error> {
    let wanted = match &port.kind {
        PortKind::Tensor { element, .. } => *element,
        PortKind::Maps | PortKind::Any => Element::F32,
    };
    fn list<T: Clone>(view: TensorView<'_, T>) -> (Vec<usize>, Vec<T>) {
        (view.shape().to_vec(), view.to_vec())
    }
    let (shape, data) = match value {
        Own::FloatTensor(tensor) => {
            let (shape, all) = list(tensor.view());
            (shape, Data::F32(all))
        }
        Own::Int32Tensor(tensor) => {
            let (shape, all) = list(tensor.view());
            let data = match wanted {
                Element::I64 => Data::I64(all.into_iter().map(i64::from).collect()),
                Element::Bool => Data::Bool(all.into_iter().map(|x| x != 0).collect()),
                _ => Data::I32(all),
            };
            (shape, data)
        }
        Own::Int8Tensor(tensor) => {
            let (shape, all) = list(tensor.view());
            (shape, Data::I8(all))
        }
        Own::UInt8Tensor(tensor) => {
            let (shape, all) = list(tensor.view());
            (shape, Data::U8(all))
        }
        _ => return Err(failed(format!("output `{}` is no tensor", port.name))),
    };
    Tensor::new(&shape, data.narrowed(wanted)).map(Value::Tensor)
}

impl Engine for Network {
    fn name(&self) -> &'static str {
        "rten"
    }

    fn inputs(&self) -> &[Port] {
        &self.inputs
    }

    fn outputs(&self) -> &[Port] {
        &self.outputs
    }

    fn rows_are_independent(&self) -> bool {
        self.inputs.iter().chain(&self.outputs).all(Port::has_rows)
    }

    fn cost(&self) -> u64 {
        self.model.total_params() as u64
    }

    fn predict(&self, input: &Input, stop: &Stop) -> Result<Output, Error> {
        stop.check()?;
        let tensors = tensors_for(&self.inputs, input)?;
        let one = |((port, id), tensor): ((&Port, &NodeId), Tensor)| {
            Ok((*id, given(port, tensor)?.into()))
        };
        let given = self.inputs.iter().zip(&self.input_ids).zip(tensors);
        let given = given.map(one).collect::<Result<Vec<_>, Error>>()?;
        let options = RunOptions::default().with_thread_pool(Some(self.threads.clone()));
        let run = || self.model.run(given, &self.output_ids, Some(options)).map_err(failed);
        let answers = caught(run)?;
        let named = self.outputs.iter().zip(answers);
        let named = named.map(|(port, value)| Ok((port.name.clone(), answer(port, value)?)));
        Ok(Output::Values(named.collect::<Result<_, Error>>()?))
    }
}
