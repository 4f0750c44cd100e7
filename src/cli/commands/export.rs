use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::{Subcommand, ValueEnum};
use mls::base::fs;
use mls::model;
use mls::store::Store;
use mls::track::export::{self, Form, Record};
use mls::track::search::{self, Deleted, Listed, Query};
use mls::track::{Value, experiment, filter};
use serde_json::json;

use crate::cli::args::Format;
use crate::cli::commands::export_container;
use crate::cli::error::{CommandError, Exit};
use crate::cli::help;
use crate::cli::session::Session;
use crate::cli::text::count;

/// Write what the store knows as files for other programs
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    Container(export_container::Args),
    Runs(Runs),
}

/// Write runs as csv, json, jsonl or parquet, or as a folder of MLflow
///
/// One row for each run, newest first; params, metrics (their last values) and tags have columns of their own, such as
/// `params.lr`. In csv a text that a spreadsheet would run as a formula (it begins with = + - @) has a ' before it,
/// numbers excepted. A Parquet file holds texts, doubles and timestamps; what a run does not have is null. With `--as mlruns`
/// PATH becomes a folder with all points and artifacts as well, which MLflow opens as its own; the models that the runs have
/// made or used go with them, logged and registered ones, and all models where no runs are chosen.
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::reads(
    &[
        ("mls export runs -o runs.parquet", "all runs, for pandas, DuckDB or Spark"),
        ("mls export runs 'metrics.acc > 0.9' -o best.csv", "the runs that a filter finds, as a table"),
        ("mls export runs --as mlruns -o mlruns", "everything, for `mlflow ui --backend-store-uri mlruns`"),
        ("mls export runs --as jsonl | jq .metrics.loss", "one JSON object a line, into another program"),
    ],
    &[Exit::Usage, Exit::NotFound, Exit::NotAllowed, Exit::NoSpace],
))]
struct Runs {
    /// Which runs, as for `mls runs`: `metrics.acc > 0.9 and params.lr = '0.1'`
    #[arg(value_name = "FILTER")]
    filter: Option<String>,
    /// Where to write; `-` or none is stdout
    #[arg(short, long, value_name = "PATH")]
    output: Option<PathBuf>,
    /// The form of the file [default: by the extension of PATH, or csv]
    #[arg(long = "as", value_enum, value_name = "FORM")]
    form: Option<FormArg>,
    /// Only runs of this experiment; may be given several times
    #[arg(short, long = "experiment", value_name = "EXPERIMENT")]
    experiments: Vec<String>,
    /// Write the runs that were removed instead
    #[arg(long)]
    deleted: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum FormArg {
    Csv,
    Json,
    Jsonl,
    Parquet,
    /// A folder as MLflow's file store writes it
    Mlruns,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    let args = match &args.what {
        What::Container(args) => return export_container::run(session, args),
        What::Runs(args) => args,
    };
    if let Some(FormArg::Mlruns) = args.form {
        return folder(session, args);
    }
    let form = form(session, args)?;
    let store = session.store()?;
    let query = query(&store, args)?;
    let Some(name) = path(args) else {
        if form == Form::Parquet {
            let cause = "Parquet is no text for stdout";
            return Err(CommandError::usage(cause).hint("Name a file with `-o runs.parquet`."));
        }
        let mut out = BufWriter::new(Stdout { session, kept: Ok(()) });
        let written = export::write(form, &mut out, |take| visit(&store, &query, take));
        let flushed = out.flush();
        // What the terminal or the pipe said tells more than the error that it led to.
        out.into_inner().map_or(Ok(()), |stdout| stdout.kept)?;
        written?;
        return Ok(flushed?);
    };
    let path = session.settings.folder.join(name);
    let count =
        fs::write_whole(&path, |out| export::write(form, out, |take| visit(&store, &query, take)));
    let count = count.map_err(|error| match error {
        export::Error::Write(error) => CommandError::unwritten(&path, error),
        other => other.into(),
    })?;
    match session.ui.format.is_json() {
        true => session.ui.answer(&json!({"path": name, "runs": count}), String::new),
        false => {
            let runs = if count == 1 { "run" } else { "runs" };
            session.ui.note(&format!("Wrote {count} {runs} to `{}`.", name.display()));
            Ok(())
        }
    }
}

/// Writes a folder for MLflow.
fn folder(session: &Session, args: &Runs) -> Result<(), CommandError> {
    let Some(name) = path(args) else {
        let cause = "a folder is no text for stdout";
        return Err(CommandError::usage(cause).hint("Name it with `-o mlruns`."));
    };
    let store = session.store()?;
    let query = query(&store, args)?;
    let all = args.filter.is_none() && args.experiments.is_empty() && !args.deleted;
    let registered = model::record::list(&store)?;
    let written = export::mlruns::write(
        &store,
        &session.settings.folder.join(name),
        export::mlruns::Models { registered: &registered, all },
        |take| search::each(&store, &query, &mut |run| take(run.id)).map(|_| ()),
        session.ui.progress(),
    )?;
    for left_out in &written.left_out {
        session.ui.warn(&format!("left out {left_out}"));
    }
    if session.ui.format.is_json() {
        let answer = json!({
            "path": name,
            "runs": written.runs,
            "logged_models": written.logged_models,
            "model_versions": written.versions,
            "left_out": written.left_out,
        });
        return session.ui.answer(&answer, String::new);
    }
    let mut wrote = count(written.runs, "run");
    for (number, what) in [(written.logged_models, "logged model"), (written.versions, "version")] {
        if number > 0 {
            wrote = format!("{wrote}, {}", count(number, what));
        }
    }
    session.ui.note(&format!("Wrote {wrote} to `{}`.", name.display()));
    Ok(())
}

fn path(args: &Runs) -> Option<&Path> {
    args.output.as_deref().filter(|path| *path != Path::new("-"))
}

fn form(session: &Session, args: &Runs) -> Result<Form, CommandError> {
    match args.form {
        Some(FormArg::Csv) => return Ok(Form::Csv),
        Some(FormArg::Json) => return Ok(Form::Json),
        Some(FormArg::Jsonl) => return Ok(Form::Jsonl),
        Some(FormArg::Parquet) => return Ok(Form::Parquet),
        Some(FormArg::Mlruns) | None => {}
    }
    let Some(path) = path(args) else {
        return Ok(match session.ui.format {
            Format::Json => Form::Json,
            Format::Jsonl => Form::Jsonl,
            _ => Form::Csv,
        });
    };
    let extension = path.extension().map(|text| text.to_string_lossy());
    extension.and_then(|extension| Form::of_extension(&extension)).ok_or_else(|| {
        CommandError::usage(format!("`{}` does not say its form", path.display()))
            .hint("Say it with `--as csv`, `json`, `jsonl` or `parquet`.")
    })
}

fn query(store: &Store, args: &Runs) -> Result<Query, CommandError> {
    let filter = filter::parse_runs(args.filter.as_deref().unwrap_or(""));
    let mut query = Query {
        filter: filter.map_err(mls::track::Error::from)?,
        deleted: if args.deleted { Deleted::Only } else { Deleted::Without },
        ..Query::default()
    };
    for text in &args.experiments {
        query.experiments.push(experiment::resolve(store, text)?.id);
    }
    Ok(query)
}

fn visit(store: &Store, query: &Query, take: &mut export::Take<'_>) -> Result<(), export::Error> {
    search::each(store, query, &mut |run| take(record(run))).map(|_| ())
}

fn record(run: Listed) -> Record {
    Record {
        id: run.id.into(),
        name: run.name,
        experiment: run.experiment_name,
        status: run.status,
        started_at: run.started,
        ended_at: run.ended,
        params: run.params,
        metrics: run.metrics.into_iter().map(|(key, summary)| (key, last(&summary))).collect(),
        tags: run.tags,
        artifacts: run.artifacts,
    }
}

fn last(summary: &mls::track::Summary) -> Value {
    summary.last.value
}

/// Stdout as the one place that prints knows it; keeps the first failure in its words.
pub(super) struct Stdout<'a> {
    pub(super) session: &'a Session,
    pub(super) kept: Result<(), CommandError>,
}

impl Write for Stdout<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        match self.session.ui.data(bytes) {
            Ok(()) => Ok(bytes.len()),
            Err(error) => {
                self.kept = Err(error);
                Err(std::io::ErrorKind::BrokenPipe.into())
            }
        }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
