//! Logged and registered models in the tables of a database.

use std::collections::BTreeMap;

use super::{Database, Fields};
use crate::track::Error;
use crate::track::import::{
    ExperimentRecord, LoggedRecord, Notes, RegisteredRecord, RunModels, VersionRecord,
};
use crate::track::logged::ModelStatus;
use crate::track::{ModelMetric, ModelOutput, Point};

/// Reads the logged models of an experiment.
pub(super) fn logged(
    database: &Database,
    experiment: &ExperimentRecord,
    notes: &Notes,
) -> Result<Vec<LoggedRecord>, Error> {
    let mut found = vec![];
    let rest = "WHERE experiment_id = ?1 ORDER BY model_id";
    database.each("logged_models", rest, [&experiment.id], &mut |row| {
        let Some(id) = row.text("model_id") else {
            notes.skip("a logged model", "it has no id");
            return Ok(());
        };
        let pairs = |table, key, value| database.pairs(table, [key, value, "model_id"], &id);
        let created = row.integer("creation_timestamp_ms").unwrap_or(0);
        let updated = row.integer("last_updated_timestamp_ms").unwrap_or(created);
        let is_deleted = row.text("lifecycle_stage").is_some_and(|stage| stage == "deleted");
        let status = row.text("status").and_then(|word| ModelStatus::parse(&word));
        let model = LoggedRecord {
            name: row.text("name").unwrap_or_default(),
            status: status.unwrap_or(ModelStatus::Unspecified),
            status_message: some(row, "status_message"),
            model_type: some(row, "model_type"),
            source_run: some(row, "source_run_id"),
            params: pairs("logged_model_params", "param_key", "param_value")?,
            tags: pairs("logged_model_tags", "tag_key", "tag_value")?,
            created,
            updated,
            deleted: is_deleted.then_some(updated),
            measured: measured(database, &id)?,
            artifacts: row.text("artifact_location").unwrap_or_default(),
            folder: None,
            id,
        };
        found.push(model);
        Ok(())
    })?;
    Ok(found)
}

/// Reads the logged models that a run used and made.
pub(super) fn of_run(database: &Database, run: &str) -> Result<RunModels, Error> {
    let mut found = RunModels::default();
    let rest = "WHERE source_type IN ('RUN_INPUT', 'RUN_OUTPUT') AND source_id = ?1";
    database.each("inputs", rest, [run], &mut |row| {
        let model = row.text("destination_id").unwrap_or_default();
        match row.text("destination_type").as_deref() {
            Some("MODEL_INPUT") => found.inputs.push(model),
            Some("MODEL_OUTPUT") => {
                let step = row.integer("step").unwrap_or(0);
                found.outputs.push(ModelOutput { model, step });
            }
            _ => {}
        }
        Ok(())
    })?;
    Ok(found)
}

/// Reads what runs measured of a logged model.
fn measured(database: &Database, id: &str) -> Result<Vec<(String, ModelMetric)>, Error> {
    let mut found = vec![];
    database.each("logged_model_metrics", "WHERE model_id = ?1", [id], &mut |row| {
        let point = Point {
            step: row.integer("metric_step").unwrap_or(0),
            time: row.integer("metric_timestamp_ms").unwrap_or(0),
            value: row.real("metric_value").unwrap_or(f64::NAN).into(),
        };
        let (model, key) = (id.to_owned(), row.text("metric_name").unwrap_or_default());
        let digest = row.text("dataset_digest").unwrap_or_default();
        let dataset = some(row, "dataset_name").map(|name| (name, digest));
        let run = row.text("run_id").unwrap_or_default();
        found.push((run, ModelMetric { model, key, point, dataset }));
        Ok(())
    })?;
    Ok(found)
}

fn some(row: &Fields<'_, '_>, name: &str) -> Option<String> {
    row.text(name).filter(|text| !text.is_empty())
}

/// Reads the registry.
pub(super) fn registered(database: &Database) -> Result<Vec<RegisteredRecord>, Error> {
    let mut found = vec![];
    database.each("registered_models", "ORDER BY name", [], &mut |row| {
        let Some(name) = row.text("name") else { return Ok(()) };
        let created = row.integer("creation_time").unwrap_or(0);
        let mut aliases = BTreeMap::new();
        let of = "WHERE name = ?1";
        database.each("registered_model_aliases", of, [&name], &mut |row| {
            if let (Some(alias), Some(number)) = (row.text("alias"), row.integer("version")) {
                aliases.insert(alias, number.unsigned_abs());
            }
            Ok(())
        })?;
        found.push(RegisteredRecord {
            created,
            updated: row.integer("last_updated_time").unwrap_or(created),
            description: some(row, "description"),
            tags: database.pairs("registered_model_tags", ["key", "value", "name"], &name)?,
            aliases,
            versions: versions(database, &name)?,
            name,
        });
        Ok(())
    })?;
    Ok(found)
}

fn versions(database: &Database, name: &str) -> Result<Vec<VersionRecord>, Error> {
    let mut tags: BTreeMap<i64, BTreeMap<String, String>> = BTreeMap::new();
    database.each("model_version_tags", "WHERE name = ?1", [name], &mut |row| {
        if let (Some(number), Some(key)) = (row.integer("version"), row.text("key")) {
            let value = row.text("value").unwrap_or_default();
            tags.entry(number).or_default().insert(key, value);
        }
        Ok(())
    })?;
    let mut found = vec![];
    let rest = "WHERE name = ?1 ORDER BY version";
    database.each("model_versions", rest, [name], &mut |row| {
        let Some(number) = row.integer("version") else { return Ok(()) };
        let created = row.integer("creation_time").unwrap_or(0);
        let stage = row.text("current_stage").unwrap_or_default();
        let source = row.text("source").unwrap_or_default();
        let logged_model = source.strip_prefix("models:/").filter(|id| id.starts_with("m-"));
        found.push(VersionRecord {
            number: number.unsigned_abs(),
            created,
            updated: row.integer("last_updated_time").unwrap_or(created),
            description: some(row, "description"),
            user: some(row, "user_id"),
            location: some(row, "storage_location"),
            run: some(row, "run_id"),
            run_link: some(row, "run_link"),
            logged_model: logged_model.map(str::to_owned),
            tags: tags.remove(&number).unwrap_or_default(),
            deleted: stage == "Deleted_Internal",
            content: None,
            stage,
            source,
        });
        Ok(())
    })?;
    Ok(found)
}
