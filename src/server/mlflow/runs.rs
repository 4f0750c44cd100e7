//! `runs/…`, but for what logs metrics and batches, and for the search.

use axum::Json;
use axum::extract::State as Extracted;
use rusqlite::Transaction;
use serde::Serialize;
use serde_json::Value;

use crate::server::mlflow::experiments::{active, find};
use crate::server::mlflow::failure::Failure;
use crate::server::mlflow::input::Input;
use crate::server::mlflow::rules;
use crate::server::mlflow::subject::{RUN, Subject};
use crate::server::mlflow::wire::{Empty, Home, NAME, RunInfo, WireRun, home, info, status};
use crate::server::route::{Right, Route};
use crate::server::state::{Shared, blocking};
use crate::store::Store;
use crate::track::edit::Edit;
use crate::track::live::{self, Batch, Opened, Update};
use crate::track::{Error, Models, Run, RunId, Status, experiment, load, name};

/// The tag that names the run that a run belongs to.
const PARENT: &str = "mlflow.parentRunId";
/// The tag in which clients of MLflow 2 keep what they logged as models.
const MODELS: &str = "mlflow.log-model.history";

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::post("/api/2.0/mlflow/runs/create", Right::Write, create)
            .about(&[Subject::Home("experiment_id")]),
        Route::get("/api/2.0/mlflow/runs/get", Right::Read, get).about(RUN),
        Route::post("/api/2.0/mlflow/runs/update", Right::Write, update).about(RUN),
        Route::post("/api/2.0/mlflow/runs/delete", Right::Write, delete).about(RUN),
        Route::post("/api/2.0/mlflow/runs/restore", Right::Write, restore).about(RUN),
        Route::post("/api/2.0/mlflow/runs/set-tag", Right::Write, set_tag).about(RUN),
        Route::post("/api/2.0/mlflow/runs/delete-tag", Right::Write, delete_tag).about(RUN),
        Route::post("/api/2.0/mlflow/runs/log-parameter", Right::Write, log_param).about(RUN),
        Route::post("/api/2.0/mlflow/runs/log-model", Right::Write, log_model).about(RUN),
    ]
}

/// Returns the id of a run from a request, which names it once or twice.
pub(super) fn run_id(input: &Input) -> Result<RunId, Failure> {
    let old = input.maybe_text("run_uuid")?.filter(|id| !id.is_empty());
    match input.maybe_text("run_id")?.filter(|id| !id.is_empty()).or(old) {
        Some(id) => parse_id(id),
        None => input.text("run_id").and_then(parse_id),
    }
}

/// Reads an id; what cannot be one is a run that is not there.
pub(super) fn parse_id(id: &str) -> Result<RunId, Failure> {
    id.parse().map_err(|_| no_run(id))
}

pub(super) fn no_run(id: &str) -> Failure {
    let shown: String = id.chars().take(256).collect();
    Failure::absent(format!("Run with id={shown} not found"))
}

/// Returns the failure that MLflow has for an error about one run.
pub(super) fn failure(id: &RunId) -> impl Fn(Error) -> Failure {
    move |error| match error {
        Error::NoRun(_) => no_run(id.as_str()),
        Error::ParamChanged { name, old, new } => Failure::invalid(format!(
            "Changing param values is not allowed. Param with key='{name}' was already logged with value='{old}' for run ID='{id}'. Attempted logging new value '{new}'."
        )),
        error => error.into(),
    }
}

/// Opens a run to be written to, within the transaction; one that was removed, itself or with its experiment, is refused.
pub(super) fn open(db: &Transaction<'_>, store: &Store, id: &RunId) -> Result<Opened, Failure> {
    let opened = live::open_in(db, store, id).map_err(failure(id))?;
    let with_experiment = experiment::is_removed_in(db, &opened.experiment)
        .map_err(store.database_error("read an experiment"))?;
    match opened.deleted.is_some() || with_experiment {
        false => Ok(opened),
        true => Err(Failure::invalid(format!(
            "The run {id} must be in the 'active' state. Current state is deleted."
        ))),
    }
}

#[derive(Debug, Serialize)]
struct Got {
    run: WireRun,
}

