//! Metrics as text: `acc=0.9@3`, lines of `metrics.jsonl`, rows of a csv file.
//!
//! A line is an object: `{"step":3,"loss":0.51,"acc":0.8}`, where every number but `step` and `time` is a metric, or
//! `{"name":"loss","value":0.51,"step":3}`. NaN and infinities are texts or the bare words that Python writes. A time is in
//! milliseconds since 1970, in seconds where it is too small for that, or RFC 3339.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;

use serde_json::{Map, Value as Json};

use crate::base::time;
use crate::track::{Error, Point, Value, limit};

/// A longer line is no line of metrics; it bounds what is read into memory.
pub(super) const LONGEST_LINE: usize = 1 << 20;
/// A time below is in seconds: milliseconds would be in the first days of 1973.
const LEAST_MILLIS: f64 = 1e11;

/// One value, as far as the text says where and when.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    pub name: String,
    pub value: f64,
    pub step: Option<i64>,
    pub time: Option<i64>,
}

/// Gives points that name no step the next one of their metric: 0, 1, 2 …
#[derive(Debug, Default)]
pub(super) struct Steps {
    next: BTreeMap<String, i64>,
}

impl Steps {
    pub(super) fn starting_at(next: BTreeMap<String, i64>) -> Self {
        Self { next }
    }

    pub(super) fn place(&mut self, sample: Sample, now: i64) -> (String, Point) {
        let step = match sample.step {
            Some(step) => step,
            None => {
                let next = self.next.entry(sample.name.clone()).or_default();
                *next += 1;
                *next - 1
            }
        };
        let time = sample.time.unwrap_or(now);
        (sample.name, Point { step, time, value: Value(sample.value) })
    }
}

/// Reads `KEY=VALUE` or `KEY=VALUE@STEP`.
pub fn argument(text: &str) -> Result<Sample, Error> {
    let (name, rest) = text.split_once('=').unwrap_or((text, ""));
    let bad = || Error::BadMetricValue { name: name.to_owned(), value: rest.to_owned() };
    let (value, step) = match rest.rsplit_once('@') {
        Some((value, step)) => (value, Some(step.trim().parse().map_err(|_| bad())?)),
        None => (rest, None),
    };
    limit::key("metric", name)?;
    let value = number(value).ok_or_else(bad)?;
    Ok(Sample { name: name.to_owned(), value, step, time: None })
}

/// Reads a number as people and programs write it, `nan` and `-inf` included.
fn number(text: &str) -> Option<f64> {
    text.trim().parse().ok()
}

/// Reads a line of `metrics.jsonl`; says what is wrong where it is none.
pub(super) fn line(text: &str) -> Result<Vec<Sample>, String> {
    let object: Map<String, Json> =
        serde_json::from_str(&quote_bare_words(text)).map_err(|error| json_reason(&error))?;
    let step = object.get("step").map(step).transpose()?.flatten();
    let time = object.get("time").map(moment).transpose()?.flatten();
    let sample = |name: &str, value: f64| match limit::key("metric", name) {
        Ok(()) => Ok(Sample { name: name.to_owned(), value, step, time }),
        Err(error) => Err(error.to_string()),
    };
    if let (Some(Json::String(name)), Some(found)) = (object.get("name"), object.get("value")) {
        let value = value(found).or_else(|| found.as_str().and_then(number));
        let value = value.ok_or_else(|| format!("`value` is {}, no number", kind(found)))?;
        return Ok(vec![sample(name, value)?]);
    }
    let metrics = object.iter().filter(|(name, _)| !matches!(name.as_str(), "step" | "time"));
    let samples: Vec<Sample> = metrics
        .filter_map(|(name, found)| Some(sample(name, value(found)?)))
        .collect::<Result<_, _>>()?;
    match samples.is_empty() {
        true => Err("it holds no number".to_owned()),
        false => Ok(samples),
    }
}

/// Returns the number that a JSON value is, also one of the three that JSON has no number for.
fn value(json: &Json) -> Option<f64> {
    match json {
        Json::Number(number) => number.as_f64(),
        Json::String(text) if text == "NaN" => Some(f64::NAN),
        Json::String(text) if text == "Infinity" => Some(f64::INFINITY),
        Json::String(text) if text == "-Infinity" => Some(f64::NEG_INFINITY),
        _ => None,
    }
}

fn step(json: &Json) -> Result<Option<i64>, String> {
    let whole =
        |number: f64| (number.fract() == 0.0 && number.abs() < 9e15).then_some(number as i64);
    match json {
        Json::Null => Ok(None),
        Json::Number(number) => match number.as_i64().or(number.as_f64().and_then(whole)) {
            Some(step) => Ok(Some(step)),
            None => Err(format!("`step` is {number}, no whole number")),
        },
        other => Err(format!("`step` is {}, no whole number", kind(other))),
    }
}

