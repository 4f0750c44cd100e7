//! MLflow 3's logged models.

mod files;
mod search;
mod wire;

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::Method;
use serde_json::{Value, json};

use crate::server::mlflow::failure::{Code, Failure};
use crate::server::mlflow::input::Input;
use crate::server::mlflow::subject::Subject;
use crate::server::route::{Right, Route};
use crate::server::state::{Shared, blocking};
use crate::store::Store;
use crate::track::logged::{self, LoggedModel, ModelId, ModelStatus, New};
use crate::track::{Error, ExperimentId};

const ONE: &str = "/api/2.0/mlflow/logged-models/{model_id}";

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::post("/api/2.0/mlflow/logged-models", Right::Write, create)
            .about(&[Subject::Experiment("experiment_id"), Subject::Run("source_run_id")]),
        Route::post("/api/2.0/mlflow/logged-models/search", Right::Read, search::search)
            .within_limits(),
        Route::get(ONE, Right::Read, get).about(&[Subject::LoggedInPath]),
        Route::on(Method::PATCH, ONE, Right::Write, finalize).about(&[Subject::LoggedInPath]),
        Route::on(Method::DELETE, ONE, Right::Write, remove).about(&[Subject::LoggedInPath]),
        Route::post("/api/2.0/mlflow/logged-models/{model_id}/params", Right::Write, log_params)
            .about(&[Subject::LoggedInPath]),
        Route::on(
            Method::PATCH,
            "/api/2.0/mlflow/logged-models/{model_id}/tags",
            Right::Write,
            set_tags,
        )
        .about(&[Subject::LoggedInPath]),
        Route::on(
            Method::DELETE,
            "/api/2.0/mlflow/logged-models/{model_id}/tags/{*key}",
            Right::Write,
            remove_tag,
        )
        .about(&[Subject::LoggedInPath]),
        Route::get(
            "/api/2.0/mlflow/logged-models/{model_id}/artifacts/directories",
            Right::Read,
            files::list,
        )
        .about(&[Subject::LoggedInPath]),
        Route::get(
            "/ajax-api/2.0/mlflow/logged-models/{model_id}/artifacts/files",
            Right::Read,
            files::get,
        )
        .about(&[Subject::LoggedInPath]),
    ]
}

type Answer = Result<Json<Value>, Failure>;

async fn create(State(state): State<Shared>, input: Input) -> Answer {
    let experiment = input.text("experiment_id")?;
    let experiment: ExperimentId = experiment
        .parse()
        .map_err(|_| Failure::absent(format!("No Experiment with id={experiment} exists")))?;
    let text = |name| {
        input.maybe_text(name).map(|text| text.filter(|text| !text.is_empty()).map(str::to_owned))
    };
    let new = New {
        experiment,
        name: text("name")?,
        source_run: text("source_run_id")?,
        model_type: text("model_type")?,
        params: pairs(&input, "params")?,
        tags: pairs(&input, "tags")?,
    };
    answer(&state, move |store| {
        logged::create(store, new.clone()).map_err(|error| match error {
            Error::NoExperiment(id) => Failure::absent(format!("No Experiment with id={id} exists")),
            Error::ExperimentIsRemoved(_) => Failure::invalid(format!(
                "The experiment {} must be in the 'active' state. Current state is deleted.",
                new.experiment
            )),
            Error::BadName { what: "logged model", .. } => Failure::invalid(format!(
                "Invalid model name ({}) provided. Model name must be a non-empty string and cannot contain the following characters: ('/', ':', '.', '%', '\"', \"'\")",
                quoted(new.name.as_deref().unwrap_or_default())
            )),
            other => other.into(),
        })
    })
    .await
}

async fn get(State(state): State<Shared>, Path(id): Path<String>, input: Input) -> Answer {
    let deleted_too =
        input.maybe_text("allow_deleted")?.is_some_and(|text| text.eq_ignore_ascii_case("true"));
    answer(&state, move |store| find(store, &id, deleted_too)).await
}

/// Returns a model; MLflow shows one that was removed only to who asks for it so.
fn find(store: &Store, id: &str, deleted_too: bool) -> Result<LoggedModel, Failure> {
    let found = logged::get(store, &parse(id)?)?.map(|(_, model)| model);
    found.filter(|model| deleted_too || model.deleted.is_none()).ok_or_else(|| unknown(id))
}

