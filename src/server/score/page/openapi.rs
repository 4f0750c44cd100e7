//! What can be asked, in the words of OpenAPI 3.1.

use std::sync::Arc;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC};
use serde_json::{Map, Value, json};

use super::describe;
use crate::model::signature::{Column, Schema, Tensor, Type};
use crate::server::score::lane::Lane;
use crate::server::score::load::Loaded;

/// Where it is asked whether there is somebody to answer.
const PING: &str = "/ping";
const READY: &str = "/v2/health/ready";

/// Deeper than this no shape is spelled out.
const DEEPEST: usize = 16;

pub(super) fn document(lanes: &[Arc<Lane>]) -> Value {
    let mut paths = Map::new();
    if let Some(first) = lanes.first() {
        paths.insert("/invocations".to_owned(), invocations(&first.loaded, "invoke"));
    }
    for lane in lanes {
        let loaded = &lane.loaded;
        let shown = encoded(&loaded.reference());
        let id = format!("invoke {}", loaded.reference());
        paths.insert(format!("/models/{shown}/invocations"), invocations(loaded, &id));
        let (name, number) = (encoded(&loaded.name), loaded.number);
        paths.insert(format!("/v2/models/{name}/versions/{number}/infer"), infer(loaded));
    }
    for (path, summary) in [
        (PING, "Whether all models answer"),
        ("/version", "The version of the scoring protocol"),
        ("/metrics", "Numbers of each version, for Prometheus"),
        ("/v2", "The server, by the Open Inference Protocol"),
        ("/v2/health/live", "Whether the server lives"),
        (READY, "Whether all models answer"),
    ] {
        let mut responses = json!({"200": {"description": summary}});
        if [PING, READY].contains(&path) {
            responses["503"] = json!({"description": "The workers of a model are started again"});
        }
        let get = json!({"summary": summary, "responses": responses});
        paths.insert(path.to_owned(), json!({ "get": get }));
    }
    json!({
        "openapi": "3.1.0",
        "info": {"title": "Models served by mls", "version": env!("CARGO_PKG_VERSION")},
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": schemas(),
        },
    })
}

/// What stands in an address as it is.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

fn encoded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, PLAIN).to_string()
}

fn invocations(loaded: &Loaded, id: &str) -> Value {
    let inputs = loaded.signature.as_ref().and_then(|signature| signature.inputs.as_ref());
    let row = inputs.map_or_else(|| json!({}), row);
    let body = json!({
        "type": "object",
        "properties": {
            "dataframe_split": {
                "type": "object",
                "properties": {
                    "columns": {"type": "array", "items": {"type": ["string", "integer"]}},
                    "data": {"type": "array", "items": {"type": "array"}},
                },
                "required": ["data"],
            },
            "dataframe_records": {"type": "array", "items": row},
            "instances": {},
            "inputs": inputs.map_or_else(|| json!({}), values),
            "params": {"type": "object"},
        },
    });
    json!({"post": {
        "operationId": id,
        "summary": format!("Ask {} by MLflow's scoring protocol", loaded.reference()),
        "requestBody": {"required": true, "content": {
            "application/json": {"schema": body, "example": describe::request(loaded)},
            "text/csv": {"schema": {"type": "string"}},
            "application/vnd.apache.parquet": {"schema": {"type": "string"}},
        }},
        "responses": responses("Predictions"),
    }})
}

fn infer(loaded: &Loaded) -> Value {
    json!({"post": {
        "operationId": format!("infer {}", loaded.reference()),
        "summary": format!("Ask {} by the Open Inference Protocol", loaded.reference()),
        "requestBody": {"required": true, "content": {
            "application/json": {"schema": {"$ref": "#/components/schemas/InferRequest"}},
        }},
        "responses": responses("InferResponse"),
    }})
}

