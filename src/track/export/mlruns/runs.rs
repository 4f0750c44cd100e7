//! Runs, with their points, artifacts, and what they were given and have made.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, BufWriter, Write as _};
use std::path::Path;

use super::meta::{self, Meta};
use super::{Out, put};
use crate::store::checkout;
use crate::track::logged::ModelId;
use crate::track::{Dataset, Error, Point, Run, experiment, load, series};

impl Out<'_> {
    pub(super) fn run(&mut self, run: &Run) -> Result<(), Error> {
        let experiment = match experiment::get(self.store, &run.experiment)? {
            Some(experiment) => experiment,
            None => experiment::named(run.experiment.clone(), &run.experiment_name, run.started),
        };
        let above = self.experiment(&experiment)?;
        let folder = above.join(run.id.as_str());
        for name in ["artifacts", "metrics", "params", "tags"] {
            let folder = folder.join(name);
            fs::create_dir_all(&folder).map_err(Error::io("create", &folder))?;
        }
        put(&folder.join("meta.yaml"), self.meta(run).as_bytes())?;
        for (key, value) in &run.params {
            self.text(&folder.join("params"), key, value)?;
        }
        for (key, value) in &tags(run) {
            self.text(&folder.join("tags"), key, value)?;
        }
        for dataset in &run.datasets {
            input(&above, &folder, run, dataset)?;
        }
        self.models(&folder, run)?;
        self.metrics(&folder.join("metrics"), run)?;
        if let Some(tree) = &run.artifacts {
            let options = checkout::Options { replace: true };
            checkout::write(self.store, tree, &folder.join("artifacts"), &options, self.progress)?;
        }
        self.runs.insert(run.id.clone(), run.experiment.clone());
        self.written.runs += 1;
        Ok(())
    }

    fn meta(&self, run: &Run) -> String {
        let id = run.id.as_str();
        let artifacts = self.place.join(run.experiment.as_str()).join(id).join("artifacts");
        let mut meta = Meta::default();
        meta.text("artifact_uri", &artifacts.display().to_string());
        if let Some(deleted) = run.deleted {
            meta.number("deleted_time", deleted);
        }
        meta.maybe_number("end_time", run.ended);
        meta.text("entry_point_name", "");
        meta.text("experiment_id", run.experiment.as_str());
        meta.text("lifecycle_stage", if run.deleted.is_some() { "deleted" } else { "active" });
        meta.text("run_id", id);
        meta.text("run_name", &run.name);
        meta.text("source_name", "");
        meta.number("source_type", 4);
        meta.text("source_version", "");
        meta.number("start_time", run.started);
        meta.number("status", meta::status(run.status));
        meta.yaml.push_str("tags: []\n");
        meta.text("user_id", &run.user);
        meta.yaml
    }

    /// Writes which logged models a run used, and which it made.
    fn models(&mut self, folder: &Path, run: &Run) -> Result<(), Error> {
        let models = &run.models;
        let named = models.inputs.iter().chain(models.outputs.iter().map(|made| &made.model));
        let named = named.chain(models.metrics.iter().map(|metric| &metric.model));
        self.models.extend(named.filter_map(|id| id.parse::<ModelId>().ok()));
        for id in models.inputs.iter().filter(|id| id.parse::<ModelId>().is_ok()) {
            let mut meta = Meta::default();
            meta.text("destination_id", id);
            meta.text("destination_type", "RUN");
            meta.text("source_id", id);
            meta.text("source_type", "MODEL");
            meta.yaml.push_str("tags: {}\n");
            let place = folder.join("inputs").join(name_of(&[id, run.id.as_str()]));
            put(&place.join("meta.yaml"), meta.yaml.as_bytes())?;
        }
        for made in models.outputs.iter().filter(|made| made.model.parse::<ModelId>().is_ok()) {
            let place = folder.join("outputs").join(&made.model).join("meta.yaml");
            if place.exists() {
                continue; // made at several steps: MLflow keeps the first
            }
            let mut meta = Meta::default();
            meta.text("destination_id", &made.model);
            meta.text("destination_type", "MODEL_OUTPUT");
            meta.text("source_id", &made.model);
            meta.text("source_type", "RUN_OUTPUT");
            meta.number("step", made.step);
            meta.yaml.push_str("tags: {}\n");
            put(&place, meta.yaml.as_bytes())?;
        }
        Ok(())
    }

    fn metrics(&mut self, folder: &Path, run: &Run) -> Result<(), Error> {
        if run.series.is_empty() {
            for key in run.metrics.keys() {
                self.points(folder, key, &load::points(self.store, run, key)?)?;
            }
            return Ok(());
        }
        for segment in &run.series {
            for (key, points) in series::decode(&self.store.read(&segment.points)?)? {
                self.points(folder, &key, &points)?;
            }
        }
        Ok(())
    }

    /// Appends points to the file of a metric.
    fn points(&mut self, folder: &Path, key: &str, points: &[Point]) -> Result<(), Error> {
        let path = folder.join(key);
        let Some(file) = self.file(&path, key)? else { return Ok(()) };
        let mut out = BufWriter::new(file);
        let mut write = || -> io::Result<()> {
            for point in points {
                writeln!(out, "{}", meta::line(point))?;
            }
            out.flush()
        };
        write().map_err(Error::io("write", &path))
    }
}

