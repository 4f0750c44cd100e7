//! What a run was given and what it made: `runs/log-inputs`, `runs/outputs`, `experiments/search-datasets`.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State as Extracted;
use rusqlite::Transaction;
use serde::Serialize;

use crate::server::mlflow::failure::Failure;
use crate::server::mlflow::input::{Input, MAX_BODY};
use crate::server::mlflow::rules;
use crate::server::mlflow::runs::{failure, open, run_id};
use crate::server::mlflow::subject::Subject;
use crate::server::mlflow::wire::{CONTEXT, Empty};
use crate::server::route::{Right, Route};
use crate::server::state::{Shared, blocking};
use crate::store::Store;
use crate::track::{Dataset, ModelOutput, index, live};

/// Experiments of one question about datasets.
const EXPERIMENTS: usize = 20;

const RUN_AND_MODELS: &[Subject] =
    &[Subject::Run("run_id"), Subject::Run("run_uuid"), Subject::LoggedIn("models", "model_id")];

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::post("/api/2.0/mlflow/runs/log-inputs", Right::Write, log_inputs)
            .up_to(MAX_BODY as u64)
            .about(RUN_AND_MODELS),
        Route::post("/api/2.0/mlflow/runs/outputs", Right::Write, outputs).about(RUN_AND_MODELS),
        Route::post("/ajax-api/2.0/mlflow/experiments/search-datasets", Right::Read, search)
            .about(&[Subject::Experiment("experiment_ids")]),
    ]
}

async fn log_inputs(
    Extracted(state): Extracted<Shared>,
    input: Input,
) -> Result<Json<Empty>, Failure> {
    let id = run_id(&input)?;
    let mut datasets: Vec<Dataset> = vec![];
    for one in input.objects("datasets")? {
        let dataset = dataset(&one)?;
        let same = |known: &Dataset| known.name == dataset.name && known.digest == dataset.digest;
        if !datasets.iter().any(same) {
            datasets.push(dataset);
        }
    }
    let models = input.objects("models")?;
    let models: Vec<String> = models
        .iter()
        .map(|one| one.text("model_id").map(str::to_owned))
        .collect::<Result<_, _>>()?;
    let work = move |db: &Transaction<'_>, store: &Store| {
        open(db, store, &id)?;
        live::add_inputs_in(db, store, &id, &datasets, &models, &[]).map_err(failure(&id))
    };
    state.scribe.write(work).await?;
    Ok(Json(Empty {}))
}

fn dataset(input: &Input) -> Result<Dataset, Failure> {
    let Some(serde_json::Value::Object(fields)) = input.0.get("dataset") else {
        return Err(Failure::invalid("Dataset cannot be None"));
    };
    let fields = Input(fields.clone());
    let needed = |key: &str| -> Result<String, Failure> {
        match fields.maybe_text(key)? {
            Some(text) => Ok(text.to_owned()),
            None => Err(Failure::invalid(format!("Dataset {key} cannot be None"))),
        }
    };
    let (name, digest) = (needed("name")?, needed("digest")?);
    let (source_type, source) = (needed("source_type")?, needed("source")?);
    let mut details = BTreeMap::from([("source_type".to_owned(), source_type)]);
    for (key, limit) in [("schema", 1_048_575), ("profile", 16_777_215)] {
        if let Some(text) = fields.maybe_text(key)? {
            rules::length(key, text, limit)?;
            details.insert(key.to_owned(), text.to_owned());
        }
    }
    rules::length("name", &name, 500)?;
    rules::length("digest", &digest, 36)?;
    rules::length("source", &source, 65_535)?;
    let mut tags = BTreeMap::new();
    for tag in input.objects("tags")? {
        let (key, value) = (tag.text("key")?, tag.maybe_text("value")?.unwrap_or(""));
        rules::length("key", key, 255)?;
        rules::length("value", value, 500)?;
        tags.insert(key.to_owned(), value.to_owned());
    }
    let context = tags.remove(CONTEXT);
    Ok(Dataset {
        name,
        digest,
        source: Some(source),
        context,
        size: None,
        content: None,
        details,
        tags,
    })
}

async fn outputs(
    Extracted(state): Extracted<Shared>,
    input: Input,
) -> Result<Json<Empty>, Failure> {
    let id = run_id(&input)?;
    let mut made = vec![];
    for one in input.objects("models")? {
        let step = one.maybe_int("step")?.unwrap_or(0);
        made.push(ModelOutput { model: one.text("model_id")?.to_owned(), step });
    }
    let work = move |db: &Transaction<'_>, store: &Store| {
        open(db, store, &id)?;
        live::add_inputs_in(db, store, &id, &[], &[], &made).map_err(failure(&id))
    };
    state.scribe.write(work).await?;
    Ok(Json(Empty {}))
}

#[derive(Debug, Serialize)]
struct Summary {
    experiment_id: String,
    name: String,
    digest: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    context: Option<String>,
}

#[derive(Debug, Serialize)]
struct Summaries {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    dataset_summaries: Vec<Summary>,
}

async fn search(
    Extracted(state): Extracted<Shared>,
    input: Input,
) -> Result<Json<Summaries>, Failure> {
    let ids = input.texts("experiment_ids")?;
    if ids.is_empty() {
        return Err(Failure::invalid(
            "SearchDatasets request must specify at least one experiment_id.",
        ));
    }
    if ids.len() > EXPERIMENTS {
        let count = ids.len();
        return Err(Failure::invalid(format!(
            "SearchDatasets request cannot specify more than {EXPERIMENTS} experiment_ids. Received {count} experiment_ids."
        )));
    }
    blocking(&state, move |state| {
        let found = index::datasets(&state.store, &ids)?;
        let summary = |one: index::DatasetUse| Summary {
            experiment_id: one.experiment,
            name: one.name,
            digest: one.digest.chars().take(36).collect(),
            context: one.context,
        };
        Ok(Json(Summaries { dataset_summaries: found.into_iter().map(summary).collect() }))
    })
    .await
}