fn responses(schema: &str) -> Value {
    let schema = json!({"$ref": format!("#/components/schemas/{schema}")});
    let headers = json!({
        "mls-model": {"schema": {"type": "string"}, "description": "The version that answered"},
        "mls-object": {"schema": {"type": "string"}, "description": "The id of what that is"},
    });
    json!({
        "200": {
            "description": "What the model says",
            "headers": headers,
            "content": {"application/json": {"schema": schema}},
        },
        "400": {"description": "The request does not fit the model"},
        "429": {"description": "Too many requests wait; `Retry-After` says when to come again"},
        "503": {"description": "The model is busy; `Retry-After` says when to come again"},
    })
}

fn schemas() -> Value {
    let tensor = |required: &[&str]| {
        json!({
            "type": "object",
            "properties": {
                "name": {"type": "string"},
                "datatype": {"type": "string"},
                "shape": {"type": "array", "items": {"type": "integer"}},
                "parameters": {"type": "object"},
                "data": {"type": "array"},
            },
            "required": required,
        })
    };
    json!({
        "Predictions": {"type": "object", "properties": {"predictions": {}}, "required": ["predictions"]},
        "InferRequest": {
            "type": "object",
            "properties": {
                "id": {"type": "string"},
                "parameters": {"type": "object"},
                "inputs": {"type": "array", "items": tensor(&["name", "shape", "datatype"])},
                "outputs": {"type": "array", "items": {"type": "object", "required": ["name"]}},
            },
            "required": ["inputs"],
        },
        "InferResponse": {
            "type": "object",
            "properties": {
                "model_name": {"type": "string"},
                "model_version": {"type": "string"},
                "id": {"type": "string"},
                "outputs": {"type": "array", "items": tensor(&["name", "shape", "datatype"])},
            },
            "required": ["model_name", "outputs"],
        },
    })
}

/// Describes one row of a table.
fn row(inputs: &Schema) -> Value {
    let Schema::Columns(all) = inputs else { return json!({"type": "object"}) };
    let name = |one: &Column| one.name.clone();
    let fields = all.iter().filter_map(|one| Some((name(one)?, kind(describe::word(&one.kind)))));
    let required: Vec<_> = all.iter().filter(|one| one.required).filter_map(name).collect();
    json!({"type": "object", "properties": fields.collect::<Map<_, _>>(), "required": required})
}

/// Describes what stands under `inputs`.
fn values(inputs: &Schema) -> Value {
    match inputs {
        Schema::Columns(all) => {
            let of = |one: &Column| {
                let items = match one.kind {
                    Type::Scalar(scalar) => kind(scalar.as_str()),
                    _ => json!({}),
                };
                Some((one.name.clone()?, json!({"type": "array", "items": items})))
            };
            json!({"type": "object", "properties": all.iter().filter_map(of).collect::<Map<_, _>>()})
        }
        Schema::Tensors(all) => match &all[..] {
            [one] => lists(one),
            several => {
                let of = |one: &Tensor| (one.name.clone().unwrap_or_default(), lists(one));
                json!({"type": "object", "properties": several.iter().map(of).collect::<Map<_, _>>()})
            }
        },
    }
}

fn lists(tensor: &Tensor) -> Value {
    let inner = tensor.shape.iter().rev().take(DEEPEST);
    inner.fold(kind(tensor.dtype.as_str()), |items, dim| match usize::try_from(*dim) {
        Ok(dim) => json!({"type": "array", "items": items, "minItems": dim, "maxItems": dim}),
        Err(_) => json!({"type": "array", "items": items}),
    })
}

fn kind(word: &str) -> Value {
    match word {
        "boolean" | "bool" => json!({"type": "boolean"}),
        "datetime" => json!({"type": "string", "format": "date-time"}),
        "binary" => json!({"type": "string", "contentEncoding": "base64"}),
        "string" | "str" | "object" | "bytes" => json!({"type": "string"}),
        "array" => json!({"type": "array"}),
        "map" => json!({"type": "object"}),
        word if word.starts_with("float") || word == "double" => json!({"type": "number"}),
        word if word.contains("int") || word == "long" => json!({"type": "integer"}),
        _ => json!({}),
    }
}
