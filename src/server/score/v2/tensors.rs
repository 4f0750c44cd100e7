//! What a model said as named tensors, those that a client wants.

use super::{Wanted, kind};
use crate::model::score::{self, Column, Data, PortKind, Table, Tensor, Value, Values, python};
use crate::model::signature::Schema;
use crate::server::score::failure::Failure;
use crate::server::score::load::{Loaded, Runner};
use crate::server::score::wire::write;

/// One output.
#[derive(Debug)]
pub(super) struct Output {
    pub(super) name: String,
    pub(super) tensor: Tensor,
    /// The classes whose probabilities are its columns, as a list in JSON.
    pub(super) keys: Option<String>,
    pub(super) binary: bool,
}

impl Output {
    fn new(name: &str, tensor: Tensor) -> Self {
        Self { name: name.to_owned(), tensor, keys: None, binary: false }
    }
}

/// Returns what a model said as tensors.
pub(super) fn of(answer: python::Answer, loaded: &Loaded) -> Result<Vec<Output>, Failure> {
    let names = names(loaded);
    let name = |place: usize, own: &str| match (own, names.get(place)) {
        ("", Some(name)) => name.clone(),
        ("", None) => format!("output-{place}"),
        (own, _) => own.to_owned(),
    };
    let text = match answer {
        python::Answer::Output(score::Output::Values(values)) => {
            let made = values.into_iter().enumerate().map(|(place, (own, value))| match value {
                Value::Tensor(tensor) => Output::new(&name(place, &own), tensor),
                Value::Maps { keys, rows } => {
                    let mut text = vec![];
                    write::tensor(&mut text, &keys);
                    let keys = String::from_utf8(text).ok();
                    Output { keys, ..Output::new(&name(place, &own), rows) }
                }
            });
            return Ok(made.collect());
        }
        python::Answer::Output(score::Output::Table(table)) => return Ok(columns(&table)),
        python::Answer::Output(score::Output::Json(value)) => value.to_string(),
        python::Answer::Json(text) => String::from_utf8_lossy(&text).into_owned(),
        python::Answer::Raw { .. } => {
            return Err(Failure::internal("the worker gave another answer"));
        }
    };
    // Whatever else Python returns is handed on as JSON, in one element.
    Ok(vec![Output::new(&name(0, ""), Tensor::list(Data::Str(vec![text])))])
}

/// One tensor a column, `[n, 1]`, as other servers give tables.
fn columns(table: &Table) -> Vec<Output> {
    let one = |column: &Column| {
        let data = match &column.values {
            Values::Boolean(all) => Data::Bool(all.clone()),
            Values::Integer(all) => Data::I32(all.clone()),
            Values::Long(all) => Data::I64(all.clone()),
            Values::Float(all) => Data::F32(all.clone()),
            Values::Double(all) => Data::F64(all.clone()),
            Values::String(all) => Data::Str(all.clone()),
            Values::Binary(_) | Values::Datetime(_) => {
                Data::Str((0..table.rows()).map(|row| shown(column, row)).collect())
            }
        };
        let tensor = Tensor::new(&[data.len(), 1], data.clone());
        Output::new(&column.name, tensor.unwrap_or_else(|_| Tensor::list(data)))
    };
    table.columns().iter().map(one).collect()
}

fn shown(column: &Column, row: usize) -> String {
    let mut text = vec![];
    write::cell(&mut text, column, row);
    String::from_utf8_lossy(&text).trim_matches('"').to_owned()
}

/// Returns the names that outputs have, as far as they are known before the model is asked.
fn names(loaded: &Loaded) -> Vec<String> {
    if let Runner::Native(engine) = &loaded.runner {
        return engine.outputs().iter().map(|port| port.name.clone()).collect();
    }
    let outputs = loaded.signature.as_ref().and_then(|signature| signature.outputs.as_ref());
    let names = outputs.and_then(Schema::names).unwrap_or_default();
    names.into_iter().map(str::to_owned).collect()
}

/// Fails where a client wants what the model does not give, before the model is asked.
pub(super) fn known(wanted: &Wanted, loaded: &Loaded) -> Result<(), Failure> {
    let Runner::Native(engine) = &loaded.runner else { return Ok(()) };
    let missing = wanted
        .outputs
        .iter()
        .find(|(name, _)| !engine.outputs().iter().any(|port| port.name == *name));
    match missing {
        Some((name, _)) => Err(unexpected(name)),
        None => Ok(()),
    }
}

fn unexpected(name: &str) -> Failure {
    Failure::bad(format!("unexpected inference output `{}`", name.escape_debug()))
}

/// Returns the outputs that a client wants, in its order.
pub(super) fn chosen(outputs: Vec<Output>, wanted: &Wanted) -> Result<Vec<Output>, Failure> {
    if wanted.outputs.is_empty() {
        let binary = wanted.binary;
        return Ok(outputs.into_iter().map(|one| Output { binary, ..one }).collect());
    }
    let mut outputs: Vec<_> = outputs.into_iter().map(Some).collect();
    let mut take = |(name, binary): &(String, bool)| {
        let mut named =
            outputs.iter_mut().filter(|one| one.as_ref().is_some_and(|one| one.name == *name));
        let one = named.next().and_then(Option::take).ok_or_else(|| unexpected(name))?;
        Ok(Output { binary: *binary, ..one })
    };
    wanted.outputs.iter().map(&mut take).collect()
}

/// Returns name, type and shape of each output that is known before the model is asked.
pub(super) fn declared(loaded: &Loaded) -> Vec<(String, &'static str, Vec<i64>)> {
    if let Runner::Native(engine) = &loaded.runner {
        let one = |port: &score::Port| {
            let (kind, shape) = match &port.kind {
                PortKind::Tensor { element, shape } => {
                    let dim = |dim: &Option<usize>| dim.map_or(-1, |dim| dim as i64);
                    let shape = shape.as_ref().map(|shape| shape.iter().map(dim).collect());
                    (kind::name(*element), shape.unwrap_or_else(|| vec![-1]))
                }
                PortKind::Maps => ("FP32", vec![-1, -1]),
                PortKind::Map(element) => (kind::name(*element), vec![-1]),
                PortKind::Any => ("BYTES", vec![-1]),
            };
            (port.name.clone(), kind, shape)
        };
        return engine.outputs().iter().map(one).collect();
    }
    let outputs = loaded.signature.as_ref().and_then(|signature| signature.outputs.as_ref());
    outputs.map(|schema| super::about::ports(schema, "output")).unwrap_or_default()
}
