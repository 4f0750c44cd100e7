//! `runs/log-metric` and `runs/log-batch`: what a training run sends most of.

use std::borrow::Cow;
use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State as Extracted;
use serde::Deserialize;
use serde_json::Value;

use crate::server::mlflow::body::{Body, Float, Int};
use crate::server::mlflow::failure::Failure;
use crate::server::mlflow::input::{Input, missing, wrong};
use crate::server::mlflow::rules;
use crate::server::mlflow::runs::{failure, no_run, open, parse_id, set_tags};
use crate::server::mlflow::subject::Subject;
use crate::server::mlflow::wire::Empty;
use crate::server::route::{Right, Route};
use crate::server::state::Shared;
use crate::track::live::{self, Batch};
use crate::track::{Error, ModelMetric, Point, RunId, Value as Number, live as rows};

const METRICS: usize = 1000;
const TEXTS: usize = 100;
/// Bytes of one batch.
const SIZE: usize = 1_000_000;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::post("/api/2.0/mlflow/runs/log-metric", Right::Write, log_metric).about(&[
            Subject::Run("run_id"),
            Subject::Run("run_uuid"),
            Subject::Logged("model_id"),
        ]),
        Route::post("/api/2.0/mlflow/runs/log-batch", Right::Write, log_batch).about(&[
            Subject::Run("run_id"),
            Subject::Run("run_uuid"),
            Subject::LoggedIn("metrics", "model_id"),
        ]),
    ]
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Metric {
    key: Option<String>,
    value: Option<Float>,
    timestamp: Option<Int>,
    step: Option<Int>,
    model_id: Option<String>,
    dataset_name: Option<String>,
    dataset_digest: Option<String>,
    run_id: Option<String>,
    run_uuid: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Pair {
    key: Option<String>,
    value: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Whole {
    run_id: Option<String>,
    run_uuid: Option<String>,
    metrics: Vec<Metric>,
    params: Vec<Pair>,
    tags: Vec<Pair>,
}

fn id_of(run_id: Option<&str>, run_uuid: Option<&str>) -> Result<RunId, Failure> {
    let given = [run_id, run_uuid].into_iter().flatten().find(|id| !id.is_empty());
    given.ok_or_else(|| missing("run_id")).and_then(parse_id)
}

async fn log_metric(
    Extracted(state): Extracted<Shared>,
    Body { read, .. }: Body<Metric>,
) -> Result<Json<Empty>, Failure> {
    let metric = read.map_err(|input| wrong_metric(&input))?;
    let id = id_of(metric.run_id.as_deref(), metric.run_uuid.as_deref())?;
    let mut batch = Batch::default();
    metric.add_to(&mut batch, None)?;
    state
        .scribe
        .write(move |db, store| {
            open(db, store, &id)?;
            live::log_in(db, store, &id, &batch).map_err(failure(&id))
        })
        .await?;
    Ok(Json(Empty {}))
}

/// Says what is wrong with a metric that could not be read.
fn wrong_metric(input: &Input) -> Failure {
    let check = || -> Result<(), Failure> {
        for name in ["run_id", "run_uuid", "key", "model_id", "dataset_name", "dataset_digest"] {
            input.maybe_text(name)?;
        }
        input.maybe_int("timestamp")?;
        input.maybe_int("step")?;
        if let Some(value) = input.0.get("value") {
            return Err(wrong("value", value));
        }
        Ok(())
    };
    check().err().unwrap_or_else(|| missing("run_id"))
}

impl Metric {
    /// Checks it and takes it up; `place` is where it stands in a batch.
    fn add_to(self, batch: &mut Batch, place: Option<usize>) -> Result<(), Failure> {
        let path = || place.map_or_else(String::new, |place| format!("metrics[{place}]"));
        let at = |field: &'static str| -> Cow<'static, str> {
            place.map_or(field.into(), |place| format!("metrics[{place}].{field}").into())
        };
        let key = self.key.filter(|key| !key.is_empty()).ok_or_else(|| missing(&at("key")))?;
        let Some(Float(value)) = self.value else { return Err(missing(&at("value"))) };
        let Some(Int(time)) = self.timestamp else { return Err(missing(&at("timestamp"))) };
        if !rules::is_plain(&key) {
            rules::metric(&path(), &key)?;
        }
        if time < 0 {
            let why = format!(
                "metric '{key}' (value={value:?}). Timestamp must be a nonnegative long (64-bit integer) "
            );
            return Err(rules::invalid(&at("timestamp"), &Value::from(time), &why));
        }
        let step = self.step.map_or(0, |Int(step)| step);
        let point = Point { step, time, value: Number(value) };
        if let Some(model) = self.model_id.filter(|model| !model.is_empty()) {
            let [name, digest] =
                [self.dataset_name, self.dataset_digest].map(Option::unwrap_or_default);
            let dataset = (!name.is_empty()).then_some((name, digest));
            batch.models.push(ModelMetric { model, key: key.clone(), point, dataset });
        }
        batch.metrics.push((key, point));
        Ok(())
    }
}

async fn log_batch(
    Extracted(state): Extracted<Shared>,
    Body { read, size }: Body<Whole>,
) -> Result<Json<Empty>, Failure> {
    if size > SIZE {
        return Err(Failure::invalid(format!(
            "Batched logging API requests must be at most {SIZE} bytes, got a request of size {size}."
        )));
    }
    let whole = read.map_err(|input| wrong_batch(&input))?;
    let id = match &whole.run_id {
        Some(id) if !id.is_empty() && id.len() <= 256 => parse_id(id)?,
        Some(id) if !id.is_empty() => return Err(no_run(id)),
        _ => id_of(None, whole.run_uuid.as_deref())?,
    };
    let (batch, tags) = whole.check()?;
    state
        .scribe
        .write(move |db, store| {
            open(db, store, &id)?;
            rows::log_in(db, store, &id, &batch).map_err(|error| changed(&id, error))?;
            if tags.is_empty() { Ok(()) } else { set_tags(db, store, &id, tags) }
        })
        .await?;
    Ok(Json(Empty {}))
}

fn changed(id: &RunId, error: Error) -> Failure {
    match error {
        Error::ParamChanged { name, old, new } => Failure::invalid(format!(
            "Changing param values is not allowed. Params were already logged='[{{'key': '{name}', 'old_value': '{old}', 'new_value': '{new}'}}]' for run ID='{id}'."
        )),
        error => failure(id)(error),
    }
}

type Tags = Vec<(String, String)>;

impl Whole {
    fn check(self) -> Result<(Batch, Tags), Failure> {
        let Self { metrics, params, tags, .. } = self;
        let counts = [metrics.len(), params.len(), tags.len()];
        let mut batch = Batch::default();
        // Names are looked at before counts, as MLflow does; no more of them than can be.
        for (place, metric) in metrics.into_iter().take(METRICS + 1).enumerate() {
            metric.add_to(&mut batch, Some(place))?;
        }
        batch.params = pairs("params", params, rules::param)?;
        let tags = pairs("tags", tags, rules::tag)?;
        let total = counts.iter().sum();
        let limits = [
            ("metrics", METRICS, counts[0]),
            ("params", TEXTS, counts[1]),
            ("tags", TEXTS, counts[2]),
            ("metrics, params, and tags", METRICS, total),
        ];
        for (what, limit, count) in limits {
            if count > limit {
                return Err(Failure::invalid(format!(
                    "A batch logging request can contain at most {limit} {what}. Got {count} {what}. Please split up {what} across multiple requests and try again."
                )));
            }
        }
        let mut seen = BTreeSet::new();
        let twice: Vec<String> = batch
            .params
            .iter()
            .filter(|(key, _)| !seen.insert(key))
            .map(|(key, _)| format!("'{key}'"))
            .collect();
        match twice.is_empty() {
            true => Ok((batch, tags)),
            false => Err(Failure::invalid(format!(
                "Duplicate parameter keys have been submitted: [{}]. Please ensure the request contains only one param value per param key.",
                twice.join(", ")
            ))),
        }
    }
}

fn pairs(
    what: &str,
    pairs: Vec<Pair>,
    check: impl Fn(&str, &str, &mut String) -> Result<(), Failure>,
) -> Result<Tags, Failure> {
    let mut checked = Vec::with_capacity(pairs.len().min(TEXTS + 1));
    for (place, Pair { key, value }) in pairs.into_iter().take(METRICS + 1).enumerate() {
        let path = format!("{what}[{place}]");
        let key = key.filter(|key| !key.is_empty());
        let key = key.ok_or_else(|| missing(&format!("{path}.key")))?;
        let mut value = value.unwrap_or_default();
        check(&path, &key, &mut value)?;
        checked.push((key, value));
    }
    Ok(checked)
}

/// Says what is wrong with a batch that could not be read.
fn wrong_batch(input: &Input) -> Failure {
    let check = || -> Result<(), Failure> {
        input.text("run_id")?;
        for (place, metric) in input.objects("metrics")?.iter().enumerate() {
            serde_json::from_value::<Metric>(Value::Object(metric.0.clone())).map_err(|error| {
                let path = format!("metrics[{place}]");
                rules::invalid(&path, &Value::Object(metric.0.clone()), &error.to_string())
            })?;
        }
        for what in ["params", "tags"] {
            for pair in input.objects(what)? {
                pair.maybe_text("key")?;
                pair.maybe_text("value")?;
            }
        }
        Ok(())
    };
    check().err().unwrap_or_else(|| missing("run_id"))
}
