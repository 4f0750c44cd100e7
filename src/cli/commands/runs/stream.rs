//! Runs for programs: written as they are read, so that any number of them takes little memory.

use mls::base::time;
use mls::store::Store;
use mls::track::Listed;
use mls::track::search::{self, Query};
use serde_json::{Map, Value, json};

use crate::cli::args::Format;
use crate::cli::commands::runs::column::{self, Column, Keys, Wanted};
use crate::cli::error::CommandError;
use crate::cli::json;
use crate::cli::session::Session;
use crate::cli::table::Table;

/// Bytes that are gathered before they are written.
const CHUNK: usize = 64 << 10;

/// Rows that are made at once.
const ROWS: usize = 256;

/// Answers with one document, or with a line for each run.
pub(super) fn json(session: &Session, store: &Store, query: &Query) -> Result<(), CommandError> {
    let lines = session.ui.format == Format::Jsonl;
    let mut text = String::new();
    let mut any = false;
    search::each(store, query, &mut |run| -> Result<(), CommandError> {
        let value = as_json(&run);
        match lines {
            true => text.push_str(&(json::line(&value)? + "\n")),
            false => {
                text.push_str(if any { ",\n  " } else { "[\n  " });
                text.push_str(&json::document(&value)?.replace('\n', "\n  "));
            }
        }
        any = true;
        if text.len() >= CHUNK {
            session.ui.data(text.as_bytes())?;
            text.clear();
        }
        Ok(())
    })?;
    match (lines, any) {
        (true, _) => {}
        (false, true) => text.push_str("\n]\n"),
        (false, false) => text.push_str("[]\n"),
    }
    session.ui.data(text.as_bytes())
}

/// Answers with a row for each run; without a wish with all that the runs have.
pub(super) fn csv(
    session: &Session,
    store: &Store,
    query: &Query,
    wanted: Option<&[Wanted]>,
    now: i64,
) -> Result<(), CommandError> {
    let mut keys = Keys::default();
    let is_clear = |wanted: &Wanted| matches!(wanted, Wanted::Column(_));
    if !wanted.is_some_and(|wanted| wanted.iter().all(is_clear)) {
        search::each(store, query, &mut |run| {
            keys.add(&run);
            Ok::<_, CommandError>(())
        })?;
    }
    let columns = match wanted {
        Some(wanted) => column::find(wanted, &keys)?,
        None => {
            let mut columns = Column::fixed();
            columns.extend(keys.params.into_iter().map(Column::Param));
            columns.extend(keys.metrics.into_iter().map(Column::Metric));
            columns.extend(keys.tags.into_iter().map(Column::Tag));
            columns
        }
    };
    let mut rows = Rows { session, columns, now, runs: Vec::new(), headed: false };
    search::each(store, query, &mut |run| rows.add(run))?;
    rows.write()
}

/// Rows of csv, some at a time.
struct Rows<'a> {
    session: &'a Session,
    columns: Vec<Column>,
    now: i64,
    runs: Vec<Listed>,
    headed: bool,
}

impl Rows<'_> {
    fn add(&mut self, run: Listed) -> Result<(), CommandError> {
        self.runs.push(run);
        match self.runs.len() >= ROWS {
            true => self.write(),
            false => Ok(()),
        }
    }

    fn write(&mut self) -> Result<(), CommandError> {
        let mut table = Table::new(self.columns.iter().map(Column::header).collect::<Vec<_>>());
        for run in self.runs.drain(..) {
            table.row(
                self.columns.iter().map(|column| column.cell(&run, self.now)).collect::<Vec<_>>(),
            );
        }
        let csv = table.csv()?;
        let head =
            Table::new(self.columns.iter().map(Column::header).collect::<Vec<_>>()).csv()?.len();
        let csv = if self.headed { &csv[head..] } else { &csv };
        self.headed = true;
        self.session.ui.data(csv.as_bytes())
    }
}

/// The fields that scripts rely on.
fn as_json(run: &Listed) -> Value {
    let texts = |texts: &std::collections::BTreeMap<String, String>| -> Map<String, Value> {
        texts.iter().map(|(key, value)| (key.clone(), value.as_str().into())).collect()
    };
    let metrics: Map<String, Value> = run
        .metrics
        .iter()
        .map(|(key, summary)| (key.clone(), json::number(summary.last.value.0)))
        .collect();
    json!({
        "id": run.id.as_str(),
        "name": run.name,
        "experiment": run.experiment_name,
        "status": run.status.as_str(),
        "started_at": time::rfc3339(run.started),
        "ended_at": run.ended.map(time::rfc3339),
        "params": texts(&run.params),
        "metrics": metrics,
        "tags": texts(&run.tags),
        "artifacts": run.artifacts.map(|link| link.to_string()),
    })
}
