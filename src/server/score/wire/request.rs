//! A request in JSON as what a model is asked.

use serde_json::Value;

use super::frame::{Frame, asked, fitted, missing_text};
use super::json::{self, Body, Given, Split};
use super::nest::{Data, Nest};
use super::{cast, params};
use crate::model::Signature;
use crate::model::score::{Input, Tensor};
use crate::model::signature::{self, Schema, Type};
use crate::server::score::failure::Failure;

/// What a model takes.
#[derive(Debug, Clone, Copy)]
pub(in crate::server::score) struct Takes<'a> {
    pub(in crate::server::score) signature: Option<&'a Signature>,
    /// Whether the package can read for itself what is not understood here.
    pub(in crate::server::score) python: bool,
}

/// What a model is asked.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::server::score) struct Asked {
    pub(in crate::server::score) input: Input,
    pub(in crate::server::score) params: Option<Value>,
    /// Whether names of columns are only their numbers.
    pub(in crate::server::score) positional: bool,
}

/// A request, read.
#[derive(Debug)]
pub(in crate::server::score) enum Read {
    Asked(Asked),
    /// It goes to the package in Python as it came.
    Raw,
}

const NAMES: [&str; 4] = ["dataframe_split", "instances", "dataframe_records", "inputs"];
const NAMES_TEXT: &str = "{'dataframe_split', 'instances', 'dataframe_records', 'inputs'}";

/// Fields of requests to language models, which MLflow hands on as they are.
const PROMPTS: [&str; 3] = ["messages", "prompt", "input"];

/// What MLflow says to those who use the protocol of version 1.
pub(in crate::server::score) const CHANGED: &str = "IMPORTANT: The MLflow Model scoring protocol has changed in MLflow version 2.0. If you are seeing this error, you are likely using an outdated scoring request format. To resolve the error, either update your request format or adjust your MLflow Model's requirements file to specify an older version of MLflow (for example, change the 'mlflow' requirement specifier to 'mlflow==1.30.0'). If you are making a request using the MLflow client (e.g. via `mlflow.pyfunc.spark_udf()`), upgrade your MLflow client to a version >= 2.0 in order to use the new request format. For more information about the updated MLflow Model scoring protocol in MLflow 2.0, see https://mlflow.org/docs/latest/models.html#deploy-mlflow-models.";

impl<'a> Takes<'a> {
    pub(in crate::server::score) fn inputs(&self) -> Option<&'a Schema> {
        self.signature.and_then(|signature| signature.inputs.as_ref())
    }

    /// Tells whether types are in the signature, or none at all, that only the package knows how to fill.
    fn is_foreign(&self) -> bool {
        self.python
            && match self.inputs() {
                None => true,
                Some(Schema::Columns(columns)) => {
                    columns.iter().any(|column| !matches!(column.kind, Type::Scalar(_)))
                }
                Some(Schema::Tensors(_)) => false,
            }
    }
}

/// Reads a request in JSON.
pub(in crate::server::score) fn read(bytes: &[u8], takes: &Takes<'_>) -> Result<Read, Failure> {
    if takes.is_foreign() {
        // Its JSON is checked here all the same: what is too deep goes no further.
        return json::read(bytes).map(|_| Read::Raw).map_err(|error| broken(bytes, &error));
    }
    let body = json::read(bytes).map_err(|error| broken(bytes, &error))?;
    if takes.python && body.fields.iter().any(|field| PROMPTS.contains(&field.as_str())) {
        return Ok(Read::Raw);
    }
    one_form(&body)?;
    let given = body.params;
    let read = match body.data {
        Some(Given::Split(split)) => split_frame(split)?.check(takes)?,
        Some(Given::Records(data)) => records(data)?.check(takes)?,
        Some(Given::Instances(data) | Given::Inputs(data)) => values(data, takes)?,
        None => return Err(Failure::input("there is no data")),
    };
    Ok(match read {
        Read::Asked(asked) => {
            let params = params::check(given, takes.signature)?;
            Read::Asked(Asked { params, ..asked })
        }
        Read::Raw => Read::Raw,
    })
}

/// Says what is wrong with what is no object in JSON.
fn broken(bytes: &[u8], error: &str) -> Failure {
    let required = format!(
        "The input must be a JSON dictionary with exactly one of the input fields {NAMES_TEXT}"
    );
    let unexpected = |kind: &str| {
        Failure::input(format!("{required}. Received unexpected input type '<class '{kind}'>."))
    };
    match serde_json::from_slice::<Value>(bytes) {
        Ok(Value::Array(_)) => Failure::input(format!("{required}. Received a list.")),
        Ok(Value::Null) => unexpected("NoneType"),
        Ok(Value::Bool(_)) => unexpected("bool"),
        Ok(Value::String(_)) => unexpected("str"),
        Ok(Value::Number(number)) => unexpected(if number.is_f64() { "float" } else { "int" }),
        _ => Failure::input(format!(
            "Ensure that input is a valid JSON formatted string. Error: '{error}'"
        )),
    }
}

