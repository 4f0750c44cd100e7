//! Boosted trees in the files of their own libraries: XGBoost, LightGBM, CatBoost.
//!
//! Each reader makes a [`Body`]; all walk the same trees. Sums go in the library's order and type, so that answers are
//! equal to the last bit.

mod catboost;
mod lightgbm;
mod xgboost;

use std::fmt::Debug;

use super::engine::{Engine, Format, Input, Options, Output, Port, Source, Stop, Value};
use super::table::Table;
use super::{Data, Element, Error, Tensor, tensors_for};

/// Loads a file of one of the libraries.
pub(super) fn load(source: &Source, options: &Options) -> Result<Box<dyn Engine>, Error> {
    let (bytes, manner) = (&source.bytes, options.manner);
    let engine = match source.format {
        Format::XgboostJson => xgboost::json(bytes, manner)?,
        Format::XgboostUbj => xgboost::ubj(bytes, manner)?,
        Format::LightgbmText => lightgbm::load(bytes, manner)?,
        Format::CatboostBinary => catboost::binary(bytes, manner)?,
        Format::CatboostJson => catboost::json(bytes, manner)?,
        Format::XgboostBinary => {
            return Err(unsupported("binary form of old", "XGBoost before 3.1 writes it as JSON"));
        }
        Format::Onnx => return Err(bad("it is no model of boosted trees")),
    };
    Ok(Box::new(engine))
}

/// What is left of a model once its file is read.
trait Body: Debug + Send + Sync {
    /// Answers rows of as many features as the model has.
    fn answer(&self, x: &Data, rows: usize) -> Data;

    /// Returns roughly how many nanoseconds one row takes.
    fn cost(&self) -> u64;
}

/// A model that answers each row with a number, or with several.
#[derive(Debug)]
struct Boosted {
    inputs: [Port; 1],
    outputs: [Port; 1],
    names: Vec<String>,
    /// Numbers a row where that is more than one number: then the answer is a matrix.
    columns: Option<usize>,
    body: Box<dyn Body>,
}

/// More features than this have no place in a node.
const MOST_FEATURES: usize = 1 << 29;

impl Boosted {
    /// Returns the engine of a model that takes `features` numbers of a type and gives others.
    fn new(
        (takes, features): (Element, usize),
        (gives, columns): (Element, Option<usize>),
        names: Vec<String>,
        body: Box<dyn Body>,
    ) -> Self {
        let shape: Vec<_> = [None].into_iter().chain(columns.map(Some)).collect();
        Self {
            inputs: [Port::tensor("input", takes, &[None, Some(features)])],
            outputs: [Port::tensor("prediction", gives, &shape)],
            names: if names.len() == features { names } else { vec![] },
            columns,
            body,
        }
    }

    /// Returns the table with its columns in the order of the model; one with other names is taken as it stands.
    fn ordered(&self, table: &Table) -> Option<Table> {
        let names = table.columns().iter().map(|column| &column.name);
        if names.eq(&self.names) || table.columns().len() != self.names.len() {
            return None;
        }
        let columns = self.names.iter().map(|name| table.column(name).cloned());
        Table::new(columns.collect::<Option<_>>()?).ok()
    }
}

impl Engine for Boosted {
    fn name(&self) -> &'static str {
        "native"
    }

    fn inputs(&self) -> &[Port] {
        &self.inputs
    }

    fn outputs(&self) -> &[Port] {
        &self.outputs
    }

    fn columns(&self) -> Option<&[String]> {
        Some(&self.names)
    }

    fn rows_are_independent(&self) -> bool {
        true
    }

    fn cost(&self) -> u64 {
        self.body.cost()
    }

    fn predict(&self, input: &Input, stop: &Stop) -> Result<Output, Error> {
        stop.check()?;
        let ordered = match input {
            Input::Table(table) => self.ordered(table).map(Input::Table),
            // The files have no name for what they take: any will do.
            Input::Tensors(given) => match &given[..] {
                [(_, tensor)] => Some(Input::Tensors(vec![(String::new(), tensor.clone())])),
                _ => None,
            },
        };
        let given = tensors_for(&self.inputs, ordered.as_ref().unwrap_or(input))?;
        let [tensor] = &given[..] else { return Err(Error::MissingInput("input".to_owned())) };
        let rows = tensor.shape().first().copied().unwrap_or(0);
        let count = super::native::sized(&[rows, self.columns.unwrap_or(1)]);
        count.map_err(|reason| Error::BadInput { name: "input".to_owned(), reason })?;
        let answer = self.body.answer(tensor.data(), rows);
        let shape: Vec<_> = [rows].into_iter().chain(self.columns).collect();
        let answer = Tensor::new(&shape, answer)?;
        Ok(Output::Values(vec![("prediction".to_owned(), Value::Tensor(answer))]))
    }
}

/// Returns an error that says what is wrong with a file.
fn bad(what: impl Into<String>) -> Error {
    Error::BadModel(what.into())
}

/// Returns an error for what only the library itself can do.
fn unsupported(what: &str, reason: &str) -> Error {
    Error::Unsupported {
        engine: "native",
        operator: what.escape_debug().to_string(),
        node: String::new(),
        reason: reason.to_owned(),
    }
}

/// Returns how many features a model takes, once that is a number that can be.
fn features(count: usize) -> Result<usize, Error> {
    match count {
        0 => Err(bad("it takes no features")),
        count if count >= MOST_FEATURES => Err(bad(format!("it takes {count} features"))),
        count => Ok(count),
    }
}

/// Makes scores probabilities, as LightGBM and CatBoost do: in double precision, the largest taken off first.
fn softmax(row: &mut [f64]) {
    let most = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let mut sum = 0.0;
    for x in row.iter_mut() {
        *x = (*x - most).exp();
        sum += *x;
    }
    row.iter_mut().for_each(|x| *x /= sum);
}
