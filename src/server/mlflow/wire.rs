//! Runs and what is in them as MLflow writes them. What is empty is left out, as protobuf does.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

use crate::server::mlflow::experiments::stage;
use crate::track::{
    Dataset, ExperimentId, Listed, Models, Point, Run, RunId, Status, Summary, index,
};

/// The answer to what gives nothing back: `{}`.
#[derive(Debug, Serialize)]
pub(super) struct Empty {}

/// A key and its value: a tag or a param.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Tag {
    pub(super) key: String,
    pub(super) value: String,
}

/// Returns the pairs of a map, in order of their keys.
pub(super) fn pairs(map: &BTreeMap<String, String>) -> Vec<Tag> {
    map.iter().map(|(key, value)| Tag { key: key.clone(), value: value.clone() }).collect()
}

/// A number as MLflow's server writes it: NaN as a text, infinities as the greatest number there is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Real(pub(super) f64);

impl Serialize for Real {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            number if number.is_nan() => serializer.serialize_str("NaN"),
            number => serializer.serialize_f64(number.clamp(f64::MIN, f64::MAX)),
        }
    }
}

#[derive(Debug, Serialize)]
pub(super) struct Metric {
    pub(super) key: String,
    pub(super) value: Real,
    pub(super) timestamp: i64,
    pub(super) step: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) run_id: Option<String>,
}

impl Metric {
    pub(super) fn new(key: &str, point: &Point, run: Option<&RunId>) -> Self {
        Self {
            key: key.to_owned(),
            value: Real(point.value.0),
            timestamp: point.time,
            step: point.step,
            run_id: run.map(ToString::to_string),
        }
    }
}

#[derive(Debug, Serialize)]
pub(super) struct RunInfo {
    run_uuid: String,
    experiment_id: String,
    run_name: String,
    user_id: String,
    status: &'static str,
    start_time: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_time: Option<i64>,
    artifact_uri: String,
    lifecycle_stage: &'static str,
    run_id: String,
}

#[derive(Debug, Default, Serialize)]
struct RunData {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    metrics: Vec<Metric>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    params: Vec<Tag>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<Tag>,
}

#[derive(Debug, Serialize)]
struct WireDataset {
    name: String,
    digest: String,
    source_type: String,
    source: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    schema: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    profile: Option<String>,
}

#[derive(Debug, Serialize)]
struct DatasetInput {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<Tag>,
    dataset: WireDataset,
}

#[derive(Debug, Serialize)]
struct ModelInput {
    model_id: String,
}

#[derive(Debug, Serialize)]
struct ModelOutput {
    model_id: String,
    step: i64,
}

#[derive(Debug, Default, Serialize)]
struct Inputs {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    dataset_inputs: Vec<DatasetInput>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    model_inputs: Vec<ModelInput>,
}

#[derive(Debug, Default, Serialize)]
struct Outputs {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    model_outputs: Vec<ModelOutput>,
}

/// A run.
#[derive(Debug, Serialize)]
pub(super) struct WireRun {
    info: RunInfo,
    data: RunData,
    inputs: Inputs,
    #[serde(skip_serializing_if = "Option::is_none")]
    outputs: Option<Outputs>,
}

/// What MLflow knows of the experiment of a run.
#[derive(Debug, Clone)]
pub(super) struct Home {
    /// Where its artifacts are.
    pub(super) location: String,
    pub(super) deleted: bool,
}

impl WireRun {
    pub(super) fn of_run(run: &Run, home: &Home) -> Self {
        let info = info(run, home);
        let inputs = index::Inputs::of(run);
        Self::new(info, &run.name, &run.params, &run.tags, &run.metrics, &inputs)
    }

    /// A run that was made just now has no outputs, not even empty ones.
    pub(super) fn without_outputs(mut self) -> Self {
        self.outputs = None;
        self
    }

    pub(super) fn of_listed(run: &Listed, home: &Home) -> Self {
        let deleted = run.deleted.is_some() || home.deleted;
        let info = RunInfo {
            run_uuid: run.id.to_string(),
            experiment_id: run.experiment.to_string(),
            run_name: run.name.clone(),
            user_id: run.user.clone(),
            status: run.status.as_str(),
            start_time: run.started,
            end_time: run.ended,
            artifact_uri: artifact_uri(home, &run.id),
            lifecycle_stage: stage(deleted),
            run_id: run.id.to_string(),
        };
        Self::new(info, &run.name, &run.params, &run.tags, &run.metrics, &run.inputs)
    }

