//! Neural networks, run by rten: pure Rust, shapes as they come, threads bounded.

use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;

use rten::{Model, ModelOptions, NodeId, RunOptions, ThreadPool, Value as Own};
use rten_tensor::prelude::*;
use rten_tensor::{Tensor as OwnTensor, TensorView};

use super::Runs;
use crate::model::onnx::{self, Payload, external};
use crate::model::score::{Data, Element, Error, Port, PortKind, Tensor, ports};

/// A network that rten has loaded.
pub(super) struct Loaded {
    model: Model,
    inputs: Vec<(Port, NodeId)>,
    outputs: Vec<(Port, NodeId)>,
    threads: Arc<ThreadPool>,
}

impl std::fmt::Debug for Loaded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Loaded").field("inputs", &self.inputs).finish_non_exhaustive()
    }
}

fn failed(reason: impl std::fmt::Display) -> Error {
    Error::Engine { engine: "rten", reason: reason.to_string() }
}

/// Fails where it can be told without rten that it does not run a model; `apart`, a run can be broken off.
pub(super) fn check<'a>(
    model: &onnx::Model<'_>,
    ports: impl Iterator<Item = &'a Port>,
    apart: bool,
) -> Result<(), Error> {
    if let Some((node, reason)) = foreign(&model.graph, apart) {
        return Err(Error::Unsupported {
            engine: "rten",
            operator: node.operator.to_owned(),
            node: node.name.to_owned(),
            reason: reason.to_owned(),
        });
    }
    for port in ports {
        use Element as E;
        let PortKind::Tensor { element, .. } = &port.kind else {
            return Err(failed(format!("`{}` is no tensor", port.name)));
        };
        if !matches!(element, E::F32 | E::F16 | E::I64 | E::I32 | E::I8 | E::U8 | E::Bool) {
            return Err(failed(format!("`{}` is {}", port.name, element.as_str())));
        }
    }
    Ok(())
}

impl Loaded {
    /// Loads a model, whose weights may lie `behind` it; fails with [`Error::Engine`] where rten does not know an operator.
    pub(super) fn new(
        bytes: &[u8],
        folder: Option<&Path>,
        behind: Option<&'static [u8]>,
        threads: usize,
    ) -> Result<Self, Error> {
        let mut how = ModelOptions::with_all_ops();
        how.prepack_weights(true);
        let model = onnx::read(bytes)?;
        let (inputs, outputs) = ports::of(&model.graph)?;
        if let Some(behind) = behind {
            how.external_data_static(onnx::apart::LOCATION, behind);
        } else if let Some(folder) = folder {
            for (location, bytes) in beside(&model, folder)? {
                how.external_data(&location, bytes);
            }
        }
        drop(model);
        let model = caught(|| how.load(bytes.to_vec()).map_err(failed))?;
        let known = |port: Port| {
            let id = model.node_id(&port.name).map_err(failed)?;
            Ok((port, id))
        };
        let inputs = inputs.into_iter().map(known).collect::<Result<_, Error>>()?;
        let outputs = outputs.into_iter().map(known).collect::<Result<_, Error>>()?;
        let threads = Arc::new(ThreadPool::with_num_threads(threads.max(1)));
        Ok(Self { model, inputs, outputs, threads })
    }
}

/// Returns a node that is not for rten, and why, in a graph or one within it.
fn foreign<'a>(
    graph: &'a onnx::Graph<'a>,
    apart: bool,
) -> Option<(&'a onnx::Node<'a>, &'static str)> {
    graph.nodes.iter().find_map(|node| {
        if node.domain == "ai.onnx.ml" {
            return Some((node, ""));
        }
        // Here, once begun, a run is not broken off: one without an end would take its thread for good.
        if node.operator == "Loop" && !apart {
            return Some((node, "it could go on for ever"));
        }
        node.attributes.iter().find_map(|(_, value)| match value {
            onnx::Attribute::Graph(inner) => foreign(inner, apart),
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

fn answer(port: &Port, value: Own) -> Result<Tensor, Error> {
    let wanted = match &port.kind {
        PortKind::Tensor { element, .. } => *element,
        PortKind::Maps | PortKind::Map(_) | PortKind::Any => Element::F32,
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
    Tensor::new(&shape, data.narrowed(wanted))
}

impl Runs for Loaded {
    fn run(&self, tensors: Vec<Cow<'_, Tensor>>) -> Result<Vec<Tensor>, Error> {
        let one = |((port, id), tensor): (&(Port, NodeId), Cow<'_, Tensor>)| {
            Ok((*id, given(port, tensor.into_owned())?.into()))
        };
        let given = self.inputs.iter().zip(tensors).map(one).collect::<Result<Vec<_>, Error>>()?;
        let wanted: Vec<NodeId> = self.outputs.iter().map(|(_, id)| *id).collect();
        let options = RunOptions::default().with_thread_pool(Some(self.threads.clone()));
        let answers = caught(|| self.model.run(given, &wanted, Some(options)).map_err(failed))?;
        self.outputs.iter().zip(answers).map(|((port, _), value)| answer(port, value)).collect()
    }

    fn cost(&self) -> u64 {
        self.model.total_params() as u64
    }
}
