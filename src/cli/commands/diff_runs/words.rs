//! What a comparison says, in words and numbers for a person.

use anstyle::Style;
use mls::base::{size, time};
use mls::store::Store;
use mls::track::compare::{Comparison, Field, Metric, Table, differ};
use mls::track::limit::NOTE_TAG;
use mls::track::plot;
use mls::track::{RunId, Value as Number, load};

use super::grid::{Grid, Row, Value};
use crate::cli::error::CommandError;
use crate::cli::style::{BAD, GOOD, LITERAL, PLAIN};
use crate::cli::text::escaped;

/// Stands where a run has no value.
const NONE: &str = "-";

/// What is said of each run whether or not it differs.
pub(super) struct Fact {
    id: String,
    status: &'static str,
    started: String,
    duration: String,
}

pub(super) fn facts(store: &Store, ids: &[RunId]) -> Result<Vec<Fact>, CommandError> {
    let fact = |id: &RunId| {
        let run = load::run(store, id)?;
        let lasted = run.ended.map(|ended| time::duration(ended.saturating_sub(run.started)));
        Ok(Fact {
            id: run.id.as_str()[..12].to_owned(),
            status: run.status.as_str(),
            started: time::rfc3339(run.started).get(..16).unwrap_or_default().replace('T', " "),
            duration: lasted.unwrap_or_else(|| NONE.to_owned()),
        })
    };
    ids.iter().map(fact).collect()
}

pub(super) fn grid(comparison: &Comparison, facts: &[Fact], all: bool, ascii: bool) -> Grid {
    let names = comparison.names.iter().map(|name| escaped(name).into_owned()).collect();
    let mut grid = Grid { names, ..Grid::default() };
    let of = |get: &dyn Fn(&Fact) -> &str| facts.iter().map(|fact| Some(get(fact))).collect();
    grid.row(Row { values: ids(facts), ..row("id", of(&|fact| &fact.id)) });
    grid.row(row("status", of(&|fact| fact.status)));
    grid.row(row("started", of(&|fact| &fact.started)));
    grid.row(row("duration", of(&|fact| &fact.duration)));
    let besides: Table<Field> = comparison
        .attributes
        .iter()
        .filter(|(key, _)| !matches!(key.as_str(), "status" | "started_at" | "duration_ms"))
        .map(|(key, values)| (key.clone(), values.clone()))
        .collect();
    fields(&mut grid, "", &besides);
    metrics(&mut grid, comparison, ascii);
    texts(&mut grid, "Params", &comparison.params);
    texts(&mut grid, "Tags", &comparison.tags);
    texts(&mut grid, "Datasets", &shortened(&comparison.datasets));
    fields(&mut grid, "Command", &comparison.command);
    fields(&mut grid, "Code", &comparison.code);
    fields(&mut grid, "Environment", &comparison.environment);
    artifacts(&mut grid, comparison, all);
    grid
}

fn ids(facts: &[Fact]) -> Vec<Value> {
    facts.iter().map(|fact| Value { style: LITERAL, ..Value::new(&fact.id) }).collect()
}

fn row(key: &str, values: Vec<Option<&str>>) -> Row {
    Row {
        key: escaped(key).into_owned(),
        same: !differ(&values),
        values: values.into_iter().map(|value| Value::new(value.unwrap_or(NONE))).collect(),
        change: None,
    }
}

fn texts(grid: &mut Grid, heading: &'static str, table: &Table<String>) {
    if !table.is_empty() {
        grid.heading(heading);
    }
    for (key, values) in table {
        let key = if key == NOTE_TAG { "note" } else { key };
        grid.row(row(key, values.iter().map(Option::as_deref).collect()));
    }
}

fn fields(grid: &mut Grid, heading: &'static str, table: &Table<Field>) {
    if !table.is_empty() && !heading.is_empty() {
        grid.heading(heading);
    }
    for (key, values) in table {
        let said: Vec<Option<String>> =
            values.iter().map(|value| value.as_ref().map(|value| say(key, value))).collect();
        grid.row(row(key, said.iter().map(Option::as_deref).collect()));
    }
}

