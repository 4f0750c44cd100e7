//! Neural networks in ONNX: run by engines of others, which know no limit and cannot be broken off.
//!
//! ```text
//! load ── what both ends can tell by themselves ─┬─ in this process: rten, ort
//!                                                └─ apart: Launch ─► worker::Pool ─► `mls __network`: rten, ort
//! ```
//!
//! Apart, a network that asks for too much memory, goes on for ever or ends the process costs one call.

mod launch;
mod ort;
mod remote;
mod rten;
mod serve;
mod wire;

use std::borrow::Cow;
use std::fmt::Debug;

use super::engine::{Choice, Engine, Input, Options, Output, Port, Source, Stop, Value};
use super::worker::Health;
use super::{Error, Tensor, fitted, ports};
use crate::model::onnx;

pub use serve::{WORKER, serve};

/// What answers, here or elsewhere.
trait Runs: Debug + Send + Sync {
    /// Returns the outputs, in the order of the model; `tensors` fit the inputs.
    fn run(&self, tensors: Vec<Cow<'_, Tensor>>) -> Result<Vec<Tensor>, Error>;

    fn cost(&self) -> u64;

    fn workers(&self) -> Option<Health> {
        None
    }
}

/// A network that is loaded.
#[derive(Debug)]
pub(super) struct Network {
    engine: Choice,
    inputs: Vec<Port>,
    outputs: Vec<Port>,
    runs: Box<dyn Runs>,
}

impl Network {
    /// Loads a model into rten or the library of onnxruntime.
    pub(super) fn load(
        engine: Choice,
        model: &onnx::Model<'_>,
        source: &Source,
        options: &Options,
    ) -> Result<Self, Error> {
        let (inputs, outputs) = ports::of(&model.graph)?;
        let library = match engine {
            Choice::Ort => Some(ort::check(model, source, options)?),
            _ => {
                rten::check(model, inputs.iter().chain(&outputs), options.apart.is_some())?;
                None
            }
        };
        let folder = source.folder.as_deref();
        let filled = match engine {
            Choice::Ort => None,
            _ => onnx::filled(&source.bytes, &model.graph)?,
        };
        let bytes = filled.as_deref().unwrap_or(&source.bytes);
        let runs: Box<dyn Runs> = match (&options.apart, library) {
            (Some(apart), library) => {
                let order = wire::Order::new(engine, options.threads, library, folder);
                let outputs = outputs.len();
                Box::new(remote::Remote::start(engine, order, bytes, apart, outputs)?)
            }
            (None, Some(library)) => Box::new(ort::Loaded::new(bytes, library, options.threads)?),
            (None, None) => Box::new(rten::Loaded::new(bytes, folder, None, options.threads)?),
        };
        Ok(Self { engine, inputs, outputs, runs })
    }
}

impl Engine for Network {
    fn name(&self) -> &'static str {
        self.engine.as_str()
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
        self.runs.cost()
    }

    fn workers(&self) -> Option<Health> {
        self.runs.workers()
    }

    fn predict(&self, input: &Input, stop: &Stop) -> Result<Output, Error> {
        stop.check()?;
        let answers = self.runs.run(fitted(&self.inputs, input)?)?;
        let named = self.outputs.iter().zip(answers);
        let named = named.map(|(port, tensor)| (port.name.clone(), Value::Tensor(tensor)));
        Ok(Output::Values(named.collect()))
    }
}