/// The tags, with those in which MLflow keeps what is a field here.
fn tags(run: &Run) -> BTreeMap<String, String> {
    let mut tags = run.tags.clone();
    tags.insert("mlflow.runName".to_owned(), run.name.clone());
    let mut add = |key: &str, value: Option<String>| {
        if let Some(value) = value {
            tags.entry(key.to_owned()).or_insert(value);
        }
    };
    add("mlflow.parentRunId", run.parent.as_ref().map(ToString::to_string));
    add("mlflow.user", Some(run.user.clone()).filter(|user| !user.is_empty()));
    add("mlflow.source.name", run.command.as_ref().map(|command| command.args.join(" ")));
    if let Some(code) = &run.code {
        add("mlflow.source.git.commit", code.commit.clone());
        add("mlflow.source.git.branch", code.branch.clone());
        add("mlflow.source.git.repoURL", code.remote.clone());
    }
    tags
}

/// Writes a dataset of the experiment, and that the run used it.
fn input(above: &Path, run_folder: &Path, run: &Run, dataset: &Dataset) -> Result<(), Error> {
    let source = dataset.source.as_deref().unwrap_or("{}");
    let is_json = serde_json::from_str::<serde_json::Map<String, _>>(source).is_ok();
    let source = match is_json {
        true => source.to_owned(),
        false => serde_json::json!({"uri": source}).to_string(),
    };
    let kind = dataset.details.get("source_type").map_or("local", String::as_str);
    let own = name_of(&[run.experiment.as_str(), &dataset.name, &dataset.digest]);
    let mut meta = Meta::default();
    meta.text("digest", &dataset.digest);
    meta.text("name", &dataset.name);
    for name in ["profile", "schema"] {
        meta.maybe_text(name, dataset.details.get(name).map(String::as_str));
    }
    meta.text("source", &source);
    meta.text("source_type", kind);
    let place = above.join("datasets").join(&own).join("meta.yaml");
    if !place.exists() {
        put(&place, meta.yaml.as_bytes())?;
    }
    let context = dataset.context.as_deref();
    let mut meta = Meta::default();
    meta.text("destination_id", run.id.as_str());
    meta.text("destination_type", "RUN");
    meta.text("source_id", &own);
    meta.text("source_type", "DATASET");
    match context {
        Some(context) => {
            meta.yaml.push_str("tags:\n  ");
            meta.text("mlflow.data.context", context);
        }
        None => meta.yaml.push_str("tags: {}\n"),
    }
    let used = name_of(&[&own, run.id.as_str(), context.unwrap_or_default()]);
    let place = run_folder.join("inputs").join(used).join("meta.yaml");
    match place.exists() {
        true => Ok(()),
        false => put(&place, meta.yaml.as_bytes()),
    }
}

/// Names a folder by what it is about.
fn name_of(parts: &[&str]) -> String {
    blake3::hash(parts.join("\0").as_bytes()).to_hex()[..32].to_owned()
}
