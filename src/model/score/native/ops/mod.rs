//! Operators of `ai.onnx` that stand around classical models, made ready by name.

mod arrange;
mod cast;
mod compare;
mod elementwise;
mod index;
mod matrix;
mod pattern;
mod reduce;
mod scan;
mod shape;
mod spread;
mod text;
mod tokens;

pub(super) use cast::to_f32;
pub(super) use matrix::product;

use super::Operator;
use super::given::Given;
use crate::model::score::{Data, Error, Tensor};

/// Returns the operator of a node.
pub(super) fn make(given: &Given<'_>) -> Result<Box<dyn Operator>, Error> {
    let makers = [
        elementwise::make,
        compare::make,
        cast::make,
        shape::make,
        arrange::make,
        index::make,
        matrix::make,
        reduce::make,
        scan::make,
        text::make,
        tokens::make,
    ];
    for make in makers {
        if let Some(operator) = make(given)? {
            return Ok(operator);
        }
    }
    Err(given.unsupported(""))
}

/// Returns the value of a `Constant` node.
pub(super) fn constant(given: &Given<'_>) -> Result<Tensor, Error> {
    if let Some(tensor) = given.tensor("value")? {
        return Ok(tensor);
    }
    let scalar = |data| Tensor::new(&[], data);
    if given.find("value_float").is_some() {
        return scalar(Data::F32(vec![given.float("value_float", 0.0)?]));
    }
    if given.find("value_int").is_some() {
        return scalar(Data::I64(vec![given.int("value_int", 0)?]));
    }
    if given.find("value_string").is_some() {
        return scalar(Data::Str(vec![given.text("value_string", "")?]));
    }
    if let Some(all) = given.floats("value_floats")? {
        return Ok(Tensor::list(Data::F32(all.to_vec())));
    }
    if let Some(all) = given.ints("value_ints")? {
        return Ok(Tensor::list(Data::I64(all.to_vec())));
    }
    if let Some(all) = given.strings("value_strings")? {
        return Ok(Tensor::list(Data::Str(all)));
    }
    Err(given.unsupported("a constant of this kind"))
}

/// Returns an axis counted from the front.
fn axis_of(axis: i64, rank: usize) -> super::Outcome<usize> {
    let rank = i64::try_from(rank).unwrap_or(i64::MAX);
    let at = if axis < 0 { axis + rank } else { axis };
    if (0..rank).contains(&at) {
        return Ok(usize::try_from(at).expect("not negative"));
    }
    Err(format!("axis {axis} of {rank} dimensions"))
}

/// Returns the integers of a tensor: shapes, axes, indices.
fn ints(tensor: &Tensor) -> super::Outcome<Vec<i64>> {
    match tensor.data() {
        Data::I64(all) => Ok(all.clone()),
        Data::I32(all) => Ok(all.iter().map(|one| i64::from(*one)).collect()),
        other => Err(format!("{} where integers belong", other.element().as_str())),
    }
}
