//! A running MLflow server, asked through its REST API.
//!
//! How to ask comes from above, since this room knows no network ([`Ask`]). What has ended and looks as it did last time
//! is not asked for again, point by point and file by file, so that an import that was cut off goes on where it was.

mod files;
mod models;

use std::cell::Cell;
use std::collections::BTreeMap;
use std::io::Read;

use files::Files;
use models::{Kind, logged, made, used};
use serde_json::{Value, json};

use crate::base::Progress;
use crate::store::{Link, Writer};
use crate::track::import::{
    ExperimentRecord, Gathered, LoggedRecord, Notes, RegisteredRecord, RunModels, RunRecord,
    Source, TakePoints, label,
};
use crate::track::{Dataset, Error, Point, series};

/// What one answer holds at most; smaller than what servers allow, since a run may have thousands of metrics.
const RUNS: u64 = 100;
const POINTS: u64 = 25_000;
const MODELS: u64 = 50;
const LISTED: u64 = 1_000;
/// A server that goes on for ever is stopped here.
const MOST_PAGES: usize = 1_000_000;
const MOST_POINTS: usize = 16 << 20;

const API: &str = "/api/2.0/mlflow";

/// Asks a server; nothing that is asked changes anything there.
pub trait Ask {
    fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<Value, Refusal>;
    fn post(&self, path: &str, body: &Value) -> Result<Value, Refusal>;
    fn file<'a>(
        &'a self,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<Box<dyn Read + Send + 'a>, Refusal>;
}

/// Why there is no answer, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such thing, or the server cannot do it.
    Missing(String),
    /// It wants another token.
    Denied(String),
    Failed(String),
}

/// A server of MLflow, 2.0 or later.
pub struct Server<'a> {
    ask: &'a dyn Ask,
    /// Whether it has logged models, so that a run may have used some.
    has_models: Cell<bool>,
}

impl std::fmt::Debug for Server<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Server")
    }
}

impl<'a> Server<'a> {
    pub fn new(ask: &'a dyn Ask) -> Self {
        Self { ask, has_models: Cell::new(false) }
    }

    /// Hands over the items of a list, page by page.
    fn pages(
        &self,
        list: &str,
        ask: impl Fn(&str) -> Result<Value, Refusal>,
        take: &mut dyn FnMut(&Value) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut token = String::new();
        for _ in 0..MOST_PAGES {
            let page = ask(&token).map_err(fatal)?;
            for item in page[list].as_array().into_iter().flatten() {
                take(item)?;
            }
            match page["next_page_token"].as_str() {
                None | Some("") => return Ok(()),
                Some(next) if next == token => break,
                Some(next) => next.clone_into(&mut token),
            }
        }
        Err(Error::SourceFailed(format!("the list of {list} has no end")))
    }
}

fn fatal(refusal: Refusal) -> Error {
    match refusal {
        Refusal::Missing(words) | Refusal::Failed(words) => Error::SourceFailed(words),
        Refusal::Denied(words) => Error::SourceDenied(words),
    }
}

