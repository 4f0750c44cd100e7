//! Our own evaluator of ONNX: classical models of `ai.onnx.ml` and the plain operators that stand around them.
//!
//! A graph becomes a list of steps over numbered slots when it is loaded; a request fills the slots from first to last.
//! Numbers come out as onnxruntime has them: sums in the same order and type, so that trees agree to the last bit.

mod given;
mod graph;
mod ml;
mod ops;
mod plan;
mod weights;

pub(super) use plan::{Native, is_classical};

use super::engine::Value;
use super::tensor::Tensor;

/// What an operator says when it cannot answer.
pub(super) type Outcome<T = Vec<Value>> = Result<T, String>;

/// One operator with its attributes, ready to run.
pub(super) trait Operator: std::fmt::Debug + Send + Sync {
    /// Answers; an optional input that is left out is `None`.
    fn run(&self, inputs: &Inputs<'_>) -> Outcome;

    /// Whether rows of the first dimension meet in it.
    fn mixes_rows(&self) -> bool {
        false
    }

    /// Returns roughly how many nanoseconds one row takes.
    fn cost(&self) -> u64 {
        20
    }
}

/// The values that go into an operator.
#[derive(Debug)]
pub(super) struct Inputs<'a>(pub(super) Vec<Option<&'a Value>>);

impl<'a> Inputs<'a> {
    /// Returns an input that must be there and be a tensor.
    pub(super) fn tensor(&self, index: usize) -> Outcome<&'a Tensor> {
        self.optional(index)?.ok_or_else(|| format!("input {index} is missing"))
    }

    /// Returns an input that may be left out.
    pub(super) fn optional(&self, index: usize) -> Outcome<Option<&'a Tensor>> {
        match self.0.get(index).copied().flatten() {
            None => Ok(None),
            Some(Value::Tensor(tensor)) => Ok(Some(tensor)),
            Some(Value::Maps { .. }) => Err(format!("input {index} is no tensor")),
        }
    }

    /// Returns the keys and the values of an input that must be maps.
    pub(super) fn maps(&self, index: usize) -> Outcome<(&'a Tensor, &'a Tensor)> {
        match self.0.get(index).copied().flatten() {
            Some(Value::Maps { keys, rows }) => Ok((keys, rows)),
            _ => Err(format!("input {index} is no map")),
        }
    }

    /// Returns all inputs, of which none may be left out.
    pub(super) fn all(&self) -> Outcome<Vec<&'a Tensor>> {
        (0..self.0.len()).map(|index| self.tensor(index)).collect()
    }
}

/// Elements that one tensor may have: a request does not make a server give away its memory.
const LARGEST: usize = 1 << 27;

/// Returns how many elements a shape has, if that is not too many.
pub(super) fn sized(shape: &[usize]) -> Outcome<usize> {
    let count = shape.iter().try_fold(1_usize, |count, dim| count.checked_mul(*dim));
    count.filter(|count| *count <= LARGEST).ok_or_else(|| format!("shape {shape:?} is too large"))
}

/// Returns the only output of an operator.
pub(super) fn one(shape: &[usize], data: super::Data) -> Outcome {
    let tensor = Tensor::new(shape, data).map_err(|error| error.to_string())?;
    Ok(vec![Value::Tensor(tensor)])
}
