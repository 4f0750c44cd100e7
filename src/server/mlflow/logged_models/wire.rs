//! A logged model as MLflow's API shows it.

use serde::Serialize;
use serde_json::{Value, json};

use crate::server::mlflow::artifacts::model_uri;
use crate::server::mlflow::failure::Failure;
use crate::store::Store;
use crate::track::logged::{LoggedModel, Measured, ModelId};
use crate::track::{Error, experiment, index};

#[derive(Debug, Serialize)]
pub(super) struct Model {
    info: Info,
    data: Data,
}

#[derive(Debug, Serialize)]
struct Info {
    model_id: String,
    experiment_id: String,
    name: String,
    creation_timestamp_ms: i64,
    last_updated_timestamp_ms: i64,
    artifact_uri: String,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    status_message: Option<String>,
    /// MLflow answers an empty text where none was given.
    model_type: String,
    source_run_id: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<Pair>,
}

#[derive(Debug, Serialize)]
struct Data {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    params: Vec<Pair>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    metrics: Vec<Metric>,
}

#[derive(Debug, Serialize)]
struct Pair {
    key: String,
    value: String,
}

#[derive(Debug, Serialize)]
struct Metric {
    key: String,
    /// NaN and infinities are texts.
    value: Value,
    timestamp: i64,
    step: i64,
    model_id: String,
    run_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    dataset_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dataset_digest: Option<String>,
}

impl Model {
    /// Gathers what else is known of a model.
    pub(super) fn read(store: &Store, model: &LoggedModel) -> Result<Self, Failure> {
        let experiment = experiment::get(store, &model.experiment)?;
        let pairs = |map: &std::collections::BTreeMap<String, String>| {
            map.iter().map(|(key, value)| Pair { key: key.clone(), value: value.clone() }).collect()
        };
        let metrics = measured(store, &model.id)?.into_iter().map(|point| Metric {
            value: number(point.value),
            key: point.key,
            timestamp: point.time,
            step: point.step,
            model_id: model.id.to_string(),
            run_id: point.run,
            dataset_name: point.dataset_name,
            dataset_digest: point.dataset_digest,
        });
        Ok(Self {
            info: Info {
                model_id: model.id.to_string(),
                experiment_id: model.experiment.to_string(),
                name: model.name.clone(),
                creation_timestamp_ms: model.created,
                last_updated_timestamp_ms: model.updated,
                artifact_uri: model_uri(experiment.as_ref(), model),
                status: model.status.as_str(),
                status_message: model.status_message.clone(),
                model_type: model.model_type.clone().unwrap_or_default(),
                source_run_id: model.source_run.clone().unwrap_or_default(),
                tags: pairs(&model.tags),
            },
            data: Data { params: pairs(&model.params), metrics: metrics.collect() },
        })
    }
}

/// Returns what runs measured of a model.
pub(super) fn measured(store: &Store, id: &ModelId) -> Result<Vec<Measured>, Error> {
    let points = index::model_metrics(store, id.as_str())?;
    let point = |point: index::ModelPoint| {
        let index::ModelPoint { run, metric } = point;
        let (dataset_name, dataset_digest) = metric.dataset.unzip();
        Measured {
            key: metric.key,
            value: metric.point.value.0,
            time: metric.point.time,
            step: metric.point.step,
            run: run.to_string(),
            dataset_name,
            dataset_digest,
        }
    };
    Ok(points.into_iter().map(point).collect())
}

fn number(value: f64) -> Value {
    match value {
        _ if value.is_nan() => json!("NaN"),
        f64::INFINITY => json!(f64::MAX),
        f64::NEG_INFINITY => json!(f64::MIN),
        _ => json!(value),
    }
}