fn moment(json: &Json) -> Result<Option<i64>, String> {
    let found = match json {
        Json::Null => return Ok(None),
        Json::Number(number) => number.as_f64().map(millis),
        Json::String(text) => time::parse(text),
        _ => None,
    };
    found.map(Some).ok_or_else(|| "`time` is no time".to_owned())
}

fn millis(number: f64) -> i64 {
    match number.abs() < LEAST_MILLIS {
        true => (number * 1000.0).round() as i64,
        false => number as i64,
    }
}

fn kind(json: &Json) -> &'static str {
    match json {
        Json::Null => "null",
        Json::Bool(_) => "a boolean",
        Json::Number(_) => "a number",
        Json::String(_) => "a text",
        Json::Array(_) => "a list",
        Json::Object(_) => "an object",
    }
}

/// What serde says, without the line: it counts from the start of this one line.
fn json_reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let reason = text.split(" at line ").next().unwrap_or_default();
    match error.column() {
        0 => reason.to_owned(),
        column => format!("{reason} (column {column})"),
    }
}

/// Puts `NaN`, `Infinity` and `-Infinity` in quotes where they stand as Python's `json` writes them.
pub(super) fn quote_bare_words(text: &str) -> Cow<'_, str> {
    if !text.contains("NaN") && !text.contains("Infinity") {
        return Cow::Borrowed(text);
    }
    let mut quoted = String::with_capacity(text.len() + 16);
    let mut rest = text;
    let mut in_text = false;
    while let Some(c) = rest.chars().next() {
        let word = ["NaN", "Infinity", "-Infinity"].into_iter().find(|word| rest.starts_with(word));
        let length = match (in_text, c) {
            (true, '\\') => 1 + rest[1..].chars().next().map_or(0, char::len_utf8),
            (_, '"') => {
                in_text = !in_text;
                1
            }
            (false, _) if word.is_some() => {
                let word = word.unwrap_or_default();
                quoted.extend(["\"", word, "\""]);
                rest = &rest[word.len()..];
                continue;
            }
            _ => c.len_utf8(),
        };
        quoted.push_str(&rest[..length]);
        rest = &rest[length..];
    }
    Cow::Owned(quoted)
}

/// Reads a file of metrics, line by line, whatever its size; `take` gets each value.
pub(super) fn file(
    path: &Path,
    mut take: impl FnMut(Sample) -> Result<(), Error>,
) -> Result<(), Error> {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    let bad = |reason: &str| Error::BadFile { path: path.to_owned(), reason: reason.to_owned() };
    let meta = path.metadata().map_err(Error::io("read", path))?;
    if !meta.is_file() {
        return Err(bad("it is no file"));
    }
    let file = File::open(path).map_err(Error::io("read", path))?;
    match extension.to_ascii_lowercase().as_str() {
        "jsonl" | "ndjson" | "json" => json_lines(path, file, &mut take),
        "csv" => table(path, file, &mut take),
        _ => Err(bad("its name ends neither in `.jsonl` nor in `.csv`")),
    }
}

fn json_lines(
    path: &Path,
    file: File,
    take: &mut impl FnMut(Sample) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut reader = BufReader::with_capacity(1 << 16, file);
    let mut bytes = Vec::new();
    for number in 1.. {
        bytes.clear();
        let limit = LONGEST_LINE as u64 + 1;
        let read = reader.by_ref().take(limit).read_until(b'\n', &mut bytes);
        if read.map_err(Error::io("read", path))? == 0 {
            break;
        }
        let bad = |reason| Error::BadLine { path: path.to_owned(), line: number, reason };
        if bytes.len() > LONGEST_LINE {
            return Err(bad("it is longer than 1 MiB".to_owned()));
        }
        for sample in checked_line(&bytes).map_err(bad)? {
            take(sample)?;
        }
    }
    Ok(())
}

/// Reads the bytes of a line; an empty one holds nothing.
pub(super) fn checked_line(bytes: &[u8]) -> Result<Vec<Sample>, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned())?;
    match text.trim_start_matches('\u{feff}').trim() {
        "" => Ok(vec![]),
        text => line(text),
    }
}