    fn new(
        info: RunInfo,
        name: &str,
        params: &BTreeMap<String, String>,
        tags: &BTreeMap<String, String>,
        metrics: &BTreeMap<String, Summary>,
        inputs: &index::Inputs,
    ) -> Self {
        let metric = |(key, summary): (&String, &Summary)| Metric::new(key, &summary.last, None);
        let mut tags = pairs(tags);
        tags.retain(|tag| tag.key != NAME);
        // MLflow keeps the name twice; here it is kept once and told twice.
        tags.push(Tag { key: NAME.to_owned(), value: name.to_owned() });
        let metrics = metrics.iter().map(metric).collect();
        let data = RunData { metrics, params: pairs(params), tags };
        let (inputs, outputs) = given(inputs);
        Self { info, data, inputs, outputs: Some(outputs) }
    }
}

/// The tag that says the name of a run.
pub(super) const NAME: &str = "mlflow.runName";
/// The tag that says what a dataset was used for.
pub(super) const CONTEXT: &str = "mlflow.data.context";

/// Returns what MLflow tells of a run first.
pub(super) fn info(run: &Run, home: &Home) -> RunInfo {
    RunInfo {
        run_uuid: run.id.to_string(),
        experiment_id: run.experiment.to_string(),
        run_name: run.name.clone(),
        user_id: run.user.clone(),
        status: run.status.as_str(),
        start_time: run.started,
        end_time: run.ended,
        artifact_uri: artifact_uri(home, &run.id),
        lifecycle_stage: stage(run.deleted.is_some() || home.deleted),
        run_id: run.id.to_string(),
    }
}

fn artifact_uri(home: &Home, run: &RunId) -> String {
    format!("{}/{run}/artifacts", home.location)
}

fn given(inputs: &index::Inputs) -> (Inputs, Outputs) {
    let index::Inputs { datasets, models: Models { inputs: models, outputs, .. } } = inputs;
    let models = models.iter().map(|model| ModelInput { model_id: model.clone() });
    let outputs =
        outputs.iter().map(|made| ModelOutput { model_id: made.model.clone(), step: made.step });
    let dataset_inputs = datasets.iter().map(dataset).collect();
    (
        Inputs { dataset_inputs, model_inputs: models.collect() },
        Outputs { model_outputs: outputs.collect() },
    )
}

fn dataset(dataset: &Dataset) -> DatasetInput {
    let mut tags = pairs(&dataset.tags);
    if let Some(context) = &dataset.context {
        tags.insert(0, Tag { key: CONTEXT.to_owned(), value: context.clone() });
    }
    let detail = |key: &str| dataset.details.get(key).cloned();
    let dataset = WireDataset {
        name: dataset.name.clone(),
        // MLflow has room for 36 characters; `mls` names data by a longer digest.
        digest: dataset.digest.chars().take(36).collect(),
        source_type: detail("source_type").unwrap_or_else(|| "local".to_owned()),
        source: dataset.source.clone().unwrap_or_default(),
        schema: detail("schema"),
        profile: detail("profile"),
    };
    DatasetInput { tags, dataset }
}

/// Reads a status by its name or its number.
pub(super) fn status(value: &serde_json::Value) -> Option<Status> {
    let word = match value {
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    match word.as_str() {
        "RUNNING" | "1" => Some(Status::Running),
        "SCHEDULED" | "2" => Some(Status::Scheduled),
        "FINISHED" | "3" => Some(Status::Finished),
        "FAILED" | "4" => Some(Status::Failed),
        "KILLED" | "5" => Some(Status::Killed),
        _ => None,
    }
}

/// The homes of runs, each looked up once.
#[derive(Debug, Default)]
pub(super) struct Homes(BTreeMap<ExperimentId, Home>);

impl Homes {
    pub(super) fn of(
        &mut self,
        state: &crate::server::state::State,
        id: &ExperimentId,
    ) -> Result<&Home, crate::server::mlflow::failure::Failure> {
        use std::collections::btree_map::Entry;
        match self.0.entry(id.clone()) {
            Entry::Occupied(known) => Ok(known.into_mut()),
            Entry::Vacant(place) => Ok(place.insert(home(state, id)?)),
        }
    }
}

/// Returns what is to be known of an experiment to tell of its runs.
pub(super) fn home(
    state: &crate::server::state::State,
    id: &ExperimentId,
) -> Result<Home, crate::server::mlflow::failure::Failure> {
    let found = crate::track::experiment::get(&state.store, id)?;
    Ok(match found {
        Some(found) => Home {
            location: crate::server::mlflow::experiments::location(&found),
            deleted: found.deleted.is_some(),
        },
        None => Home { location: format!("mlflow-artifacts:/{id}"), deleted: false },
    })
}