fn text(value: &Value, name: &str) -> Option<String> {
    match &value[name] {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Reads a whole number; protobuf's JSON may spell it as a text.
fn integer(value: &Value, name: &str) -> Option<i64> {
    match &value[name] {
        Value::Number(number) => number.as_i64().or_else(|| number.as_f64().map(|f| f as i64)),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

fn pairs(list: &Value) -> BTreeMap<String, String> {
    let items = list.as_array().into_iter().flatten();
    items
        .filter_map(|tag| Some((text(tag, "key")?, text(tag, "value").unwrap_or_default())))
        .collect()
}

fn point(value: &Value) -> Option<Point> {
    let number = match &value["value"] {
        Value::Number(number) => number.as_f64(),
        Value::String(word) => label::number(word),
        _ => None,
    };
    let (step, time) = (integer(value, "step").unwrap_or(0), integer(value, "timestamp")?);
    Some(Point { step, time, value: number?.into() })
}

fn is_deleted(value: &Value) -> bool {
    value["lifecycle_stage"].as_str() == Some("deleted")
}

fn experiment(value: &Value) -> Option<ExperimentRecord> {
    let created = integer(value, "creation_time").unwrap_or(0);
    let changed = integer(value, "last_update_time").unwrap_or(created);
    Some(ExperimentRecord {
        id: text(value, "experiment_id")?,
        name: text(value, "name")?,
        created,
        tags: pairs(&value["tags"]),
        location: text(value, "artifact_location"),
        deleted: is_deleted(value).then_some(changed),
    })
}

fn run(value: &Value) -> Result<RunRecord, String> {
    let (info, data) = (&value["info"], &value["data"]);
    let id = text(info, "run_id").or_else(|| text(info, "run_uuid")).ok_or("it has no id")?;
    let started = integer(info, "start_time").unwrap_or(0);
    let ended = integer(info, "end_time").filter(|end| *end != 0);
    let mut latest = BTreeMap::new();
    for metric in data["metrics"].as_array().into_iter().flatten() {
        if let (Some(key), Some(point)) = (text(metric, "key"), point(metric)) {
            latest.insert(key, point);
        }
    }
    let inputs = value["inputs"]["dataset_inputs"].as_array().into_iter().flatten();
    Ok(RunRecord {
        name: text(info, "run_name").unwrap_or_default(),
        status: label::status(&text(info, "status").unwrap_or_default())?,
        user: text(info, "user_id").unwrap_or_default(),
        started,
        ended,
        deleted: is_deleted(info).then_some(ended.unwrap_or(started)),
        params: pairs(&data["params"]),
        tags: pairs(&data["tags"]),
        datasets: label::in_order(inputs.map(dataset).collect()),
        models: RunModels { inputs: used(value), outputs: made(value) },
        latest: Some(latest),
        artifacts: text(info, "artifact_uri").unwrap_or_default(),
        folder: None,
        id,
    })
}

fn dataset(input: &Value) -> Dataset {
    let value = &input["dataset"];
    let details = ["source_type", "schema", "profile"].into_iter();
    label::dataset(
        text(value, "name").unwrap_or_default(),
        text(value, "digest").unwrap_or_default(),
        text(value, "source"),
        details.filter_map(|name| Some((name.to_owned(), text(value, name)?))).collect(),
        pairs(&input["tags"]),
    )
}

impl Source for Server<'_> {
    fn experiments(&self, notes: &Notes) -> Result<Vec<ExperimentRecord>, Error> {
        let mut found = vec![];
        let ask = |token: &str| {
            let body = json!({"max_results": LISTED, "view_type": "ALL", "page_token": token});
            self.ask.post(&format!("{API}/experiments/search"), &body)
        };
        self.pages("experiments", ask, &mut |value| {
            match experiment(value) {
                Some(experiment) => found.push(experiment),
                None => notes.skip("an experiment", "the server gives it no id or no name"),
            }
            Ok(())
        })?;
        Ok(found)
    }

    fn runs(
        &self,
        experiment: &ExperimentRecord,
        notes: &Notes,
        visit: &mut dyn FnMut(RunRecord) -> Result<(), Error>,
    ) -> Result<(), Error> {
        // What is logged meanwhile comes last, so that no page moves under us.
        let ask = |token: &str| {
            let body = json!({
                "experiment_ids": [experiment.id], "run_view_type": "ALL", "max_results": RUNS,
                "order_by": ["attributes.start_time ASC"], "page_token": token,
            });
            self.ask.post(&format!("{API}/runs/search"), &body)
        };
        self.pages("runs", ask, &mut |value| match run(value) {
            Ok(mut run) => {
                if run.models.inputs.is_empty() && self.has_models.get() {
                    run.models.inputs = self.used(&run.id)?;
                }
                visit(run)
            }
            Err(why) => {
                let id = text(&value["info"], "run_id").unwrap_or_default();
                notes.skip(format!("run `{}`", id.escape_debug()), why);
                Ok(())
            }
        })
    }

    fn points(
        &self,
        run: &RunRecord,
        notes: &Notes,
        take: &mut TakePoints<'_>,
    ) -> Result<(), Error> {
        for key in run.latest.iter().flatten().map(|(key, _)| key) {
            let ask = |token: &str| {
                let most = POINTS.to_string();
                let mut query =
                    vec![("run_id", run.id.as_str()), ("metric_key", key), ("max_results", &most)];
                if !token.is_empty() {
                    query.push(("page_token", token));
                }
                self.ask.get(&format!("{API}/metrics/get-history"), &query)
            };
            let owner = format!("metric `{}` of run {}", key.escape_debug(), run.id);
            let mut points = vec![];
            self.pages("metrics", ask, &mut |value| match point(value) {
                Some(_) if points.len() >= MOST_POINTS => {
                    Err(Error::SourceFailed(format!("{owner} has more than {MOST_POINTS} points")))
                }
                Some(point) => {
                    points.push(point);
                    Ok(())
                }
                None => {
                    notes.skip(format!("a point of {owner}"), "it is no number");
                    Ok(())
                }
            })?;
            points.sort_by(series::order);
            if !points.is_empty() {
                take(key, points)?;
            }
        }
        Ok(())
    }

    fn artifacts(
        &self,
        run: &RunRecord,
        had: Option<&Link>,
        writer: &mut Writer<'_>,
        notes: &Notes,
        progress: &dyn Progress,
    ) -> Result<Gathered, Error> {
        let files = Files {
            ask: self.ask,
            owner: format!("run {}", run.id),
            list: (format!("{API}/artifacts/list"), "path"),
            get: ("/get-artifact".to_owned(), "path"),
            also: vec![("run_id", &run.id), ("run_uuid", &run.id)],
        };
        files.gather(had, writer, notes, progress)
    }

    fn logged_models(
        &self,
        experiment: &ExperimentRecord,
        notes: &Notes,
    ) -> Result<Vec<LoggedRecord>, Error> {
        let mut found = vec![];
        let ask = |token: &str| {
            let body = json!({
                "experiment_ids": [experiment.id], "max_results": MODELS, "page_token": token,
            });
            match self.ask.post(&format!("{API}/logged-models/search"), &body) {
                // MLflow 2 has none.
                Err(Refusal::Missing(_)) => Ok(json!({})),
                other => other,
            }
        };
        self.pages("models", ask, &mut |value| {
            match logged(value) {
                Some(model) => {
                    self.has_models.set(true);
                    found.push(model);
                }
                None => notes.skip("a logged model", "the server gives it no id"),
            }
            Ok(())
        })?;
        Ok(found)
    }

    fn logged_artifacts(
        &self,
        model: &LoggedRecord,
        had: Option<&Link>,
        writer: &mut Writer<'_>,
        notes: &Notes,
        progress: &dyn Progress,
    ) -> Result<Gathered, Error> {
        let path = format!("{API}/logged-models/{}/artifacts", model.id);
        let files = Files {
            ask: self.ask,
            owner: format!("logged model {}", model.id),
            list: (format!("{path}/directories"), "artifact_directory_path"),
            get: (
                format!("{}/files", path.replacen("/api/", "/ajax-api/", 1)),
                "artifact_file_path",
            ),
            also: vec![],
        };
        files.gather(had, writer, notes, progress)
    }

    fn registered(&self, notes: &Notes) -> Result<Vec<RegisteredRecord>, Error> {
        let mut found = self.registered_as(Kind::Model, notes)?;
        for prompt in self.registered_as(Kind::Prompt, notes)? {
            // A server that knows no prompts may answer with all models again.
            if !found.iter().any(|model| model.name == prompt.name) {
                found.push(prompt);
            }
        }
        Ok(found)
    }
}
