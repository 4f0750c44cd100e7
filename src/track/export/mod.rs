//! Runs as files for other programs: CSV, JSON, JSON lines and Parquet, written as they are read.
//!
//! CSV and Parquet have one column for each param, metric and tag that any of the runs has, so the runs are visited
//! twice: once for the names of the columns, once for the rows. No more than a row group is held in memory.

mod columns;
mod csv;
mod json;
pub mod mlruns;
mod parquet;

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::{Serialize, Serializer};

use crate::base::time;
use crate::store::Link;
use crate::track::{Error as TrackError, Status, Value};

/// What a file of runs looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Csv,
    /// One array.
    Json,
    /// One object a line.
    Jsonl,
    Parquet,
}

/// One run as other programs see it; as JSON it is what `mls runs --format json` says of a run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Record {
    pub id: String,
    pub name: String,
    pub experiment: String,
    pub status: Status,
    #[serde(serialize_with = "as_time")]
    pub started_at: i64,
    #[serde(serialize_with = "as_optional_time")]
    pub ended_at: Option<i64>,
    pub params: BTreeMap<String, String>,
    pub metrics: BTreeMap<String, Value>,
    pub tags: BTreeMap<String, String>,
    #[serde(serialize_with = "as_digest")]
    pub artifacts: Option<Link>,
}

/// What can go wrong when runs are exported.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Read(#[from] TrackError),
    #[error("could not write the runs")]
    Write(#[from] io::Error),
}

/// Receives one run after the other.
pub type Take<'a> = dyn FnMut(Record) -> Result<(), Error> + 'a;

/// Writes the runs that `visit` hands over to `out`; returns how many there were.
///
/// `visit` is called once or twice and must hand over the same runs in the same order each time.
pub fn write(
    form: Form,
    out: &mut (impl Write + Send),
    mut visit: impl FnMut(&mut Take<'_>) -> Result<(), Error>,
) -> Result<u64, Error> {
    match form {
        Form::Json => json::array(out, visit),
        Form::Jsonl => json::lines(out, visit),
        Form::Csv | Form::Parquet => {
            let mut columns = columns::Columns::default();
            visit(&mut |record| {
                columns.add(&record);
                Ok(())
            })?;
            match form {
                Form::Csv => csv::write(out, &columns, visit),
                _ => parquet::write(out, &columns, visit),
            }
        }
    }
}

impl Form {
    /// Returns the form that files with this extension have.
    pub fn of_extension(extension: &str) -> Option<Self> {
        match extension.to_ascii_lowercase().as_str() {
            "csv" => Some(Self::Csv),
            "json" => Some(Self::Json),
            "jsonl" | "ndjson" => Some(Self::Jsonl),
            "parquet" | "pq" => Some(Self::Parquet),
            _ => None,
        }
    }
}

fn as_time<S: Serializer>(millis: &i64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&time::rfc3339(*millis))
}

fn as_optional_time<S: Serializer>(millis: &Option<i64>, serializer: S) -> Result<S::Ok, S::Error> {
    millis.map(time::rfc3339).serialize(serializer)
}

fn as_digest<S: Serializer>(link: &Option<Link>, serializer: S) -> Result<S::Ok, S::Error> {
    link.map(|link| link.digest.to_string()).serialize(serializer)
}
