//! Logged and registered models of a file store, and what runs say of logged models.

use std::path::Path;

use crate::track::import::folder::{Folder, each_line, files, folders, texts};
use crate::track::import::yaml::Yaml;
use crate::track::import::{LoggedRecord, Notes, RegisteredRecord, VersionRecord, label};
use crate::track::logged::{ModelId, ModelStatus};
use crate::track::{ModelMetric, ModelOutput, Point};

impl Folder {
    pub(super) fn logged(&self, folder: &Path, notes: &Notes) -> Result<LoggedRecord, String> {
        if !self.roots.hold(folder) {
            return Err("it is a link that leads elsewhere".to_owned());
        }
        let meta = Yaml::read(&folder.join("meta.yaml"))?;
        let id = meta.text("model_id")?;
        let owner = format!("logged model {}", id.escape_debug());
        let read = |what: &str| texts(&folder.join(format!("{what}s")), what, &owner, notes);
        let created = meta.maybe_number("creation_timestamp").unwrap_or(0);
        let updated = meta.maybe_number("last_updated_timestamp").unwrap_or(created);
        let is_deleted = meta.maybe_text("lifecycle_stage").is_some_and(|stage| stage == "deleted");
        let status = meta.maybe_text("status").and_then(|word| ModelStatus::parse(&word));
        Ok(LoggedRecord {
            name: meta.maybe_text("name").unwrap_or_default(),
            status: status.unwrap_or(ModelStatus::Unspecified),
            status_message: meta.maybe_text("status_message"),
            model_type: meta.maybe_text("model_type"),
            source_run: meta.maybe_text("source_run_id"),
            params: read("param"),
            tags: read("tag"),
            created,
            updated,
            deleted: is_deleted.then(|| meta.maybe_number("deleted_timestamp").unwrap_or(updated)),
            measured: self.measured(&id, notes),
            artifacts: meta.maybe_text("artifact_location").unwrap_or_default(),
            folder: Some(folder.to_owned()),
            id,
        })
    }

    pub(super) fn model(&self, folder: &Path, notes: &Notes) -> Result<RegisteredRecord, String> {
        if !self.roots.hold(folder) {
            return Err("it is a link that leads elsewhere".to_owned());
        }
        let meta = Yaml::read(&folder.join("meta.yaml"))?;
        let name = meta.text("name")?;
        let owner = format!("model `{}`", name.escape_debug());
        let created = meta.maybe_number("creation_timestamp").unwrap_or(0);
        let mut versions = vec![];
        for inner in folders(folder) {
            let own = inner.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let Some(number) = own.strip_prefix("version-").and_then(|n| n.parse().ok()) else {
                continue;
            };
            match version(&inner, number, &owner, notes) {
                Ok(version) => versions.push(version),
                Err(why) => notes.skip(format!("version {number} of {owner}"), why),
            }
        }
        versions.sort_by_key(|version| version.number);
        // Older versions of MLflow keep aliases in files of their own.
        let mut aliases = meta.texts("aliases");
        aliases.extend(texts(&folder.join("aliases"), "alias", &owner, notes));
        let numbered = aliases.into_iter();
        Ok(RegisteredRecord {
            created,
            updated: meta.maybe_number("last_updated_timestamp").unwrap_or(created),
            description: meta.maybe_text("description"),
            tags: texts(&folder.join("tags"), "tag", &owner, notes),
            aliases: numbered
                .filter_map(|(alias, n)| Some((alias, n.trim().parse().ok()?)))
                .collect(),
            versions,
            name,
        })
    }

    /// Reads what runs measured of a model. A run of another experiment has left that in its own experiment's folder.
    fn measured(&self, id: &str, notes: &Notes) -> Vec<(String, ModelMetric)> {
        let mut found = vec![];
        if id.parse::<ModelId>().is_err() {
            return found;
        }
        for experiment in self.experiment_folders() {
            let folder = experiment.join("models").join(id);
            if !folder.join("metrics").is_dir() || !self.roots.hold(&folder) {
                continue;
            }
            for (key, path) in files(&folder.join("metrics")) {
                let owner = format!("metric `{}` of logged model {id}", key.escape_debug());
                let mut take = |number: u64, line: &str| match measured(id, &key, line) {
                    Some(point) => found.push(point),
                    None => notes.skip(
                        format!("line {number} of {owner}"),
                        "it is no `time value step run`",
                    ),
                };
                if let Err(why) = each_line(&path, &mut take) {
                    notes.skip(owner, why);
                }
            }
        }
        found
    }
}

/// Reads `time value step run [dataset digest]`; a dataset may have spaces in its name.
fn measured(model: &str, key: &str, line: &str) -> Option<(String, ModelMetric)> {
    let mut words = line.split(' ');
    let time = words.next()?.parse().ok()?;
    let value = label::number(words.next()?)?;
    let step = words.next()?.parse().ok()?;
    let run = words.next()?.to_owned();
    let rest: Vec<&str> = words.collect();
    let dataset = rest.split_last().map(|(digest, name)| (name.join(" "), (*digest).to_owned()));
    let point = Point { step, time, value: value.into() };
    Some((run, ModelMetric { model: model.to_owned(), key: key.to_owned(), point, dataset }))
}

/// Reads the logged models that a run made.
pub(super) fn outputs(run: &Path, id: &str, notes: &Notes) -> Vec<ModelOutput> {
    let mut found = vec![];
    for folder in folders(&run.join("outputs")) {
        match output(&folder) {
            Ok(output) => found.extend(output),
            Err(why) => {
                let name = folder.file_name().unwrap_or_default().to_string_lossy();
                notes.skip(format!("output `{}` of run {id}", name.escape_debug()), why);
            }
        }
    }
    found
}

fn output(folder: &Path) -> Result<Option<ModelOutput>, String> {
    let meta = Yaml::read(&folder.join("meta.yaml"))?;
    if meta.text("destination_type")? != "MODEL_OUTPUT" {
        return Ok(None);
    }
    let step = meta.maybe_number("step").unwrap_or(0);
    Ok(Some(ModelOutput { model: meta.text("destination_id")?, step }))
}

fn version(
    folder: &Path,
    number: u64,
    owner: &str,
    notes: &Notes,
) -> Result<VersionRecord, String> {
    let meta = Yaml::read(&folder.join("meta.yaml"))?;
    let owner = format!("version {number} of {owner}");
    let created = meta.maybe_number("creation_timestamp").unwrap_or(0);
    let some = |name: &str| meta.maybe_text(name).filter(|text| !text.is_empty());
    let stage = some("current_stage").unwrap_or_default();
    Ok(VersionRecord {
        number,
        created,
        updated: meta.maybe_number("last_updated_timestamp").unwrap_or(created),
        description: some("description"),
        user: some("user_id"),
        source: some("source").unwrap_or_default(),
        location: some("storage_location"),
        run: some("run_id"),
        run_link: some("run_link"),
        logged_model: some("model_id"),
        tags: texts(&folder.join("tags"), "tag", &owner, notes),
        deleted: stage == "Deleted_Internal",
        content: None,
        stage,
    })
}
