//! Signatures as MLflow writes and has ever written them, read.

use serde_json::{Map, Value};

use super::{Column, Dtype, Param, ParseError, Property, Scalar, Schema, Signature, Tensor, Type};

/// Types in types; MLflow's own do not reach ten.
const DEEPEST: usize = 32;
/// Bytes of JSON in one side: 10,000 columns need less than one of these megabytes.
const LONGEST: usize = 8 << 20;

type Fields = Map<String, Value>;

impl Signature {
    /// Reads `{"inputs": …, "outputs": …, "params": …}`; each may be a list, or JSON text of one as in `MLmodel`.
    pub fn from_value(value: &Value) -> Result<Self, ParseError> {
        let Value::Object(fields) = value else {
            return Err(bad("signature", "it is no mapping"));
        };
        let params = match side(fields, "params")? {
            Some(list) => numbered(&list, "params, parameter", param)?,
            None => vec![],
        };
        Ok(Self { inputs: schema(fields, "inputs")?, outputs: schema(fields, "outputs")?, params })
    }

    /// Reads the JSON of [`Self::to_value`], and any other that MLflow would read.
    pub fn from_json(text: &str) -> Result<Self, ParseError> {
        Self::from_value(&json(text, "signature")?)
    }
}

impl Schema {
    /// Reads a list of columns or of tensors.
    pub fn from_list(list: &[Value], side: &str) -> Result<Self, ParseError> {
        let tensors = list.iter().filter(|item| item["type"] == "tensor").count();
        match tensors {
            0 => numbered(list, &format!("{side}, column"), column).map(Self::Columns),
            _ if tensors == list.len() => {
                numbered(list, &format!("{side}, tensor"), tensor).map(Self::Tensors)
            }
            _ => Err(bad(side, "some are tensors and some are columns")),
        }
    }
}

fn schema(fields: &Fields, key: &str) -> Result<Option<Schema>, ParseError> {
    side(fields, key)?.map(|list| Schema::from_list(&list, key)).transpose()
}

/// Returns one list of a signature; nothing where it is null or missing.
fn side(fields: &Fields, key: &str) -> Result<Option<Vec<Value>>, ParseError> {
    let value = match fields.get(key) {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(text)) => json(text, key)?,
        Some(value) => value.clone(),
    };
    match value {
        Value::Null => Ok(None),
        Value::Array(list) => Ok(Some(list)),
        _ => Err(bad(key, "it is no list")),
    }
}

fn json(text: &str, place: &str) -> Result<Value, ParseError> {
    if text.len() > LONGEST {
        return Err(bad(place, "it is too long"));
    }
    serde_json::from_str(text).map_err(|error| bad(place, &format!("no JSON: {error}")))
}

/// Reads every item of a list; what is wrong names its place.
fn numbered<T>(
    list: &[Value],
    place: &str,
    read: impl Fn(&Fields) -> Result<T, String>,
) -> Result<Vec<T>, ParseError> {
    let items = list.iter().enumerate().map(|(at, item)| {
        let fields = item.as_object().ok_or("it is no mapping".to_owned());
        fields.and_then(&read).map_err(|reason| bad(&format!("{place} {}", at + 1), &reason))
    });
    items.collect()
}

fn column(fields: &Fields) -> Result<Column, String> {
    let name = match fields.get("name") {
        None | Some(Value::Null) => None,
        // An unnamed column of a data frame is called by its number.
        Some(Value::Number(number)) => Some(number.to_string()),
        Some(Value::String(name)) => Some(name.clone()),
        Some(_) => return Err("its name is no text".to_owned()),
    };
    Ok(Column { name, kind: kind(fields, DEEPEST)?, required: required(fields) })
}

/// Before 2.8 MLflow wrote `optional`, and before that neither.
fn required(fields: &Fields) -> bool {
    match (fields.get("required"), fields.get("optional")) {
        (Some(Value::Bool(required)), _) => *required,
        (_, Some(Value::Bool(optional))) => !optional,
        _ => true,
    }
}

fn kind(fields: &Fields, depth: usize) -> Result<Type, String> {
    let depth = depth.checked_sub(1).ok_or("types are nested too deep")?;
    let word = fields.get("type").or_else(|| fields.get("dtype")).and_then(Value::as_str);
    let inner = |key: &str| match fields.get(key) {
        Some(Value::Object(fields)) => kind(fields, depth).map(Box::new),
        // `"items": "string"` was written for a while.
        Some(Value::String(word)) => scalar(word).map(Type::Scalar).map(Box::new),
        _ => Err(format!("`{key}` is missing")),
    };
    match word.ok_or("`type` is missing")? {
        "array" => inner("items").map(Type::Array),
        "map" => inner("values").map(Type::Map),
        "object" => properties(fields, depth).map(Type::Object),
        "any" => Ok(Type::Any),
        "sparkml_vector" => Ok(Type::SparkVector),
        word => scalar(word).map(Type::Scalar),
    }
}

fn properties(fields: &Fields, depth: usize) -> Result<Vec<Property>, String> {
    let Some(Value::Object(listed)) = fields.get("properties") else {
        return Err("`properties` is missing".to_owned());
    };
    let property = |(name, value): (&String, &Value)| {
        let fields = value.as_object().ok_or_else(|| format!("`{name}` is no mapping"))?;
        let required = required(fields);
        Ok(Property { name: name.clone(), kind: kind(fields, depth)?, required })
    };
    listed.iter().map(property).collect()
}

fn scalar(word: &str) -> Result<Scalar, String> {
    Scalar::parse(word).ok_or_else(|| format!("`{}` is no type", shortened(word)))
}

fn tensor(fields: &Fields) -> Result<Tensor, String> {
    let Some(Value::Object(about)) = fields.get("tensor-spec") else {
        return Err("`tensor-spec` is missing".to_owned());
    };
    let word = about.get("dtype").and_then(Value::as_str).ok_or("`dtype` is missing")?;
    let dtype = Dtype::parse(word).ok_or_else(|| format!("`{}` is no type", shortened(word)))?;
    let shape = shape(about.get("shape"))?.ok_or("`shape` is missing")?;
    Ok(Tensor { name: fields.get("name").and_then(Value::as_str).map(str::to_owned), dtype, shape })
}

fn shape(value: Option<&Value>) -> Result<Option<Vec<i64>>, String> {
    let list = match value {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Array(list)) => list,
        Some(_) => return Err("its shape is no list".to_owned()),
    };
    let length = |value: &Value| value.as_i64().filter(|length| *length >= -1);
    let lengths: Option<Vec<i64>> = list.iter().map(length).collect();
    lengths.map(Some).ok_or_else(|| "its shape holds something else than lengths".to_owned())
}

fn param(fields: &Fields) -> Result<Param, String> {
    let name = fields.get("name").and_then(Value::as_str).ok_or("`name` is missing")?;
    let default = fields.get("default").ok_or("`default` is missing")?;
    let kind = kind(fields, DEEPEST)?;
    if !matches!(kind, Type::Scalar(_) | Type::Object(_)) {
        return Err("it is neither a single value nor an object".to_owned());
    }
    let shape = shape(fields.get("shape"))?;
    Ok(Param { name: name.to_owned(), kind, default: default.clone(), shape })
}

fn shortened(text: &str) -> String {
    text.chars().take(60).collect::<String>().escape_debug().to_string()
}

fn bad(place: &str, reason: &str) -> ParseError {
    ParseError { place: place.to_owned(), reason: reason.to_owned() }
}
