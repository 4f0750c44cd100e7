//! Everything that onnxruntime knows, where its library is on this machine: loaded when a model asks for it.
//!
//! A library is code. It is taken only from where the caller says, when it and the folders above it belong to root or
//! to the user himself and nobody else may write there; never because a model's own files name or hold it.

use std::borrow::Cow;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use ort::environment::Environment;
use ort::session::{RunOptions, Session, SessionInputValue};
use ort::value::{DynValue, Tensor as Own, TensorElementType};

use super::Runs;
use crate::model::onnx::{self, Payload};
use crate::model::score::{Data, Error, Options, Port, Source, Tensor, ports};

/// A session of onnxruntime.
pub(super) struct Loaded {
    session: Mutex<Session>,
    inputs: Vec<String>,
    outputs: Vec<String>,
    /// Calls of the session need it alive.
    _environment: Environment,
}

impl std::fmt::Debug for Loaded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Loaded").field("inputs", &self.inputs).finish_non_exhaustive()
    }
}

fn failed(reason: impl std::fmt::Display) -> Error {
    Error::Engine { engine: "ort", reason: reason.to_string() }
}

/// Returns the first library that is there, once its place is trusted.
fn library(places: &[PathBuf], folder: Option<&Path>) -> Result<PathBuf, Error> {
    let found = places.iter().find(|path| path.is_file());
    let found = found.ok_or_else(|| Error::NoLibrary(places.to_vec()))?;
    let untrusted = |reason| Error::UntrustedLibrary { path: found.clone(), reason };
    let real = found.canonicalize().map_err(|_| untrusted("its path does not end"))?;
    let model = folder.and_then(|folder| folder.canonicalize().ok());
    if model.is_some_and(|folder| real.starts_with(folder)) {
        return Err(untrusted("it lies within the model"));
    }
    let own = rustix::process::geteuid().as_raw();
    for path in real.ancestors() {
        let data = fs::metadata(path).map_err(|_| untrusted("a folder above it is closed"))?;
        if data.uid() != 0 && data.uid() != own {
            return Err(untrusted("it or a folder above it belongs to another user"));
        }
        // Where all may write but each only remove his own, as in /tmp, what is ours stays ours.
        let is_sticky = data.is_dir() && data.mode() & 0o1000 != 0;
        if data.mode() & 0o022 != 0 && !is_sticky {
            return Err(untrusted("others may write to it or to a folder above it"));
        }
    }
    Ok(real)
}

/// A process has one library: the first that a model has asked for.
static LOADED: Mutex<Option<(PathBuf, Environment)>> = Mutex::new(None);

fn environment(path: PathBuf) -> Result<Environment, Error> {
    let mut loaded = LOADED.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if let Some((known, environment)) = &*loaded {
        if *known == path {
            return Ok(environment.clone());
        }
        let other = format!("`{}` is loaded already, and a process has one", known.display());
        return Err(failed(other));
    }
    let made = ort::init_from(&path).map_err(failed)?.build().map_err(failed)?;
    *loaded = Some((path, made.clone()));
    Ok(made)
}

/// Returns the library for a model; fails where it can be told without it that it does not run the model.
pub(super) fn check(
    model: &onnx::Model<'_>,
    source: &Source,
    options: &Options,
) -> Result<PathBuf, Error> {
    let is_beside = |tensor: &onnx::Tensor<'_>| matches!(tensor.payload, Payload::External(_));
    if model.graph.initializers.iter().any(is_beside) {
        return Err(failed("weights in other files are not handed on"));
    }
    library(&options.libraries, source.folder.as_deref())
}

