//! Logged models with their files, and the registry: models by name, their versions, aliases and tags.

use std::path::{Path, PathBuf};

use super::meta::{self, Meta};
use super::{Out, put};
use crate::store::{checkout, refs};
use crate::track::import::{RegisteredRecord, VersionRecord};
use crate::track::logged::{LoggedModel, ModelId, PREFIX};
use crate::track::{Error, RunId, experiment, index};

/// The stage that only the number of a version is left in.
const DELETED: &str = "Deleted_Internal";

impl Out<'_> {
    /// Writes the logged models that belong to what was written, or `all`.
    pub(super) fn logged_models(&mut self, all: bool) -> Result<(), Error> {
        for reference in refs::list(self.store, PREFIX)? {
            let model: LoggedModel = self.store.read_node(&reference.target)?;
            let source = model.source_run.as_ref().and_then(|id| id.parse::<RunId>().ok());
            let belongs = self.models.contains(&model.id)
                || source.is_some_and(|id| self.runs.contains_key(&id));
            if model.deleted.is_none() && (all || belongs) {
                self.logged_model(&model)?;
            }
        }
        Ok(())
    }

    fn logged_model(&mut self, model: &LoggedModel) -> Result<(), Error> {
        let known = experiment::get(self.store, &model.experiment)?;
        let id = model.experiment.clone();
        let experiment =
            known.unwrap_or_else(|| experiment::named(id.clone(), id.as_str(), model.created));
        let place = PathBuf::from("models").join(model.id.as_str());
        let folder = self.experiment(&experiment)?.join(&place);
        let artifacts = self.place.join(id.as_str()).join(&place).join("artifacts");
        put(&folder.join("meta.yaml"), about(model, &artifacts).as_bytes())?;
        for (key, value) in &model.params {
            self.text(&folder.join("params"), key, value)?;
        }
        for (key, value) in &model.tags {
            self.text(&folder.join("tags"), key, value)?;
        }
        self.measured(&folder.join("metrics"), &model.id)?;
        if let Some(tree) = &model.artifacts {
            let options = checkout::Options { replace: true };
            let to = folder.join("artifacts");
            checkout::write(self.store, tree, &to, &options, self.progress)?;
        }
        self.logged.insert(model.id.clone(), artifacts);
        self.written.logged_models += 1;
        Ok(())
    }

    /// Writes what the written runs measured of a model.
    fn measured(&mut self, folder: &Path, model: &ModelId) -> Result<(), Error> {
        for found in index::model_metrics(self.store, model.as_str())? {
            if !self.runs.contains_key(&found.run) {
                continue;
            }
            let metric = &found.metric;
            let mut line = format!("{} {}", meta::line(&metric.point), found.run);
            match &metric.dataset {
                // Words are all that a line is made of.
                Some((name, digest)) if [name, digest].iter().any(|word| !is_word(word)) => {
                    let key = &metric.key;
                    let name = name.escape_debug();
                    self.written.left_out.push(format!(
                        "that `{key}` of logged model {model} was measured on `{name}`: it is no single word"
                    ));
                }
                Some((name, digest)) => line = format!("{line} {name} {digest}"),
                None => {}
            }
            self.text(folder, &metric.key, &(line + "\n"))?;
        }
        Ok(())
    }

    /// Writes the versions that come from what was written, or `all`, and their models.
    pub(super) fn registered(
        &mut self,
        models: &[RegisteredRecord],
        all: bool,
    ) -> Result<(), Error> {
        for model in models {
            let belongs = |version: &&VersionRecord| all || self.leads_here(version);
            let versions: Vec<&VersionRecord> = model.versions.iter().filter(belongs).collect();
            if !all && versions.is_empty() {
                continue;
            }
            match model.name.contains(['/', '\\', '%']) || model.name.starts_with('.') {
                true => {
                    let name = model.name.escape_debug();
                    let why = format!("model `{name}`: a folder of MLflow cannot be called so");
                    self.written.left_out.push(why);
                }
                false => self.registered_model(model, &versions)?,
            }
        }
        Ok(())
    }

    fn registered_model(
        &mut self,
        model: &RegisteredRecord,
        versions: &[&VersionRecord],
    ) -> Result<(), Error> {
        let folder = self.top.join("models").join(&model.name);
        let mut meta = Meta::default();
        meta.number("creation_timestamp", model.created);
        meta.maybe_text("description", model.description.as_deref());
        meta.number("last_updated_timestamp", model.updated);
        meta.text("name", &model.name);
        put(&folder.join("meta.yaml"), meta.yaml.as_bytes())?;
        for (key, value) in &model.tags {
            self.text(&folder.join("tags"), key, value)?;
        }
        for version in versions {
            self.version(&folder, model, version)?;
        }
        for (alias, number) in &model.aliases {
            if versions.iter().any(|version| version.number == *number && !version.deleted) {
                self.text(&folder.join("aliases"), alias, &number.to_string())?;
            }
        }
        Ok(())
    }

    fn version(
        &mut self,
        above: &Path,
        model: &RegisteredRecord,
        version: &VersionRecord,
    ) -> Result<(), Error> {
        let name = format!("version-{}", version.number);
        let folder = above.join(&name);
        let location = match self.location(version) {
            None if version.content.is_some() => {
                let place = self.place.join("models").join(&model.name).join(&name);
                Some(place.join("artifacts").display().to_string())
            }
            location => location,
        };
        let stage = if version.deleted { DELETED } else { &version.stage };
        let mut meta = Meta::default();
        meta.number("creation_timestamp", version.created);
        meta.text("current_stage", stage);
        meta.maybe_text("description", version.description.as_deref());
        meta.number("last_updated_timestamp", version.updated);
        if let Some(id) = &version.logged_model {
            meta.text("model_id", id);
        }
        meta.text("name", &model.name);
        meta.maybe_text("run_id", version.run.as_deref());
        meta.maybe_text("run_link", version.run_link.as_deref());
        meta.text("source", &version.source);
        meta.text("status", "READY");
        meta.maybe_text("status_message", None);
        meta.maybe_text("storage_location", location.as_deref());
        meta.maybe_text("user_id", version.user.as_deref());
        meta.number("version", version.number.cast_signed());
        put(&folder.join("meta.yaml"), meta.yaml.as_bytes())?;
        for (key, value) in &version.tags {
            self.text(&folder.join("tags"), key, value)?;
        }
        if let Some(content) = version.content.filter(|_| self.location(version).is_none()) {
            let options = checkout::Options { replace: true };
            let to = folder.join("artifacts");
            checkout::write(self.store, &content, &to, &options, self.progress)?;
        }
        self.written.versions += u64::from(!version.deleted);
        Ok(())
    }

    /// Tells whether a version is of a run or a logged model that was written.
    fn leads_here(&self, version: &VersionRecord) -> bool {
        let run = version.run.as_ref().and_then(|id| id.parse::<RunId>().ok());
        run.is_some_and(|id| self.runs.contains_key(&id)) || self.location(version).is_some()
    }

    /// Returns where the files of a version lie among what was written.
    fn location(&self, version: &VersionRecord) -> Option<String> {
        let address = version.location.as_deref().unwrap_or(&version.source);
        let (folder, inside) = match address.strip_prefix("runs:/") {
            Some(rest) => {
                let (run, inside) = rest.split_once('/').unwrap_or((rest, ""));
                let run: RunId = run.parse().ok()?;
                let experiment = self.runs.get(&run)?;
                let folder = self.place.join(experiment.as_str()).join(run.as_str());
                (folder.join("artifacts"), inside)
            }
            None => {
                let rest = address.strip_prefix("models:/")?;
                let (model, inside) = rest.split_once('/').unwrap_or((rest, ""));
                (self.logged.get(&model.parse::<ModelId>().ok()?)?.clone(), inside)
            }
        };
        let plain = inside.split('/').all(|part| !matches!(part, "." | ".."));
        plain.then(|| match inside {
            "" => folder.display().to_string(),
            inside => folder.join(inside).display().to_string(),
        })
    }
}

fn about(model: &LoggedModel, artifacts: &Path) -> String {
    let mut meta = Meta::default();
    meta.text("artifact_location", &artifacts.display().to_string());
    meta.number("creation_timestamp", model.created);
    meta.text("experiment_id", model.experiment.as_str());
    meta.number("last_updated_timestamp", model.updated);
    meta.text("lifecycle_stage", "active");
    meta.text("model_id", model.id.as_str());
    meta.maybe_text("model_type", model.model_type.as_deref());
    meta.text("name", &model.name);
    meta.maybe_text("source_run_id", model.source_run.as_deref());
    meta.number("status", model.status.number());
    meta.maybe_text("status_message", model.status_message.as_deref());
    meta.yaml
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && !text.contains(char::is_whitespace)
}