fn one_form(body: &Body) -> Result<(), Failure> {
    let known: Vec<_> =
        body.fields.iter().filter(|field| NAMES.contains(&field.as_str())).collect();
    if known.len() == 1 {
        return Ok(());
    }
    let listed = known.iter().map(|field| format!("'{field}'")).collect::<Vec<_>>().join(", ");
    Err(Failure::bad(format!(
        "The input must be a JSON dictionary with exactly one of the input fields {NAMES_TEXT}. Received dictionary with \
         input fields: [{listed}]. {CHANGED}"
    )))
}

fn split_frame(split: Split) -> Result<Frame, Failure> {
    if let Some(wrong) = split.wrong {
        return Err(Failure::input(format!(
            "Dataframe split format must be a dictionary. Got {wrong}."
        )));
    }
    if !split.has_data || !split.extra.is_empty() {
        let own = [("columns", split.columns.is_some()), ("data", split.has_data)];
        let own = own.iter().filter(|(_, there)| *there).map(|(name, _)| *name);
        let keys: Vec<_> =
            own.chain(split.extra.iter().map(String::as_str)).map(cast::quoted).collect();
        return Err(Failure::input(format!(
            "Dataframe split format must have 'data' field and optionally 'columns' and 'index' fields. Got {{{}}}.'",
            keys.join(", ")
        )));
    }
    let (has, mut cells) = (split.cells.len(), split.cells);
    let names = split.columns.unwrap_or_else(|| (0..has).map(|place| place.to_string()).collect());
    if names.len() != has && split.rows > 0 {
        let want = names.len();
        return Err(Failure::input(format!(
            "Provided dataframe_split field is not a valid dataframe representation in 'split' format. Error: '{want} \
             columns passed, passed data had {has} columns'"
        )));
    }
    cells.resize_with(names.len(), Default::default);
    Ok(Frame { columns: names.into_iter().zip(cells).collect(), rows: split.rows })
}

/// Returns the rows of `dataframe_records`.
pub(in crate::server::score) fn records_of(body: Body) -> Result<Frame, Failure> {
    match body.data {
        Some(Given::Records(data)) => records(data),
        _ => Err(Failure::input("there are no rows")),
    }
}

fn records(data: Data) -> Result<Frame, Failure> {
    let list = "Dataframe records format must be a list of records.";
    match data {
        Data::Rows { columns, rows } => flat(columns, rows),
        Data::Nest(nest) if nest.shape.first() == Some(&0) => Ok(Frame::default()),
        Data::Nest(nest) if !nest.shape.is_empty() && !nest.ragged => Ok(columns_of(nest)),
        Data::Nest(nest) if nest.shape.is_empty() => {
            Err(Failure::input(format!("{list} Got a single value.")))
        }
        Data::Nest(_) => Err(Failure::input(
            "Provided dataframe_records field is not a valid dataframe representation in 'records' format.",
        )),
        Data::Fields(_) => Err(Failure::input(format!("{list} Got dictionary."))),
        Data::Null => Err(Failure::input(format!("{list} Got type <class 'NoneType'>."))),
    }
}

/// Returns columns that hold one value a row.
fn flat(columns: Vec<(String, Nest)>, rows: usize) -> Result<Frame, Failure> {
    if let Some((name, _)) = columns.iter().find(|(_, nest)| nest.ragged || nest.shape.len() > 1) {
        let name = cast::quoted(name);
        return Err(Failure::input(format!(
            "column {name} holds lists where single values are taken"
        )));
    }
    if columns.iter().any(|(_, nest)| nest.cells.len() != rows) {
        return Err(Failure::input(
            "The length of values for each input/column name are not the same",
        ));
    }
    Ok(Frame {
        columns: columns.into_iter().map(|(name, nest)| (name, nest.cells)).collect(),
        rows,
    })
}

/// Returns a list or a matrix as columns that are numbered.
fn columns_of(nest: Nest) -> Frame {
    let (rows, width) =
        (nest.shape[0], nest.shape.get(1..).unwrap_or_default().iter().product::<usize>());
    if width == 1 {
        return Frame { columns: vec![("0".to_owned(), nest.cells)], rows };
    }
    let mut columns: Vec<_> =
        (0..width).map(|place| (place.to_string(), super::cells::Cells::default())).collect();
    for (at, cell) in nest.cells.into_mixed().into_iter().enumerate() {
        columns[at % width].1.push(cell);
    }
    Frame { columns, rows }
}

