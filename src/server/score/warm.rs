//! The first answers of a version, before anybody waits for one.

use bytes::Bytes;

use super::call::{Call, Media};
use super::error::Error;
use super::lane::Lane;
use super::wire::Asked;
use crate::model::score::{Column, Data, Element, Input, Stop, Table, Tensor, Values};
use crate::model::signature::{self, Scalar, Schema, Type};

/// Asks a version once: what came with it as an example, else a row of zeros.
///
/// An example must be answered. A row of zeros may be refused, but the model must outlive it.
pub(super) fn up(lane: &Lane) -> Result<(), Error> {
    let failed =
        |reason: &str| Error::Unfit { version: lane.loaded.reference(), reason: reason.to_owned() };
    if let Some(example) = &lane.loaded.example {
        let call = Call::Scoring { media: Media::Json, body: Bytes::from(example.clone()) };
        return match lane.whole(&call, &lane.stop()) {
            Ok(answer) if answer.status < 400 => Ok(()),
            Ok(answer) => Err(failed(&String::from_utf8_lossy(&answer.body))),
            Err(failure) => Err(failed(&failure.message)),
        };
    }
    let inputs = lane.loaded.signature.as_ref().and_then(|signature| signature.inputs.as_ref());
    let Some(input) = inputs.and_then(zeros) else { return Ok(()) };
    let asked = Asked { input, params: None, positional: false };
    match lane.ask(&asked, &Stop::default()) {
        Err(failure) if failure.status >= 500 => Err(failed(&failure.message)),
        _ => Ok(()),
    }
}

/// Returns one row of zeros and empty text; nothing for what is no table and no tensor.
fn zeros(schema: &Schema) -> Option<Input> {
    match schema {
        Schema::Tensors(all) => {
            let all =
                all.iter().map(|one| Some((one.name.clone().unwrap_or_default(), zero(one)?)));
            all.collect::<Option<_>>().map(Input::Tensors)
        }
        Schema::Columns(all) => {
            let column = |(place, one): (usize, &signature::Column)| {
                let Type::Scalar(kind) = one.kind else { return None };
                let name = one.name.clone().unwrap_or_else(|| place.to_string());
                Some(Column::new(&name, nothing(kind)))
            };
            let all = all.iter().enumerate().map(column).collect::<Option<_>>()?;
            Table::new(all).ok().map(Input::Table)
        }
    }
}

/// Larger ones would cost more than they warm.
const MOST_ELEMENTS: usize = 1 << 24;

fn zero(tensor: &signature::Tensor) -> Option<Tensor> {
    let dim = |dim: &i64| usize::try_from(*dim).unwrap_or(1);
    let shape: Vec<usize> = tensor.shape.iter().map(dim).collect();
    let count = shape.iter().try_fold(1_usize, |all, dim| all.checked_mul(*dim))?;
    let element = Element::ALL.iter().find(|one| one.as_str() == tensor.dtype.as_str());
    let element = element.copied().unwrap_or(Element::Str);
    if count > MOST_ELEMENTS {
        return None;
    }
    let data = match element.size() {
        Some(size) => Data::from_bytes(element, &vec![0; count * size])?,
        None => Data::Str(vec![String::new(); count]),
    };
    Tensor::new(&shape, data).ok()
}

fn nothing(kind: Scalar) -> Values {
    match kind {
        Scalar::Boolean => Values::Boolean(vec![false]),
        Scalar::Integer => Values::Integer(vec![0]),
        Scalar::Long => Values::Long(vec![0]),
        Scalar::Float => Values::Float(vec![0.0]),
        Scalar::Double => Values::Double(vec![0.0]),
        Scalar::String => Values::String(vec![String::new()]),
        Scalar::Binary => Values::Binary(vec![vec![]]),
        Scalar::Datetime => Values::Datetime(vec![0]),
    }
}
