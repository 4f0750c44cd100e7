//! A file of rows through the same way as a request: read piece by piece, checked, asked, written.

use std::io::{BufRead, BufReader, Read as _, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use super::error::Error;
use super::failure::Failure;
use super::lane::{Lane, Pace};
use super::load::{Loading, load};
use super::metrics::Numbers;
use super::wire::{Asked, Frame, Read, Takes, csv, json, parquet, request, write};
use crate::model::score::python::Answer;
use crate::model::score::{self, Column, Output, Stop, Table, Tensor, Value, Values};
use crate::model::{Reference, registry};
use crate::store::Store;

/// So many rows are asked at once.
const ROWS: usize = 1000;

/// A request in JSON is one piece and is held in memory.
const LONGEST: u64 = 1 << 30;

/// What a file of rows is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Csv,
    Json,
    Jsonl,
    Parquet,
}

impl Format {
    /// Returns what the end of a name says.
    pub fn of(path: &Path) -> Option<Self> {
        let end = path.extension()?.to_str()?.to_ascii_lowercase();
        match end.as_str() {
            "csv" => Some(Self::Csv),
            "json" => Some(Self::Json),
            "jsonl" | "ndjson" => Some(Self::Jsonl),
            "parquet" => Some(Self::Parquet),
            _ => None,
        }
    }
}

/// A version that scores files.
#[derive(Debug)]
pub struct Predictor(Lane);

impl Predictor {
    /// Loads a version.
    pub fn open(
        store: &Store,
        reference: &Reference,
        loading: &Loading,
        tell: &dyn Fn(&str),
    ) -> Result<Self, Error> {
        let version = registry::resolve(store, reference)?;
        let loaded = load(store, &version, loading, tell)?;
        let numbers = Arc::new(Numbers::new(&loaded.name, loaded.number));
        let limit = Duration::from_secs(u32::MAX.into());
        let pace = Pace { at_once: 1, limit, batch: Default::default() };
        Ok(Self(Lane::new(loaded, numbers, &pace)))
    }

    /// Returns how the user writes the version, and which engine runs it.
    pub fn about(&self) -> (String, &'static str) {
        (self.0.loaded.reference(), self.0.loaded.flavor)
    }

    /// Scores all of `from` and writes predictions to `to` as they come; returns how many rows there were.
    pub fn score(
        &self,
        from: Input,
        format: Format,
        to: &mut dyn Write,
        into: Format,
    ) -> Result<u64, Error> {
        let mut out = Out { to, into, rows: 0, begun: false, named: vec![], alone: None };
        let takes = self.0.loaded.takes();
        let bad = Error::Input;
        match format {
            Format::Json => self.whole(from, &takes, &mut out)?,
            Format::Jsonl => self.lines(from, &takes, &mut out)?,
            Format::Csv => {
                let mut reader = csv::Reader::new(from.open(), &takes).map_err(bad)?;
                while let Some(frame) = reader.next(ROWS).map_err(bad)? {
                    self.frame(frame, &takes, &mut out)?;
                }
            }
            Format::Parquet => {
                let mut reader = match from {
                    Input::File(file) => parquet::Reader::new(file).map_err(bad)?,
                    Input::Stream(stream) => {
                        parquet::Reader::new(Bytes::from(all(stream)?)).map_err(bad)?
                    }
                };
                while let Some(frame) = reader.next(ROWS).map_err(bad)? {
                    self.frame(frame, &takes, &mut out)?;
                }
            }
        }
        out.end()?;
        Ok(out.rows)
    }

    fn frame(&self, frame: Frame, takes: &Takes<'_>, out: &mut Out<'_>) -> Result<(), Error> {
        // Where nothing is known of what a model in Python takes, it is given the columns as they are.
        let takes = Takes { python: false, ..*takes };
        match frame.check(&takes).map_err(said)? {
            Read::Asked(asked) => self.ask(&asked, out),
            Read::Raw => Err(Error::Input("the model takes no table".to_owned())),
        }
    }

    fn ask(&self, asked: &Asked, out: &mut Out<'_>) -> Result<(), Error> {
        match self.0.ask(asked, &Stop::default()).map_err(answered)? {
            Answer::Output(output) => out.output(&output, self.form(asked))?,
            Answer::Json(text) => out.text(&text)?,
            Answer::Raw { body, .. } => out.text(&body)?,
        }
        out.rows += asked.rows() as u64;
        Ok(())
    }

    fn form(&self, asked: &Asked) -> write::Form {
        match asked.input {
            score::Input::Table(_) => self.0.loaded.forms.0,
            score::Input::Tensors(_) => self.0.loaded.forms.1,
        }
    }