fn table(
    path: &Path,
    file: File,
    take: &mut impl FnMut(Sample) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(file);
    let bad = |line, reason| Error::BadLine { path: path.to_owned(), line, reason };
    let fault = |error: csv::Error| {
        let line = error.position().map_or(0, csv::Position::line);
        bad(line, csv_reason(&error))
    };
    let header: Vec<String> = reader.headers().map_err(fault)?.iter().map(str::to_owned).collect();
    let long =
        header.iter().any(|name| name == "name") && header.iter().any(|name| name == "value");
    for record in reader.records() {
        let record = record.map_err(fault)?;
        let line = record.position().map_or(0, csv::Position::line);
        let cell = |name: &str| {
            let column = header.iter().position(|column| column == name)?;
            record.get(column).filter(|cell| !cell.is_empty())
        };
        let step = cell("step").map(|text| {
            let json = serde_json::from_str(text).unwrap_or(Json::String(text.to_owned()));
            step(&json).map_err(|reason| bad(line, reason))
        });
        let step = step.transpose()?.flatten();
        let time = cell("time").map(|text| {
            let found = number(text).map(millis).or_else(|| time::parse(text));
            found.ok_or_else(|| bad(line, "`time` is no time".to_owned()))
        });
        let time = time.transpose()?;
        let mut add = |name: &str, text: &str| {
            let value = number(text).ok_or_else(|| {
                bad(line, format!("`{}` in column `{name}` is no number", text.escape_debug()))
            })?;
            limit::key("metric", name).map_err(|error| bad(line, error.to_string()))?;
            take(Sample { name: name.to_owned(), value, step, time })
        };
        if long {
            let (Some(name), Some(value)) = (cell("name"), cell("value")) else {
                return Err(bad(line, "`name` or `value` is empty".to_owned()));
            };
            add(name, value)?;
            continue;
        }
        let cells = header.iter().zip(record.iter());
        let metrics = cells
            .filter(|(name, cell)| !matches!(name.as_str(), "step" | "time") && !cell.is_empty());
        for (name, cell) in metrics {
            add(name, cell)?;
        }
    }
    Ok(())
}

fn csv_reason(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("it has {len} cells, the header {expected_len}")
        }
        csv::ErrorKind::Utf8 { .. } => "it is not UTF-8".to_owned(),
        csv::ErrorKind::Io(error) => error.to_string(),
        _ => "it is no row of a csv file".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(text: &str) -> Vec<(String, f64, Option<i64>, Option<i64>)> {
        let samples = line(text).unwrap();
        samples.into_iter().map(|s| (s.name, s.value, s.step, s.time)).collect()
    }

    #[test]
    fn a_line_is_many_metrics_or_one() {
        let flat = seen(r#"{"step":3,"loss":0.51,"acc":8,"note":"x","ok":true}"#);
        assert_eq!(
            flat,
            [("loss".into(), 0.51, Some(3), None), ("acc".into(), 8.0, Some(3), None)]
        );
        let named = seen(r#"{"name":"loss","value":"inf","time":1700000000.5}"#);
        assert_eq!(named, [("loss".into(), f64::INFINITY, None, Some(1_700_000_000_500))]);
        let dated = seen(r#"{"a":1,"time":"1970-01-01T00:00:01Z","step":2.0}"#);
        assert_eq!(dated, [("a".into(), 1.0, Some(2), Some(1000))]);
    }

    #[test]
    fn the_words_of_python_are_numbers() {
        let found = seen(r#"{"a":NaN,"b":-Infinity,"c":Infinity,"d":"say \"NaN"}"#);
        assert!(found[0].1.is_nan());
        assert_eq!((found[1].1, found[2].1), (f64::NEG_INFINITY, f64::INFINITY));
        assert_eq!(quote_bare_words(r#"{"NaN":"\\","x":NaN}"#), r#"{"NaN":"\\","x":"NaN"}"#);
    }

    #[test]
    fn a_bad_line_says_what_is_wrong() {
        for (text, reason) in [
            ("{\"a\":", "EOF while parsing a value (column 5)"),
            ("[1]", "invalid type: sequence, expected a map (column 0)"),
            (r#"{"step":1}"#, "it holds no number"),
            (r#"{"step":1.5,"a":1}"#, "`step` is 1.5, no whole number"),
            (r#"{"time":[],"a":1}"#, "`time` is no time"),
            (r#"{"name":"a","value":"x"}"#, "`value` is a text, no number"),
        ] {
            let found = line(text).unwrap_err();
            assert!(found.starts_with(reason.split(" (column").next().unwrap()), "{text}: {found}");
        }
    }

    #[test]
    fn an_argument_may_name_its_step() {
        let sample = argument("acc=0.9@3").unwrap();
        assert_eq!((sample.name.as_str(), sample.value, sample.step), ("acc", 0.9, Some(3)));
        assert!(argument("loss=nan").unwrap().value.is_nan());
        assert_eq!(argument("a=-inf").unwrap().value, f64::NEG_INFINITY);
        for text in ["acc", "acc=", "acc=x", "acc=1@", "acc=1@x", "=1", "a=1@1.5"] {
            assert!(argument(text).is_err(), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_line_makes_a_panic(text in r#"[\\{}\[\]":,\\\\0-9eNaInfity\-é ]{0,60}"#) {
            let _ = (line(&text), argument(&text), quote_bare_words(&text));
        }

        #[test]
        fn what_is_json_already_is_not_changed(text in ".*") {
            let json = serde_json::to_string(&serde_json::json!({ "NaN": text })).unwrap();
            proptest::prop_assert_eq!(quote_bare_words(&json), json.as_str());
        }
    }
}
