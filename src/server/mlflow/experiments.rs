//! `experiments/…`

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State as Extracted;
use serde::Serialize;

use crate::server::mlflow::failure::{Code, Failure};
use crate::server::mlflow::input::Input;
use crate::server::mlflow::subject::Subject;
use crate::server::mlflow::wire::{Empty, Tag, pairs};
use crate::server::mlflow::{experiment_search, rules};
use crate::server::route::{Right, Route};
use crate::server::state::{Shared, State, blocking};
use crate::track::{Error, Experiment, ExperimentId, experiment, index};

const NAME: usize = 500;
const LOCATION: usize = 2048;
/// Where clients may keep artifacts themselves; whatever else names a file or a host of the server's network.
const OUTSIDE: [&str; 14] = [
    "s3", "gs", "r2", "b2", "oci", "wasb", "wasbs", "abfs", "abfss", "az", "adl", "hdfs", "viewfs",
    "dbfs",
];

pub(super) fn routes() -> Vec<Route> {
    let mut routes = vec![
        Route::post("/api/2.0/mlflow/experiments/create", Right::Write, create)
            .about(&[Subject::NewExperiment("name")]),
        Route::get("/api/2.0/mlflow/experiments/get", Right::Read, get)
            .about(&[Subject::Experiment("experiment_id")]),
        Route::get("/api/2.0/mlflow/experiments/get-by-name", Right::Read, get_by_name)
            .about(&[Subject::ExperimentNamed("experiment_name")]),
        Route::post("/api/2.0/mlflow/experiments/update", Right::Write, update)
            .about(&[Subject::Experiment("experiment_id"), Subject::NewExperiment("new_name")]),
        Route::post("/api/2.0/mlflow/experiments/set-experiment-tag", Right::Write, set_tag)
            .about(&[Subject::Experiment("experiment_id")]),
        Route::post("/api/2.0/mlflow/experiments/delete-experiment-tag", Right::Write, delete_tag)
            .about(&[Subject::Experiment("experiment_id")]),
        Route::post("/api/2.0/mlflow/experiments/delete", Right::Write, delete)
            .about(&[Subject::Experiment("experiment_id")]),
        Route::post("/api/2.0/mlflow/experiments/restore", Right::Write, restore)
            .about(&[Subject::Experiment("experiment_id")]),
    ];
    routes.extend(experiment_search::routes());
    routes
}

/// An experiment as MLflow writes it.
#[derive(Debug, Serialize)]
pub(super) struct Wire {
    experiment_id: String,
    name: String,
    artifact_location: String,
    lifecycle_stage: &'static str,
    last_update_time: i64,
    creation_time: i64,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<Tag>,
    workspace: &'static str,
}

impl From<&Experiment> for Wire {
    fn from(experiment: &Experiment) -> Self {
        Self {
            experiment_id: experiment.id.to_string(),
            name: experiment.name.clone(),
            artifact_location: location(experiment),
            lifecycle_stage: stage(experiment.deleted.is_some()),
            last_update_time: experiment.edited,
            creation_time: experiment.created,
            tags: pairs(&experiment.tags),
            workspace: "default",
        }
    }
}

/// Returns where the artifacts of an experiment are, as clients are told.
pub(in crate::server) fn location(experiment: &Experiment) -> String {
    match &experiment.artifact_location {
        Some(location) => location.clone(),
        None => format!("mlflow-artifacts:/{}", experiment.id),
    }
}

pub(super) fn stage(deleted: bool) -> &'static str {
    if deleted { "deleted" } else { "active" }
}

/// Returns an experiment, removed or not.
pub(super) fn find(state: &State, id: &str) -> Result<Experiment, Failure> {
    let found = match id.parse::<ExperimentId>() {
        Ok(id) => experiment::get(&state.store, &id)?,
        Err(_) => None,
    };
    found.ok_or_else(|| match id.parse::<i64>() {
        Ok(_) => Failure::absent(format!("No Experiment with id={id} exists")),
        Err(_) => Failure::invalid(format!(
            "Invalid experiment ID '{id}'. Experiment ID must be a valid integer."
        )),
    })
}