    /// A request of the scoring protocol, or a list of rows.
    fn whole(&self, from: Input, takes: &Takes<'_>, out: &mut Out<'_>) -> Result<(), Error> {
        let mut bytes = all(from.open())?;
        // A list of rows is what `dataframe_records` holds.
        if bytes.trim_ascii_start().first() == Some(&b'[') {
            bytes = [&b"{\"dataframe_records\":"[..], &bytes[..], b"}"].concat();
        }
        match request::read(&bytes, takes).map_err(said)? {
            Read::Asked(asked) => self.ask(&asked, out),
            Read::Raw => {
                let plain = Takes { python: false, ..*takes };
                match request::read(&bytes, &plain).map_err(said)? {
                    Read::Asked(asked) => self.ask(&asked, out),
                    Read::Raw => Err(Error::Input("only the model itself can read it".to_owned())),
                }
            }
        }
    }

    /// An object a line.
    fn lines(&self, from: Input, takes: &Takes<'_>, out: &mut Out<'_>) -> Result<(), Error> {
        let mut reader = from.open();
        let (mut batch, mut rows) = (vec![], 0);
        let mut line = Vec::new();
        loop {
            line.clear();
            let read = reader.by_ref().take(LONGEST).read_until(b'\n', &mut line);
            let ended = read.map_err(|error| Error::Input(error.to_string()))? == 0;
            let text = line.trim_ascii();
            if !text.is_empty() {
                batch.push(if rows == 0 { b'[' } else { b',' });
                batch.extend_from_slice(text);
                rows += 1;
            }
            if rows == ROWS || (ended && rows > 0) {
                let text = [&b"{\"dataframe_records\":"[..], &batch[..], b"]}"].concat();
                let body = json::read(&text).map_err(Error::Input)?;
                let frame = request::records_of(body).map_err(said)?;
                self.frame(frame, takes, out)?;
                batch.clear();
                rows = 0;
            }
            if ended {
                return Ok(());
            }
        }
    }
}

/// Where rows come from.
#[derive(Debug)]
pub enum Input {
    File(std::fs::File),
    Stream(std::io::Stdin),
}

impl Input {
    fn open(self) -> Box<dyn BufRead> {
        match self {
            Self::File(file) => Box::new(BufReader::new(file)),
            Self::Stream(stream) => Box::new(BufReader::new(stream)),
        }
    }
}

fn all(from: impl std::io::Read) -> Result<Vec<u8>, Error> {
    let mut bytes = vec![];
    let read = from.take(LONGEST + 1).read_to_end(&mut bytes);
    match read.map_err(|error| Error::Input(error.to_string()))? as u64 > LONGEST {
        true => Err(Error::Input(format!("more than {LONGEST} bytes"))),
        false => Ok(bytes),
    }
}

fn said(failure: Failure) -> Error {
    Error::Input(failure.message)
}

fn answered(failure: Failure) -> Error {
    let trace = failure.trace().map(|trace| format!("\n{trace}")).unwrap_or_default();
    Error::Answer(format!("{}{trace}", failure.message))
}

/// Predictions on their way out.
struct Out<'a> {
    to: &'a mut dyn Write,
    into: Format,
    /// Rows that were answered.
    rows: u64,
    begun: bool,
    /// What answers by name are so far: the values of a list each. In JSON they stand one after the other, so they wait.
    named: Vec<(String, Vec<u8>)>,
    /// An answer that is no list.
    alone: Option<Vec<u8>>,
}