fn say(key: &str, value: &Field) -> String {
    match (key, value) {
        ("memory", Field::Number(bytes)) => size::human(u64::try_from(*bytes).unwrap_or(0)),
        ("commit" | "patch" | "parent", Field::Text(text)) => short(text),
        _ => value.to_string(),
    }
}

/// Twelve digits tell one digest from another as well as all of them.
fn short(digest: &str) -> String {
    digest.chars().take(12).collect()
}

fn shortened(table: &Table<String>) -> Table<String> {
    let short_all = |values: &Vec<Option<String>>| {
        values.iter().map(|value| value.as_deref().map(short)).collect()
    };
    table.iter().map(|(key, values)| (key.clone(), short_all(values))).collect()
}

fn metrics(grid: &mut Grid, comparison: &Comparison, ascii: bool) {
    if !comparison.metrics.is_empty() {
        grid.heading("Metrics");
    }
    let two = comparison.runs.len() == 2;
    for (key, metric) in &comparison.metrics {
        let numbers = numbers(&metric.values);
        let mut row = row(key, numbers.iter().map(Option::as_deref).collect());
        if two {
            row.change = change(metric, ascii);
        } else if let Some(best) = metric.best {
            row.values[best].text.push_str(" best");
            row.values[best].style = GOOD;
        }
        grid.row(row);
    }
}

/// Four digits where these tell the values apart, else all.
fn numbers(values: &[Option<Number>]) -> Vec<Option<String>> {
    let say = |how: fn(f64) -> String| -> Vec<Option<String>> {
        values.iter().map(|value| value.map(|Number(number)| how(number))).collect()
    };
    let short = say(plot::short);
    let exact = say(plot::exact);
    let alike = |(a, b): (usize, usize)| short[a] == short[b] && exact[a] != exact[b];
    let pairs = (0..values.len()).flat_map(|a| (0..a).map(move |b| (a, b)));
    if pairs.into_iter().any(alike) { exact } else { short }
}

/// Says by how much a metric changed and, where its name tells, whether for the better.
fn change(metric: &Metric, ascii: bool) -> Option<(String, Style)> {
    let Number(delta) = metric.delta.filter(|Number(delta)| *delta != 0.0)?;
    if delta.is_nan() {
        return None;
    }
    let arrow = match (delta > 0.0, ascii) {
        (_, true) => "",
        (true, false) => "▲ ",
        (false, false) => "▼ ",
    };
    let sign = if delta > 0.0 { "+" } else { "" };
    let mut text = format!("{arrow}{sign}{}", plot::short(delta));
    if let Some(Number(part)) = metric.relative.filter(|Number(part)| part.abs() < 10.0) {
        text.push_str(&format!(" ({sign}{:.1} %)", part * 100.0));
    }
    Some(match metric.improved() {
        Some(true) => (text + " better", GOOD),
        Some(false) => (text + " worse", BAD),
        None => (text, PLAIN),
    })
}

fn artifacts(grid: &mut Grid, comparison: &Comparison, all: bool) {
    let artifacts = &comparison.artifacts;
    let changed = artifacts.added.len() + artifacts.removed.len() + artifacts.changed.len();
    if changed > 0 || (all && !artifacts.values.is_empty()) {
        grid.heading("Artifacts");
    }
    let lists = [
        (&artifacts.changed, "changed"),
        (&artifacts.removed, "removed"),
        (&artifacts.added, "added"),
    ];
    for (paths, word) in lists {
        for path in paths {
            let mut row = artifact(path, &artifacts.values[path]);
            if comparison.runs.len() == 2 {
                row.change = Some((word.to_owned(), PLAIN));
            }
            grid.row(row);
        }
    }
    for (path, values) in artifacts.values.iter().filter(|(_, values)| !differ(values)) {
        grid.row(artifact(path, values));
    }
}

fn artifact(path: &str, digests: &[Option<String>]) -> Row {
    let digests: Vec<Option<String>> =
        digests.iter().map(|digest| digest.as_deref().map(short)).collect();
    row(path, digests.iter().map(Option::as_deref).collect())
}