async fn create(Extracted(state): Extracted<Shared>, input: Input) -> Result<Json<Got>, Failure> {
    let experiment_id = input.maybe_text("experiment_id")?.unwrap_or("");
    let experiment_id = if experiment_id.is_empty() { "0" } else { experiment_id }.to_owned();
    let mut run = new_run(&input)?;
    let experiment = blocking(&state, move |state| find(state, &experiment_id)).await?;
    active(&experiment)?;
    let home = Home {
        location: crate::server::mlflow::experiments::location(&experiment),
        deleted: false,
    };
    run.experiment = experiment.id;
    run.experiment_name = experiment.name;
    run.edited = state.store.now();
    let run = state
        .scribe
        .write(move |db, store| live::begin_in(db, store, &run, None, &[]).map(|()| run))
        .await?;
    Ok(Json(Got { run: WireRun::of_run(&run, &home).without_outputs() }))
}

fn new_run(input: &Input) -> Result<Run, Failure> {
    let mut tags = std::collections::BTreeMap::new();
    for (place, tag) in input.objects("tags")?.iter().enumerate() {
        let key = tag.text("key")?.to_owned();
        let mut value = tag.maybe_text("value")?.unwrap_or("").to_owned();
        rules::tag(&format!("tags[{place}]"), &key, &mut value)?;
        tags.insert(key, value);
    }
    let said = tags.remove(NAME).filter(|said| !said.is_empty());
    let asked = input.maybe_text("run_name")?.filter(|asked| !asked.is_empty());
    if let (Some(asked), Some(said)) = (asked, &said)
        && asked != said
    {
        return Err(Failure::invalid(format!(
            "Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different values (run_name='{asked}', mlflow.runName='{said}')."
        )));
    }
    let run_name = asked.map(str::to_owned).or(said).unwrap_or_else(name::name);
    check_name(&run_name)?;
    let default = "0".parse().expect("it is an id");
    Ok(Run {
        id: name::id(),
        name: run_name,
        experiment: default,
        experiment_name: String::new(),
        status: Status::Running,
        user: input.maybe_text("user_id")?.unwrap_or("").to_owned(),
        started: input.maybe_int("start_time")?.unwrap_or(0),
        ended: None,
        parent: tags.get(PARENT).and_then(|id| id.parse().ok()),
        params: [].into(),
        metrics: [].into(),
        tags,
        series: vec![],
        artifacts: None,
        datasets: vec![],
        models: Models::default(),
        command: None,
        code: None,
        environment: None,
        deleted: None,
        edited: 0,
        previous: vec![],
    })
}

fn check_name(name: &str) -> Result<(), Failure> {
    match name.trim().is_empty() || name.contains('\0') {
        true => Err(rules::invalid("run_name", &Value::from(name), "")),
        false => rules::length("run_name", name, 500),
    }
}

async fn get(Extracted(state): Extracted<Shared>, input: Input) -> Result<Json<Got>, Failure> {
    let id = run_id(&input)?;
    blocking(&state, move |state| {
        let run = load::run(&state.store, &id).map_err(failure(&id))?;
        Ok(Json(Got { run: WireRun::of_run(&run, &home(state, &run.experiment)?) }))
    })
    .await
}

#[derive(Debug, Serialize)]
struct Updated {
    run_info: RunInfo,
}

async fn update(
    Extracted(state): Extracted<Shared>,
    input: Input,
) -> Result<Json<Updated>, Failure> {
    let id = run_id(&input)?;
    let status = match input.0.get("status") {
        None | Some(Value::Null) => None,
        Some(value) => Some(status(value).ok_or_else(|| rules::invalid("status", value, ""))?),
    };
    let name = input.maybe_text("run_name")?.filter(|name| !name.is_empty()).map(str::to_owned);
    if let Some(name) = &name {
        check_name(name)?;
    }
    let update = Update { status, ended: input.maybe_int("end_time")?, name };
    let run = state
        .scribe
        .write(move |db, store| {
            open(db, store, &id)?;
            live::update_in(db, store, &id, &update).map_err(failure(&id))
        })
        .await?;
    blocking(&state, move |state| {
        Ok(Json(Updated { run_info: info(&run, &home(state, &run.experiment)?) }))
    })
    .await
}

async fn delete(Extracted(state): Extracted<Shared>, input: Input) -> Result<Json<Empty>, Failure> {
    let id = run_id(&input)?;
    let work = move |db: &Transaction<'_>, store: &Store| {
        live::remove_in(db, store, &id).map_err(failure(&id))
    };
    state.scribe.write(work).await?;
    Ok(Json(Empty {}))
}

async fn restore(
    Extracted(state): Extracted<Shared>,
    input: Input,
) -> Result<Json<Empty>, Failure> {
    let id = run_id(&input)?;
    let work = move |db: &Transaction<'_>, store: &Store| {
        live::restore_in(db, store, &id).map_err(failure(&id))
    };
    state.scribe.write(work).await?;
    Ok(Json(Empty {}))
}