impl Out<'_> {
    fn output(&mut self, output: &Output, form: write::Form) -> Result<(), Error> {
        if self.into == Format::Json {
            if let Some(values) = write::named(output, form) {
                return self.named(values);
            }
            let mut text = vec![];
            write::answer(&mut text, output, form);
            return self.text(&text);
        }
        let table = table(output)?;
        if self.into == Format::Csv && !self.begun {
            let names: Vec<_> =
                table.columns().iter().map(|column| field(column.name.as_bytes())).collect();
            self.put(&[&names.join(&b","[..])[..], b"\n"].concat())?;
        }
        self.begun = true;
        for row in 0..table.rows() {
            let mut line = vec![];
            for (place, column) in table.columns().iter().enumerate() {
                if place > 0 {
                    line.extend_from_slice(if self.into == Format::Csv { b"," } else { b", " });
                }
                if self.into == Format::Csv {
                    csv_cell(&mut line, column, row);
                } else {
                    write::text(&mut line, &column.name);
                    line.extend_from_slice(b": ");
                    write::cell(&mut line, column, row);
                }
            }
            let line =
                if self.into == Format::Csv { line } else { [&b"{"[..], &line[..], b"}"].concat() };
            self.put(&[&line[..], b"\n"].concat())?;
        }
        Ok(())
    }

    /// Predictions in JSON: lists of several pieces become one.
    fn text(&mut self, text: &[u8]) -> Result<(), Error> {
        if self.into != Format::Json {
            let value =
                serde_json::from_slice(text).map_err(|error| Error::Answer(error.to_string()))?;
            return self.values(value);
        }
        let inner = text.strip_prefix(b"[").and_then(|rest| rest.strip_suffix(b"]"));
        match (self.begun, inner) {
            _ if self.alone.is_some() => return Err(no_lists()),
            (false, Some(inner)) => self.put(&[&b"{\"predictions\": ["[..], inner].concat())?,
            (true, Some(inner)) => self.put(&[&b", "[..], inner].concat())?,
            (false, None) => {
                self.alone = Some(text.to_owned());
                return Ok(());
            }
            (true, None) => return Err(no_lists()),
        }
        self.begun = true;
        Ok(())
    }

    /// Answers by name in JSON: the lists of several pieces become one, name by name.
    fn named(&mut self, values: &[(String, Value)]) -> Result<(), Error> {
        let is_first = self.named.is_empty();
        for (place, (name, value)) in values.iter().enumerate() {
            let mut text = vec![];
            write::value(&mut text, value);
            let inner = text.strip_prefix(b"[").and_then(|rest| rest.strip_suffix(b"]"));
            match (self.named.get_mut(place), inner) {
                (Some((_, known)), Some(inner)) => {
                    known.extend_from_slice(b", ");
                    known.extend_from_slice(inner);
                }
                (None, Some(inner)) if is_first => self.named.push((name.clone(), inner.to_vec())),
                _ => return Err(no_lists()),
            }
        }
        Ok(())
    }

    /// Writes what has waited for all pieces.
    fn waited(&mut self) -> Result<(), Error> {
        if let Some(text) = self.alone.take() {
            return self.put(&[&b"{\"predictions\": "[..], &text, b"}\n"].concat());
        }
        if self.named.is_empty() {
            return Ok(());
        }
        let mut out = b"{\"predictions\": {".to_vec();
        for (place, (name, inner)) in std::mem::take(&mut self.named).iter().enumerate() {
            write::name(&mut out, place, name);
            out.extend_from_slice(&[b"[", &inner[..], b"]"].concat());
        }
        self.put(&[&out[..], b"}}\n"].concat())
    }

    /// Values of any type, one a line.
    fn values(&mut self, value: serde_json::Value) -> Result<(), Error> {
        if self.into == Format::Csv {
            return Err(Error::Answer("its answers are no table; write JSON".to_owned()));
        }
        let all = match value {
            serde_json::Value::Array(all) => all,
            other => vec![other],
        };
        for one in all {
            self.put(format!("{one}\n").as_bytes())?;
        }
        Ok(())
    }

    fn end(&mut self) -> Result<(), Error> {
        match (self.into, self.begun) {
            (Format::Json, true) => self.put(b"]}\n"),
            _ => self.waited(),
        }
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.to.write_all(bytes).map_err(Error::Write)
    }
}

fn no_lists() -> Error {
    Error::Answer("its answers are no lists, and there are several: write JSON lines".to_owned())
}

/// Returns what a model said as columns.
fn table(output: &Output) -> Result<Table, Error> {
    let values = match output {
        Output::Table(table) => return Ok(table.clone()),
        Output::Json(_) => return Err(Error::Answer("its answers are no table".to_owned())),
        Output::Values(values) => values,
    };
    let mut columns = vec![];
    for (name, value) in values {
        let name = if name.is_empty() { "prediction" } else { name };
        let (tensor, keys) = match value {
            Value::Tensor(tensor) => (tensor, None),
            Value::Maps { keys, rows } => (rows, Some(keys)),
        };
        let part = score::table_of(tensor, &names(name, tensor, keys))
            .map_err(|error| Error::Answer(error.to_string()))?;
        columns.extend(part.columns().iter().cloned());
    }
    Table::new(columns).map_err(|error| Error::Answer(error.to_string()))
}

fn names(name: &str, tensor: &Tensor, keys: Option<&Tensor>) -> Vec<String> {
    let width = tensor.shape().get(1).copied().unwrap_or(1);
    let key = |place: usize| match keys {
        Some(keys) => {
            let mut text = vec![];
            write::element(&mut text, keys.data(), place);
            String::from_utf8_lossy(&text).trim_matches('"').to_owned()
        }
        None => place.to_string(),
    };
    match (width, keys) {
        (1, None) => vec![name.to_owned()],
        _ => (0..width).map(|place| format!("{name}_{}", key(place))).collect(),
    }
}

fn csv_cell(line: &mut Vec<u8>, column: &Column, row: usize) {
    match &column.values {
        _ if column.is_missing(row) => {}
        Values::String(all) => line.extend(field(all[row].as_bytes())),
        _ => {
            let mut text = vec![];
            write::cell(&mut text, column, row);
            line.extend_from_slice(
                text.strip_prefix(b"\"").and_then(|text| text.strip_suffix(b"\"")).unwrap_or(&text),
            );
        }
    }
}

/// Returns a field of CSV, quoted where it must be.
fn field(text: &[u8]) -> Vec<u8> {
    if !text.iter().any(|byte| b",\"\r\n".contains(byte)) {
        return text.to_vec();
    }
    let mut quoted = vec![b'"'];
    for byte in text {
        quoted.extend_from_slice(if *byte == b'"' { b"\"\"" } else { std::slice::from_ref(byte) });
    }
    quoted.push(b'"');
    quoted
}
