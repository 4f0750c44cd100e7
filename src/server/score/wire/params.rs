//! Parameters of a call against those that the signature names.

use serde_json::{Map, Value};

use super::cast;
use super::cells::Cell;
use crate::model::Signature;
use crate::model::signature::{Param, Scalar, Type};
use crate::server::score::failure::Failure;

/// Returns what the model is given: what was asked where it is known, and defaults for the rest.
pub(super) fn check(
    given: Option<Value>,
    signature: Option<&Signature>,
) -> Result<Option<Value>, Failure> {
    let known = signature.map(|signature| &signature.params[..]).unwrap_or_default();
    if known.is_empty() {
        // MLflow only warns.
        return Ok(None);
    }
    let mut given = match given {
        None | Some(Value::Null) => Map::new(),
        Some(Value::Object(given)) => given,
        Some(other) => {
            let kind = python_type(&other);
            return Err(Failure::params(format!(
                "Parameters must be a dictionary. Got type '{kind}'."
            )));
        }
    };
    let (mut params, mut wrong) = (Map::new(), vec![]);
    for param in known {
        match given.remove(&param.name).map(|value| typed(value, param)) {
            None => drop(params.insert(param.name.clone(), param.default.clone())),
            Some(Ok(value)) => drop(params.insert(param.name.clone(), value)),
            Some(Err(error)) => wrong.push(format!("({}, \"{error}\")", cast::quoted(&param.name))),
        }
    }
    match wrong.is_empty() {
        true => Ok(Some(Value::Object(params))),
        false => {
            Err(Failure::params(format!("Invalid parameters found: {{{}}}", wrong.join(", "))))
        }
    }
}

/// As [`check`], of single values; those that the signature does not name are for somebody else.
pub(in crate::server::score) fn check_cells(
    given: &[(String, Cell)],
    signature: Option<&Signature>,
) -> Result<Option<Value>, Failure> {
    let known = signature.map(|signature| &signature.params[..]).unwrap_or_default();
    let mut values = Map::new();
    for (name, cell) in given.iter().filter(|(name, _)| known.iter().any(|one| one.name == *name)) {
        let value = match cell {
            Cell::Null => Value::Null,
            Cell::Bool(one) => (*one).into(),
            Cell::Int(one) => (*one).into(),
            Cell::Float(one) => (*one).into(),
            Cell::Text(one) => one.clone().into(),
            Cell::Nested => {
                let name = name.escape_debug();
                return Err(Failure::params(format!("parameter `{name}` is no single value")));
            }
        };
        values.insert(name.clone(), value);
    }
    check(Some(Value::Object(values)), signature)
}

fn typed(value: Value, param: &Param) -> Result<Value, String> {
    let Type::Scalar(kind) = param.kind else { return Ok(value) };
    let failed = |error: String| {
        format!("Failed to validate type and shape for {}, error: {error}", spec(param, kind))
    };
    match (&param.shape, value) {
        (None, value) => scalar(value, kind).map_err(failed),
        (Some(_), Value::Array(all)) => {
            let all = all.into_iter().map(|one| scalar(one, kind)).collect::<Result<_, _>>();
            all.map(Value::Array).map_err(failed)
        }
        (Some(_), other) => Err(format!(
            "Value must be a 1D array with shape (-1,) for param {}, received {} with ndim 0",
            spec(param, kind),
            python_type(&other)
        )),
    }
}

fn spec(param: &Param, kind: Scalar) -> String {
    let shape = if param.shape.is_some() { " (shape: (-1,))" } else { "" };
    let default = match &param.default {
        Value::String(text) => cast::quoted(text),
        Value::Array(all) => {
            format!("[{}]", all.iter().map(Value::to_string).collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    };
    format!("{}: {} (default: {default}){shape}", cast::quoted(&param.name), kind.as_str())
}

/// Widens whole numbers to floats, and leaves alone what has the type.
fn scalar(value: Value, kind: Scalar) -> Result<Value, String> {
    use Scalar as S;
    let fits = match (&value, kind) {
        (Value::Null, _) => false,
        (Value::Bool(_), S::Boolean) | (Value::String(_), S::String | S::Datetime | S::Binary) => {
            true
        }
        (Value::Number(number), S::Integer) => {
            number.as_i64().is_some_and(|number| i32::try_from(number).is_ok())
        }
        (Value::Number(number), S::Long) => number.is_i64(),
        (Value::Number(number), S::Float | S::Double) => {
            return Ok(number.as_f64().map_or(Value::Null, Value::from));
        }
        _ => false,
    };
    if fits {
        return Ok(value);
    }
    let shown = match &value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    Err(format!(
        "Can not safely convert `<class '{}'>` to `DataType.{}` for value `{shown}`",
        python_type(&value),
        kind.as_str()
    ))
}

fn python_type(value: &Value) -> &'static str {
    match value {
        Value::Null => "NoneType",
        Value::Bool(_) => "bool",
        Value::Number(number) if number.is_f64() => "float",
        Value::Number(_) => "int",
        Value::String(_) => "str",
        Value::Array(_) => "list",
        Value::Object(_) => "dict",
    }
}
