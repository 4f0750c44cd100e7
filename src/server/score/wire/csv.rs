//! Tables in CSV, as pandas reads them.

use std::io::Read;

use super::cells::{Cell, Cells};
use super::frame::Frame;
use super::json::MOST_COLUMNS;
use super::request::Takes;
use crate::model::signature::{Scalar, Schema, Type};

/// What pandas takes for a missing value.
const MISSING: [&str; 18] = [
    "", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN",
    "<NA>", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan",
];

/// Reads a table piece by piece.
pub(in crate::server::score) struct Reader<R> {
    csv: csv::Reader<R>,
    names: Vec<String>,
    /// Which columns are text whatever they look like.
    texts: Vec<bool>,
}

impl<R: Read> Reader<R> {
    /// Reads the line of names.
    pub(in crate::server::score) fn new(from: R, takes: &Takes<'_>) -> Result<Self, String> {
        let mut csv = csv::ReaderBuilder::new().flexible(false).from_reader(from);
        let heads = csv.headers().map_err(|error| error.to_string())?;
        let names: Vec<String> = heads.iter().map(str::to_owned).collect();
        if names.is_empty() || names.iter().all(String::is_empty) {
            return Err("No columns to parse from file".to_owned());
        }
        if names.len() > MOST_COLUMNS {
            return Err("too many columns".to_owned());
        }
        let texts = names.iter().map(|name| is_text(name, takes)).collect();
        Ok(Self { csv, names, texts })
    }

    /// Returns the next rows, at most `most`; nothing after the last.
    pub(in crate::server::score) fn next(&mut self, most: usize) -> Result<Option<Frame>, String> {
        let mut frame = Frame {
            columns: self.names.iter().map(|name| (name.clone(), Cells::default())).collect(),
            rows: 0,
        };
        let mut record = csv::StringRecord::new();
        while frame.rows < most
            && self.csv.read_record(&mut record).map_err(|error| error.to_string())?
        {
            for ((value, (_, cells)), text) in
                record.iter().zip(&mut frame.columns).zip(&self.texts)
            {
                cells.push(cell(value, *text));
            }
            frame.rows += 1;
        }
        Ok((frame.rows > 0).then_some(frame))
    }
}

fn is_text(name: &str, takes: &Takes<'_>) -> bool {
    let Some(Schema::Columns(columns)) = takes.inputs() else { return false };
    columns.iter().any(|column| {
        let text =
            matches!(column.kind, Type::Scalar(Scalar::String | Scalar::Binary | Scalar::Datetime));
        text && column.name.as_deref() == Some(name)
    })
}

fn cell(value: &str, text: bool) -> Cell {
    if MISSING.contains(&value) || value == "null" {
        return Cell::Null;
    }
    if text {
        return Cell::Text(value.to_owned());
    }
    match value {
        "True" | "TRUE" | "true" => Cell::Bool(true),
        "False" | "FALSE" | "false" => Cell::Bool(false),
        _ => number(value.trim()).unwrap_or_else(|| Cell::Text(value.to_owned())),
    }
}

fn number(value: &str) -> Option<Cell> {
    if let Ok(whole) = value.parse() {
        return Some(Cell::Int(whole));
    }
    let plain = value.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    match value {
        "inf" | "Inf" | "+inf" | "Infinity" => Some(Cell::Float(f64::INFINITY)),
        "-inf" | "-Inf" | "-Infinity" => Some(Cell::Float(f64::NEG_INFINITY)),
        _ => value.parse().ok().filter(|_| plain).map(Cell::Float),
    }
}