async fn finalize(State(state): State<Shared>, Path(id): Path<String>, input: Input) -> Answer {
    let status = match input.0.get("status") {
        Some(Value::Number(number)) => ModelStatus::parse(&number.to_string()),
        _ => ModelStatus::parse(input.text("status")?),
    };
    let Some(status) = status else {
        return Err(Failure::invalid("Invalid value for parameter 'status' supplied."));
    };
    answer(&state, move |store| Ok(logged::finalize(store, &parse(&id)?, status)?)).await
}

async fn remove(State(state): State<Shared>, Path(id): Path<String>) -> Answer {
    change(&state, move |store| Ok(logged::remove(store, &parse(&id)?).map(drop)?)).await
}

async fn log_params(State(state): State<Shared>, Path(id): Path<String>, input: Input) -> Answer {
    let params = pairs(&input, "params")?;
    change(&state, move |store| {
        logged::edit(store, &parse(&id)?, |model| {
            for (name, new) in &params {
                match model.params.get(name) {
                    Some(old) if old != new => {
                        let (name, old, new) = (name.clone(), old.clone(), new.clone());
                        return Err(Error::ParamChanged { name, old, new });
                    }
                    _ => drop(model.params.insert(name.clone(), new.clone())),
                }
            }
            Ok(())
        })?;
        Ok(())
    })
    .await
}

async fn set_tags(State(state): State<Shared>, Path(id): Path<String>, input: Input) -> Answer {
    let tags = pairs(&input, "tags")?;
    change(&state, move |store| {
        logged::edit(store, &parse(&id)?, |model| {
            model.tags.extend(tags.clone());
            Ok(())
        })?;
        Ok(())
    })
    .await
}

async fn remove_tag(
    State(state): State<Shared>,
    Path((id, key)): Path<(String, String)>,
) -> Answer {
    change(&state, move |store| {
        let gone = Failure::absent(format!(
            "No tag with key {} found for model with ID {}.",
            quoted(&key),
            quoted(&id)
        ));
        if !find(store, &id, true)?.tags.contains_key(&key) {
            return Err(gone);
        }
        logged::edit(store, &parse(&id)?, |model| {
            model.tags.remove(&key);
            Ok(())
        })?;
        Ok(())
    })
    .await
}

/// Answers with the model that `work` returns.
async fn answer(
    state: &Shared,
    work: impl FnOnce(&Store) -> Result<LoggedModel, Failure> + Send + 'static,
) -> Answer {
    let model = blocking(state, move |state| {
        let model = work(&state.store).map_err(named)?;
        wire::Model::read(&state.store, &model)
    });
    Ok(Json(json!({ "model": model.await? })))
}

/// Answers `{}`.
async fn change(
    state: &Shared,
    work: impl FnOnce(&Store) -> Result<(), Failure> + Send + 'static,
) -> Answer {
    blocking(state, move |state| work(&state.store)).await.map_err(named)?;
    Ok(Json(json!({})))
}

pub(super) fn parse(id: &str) -> Result<ModelId, Failure> {
    id.parse().map_err(|_| unknown(id))
}

/// MLflow's words for a model that is not there.
pub(super) fn unknown(id: &str) -> Failure {
    let id: String = id.chars().take(120).collect();
    Failure::absent(format!("Logged model with ID '{id}' not found."))
}

fn named(failure: Failure) -> Failure {
    match failure.message.strip_prefix("no logged model `").and_then(|id| id.strip_suffix('`')) {
        Some(id) if failure.code == Code::ResourceDoesNotExist => unknown(id),
        _ => failure,
    }
}

/// Writes a text as Python does, in whose errors it stands.
fn quoted(text: &str) -> String {
    let text: String = text.chars().take(200).collect();
    match text.contains('\'') && !text.contains('"') {
        true => format!("\"{text}\""),
        false => format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'")),
    }
}

/// Reads a list of `{key, value}`; what comes later goes before.
fn pairs(input: &Input, name: &str) -> Result<BTreeMap<String, String>, Failure> {
    let mut pairs = BTreeMap::new();
    for pair in input.objects(name)? {
        let value = match pair.0.get("value") {
            Some(Value::Number(number)) => number.to_string(),
            Some(Value::Bool(value)) => value.to_string(),
            _ => pair.maybe_text("value")?.unwrap_or_default().to_owned(),
        };
        pairs.insert(pair.text("key")?.to_owned(), value);
    }
    Ok(pairs)
}