async fn set_tag(
    Extracted(state): Extracted<Shared>,
    input: Input,
) -> Result<Json<Empty>, Failure> {
    let id = run_id(&input)?;
    let key = input.text("key")?.to_owned();
    let mut value = input.maybe_text("value")?.unwrap_or("").to_owned();
    rules::tag("", &key, &mut value)?;
    state.scribe.write(move |db, store| set_tags(db, store, &id, vec![(key, value)])).await?;
    Ok(Json(Empty {}))
}

/// Sets tags of a run; the one that is its name renames it.
pub(super) fn set_tags(
    db: &Transaction<'_>,
    store: &Store,
    id: &RunId,
    tags: Vec<(String, String)>,
) -> Result<(), Failure> {
    open(db, store, id)?;
    let (names, tags): (Vec<_>, Vec<_>) = tags.into_iter().partition(|(key, _)| key == NAME);
    if let Some((_, name)) = names.into_iter().next_back().filter(|(_, name)| !name.is_empty()) {
        check_name(&name)?;
        let edit = Edit { name: Some(name), ..Edit::default() };
        live::edit_in(db, store, id, &edit).map_err(failure(id))?;
    }
    live::log_in(db, store, id, &Batch { tags, ..Batch::default() }).map_err(failure(id))
}

async fn delete_tag(
    Extracted(state): Extracted<Shared>,
    input: Input,
) -> Result<Json<Empty>, Failure> {
    let id = run_id(&input)?;
    let key = input.text("key")?.to_owned();
    let work = move |db: &Transaction<'_>, store: &Store| {
        open(db, store, &id)?;
        let known =
            live::tag_in(db, &id, &key).map_err(store.database_error("read a live run"))?.is_some();
        if !known && key != NAME {
            let message = format!("No tag with name: {key} in run with id {id}");
            return Err(Failure::absent(message));
        }
        let edit = Edit { untag: [key].into(), ..Edit::default() };
        live::edit_in(db, store, &id, &edit).map_err(failure(&id))
    };
    state.scribe.write(work).await?;
    Ok(Json(Empty {}))
}

async fn log_param(
    Extracted(state): Extracted<Shared>,
    input: Input,
) -> Result<Json<Empty>, Failure> {
    let id = run_id(&input)?;
    let key = input.text("key")?.to_owned();
    let mut value = input.maybe_text("value")?.unwrap_or("").to_owned();
    rules::param("", &key, &mut value)?;
    let batch = Batch { params: vec![(key, value)], ..Batch::default() };
    let work = move |db: &Transaction<'_>, store: &Store| {
        open(db, store, &id)?;
        live::log_in(db, store, &id, &batch).map_err(failure(&id))
    };
    state.scribe.write(work).await?;
    Ok(Json(Empty {}))
}

async fn log_model(
    Extracted(state): Extracted<Shared>,
    input: Input,
) -> Result<Json<Empty>, Failure> {
    let id = run_id(&input)?;
    let model = model(input.text("model_json")?)?;
    let work = move |db: &Transaction<'_>, store: &Store| {
        open(db, store, &id)?;
        let before =
            live::tag_in(db, &id, MODELS).map_err(store.database_error("read a live run"))?;
        let before = before.and_then(|text| serde_json::from_str(&text).ok());
        let mut models: Vec<Value> = before.unwrap_or_default();
        models.push(model);
        let mut value = Value::from(models).to_string();
        rules::tag("", MODELS, &mut value)?;
        set_tags(db, store, &id, vec![(MODELS.to_owned(), value)])
    };
    state.scribe.write(work).await?;
    Ok(Json(Empty {}))
}

fn model(text: &str) -> Result<Value, Failure> {
    let Ok(Value::Object(mut model)) = serde_json::from_str(text) else {
        return Err(Failure::invalid(format!(
            "Malformed model info. \n {text} \n is not a valid JSON."
        )));
    };
    let needed = ["artifact_path", "flavors", "utc_time_created", "run_id"];
    let absent: Vec<_> = needed.into_iter().filter(|key| !model.contains_key(*key)).collect();
    if !absent.is_empty() {
        let message = format!("Model json is missing mandatory fields: {absent:?}");
        return Err(Failure::invalid(message));
    }
    // As MLflow does, so that the tag stays short.
    model.remove("signature");
    Ok(Value::Object(model))
}
