//! What a client sends: the JSON object of a body, or the query of a GET, with the errors that MLflow gives for it.

use axum::extract::{FromRequest, Query, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::{Method, Uri};
use hyper::body::Body as _;
use serde_json::{Map, Value};

use crate::server::intake::{Broken, Held, Taken};
use crate::server::mlflow::failure::{Code, Failure};
use crate::server::mlflow::{json, subject};
use crate::server::state::Shared;

/// The longest body that is read; a dataset's profile may have 16 MiB.
pub(super) const MAX_BODY: usize = 32 << 20;

/// The fields of a request. Unknown ones are ignored, and an empty body has none, as in MLflow. What is no JSON, or JSON that
/// can be read in two ways, is refused, where MLflow takes it for an empty body.
#[derive(Debug, Default)]
pub(in crate::server) struct Input(pub(in crate::server) Map<String, Value>);

impl FromRequest<Shared> for Input {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &Shared) -> Result<Self, Failure> {
        match *request.method() {
            Method::GET | Method::HEAD => of_query(request.uri()),
            _ => of_body(&body(request, state).await?.bytes),
        }
    }
}

/// Reads a whole body, at most [`MAX_BODY`], that says of itself that it is JSON: a form of another site cannot.
///
/// The bodies of all requests together are counted: slow clients with much to say do not fill the memory.
pub(super) async fn body(mut request: Request, state: &Shared) -> Result<Held, Failure> {
    if let Some(held) = subject::body_ahead(&mut request) {
        return Ok(held);
    }
    let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind = kind.map(|kind| kind.split(';').next().unwrap_or_default().trim());
    let is_json = kind.is_some_and(|kind| kind.eq_ignore_ascii_case("application/json"));
    let may_have_none = ![Method::POST, Method::PUT].contains(request.method())
        || (kind.is_none() && request.body().is_end_stream());
    if !is_json && !may_have_none {
        let message = match kind {
            None => "Bad Request. Content-Type header is missing.",
            Some(_) => "Bad Request. Content-Type must be one of ['application/json'].",
        };
        return Err(Failure::invalid(message));
    }
    let bad = |message: &str| Failure::new(Code::BadRequest, message);
    match state.intake.take(request.into_body(), MAX_BODY + 1).await {
        Ok(Taken::Whole(held)) => Ok(held),
        Ok(Taken::Long(..)) => Err(bad("the body is too long")),
        Err(Broken::Off) => Err(bad("the body is not whole")),
        Err(Broken::Stalled) => Err(bad("the rest of the body does not come")),
        Err(Broken::Busy) => {
            let message = "others send all that can be taken in; try again";
            Err(Failure::new(Code::TemporarilyUnavailable, message))
        }
    }
}

/// Reads the fields of a body.
pub(super) fn of_body(bytes: &[u8]) -> Result<Input, Failure> {
    if bytes.is_empty() {
        return Ok(Input::default());
    }
    let bad = |reason: &dyn std::fmt::Display| {
        Failure::new(Code::BadRequest, format!("The body is no JSON object: {reason}"))
    };
    match json::parse(bytes).map_err(|error| bad(&error))? {
        Value::Object(fields) => Ok(Input(fields)),
        Value::Null => Ok(Input::default()),
        // Old clients of MLflow send an object as a text.
        Value::String(text) => match json::parse(text.as_bytes()) {
            Ok(Value::Object(fields)) => Ok(Input(fields)),
            _ => Err(bad(&"it is a text")),
        },
        _ => Err(bad(&"it is something else")),
    }
}

/// A parameter that is there several times is a list.
pub(super) fn of_query(uri: &Uri) -> Result<Input, Failure> {
    let Query(pairs) = Query::<Vec<(String, String)>>::try_from_uri(uri)
        .map_err(|error| Failure::new(Code::BadRequest, error.body_text()))?;
    let mut fields = Map::new();
    for (key, text) in pairs {
        match fields.get_mut(&key) {
            None => drop(fields.insert(key, Value::String(text))),
            Some(Value::Array(list)) => list.push(Value::String(text)),
            Some(one) => *one = Value::Array(vec![one.take(), Value::String(text)]),
        }
    }
    Ok(Input(fields))
}

impl Input {
    /// Returns a text that must be there and not empty.
    pub(in crate::server) fn text(&self, name: &str) -> Result<&str, Failure> {
        match self.maybe_text(name)? {
            Some(text) if !text.is_empty() => Ok(text),
            _ => Err(missing(name)),
        }
    }

    /// Returns a text, if it is there.
    pub(in crate::server) fn maybe_text(&self, name: &str) -> Result<Option<&str>, Failure> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other) => Err(wrong(name, other)),
        }
    }

    /// Returns a whole number, if it is there; MLflow takes it as a text too.
    pub(in crate::server) fn maybe_int(&self, name: &str) -> Result<Option<i64>, Failure> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => int(value).map(Some).ok_or_else(|| wrong(name, value)),
        }
    }

    /// Returns a whole number that must be there.
    pub(in crate::server) fn int(&self, name: &str) -> Result<i64, Failure> {
        self.maybe_int(name)?.ok_or_else(|| missing(name))
    }

    /// Returns a boolean, if it is there.
    pub(in crate::server) fn maybe_bool(&self, name: &str) -> Result<Option<bool>, Failure> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Bool(value)) => Ok(Some(*value)),
            Some(Value::String(text)) if text == "true" || text == "false" => {
                Ok(Some(text == "true"))
            }
            Some(other) => Err(wrong(name, other)),
        }
    }

    /// Returns a list of texts; one text is a list of one, as in a query.
    pub(in crate::server) fn texts(&self, name: &str) -> Result<Vec<String>, Failure> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(vec![]),
            Some(Value::String(text)) => Ok(vec![text.clone()]),
            Some(Value::Array(list)) => list
                .iter()
                .map(|item| item.as_str().map(str::to_owned).ok_or_else(|| wrong(name, item)))
                .collect(),
            Some(other) => Err(wrong(name, other)),
        }
    }

    /// Returns a list of objects.
    pub(in crate::server) fn objects(&self, name: &str) -> Result<Vec<Self>, Failure> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(vec![]),
            Some(Value::Array(list)) => list
                .iter()
                .map(|item| match item {
                    Value::Object(fields) => Ok(Self(fields.clone())),
                    other => Err(wrong(name, other)),
                })
                .collect(),
            Some(other) => Err(wrong(name, other)),
        }
    }
}

fn int(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64().or_else(|| {
            let whole = number.as_f64().filter(|number| number.fract() == 0.0)?;
            (whole.abs() < 9.0e15).then_some(whole as i64)
        }),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

/// MLflow's words for a parameter that is not there.
pub(in crate::server) fn missing(name: &str) -> Failure {
    Failure::invalid(format!(
        "Missing value for required parameter '{name}'. See the API docs for more information about request parameters."
    ))
}

/// MLflow's words for a parameter of a wrong type, with Python's name of the type.
pub(in crate::server) fn wrong(name: &str, value: &Value) -> Failure {
    let mut shown = value.to_string();
    if shown.len() > 200 {
        shown = shown.chars().take(200).chain("...".chars()).collect();
    }
    let kind = match value {
        Value::Null => "NoneType",
        Value::Bool(_) => "bool",
        Value::Number(number) if number.is_f64() => "float",
        Value::Number(_) => "int",
        Value::String(_) => "str",
        Value::Array(_) => "list",
        Value::Object(_) => "dict",
    };
    Failure::invalid(format!(
        "Invalid value {shown} for parameter '{name}' supplied:  Hint: Value was of type '{kind}'. See the API docs for more information about request parameters."
    ))
}