/// Checks that the id of an experiment is nobody's name: below, a name goes before an id.
fn sole(state: &State, experiment: &Experiment) -> Result<(), Failure> {
    let meant = experiment::resolve(&state.store, experiment.id.as_str())?;
    match meant.id == experiment.id {
        true => Ok(()),
        false => Err(Failure::invalid(format!(
            "The id {} is the name of another experiment.",
            experiment.id
        ))),
    }
}

/// Checks that an experiment was not removed.
pub(super) fn active(experiment: &Experiment) -> Result<(), Failure> {
    match experiment.deleted {
        None => Ok(()),
        Some(_) => Err(Failure::invalid(format!(
            "The experiment {} must be in the 'active' state. Current state is deleted.",
            experiment.id
        ))),
    }
}

#[derive(Debug, Serialize)]
struct Created {
    experiment_id: String,
}

async fn create(
    Extracted(state): Extracted<Shared>,
    input: Input,
) -> Result<Json<Created>, Failure> {
    let name = input.text("name")?.to_owned();
    check_name(&name)?;
    let location = input.maybe_text("artifact_location")?.filter(|at| !at.is_empty());
    let location = location.map(check_location).transpose()?;
    let mut tags = BTreeMap::new();
    for tag in input.objects("tags")? {
        let (key, value) = (tag.text("key")?.to_owned(), tag.maybe_text("value")?.unwrap_or(""));
        rules::experiment_tag(&key, value)?;
        tags.insert(key, value.to_owned());
    }
    blocking(&state, move |state| {
        match experiment::create_with(&state.store, &name, location, tags) {
            Ok(made) => {
                index::refresh(&state.store)?;
                Ok(Json(Created { experiment_id: made.id.to_string() }))
            }
            Err(Error::ExperimentExists { .. }) => Err(exists(&name)),
            Err(error) => Err(error.into()),
        }
    })
    .await
}

fn exists(name: &str) -> Failure {
    Failure::new(Code::ResourceAlreadyExists, format!("Experiment(name={name}) already exists."))
}

fn check_name(name: &str) -> Result<(), Failure> {
    match name.trim().is_empty() || name.contains('\0') {
        true => Err(Failure::invalid(format!("Invalid experiment name: '{name}'"))),
        false => rules::length("name", name, NAME),
    }
}

/// An object store that clients reach themselves, or the hub's own artifacts.
fn check_location(location: &str) -> Result<String, Failure> {
    let refused = |why: &str| {
        let shown: String = location.chars().take(200).collect();
        Failure::invalid(format!("Invalid artifact location '{shown}': {why}"))
    };
    if location.chars().count() > LOCATION {
        return Err(Failure::invalid(format!(
            "Invalid artifact path length. The length of the artifact path cannot be greater than {LOCATION} characters. To configure this limit, please set the MLFLOW_ARTIFACT_LOCATION_MAX_LENGTH environment variable."
        )));
    }
    let Some((scheme, rest)) = location.split_once(':') else {
        return Err(refused("it names a path on the server"));
    };
    if !OUTSIDE.contains(&scheme) {
        return Err(refused("it may name an object store and nothing else"));
    }
    let plain = rest.starts_with("//")
        && rest.len() > 2
        && !rest.contains(['?', '#', ';', '\\', '%'])
        && !rest.chars().any(char::is_control)
        && rest.split('/').all(|part| part != "..");
    match plain {
        true => Ok(location.trim_end_matches('/').to_owned()),
        false => Err(refused("it has a part that is not allowed there")),
    }
}

#[derive(Debug, Serialize)]
struct Got {
    experiment: Wire,
}

async fn get(Extracted(state): Extracted<Shared>, input: Input) -> Result<Json<Got>, Failure> {
    let id = input.text("experiment_id")?.to_owned();
    blocking(&state, move |state| {
        find(state, &id).map(|found| Json(Got { experiment: Wire::from(&found) }))
    })
    .await
}

