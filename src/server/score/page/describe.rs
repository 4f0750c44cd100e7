//! What a model takes and gives, for the page.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::model::signature::{Column, Param, Schema, Tensor, Type};
use crate::server::score::lane::Lane;
use crate::server::score::load::Loaded;

pub(super) fn models(lanes: &[Arc<Lane>]) -> Value {
    lanes.iter().map(|lane| model(&lane.loaded)).collect::<Vec<_>>().into()
}

fn model(loaded: &Loaded) -> Value {
    let signature = loaded.signature.as_ref();
    let inputs = signature.and_then(|signature| signature.inputs.as_ref());
    let outputs = signature.and_then(|signature| signature.outputs.as_ref());
    let params = signature.map(|signature| &signature.params[..]).unwrap_or_default();
    let param =
        |one: &Param| json!({"name": one.name, "type": word(&one.kind), "default": one.default});
    json!({
        "name": loaded.name,
        "version": loaded.number,
        "reference": loaded.reference(),
        "id": loaded.id.to_string(),
        "engine": loaded.flavor,
        "inputs": inputs.map(schema),
        "outputs": outputs.map(schema),
        "params": params.iter().map(param).collect::<Vec<_>>(),
        "example": request(loaded),
    })
}

fn schema(schema: &Schema) -> Value {
    match schema {
        Schema::Columns(all) => {
            let one = |one: &Column| json!({"name": one.name, "type": word(&one.kind), "required": one.required});
            json!({"columns": all.iter().map(one).collect::<Vec<_>>()})
        }
        Schema::Tensors(all) => {
            let one = |one: &Tensor| json!({"name": one.name, "type": one.dtype.as_str(), "shape": one.shape});
            json!({"tensors": all.iter().map(one).collect::<Vec<_>>()})
        }
    }
}

/// Returns the word for what a column holds.
pub(super) const fn word(kind: &Type) -> &'static str {
    match kind {
        Type::Scalar(scalar) => scalar.as_str(),
        Type::Array(_) => "array",
        Type::Object(_) => "object",
        Type::Map(_) => "map",
        Type::Any => "any",
        Type::SparkVector => "sparkml vector",
    }
}

/// Returns a request: the one that came with the model, or one row of zeros.
pub(super) fn request(loaded: &Loaded) -> Value {
    let own = loaded.example.as_deref().and_then(|text| serde_json::from_str(text).ok());
    own.unwrap_or_else(|| zeros(loaded))
}

fn zeros(loaded: &Loaded) -> Value {
    let inputs = loaded.signature.as_ref().and_then(|signature| signature.inputs.as_ref());
    match inputs {
        None => json!({"inputs": [[0.0]]}),
        Some(Schema::Columns(all)) => {
            let name = |(place, one): (usize, &Column)| {
                one.name.clone().unwrap_or_else(|| place.to_string())
            };
            let names: Vec<_> = all.iter().enumerate().map(name).collect();
            let row: Vec<_> = all.iter().map(|one| zero(word(&one.kind))).collect();
            json!({"dataframe_split": {"columns": names, "data": [row]}})
        }
        Some(Schema::Tensors(all)) => {
            let one = |one: &Tensor| filled(&one.shape, &zero(one.dtype.as_str()), &mut 4096);
            match &all[..] {
                [single] => json!({"inputs": one(single)}),
                several => {
                    let named =
                        several.iter().map(|own| (own.name.clone().unwrap_or_default(), one(own)));
                    json!({"inputs": named.collect::<serde_json::Map<_, _>>()})
                }
            }
        }
    }
}

fn zero(kind: &str) -> Value {
    match kind {
        "boolean" | "bool" => false.into(),
        "string" | "str" | "object" | "binary" | "bytes" => "".into(),
        "datetime" => "2000-01-01T00:00:00".into(),
        "float" | "double" | "float16" | "float32" | "float64" => 0.0.into(),
        "array" => json!([]),
        "map" | "any" => json!({}),
        _ => 0.into(),
    }
}

/// Returns lists in lists of a shape, one long where any length is taken; not more than `left` values in all.
fn filled(shape: &[i64], value: &Value, left: &mut usize) -> Value {
    let Some((dim, rest)) = shape.split_first() else { return value.clone() };
    let mut all = vec![];
    for _ in 0..usize::try_from(*dim).unwrap_or(1) {
        if *left == 0 {
            break;
        }
        *left -= usize::from(rest.is_empty());
        all.push(filled(rest, value, left));
    }
    all.into()
}
