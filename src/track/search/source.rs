//! Where the index keeps what a filter or an order names: the SQL of each field.

use rusqlite::Connection;

use crate::track::filter::{Attribute, DatasetField, Field, NumberField, TextField};
use crate::track::index;

/// The values of one field, as pairs of a run's number and a value.
///
/// Only texts from this file become SQL; what a user wrote is bound.
#[derive(Debug)]
pub(super) struct Source {
    table: &'static str,
    /// The column with the run's number.
    run: &'static str,
    value: &'static str,
    /// The number of the metric's, param's or tag's key: `?1`, or `?2` of [`Source::one`].
    pub(super) key: Option<i64>,
    /// What must hold of a row that is there but says nothing.
    given: &'static str,
}

/// Returns where `field` is; none where no run has such a key.
pub(super) fn source(db: &Connection, field: &Field) -> rusqlite::Result<Option<Source>> {
    let keyed = |table: &'static str, key: &str| -> rusqlite::Result<Option<Source>> {
        let key = index::key(db, key)?;
        Ok(key.map(|key| Source { table, run: "run", value: "value", key: Some(key), given: "" }))
    };
    Ok(Some(match field {
        Field::Number(NumberField::Metric(key)) => return keyed("run_metrics", key),
        Field::Text(TextField::Param(key)) => return keyed("run_params", key),
        Field::Text(TextField::Tag(key)) => return keyed("run_tags", key),
        Field::Number(NumberField::Started) => Source::of_run("started", ""),
        Field::Number(NumberField::Ended) => Source::of_run("ended", "AND ended IS NOT NULL"),
        Field::Number(NumberField::Duration) => {
            Source::of_run("ended - started", "AND ended IS NOT NULL")
        }
        Field::Text(TextField::Attribute(attribute)) => Source::of_attribute(*attribute),
        Field::Text(TextField::Dataset(field)) => Source::of_dataset(*field),
    }))
}

impl Source {
    fn of_run(value: &'static str, given: &'static str) -> Self {
        Self { table: "runs", run: "number", value, key: None, given }
    }

    fn of_attribute(attribute: Attribute) -> Self {
        let of_experiment = |value| Self {
            table: "runs JOIN run_experiments e ON e.number = runs.experiment",
            run: "runs.number",
            value,
            key: None,
            given: "",
        };
        match attribute {
            Attribute::Id => Self::of_run("id", ""),
            Attribute::Name => Self::of_run("name", ""),
            Attribute::User => Self::of_run("user", ""),
            Attribute::Status => Self::of_run("status", ""),
            // What a tracking server names the place of the artifacts.
            Attribute::ArtifactUri => {
                of_experiment("'mlflow-artifacts:/' || e.id || '/' || runs.id || '/artifacts'")
            }
            Attribute::Experiment => of_experiment("e.name"),
            Attribute::ExperimentId => of_experiment("e.id"),
        }
    }

    fn of_dataset(field: DatasetField) -> Self {
        let (value, given) = match field {
            DatasetField::Name => ("name", ""),
            DatasetField::Digest => ("digest", ""),
            DatasetField::Context => ("context", "AND context IS NOT NULL"),
        };
        Self { table: "run_datasets", run: "run", value, key: None, given }
    }

    /// The statement that gives number and value of all rows for which `more` holds.
    pub(super) fn all(&self, more: &str) -> String {
        let Self { table, run, value, given, .. } = self;
        let key = if self.key.is_some() { "key = ?1" } else { "1" };
        format!("SELECT {run}, {value} FROM {table} WHERE {key} {given} {more}")
    }

    /// The same in order of the values, where those that are NULL come first.
    pub(super) fn sorted(&self) -> String {
        format!("{} ORDER BY {}", self.all(""), self.value)
    }

    /// The same from either end, without those that are NULL.
    pub(super) fn valued(&self, descending: bool) -> String {
        let end = if descending { "DESC" } else { "ASC" };
        let Self { value, .. } = self;
        format!("{} ORDER BY {value} {end}", self.all(&format!("AND {value} IS NOT NULL")))
    }

    /// The statement that gives the values of run `?1`.
    pub(super) fn one(&self) -> String {
        let Self { table, run, value, given, .. } = self;
        let key = if self.key.is_some() { "AND key = ?2" } else { "" };
        format!("SELECT {value} FROM {table} WHERE {run} = ?1 {key} {given}")
    }
}