async fn get_by_name(
    Extracted(state): Extracted<Shared>,
    input: Input,
) -> Result<Json<Got>, Failure> {
    let name = input.text("experiment_name")?.to_owned();
    blocking(&state, move |state| match experiment::named_so(&state.store, &name)? {
        Some(found) => Ok(Json(Got { experiment: Wire::from(&found) })),
        None => Err(Failure::absent(format!("Could not find experiment with name '{name}'"))),
    })
    .await
}

async fn update(Extracted(state): Extracted<Shared>, input: Input) -> Result<Json<Empty>, Failure> {
    let id = input.text("experiment_id")?.to_owned();
    let name = input.text("new_name")?.to_owned();
    check_name(&name)?;
    blocking(&state, move |state| {
        let found = find(state, &id)?;
        if found.deleted.is_some() {
            return Err(Failure::new(Code::InvalidState, "Cannot rename a non-active experiment."));
        }
        sole(state, &found)?;
        match experiment::rename(&state.store, found.id.as_str(), &name) {
            Ok(_) => done(state),
            Err(Error::ExperimentExists { .. }) => Err(exists(&name)),
            Err(error) => Err(error.into()),
        }
    })
    .await
}

/// Has the index see the change, so that those who write to runs see it.
fn done(state: &State) -> Result<Json<Empty>, Failure> {
    index::refresh(&state.store)?;
    Ok(Json(Empty {}))
}

async fn delete(Extracted(state): Extracted<Shared>, input: Input) -> Result<Json<Empty>, Failure> {
    let id = input.text("experiment_id")?.to_owned();
    blocking(&state, move |state| {
        let found = find(state, &id)?;
        if found.deleted.is_some() {
            return Err(Failure::absent(format!("No Experiment with id={id} exists")));
        }
        sole(state, &found)?;
        experiment::remove(&state.store, found.id.as_str())?;
        done(state)
    })
    .await
}

async fn restore(
    Extracted(state): Extracted<Shared>,
    input: Input,
) -> Result<Json<Empty>, Failure> {
    let id = input.text("experiment_id")?.to_owned();
    blocking(&state, move |state| {
        let found = find(state, &id)?;
        if found.deleted.is_none() {
            return Err(Failure::absent(format!("No Experiment with id={id} exists")));
        }
        sole(state, &found)?;
        match experiment::restore(&state.store, found.id.as_str()) {
            Ok(_) => done(state),
            Err(Error::ExperimentExists { name, .. }) => Err(exists(&name)),
            Err(error) => Err(error.into()),
        }
    })
    .await
}

async fn set_tag(
    Extracted(state): Extracted<Shared>,
    input: Input,
) -> Result<Json<Empty>, Failure> {
    let id = input.text("experiment_id")?.to_owned();
    let key = input.text("key")?.to_owned();
    let value = input.maybe_text("value")?.unwrap_or("").to_owned();
    rules::experiment_tag(&key, &value)?;
    blocking(&state, move |state| {
        let found = find(state, &id)?;
        active(&found)?;
        experiment::change_it(&state.store, &found.id, |experiment| {
            experiment.tags.insert(key.clone(), value.clone());
        })?;
        Ok(Json(Empty {}))
    })
    .await
}

async fn delete_tag(
    Extracted(state): Extracted<Shared>,
    input: Input,
) -> Result<Json<Empty>, Failure> {
    let id = input.text("experiment_id")?.to_owned();
    let key = input.text("key")?.to_owned();
    blocking(&state, move |state| {
        let found = find(state, &id)?;
        active(&found)?;
        if !found.tags.contains_key(&key) {
            let message = format!("No tag with name: {key} in experiment with id {id}");
            return Err(Failure::absent(message));
        }
        experiment::change_it(&state.store, &found.id, |experiment| {
            experiment.tags.remove(&key);
        })?;
        Ok(Json(Empty {}))
    })
    .await
}
