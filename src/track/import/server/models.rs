//! Logged and registered models, as a server tells them.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{API, Refusal, Server, fatal, integer, pairs, point, text};
use crate::track::import::{LoggedRecord, Notes, RegisteredRecord, VersionRecord};
use crate::track::logged::ModelStatus;
use crate::track::{Error, ModelMetric, ModelOutput};

/// To MLflow a prompt is a registered model with a tag, which only who asks for the tag is told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Model,
    Prompt,
}

const IS_PROMPT: &str = "tags.`mlflow.prompt.is_prompt` = 'true'";

/// Reads the logged models that a run used.
pub(super) fn used(run: &Value) -> Vec<String> {
    let inputs = run["inputs"]["model_inputs"].as_array().into_iter().flatten();
    inputs.filter_map(|one| text(one, "model_id")).collect()
}

/// Reads the logged models that a run made.
pub(super) fn made(run: &Value) -> Vec<ModelOutput> {
    let outputs = run["outputs"]["model_outputs"].as_array().into_iter().flatten();
    let output = |one: &Value| {
        let step = integer(one, "step").unwrap_or(0);
        Some(ModelOutput { model: text(one, "model_id")?, step })
    };
    outputs.filter_map(output).collect()
}

/// Reads a logged model.
pub(super) fn logged(value: &Value) -> Option<LoggedRecord> {
    let (info, data) = (&value["info"], &value["data"]);
    let created = integer(info, "creation_timestamp_ms").unwrap_or(0);
    Some(LoggedRecord {
        id: text(info, "model_id")?,
        name: text(info, "name").unwrap_or_default(),
        status: ModelStatus::parse(&text(info, "status").unwrap_or_default())
            .unwrap_or(ModelStatus::Unspecified),
        status_message: text(info, "status_message").filter(|text| !text.is_empty()),
        model_type: text(info, "model_type").filter(|text| !text.is_empty()),
        source_run: text(info, "source_run_id").filter(|text| !text.is_empty()),
        params: pairs(&data["params"]),
        tags: pairs(&info["tags"]),
        created,
        updated: integer(info, "last_updated_timestamp_ms").unwrap_or(created),
        deleted: None,
        measured: data["metrics"].as_array().into_iter().flatten().filter_map(measured).collect(),
        artifacts: text(info, "artifact_uri").unwrap_or_default(),
        folder: None,
    })
}

/// Reads a point that a run measured of a logged model.
fn measured(value: &Value) -> Option<(String, ModelMetric)> {
    let dataset = text(value, "dataset_name").filter(|name| !name.is_empty());
    let metric = ModelMetric {
        model: text(value, "model_id")?,
        key: text(value, "key")?,
        point: point(value)?,
        dataset: dataset.map(|name| (name, text(value, "dataset_digest").unwrap_or_default())),
    };
    Some((text(value, "run_id")?, metric))
}

impl Server<'_> {
    /// Asks for the logged models that a run used, which MLflow leaves out of searches.
    pub(super) fn used(&self, run: &str) -> Result<Vec<String>, Error> {
        let answer = self.ask.get(&format!("{API}/runs/get"), &[("run_id", run)]);
        match answer {
            Ok(answer) => Ok(used(&answer["run"])),
            // It was removed meanwhile.
            Err(Refusal::Missing(_)) => Ok(vec![]),
            Err(refusal) => Err(fatal(refusal)),
        }
    }

    /// Asks for the registered models of one kind.
    pub(super) fn registered_as(
        &self,
        kind: Kind,
        notes: &Notes,
    ) -> Result<Vec<RegisteredRecord>, Error> {
        let mut found = vec![];
        let path = format!("{API}/registered-models/search");
        let ask = |token: &str| {
            let mut query = vec![("max_results", "100")];
            if kind == Kind::Prompt {
                query.push(("filter", IS_PROMPT));
            }
            if !token.is_empty() {
                query.push(("page_token", token));
            }
            match self.ask.get(&path, &query) {
                Err(Refusal::Missing(_)) => Ok(json!({})),
                // A server from before prompts may not know the filter.
                Err(Refusal::Failed(words)) if kind == Kind::Prompt => {
                    notes.remark(format!("The server could not be asked for prompts: {words}."));
                    Ok(json!({}))
                }
                other => other,
            }
        };
        self.pages("registered_models", ask, &mut |value| {
            match self.model(value, kind)? {
                Some(model) => found.push(model),
                None => notes.skip("a registered model", "the server gives it no name"),
            }
            Ok(())
        })?;
        Ok(found)
    }

    fn model(&self, value: &Value, kind: Kind) -> Result<Option<RegisteredRecord>, Error> {
        let Some(name) = text(value, "name") else { return Ok(None) };
        let created = integer(value, "creation_timestamp").unwrap_or(0);
        let mut aliases = BTreeMap::new();
        for alias in value["aliases"].as_array().into_iter().flatten() {
            if let (Some(alias), Some(number)) = (text(alias, "alias"), integer(alias, "version")) {
                aliases.insert(alias, number.unsigned_abs());
            }
        }
        Ok(Some(RegisteredRecord {
            created,
            updated: integer(value, "last_updated_timestamp").unwrap_or(created),
            description: text(value, "description").filter(|text| !text.is_empty()),
            tags: pairs(&value["tags"]),
            aliases,
            versions: self.versions(&name, kind)?,
            name,
        }))
    }

    fn versions(&self, name: &str, kind: Kind) -> Result<Vec<VersionRecord>, Error> {
        let quote = if name.contains('\'') { '"' } else { '\'' };
        let mut filter = format!("name = {quote}{name}{quote}");
        if kind == Kind::Prompt {
            filter = format!("{filter} AND {IS_PROMPT}");
        }
        let ask = |token: &str| {
            let mut query = vec![("filter", filter.as_str()), ("max_results", "1000")];
            if !token.is_empty() {
                query.push(("page_token", token));
            }
            self.ask.get(&format!("{API}/model-versions/search"), &query)
        };
        let mut versions = vec![];
        self.pages("model_versions", ask, &mut |value| {
            let Some(number) = integer(value, "version") else { return Ok(()) };
            let created = integer(value, "creation_timestamp").unwrap_or(0);
            let some = |name: &str| text(value, name).filter(|text| !text.is_empty());
            versions.push(VersionRecord {
                number: number.unsigned_abs(),
                created,
                updated: integer(value, "last_updated_timestamp").unwrap_or(created),
                description: some("description"),
                user: some("user_id"),
                stage: some("current_stage").unwrap_or_default(),
                source: some("source").unwrap_or_default(),
                location: None,
                run: some("run_id"),
                run_link: some("run_link"),
                logged_model: some("model_id"),
                tags: pairs(&value["tags"]),
                deleted: false,
                content: None,
            });
            Ok(())
        })?;
        versions.sort_by_key(|version| version.number);
        Ok(versions)
    }
}