/// `inputs` and `instances`.
fn values(data: Data, takes: &Takes<'_>) -> Result<Read, Failure> {
    match (data, takes.inputs()) {
        (Data::Null, _) => Err(Failure::input(
            "Failed to convert data `None` to the type defined in the model signature.",
        )),
        (Data::Fields(fields), Some(Schema::Columns(_))) => fields_frame(fields, takes),
        (Data::Rows { columns, rows }, Some(Schema::Columns(_))) => {
            flat(columns, rows)?.check(takes)
        }
        (Data::Fields(fields), Some(Schema::Tensors(tensors))) => named(fields, tensors),
        (Data::Rows { columns, .. }, Some(Schema::Tensors(tensors))) => named(columns, tensors),
        (Data::Fields(fields) | Data::Rows { columns: fields, .. }, None) => {
            let made = fields.into_iter().map(|(name, nest)| Ok((name, inferred(nest)?)));
            Ok(Read::Asked(asked(made.collect::<Result<_, Failure>>()?)))
        }
        (Data::Nest(nest), None) => Ok(Read::Asked(asked(vec![(String::new(), inferred(nest)?)]))),
        (Data::Nest(nest), Some(Schema::Tensors(tensors))) => one(nest, tensors),
        (Data::Nest(nest), Some(Schema::Columns(columns))) => list(nest, columns, takes),
    }
}

/// A field a column: a list, or a single value where there is one row.
fn fields_frame(fields: Vec<(String, Nest)>, takes: &Takes<'_>) -> Result<Read, Failure> {
    if fields.iter().any(|(_, nest)| nest.shape.len() > 1) && takes.python {
        return Ok(Read::Raw);
    }
    let rows = fields.first().map_or(0, |(_, nest)| nest.cells.len());
    flat(fields, rows)?.check(takes)
}

/// A list where columns are taken: all of it where there is one column, else one a column if they have no names.
fn list(nest: Nest, columns: &[signature::Column], takes: &Takes<'_>) -> Result<Read, Failure> {
    if nest.ragged {
        return Err(ragged(&nest));
    }
    let mut frame = match nest.shape.is_empty() {
        true => Frame { columns: vec![("0".to_owned(), nest.cells)], rows: 1 },
        false => columns_of(nest),
    };
    if let ([column], [(name, _)]) = (columns, &mut frame.columns[..])
        && let Some(own) = &column.name
    {
        name.clone_from(own);
    }
    frame.check(takes)
}

fn named(fields: Vec<(String, Nest)>, wanted: &[signature::Tensor]) -> Result<Read, Failure> {
    if wanted.iter().any(|want| want.name.is_none()) {
        return Err(Failure::input(
            "Failed to parse input data. This model contains an un-named  model signature which expects a single \
             n-dimensional array or a single value as input, however, an input of type <class 'dict'> was found.",
        ));
    }
    let (mut tensors, mut missing, mut fields) = (vec![], vec![], fields);
    for want in wanted {
        let name = want.name.as_deref().unwrap_or_default();
        match fields.iter().position(|(own, _)| own == name) {
            Some(place) => {
                tensors.push((name.to_owned(), typed(fields.swap_remove(place).1, want)?));
            }
            None => missing.push(name),
        }
    }
    if missing.is_empty() {
        return Ok(Read::Asked(asked(tensors)));
    }
    let extra: Vec<_> = fields.iter().map(|(name, _)| name.as_str()).collect();
    Err(Failure::schema(missing_text(&missing, &extra)))
}

fn one(nest: Nest, wanted: &[signature::Tensor]) -> Result<Read, Failure> {
    let [want] = wanted else {
        let names: Vec<_> = wanted.iter().filter_map(|want| want.name.as_deref()).collect();
        return Err(Failure::schema(missing_text(&names, &[])));
    };
    let name = want.name.clone().unwrap_or_default();
    Ok(Read::Asked(asked(vec![(name, typed(nest, want)?)])))
}

fn typed(nest: Nest, want: &signature::Tensor) -> Result<Tensor, Failure> {
    if nest.ragged {
        return Err(ragged(&nest));
    }
    let data = cast::elements(nest.cells, &want.dtype).map_err(Failure::input)?;
    fitted(&nest.shape, data, want)
}

fn inferred(nest: Nest) -> Result<Tensor, Failure> {
    if nest.ragged {
        return Err(ragged(&nest));
    }
    let data = cast::inferred_elements(nest.cells).map_err(Failure::input)?;
    Ok(Tensor::new(&nest.shape, data)?)
}

fn ragged(nest: &Nest) -> Failure {
    let first = nest.shape.first().copied().unwrap_or(0);
    Failure::input(format!(
        "setting an array element with a sequence. The requested array has an inhomogeneous shape after 1 dimensions. \
         The detected shape was ({first},) + inhomogeneous part."
    ))
}

/// Returns the shape of columns side by side where a tensor of some shape is wanted: flat rows are folded as it says.
pub(super) fn row_shape(rows: usize, width: usize, want: &[i64]) -> Vec<usize> {
    let rest: Option<Vec<usize>> =
        want.iter().skip(1).map(|dim| usize::try_from(*dim).ok()).collect();
    match rest {
        Some(rest) if rest.len() > 1 && rest.iter().product::<usize>() == width => {
            [&[rows], &rest[..]].concat()
        }
        _ => vec![rows, width],
    }
}

/// Writes a shape as Python writes a tuple.
pub(super) fn shape_text<T: ToString>(shape: &[T]) -> String {
    match shape {
        [one] => format!("({},)", one.to_string()),
        all => format!("({})", all.iter().map(T::to_string).collect::<Vec<_>>().join(", ")),
    }
}
