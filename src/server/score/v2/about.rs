//! What the server and its models say of themselves.

use std::sync::Arc;

use serde_json::{Value, json};

use super::message::{About, Indexed, Port};
use super::{kind, tensors};
use crate::model::score::Element;
use crate::model::signature::{Schema, Type};
use crate::server::score::lane::Lane;
use crate::server::score::load::Loaded;

/// What the server calls itself.
pub(in crate::server::score) const NAME: &str = "mls";

/// Returns the word for a version's state, and why it is in it.
fn state(lane: &Lane) -> (&'static str, &'static str) {
    match lane.is_ready() {
        true => ("READY", ""),
        false => ("UNAVAILABLE", "its workers are started again"),
    }
}

/// What is understood beyond the protocol itself.
pub(in crate::server::score) const EXTENSIONS: [&str; 2] =
    ["binary_tensor_data", "model_repository"];

pub(in crate::server::score) fn server() -> Value {
    json!({"name": NAME, "version": env!("CARGO_PKG_VERSION"), "extensions": EXTENSIONS})
}

pub(in crate::server::score) fn live() -> Value {
    json!({"live": true})
}

pub(in crate::server::score) fn ready(is_ready: bool) -> Value {
    json!({"ready": is_ready})
}

pub(in crate::server::score) fn ready_model(loaded: &Loaded, is_ready: bool) -> Value {
    json!({"name": loaded.name, "version": loaded.number.to_string(), "ready": is_ready})
}

/// Describes a model; `numbers` are those of its versions that are served.
pub(in crate::server::score) fn model(loaded: &Loaded, numbers: &[u64]) -> Value {
    let shown = |all: Vec<(String, &str, Vec<i64>)>| {
        let one = |(name, kind, shape)| json!({"name": name, "datatype": kind, "shape": shape});
        all.into_iter().map(one).collect::<Vec<_>>()
    };
    json!({
        "name": loaded.name,
        "versions": numbers.iter().map(u64::to_string).collect::<Vec<_>>(),
        "platform": platform(loaded),
        "inputs": shown(inputs(loaded)),
        "outputs": shown(tensors::declared(loaded)),
    })
}

/// As [`model`], in the message of gRPC.
pub(in crate::server::score) fn described(loaded: &Loaded, numbers: &[u64]) -> About {
    let ports = |all: Vec<(String, &str, Vec<i64>)>| {
        let one =
            |(name, kind, shape): (_, &str, _)| Port { name, datatype: kind.to_owned(), shape };
        all.into_iter().map(one).collect()
    };
    About {
        name: loaded.name.clone(),
        versions: numbers.iter().map(u64::to_string).collect(),
        platform: platform(loaded),
        inputs: ports(inputs(loaded)),
        outputs: ports(tensors::declared(loaded)),
    }
}

/// Names a version in the list of all, in the message of gRPC.
pub(in crate::server::score) fn indexed(lane: &Lane) -> Indexed {
    Indexed {
        name: lane.loaded.name.clone(),
        version: lane.loaded.number.to_string(),
        state: state(lane).0.to_owned(),
    }
}

fn platform(loaded: &Loaded) -> String {
    format!("mls_{}", loaded.flavor)
}

/// Returns name, type and shape of what a model takes.
fn inputs(loaded: &Loaded) -> Vec<(String, &'static str, Vec<i64>)> {
    let inputs = loaded.signature.as_ref().and_then(|signature| signature.inputs.as_ref());
    inputs.map(|schema| ports(schema, "input")).unwrap_or_default()
}

/// Returns name, type and shape of each column or tensor.
pub(super) fn ports(schema: &Schema, side: &str) -> Vec<(String, &'static str, Vec<i64>)> {
    let named =
        |name: &Option<String>, place| name.clone().unwrap_or_else(|| format!("{side}-{place}"));
    match schema {
        Schema::Tensors(all) => {
            let all = all.iter().enumerate().map(|(place, one)| {
                let kind = kind::name(kind::of_dtype(&one.dtype));
                (named(&one.name, place), kind, one.shape.clone())
            });
            all.collect()
        }
        Schema::Columns(all) => {
            let all = all.iter().enumerate().map(|(place, one)| {
                let element = match one.kind {
                    Type::Scalar(scalar) => kind::of_scalar(scalar),
                    _ => Element::Str,
                };
                (named(&one.name, place), kind::name(element), vec![-1])
            });
            all.collect()
        }
    }
}

/// Lists versions.
pub(in crate::server::score) fn index(lanes: &[Arc<Lane>]) -> Value {
    let one = |lane: &Arc<Lane>| {
        let (loaded, (state, reason)) = (&lane.loaded, state(lane));
        let version = loaded.number.to_string();
        json!({"name": loaded.name, "version": version, "state": state, "reason": reason})
    };
    lanes.iter().map(one).collect::<Vec<_>>().into()
}