impl Loaded {
    /// Loads a model into a library whose place is trusted.
    pub(super) fn new(bytes: &[u8], library: PathBuf, threads: usize) -> Result<Self, Error> {
        let (inputs, outputs) = ports::of(&onnx::read(bytes)?.graph)?;
        let environment = environment(library)?;
        let builder = Session::builder(&environment).map_err(failed)?;
        let builder = builder.with_intra_threads(threads.max(1)).map_err(failed)?;
        let mut builder = builder.with_inter_threads(1).map_err(failed)?;
        let session = Mutex::new(builder.commit_from_memory(bytes).map_err(failed)?);
        let names = |ports: Vec<Port>| ports.into_iter().map(|port| port.name).collect();
        let (inputs, outputs) = (names(inputs), names(outputs));
        Ok(Self { session, inputs, outputs, _environment: environment })
    }
}

fn given(tensor: Tensor) -> Result<DynValue, Error> {
    let (shape, data) = tensor.into_parts();
    macro_rules! value {
        ($all:expr) => {
            Own::from_array((shape, $all)).map_err(failed)?.into_dyn()
        };
    }
    Ok(match data {
        Data::Bool(all) => value!(all),
        Data::I8(all) => value!(all),
        Data::U8(all) => value!(all),
        Data::I16(all) => value!(all),
        Data::U16(all) => value!(all),
        Data::I32(all) => value!(all),
        Data::U32(all) => value!(all),
        Data::I64(all) => value!(all),
        Data::U64(all) => value!(all),
        Data::F32(all) => value!(all),
        Data::F64(all) => value!(all),
        Data::Str(all) => Own::from_string_array((shape, &all[..])).map_err(failed)?.into_dyn(),
        Data::F16(_) | Data::Bf16(_) => return Err(failed("16-bit floats")),
    })
}

fn answer(value: &DynValue) -> Result<Tensor, Error> {
    let element = value.dtype().tensor_type().ok_or_else(|| failed("an output is no tensor"))?;
    macro_rules! tensor {
        ($name:ident, $kind:ty) => {{
            let (shape, all) = value.try_extract_tensor::<$kind>().map_err(failed)?;
            (shape.to_vec(), Data::$name(all.to_vec()))
        }};
    }
    let (shape, data) = match element {
        TensorElementType::Bool => tensor!(Bool, bool),
        TensorElementType::Int8 => tensor!(I8, i8),
        TensorElementType::Uint8 => tensor!(U8, u8),
        TensorElementType::Int16 => tensor!(I16, i16),
        TensorElementType::Uint16 => tensor!(U16, u16),
        TensorElementType::Int32 => tensor!(I32, i32),
        TensorElementType::Uint32 => tensor!(U32, u32),
        TensorElementType::Int64 => tensor!(I64, i64),
        TensorElementType::Uint64 => tensor!(U64, u64),
        TensorElementType::Float32 => tensor!(F32, f32),
        TensorElementType::Float64 => tensor!(F64, f64),
        TensorElementType::String => {
            let (shape, all) = value.try_extract_strings().map_err(failed)?;
            (shape.to_vec(), Data::Str(all))
        }
        other => return Err(failed(format!("an output of {other}"))),
    };
    let shape: Result<Vec<usize>, _> = shape.iter().map(|dim| usize::try_from(*dim)).collect();
    Tensor::new(&shape.map_err(failed)?, data)
}

impl Runs for Loaded {
    fn run(&self, tensors: Vec<Cow<'_, Tensor>>) -> Result<Vec<Tensor>, Error> {
        let pair = |(name, tensor): (&String, Cow<'_, Tensor>)| {
            Ok((name.clone(), SessionInputValue::from(given(tensor.into_owned())?)))
        };
        let given = self.inputs.iter().zip(tensors).map(pair).collect::<Result<Vec<_>, Error>>()?;
        let options = RunOptions::new().map_err(failed)?;
        let mut session = self.session.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let answers = session.run_with_options(given, &options).map_err(failed)?;
        let one = |name: &String| {
            answer(answers.get(name).ok_or_else(|| failed("an output is missing"))?)
        };
        self.outputs.iter().map(one).collect()
    }

    fn cost(&self) -> u64 {
        100_000
    }
}
