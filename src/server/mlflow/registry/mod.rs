//! MLflow's model registry: the room `model` by MLflow's names.
//!
//! Prompts are registered models with a certain tag, to MLflow and here.

mod aliases;
mod model_versions;
mod registered_models;
mod source;
mod wire;

use std::collections::BTreeMap;

use axum::Json;
use serde::Serialize;
use serde_json::{Value, json};

use crate::model::registry::{Entry, Version};
use crate::model::{Error, Which, name};
use crate::server::mlflow::failure::Failure;
use crate::server::mlflow::input::{Input, missing};
use crate::server::route::Route;
use crate::server::state::{Shared, State, blocking};
use crate::store::Store;

pub(super) fn routes() -> Vec<Route> {
    let mut routes = registered_models::routes();
    routes.extend(model_versions::routes());
    routes.extend(aliases::routes());
    routes
}

type Answer = Result<Json<Value>, Failure>;

/// Does `work` beside the async threads and answers with what it returns.
async fn answer<T: Serialize + Send + 'static>(
    state: &Shared,
    work: impl FnOnce(&State) -> Result<T, Failure> + Send + 'static,
) -> Answer {
    let value = blocking(state, work).await?;
    Ok(Json(serde_json::to_value(value).expect("answers are made of texts and numbers")))
}

/// What MLflow answers to a write that says nothing.
fn nothing() -> Value {
    json!({})
}

/// Returns the name of a model that must be there, checked with MLflow's words.
fn model_name(input: &Input) -> Result<String, Failure> {
    let text = input.text("name")?.to_owned();
    check_name(&text, "name").map(|()| text)
}

fn check_name(text: &str, parameter: &str) -> Result<(), Failure> {
    match name::check(text) {
        Ok(()) => Ok(()),
        Err(_) if text.trim().is_empty() => Err(missing(parameter)),
        Err(_) if text.contains(['/', ':']) => Err(Failure::invalid(format!(
            "Invalid model name '{text}'. Names cannot contain '/' or ':'."
        ))),
        Err(Error::BadName { reason, .. }) => Err(Failure::invalid(format!(
            "Invalid value {} for parameter '{parameter}' supplied: Names may be treated as files in certain cases, and must not resolve to other names when treated as such: {reason}",
            Value::from(text)
        ))),
        Err(error) => Err(error.into()),
    }
}

/// Returns the number of a version, as MLflow's server reads it.
fn number(input: &Input) -> Result<i64, Failure> {
    let text = input.text("version")?;
    text.trim().parse().map_err(|_| {
        Failure::invalid(format!("Parameter 'version' must be an integer, got '{text}'."))
    })
}

/// A number that no version has is looked for like any other: in vain.
fn which(number: i64) -> Which {
    Which::Number(u64::try_from(number).unwrap_or(0))
}

/// Returns a version and its model.
fn version(store: &Store, name: &str, number: i64) -> Result<(Entry, Version), Failure> {
    Ok(crate::model::search::version(store, name, &which(number))?)
}

/// Returns the tags of a request; of a key that stands there twice the last counts.
fn tags(input: &Input) -> Result<BTreeMap<String, String>, Failure> {
    let mut tags = BTreeMap::new();
    for tag in input.objects("tags")? {
        let key = tag.maybe_text("key")?.unwrap_or_default().to_owned();
        tags.insert(key, tag.maybe_text("value")?.unwrap_or_default().to_owned());
    }
    Ok(tags)
}

/// Returns a text, if there is one in it.
fn filled(input: &Input, name: &str) -> Result<Option<String>, Failure> {
    Ok(input.maybe_text(name)?.filter(|text| !text.is_empty()).map(str::to_owned))
}
