use std::io::Read;
use std::path::PathBuf;

use clap::Subcommand;
use mls::base::size;
use mls::model;
use mls::remote::mlflow::{self, Access};
use mls::store::Store;
use mls::track::import::{
    self, Ask, Counts, Database, Folder, Notes, Options, Refusal, Report, Server, Source,
};
use serde_json::{Value, json};

use crate::cli::args::DryRun;
use crate::cli::commands::import_image;
use crate::cli::error::{CommandError, Exit};
use crate::cli::help;
use crate::cli::session::Session;
use crate::cli::text::count;

/// Bring in what other tools have recorded
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    Mlflow(Mlflow),
    Image(import_image::Args),
}

/// Bring in the experiments, runs and models of MLflow
///
/// SOURCE is a folder that MLflow has written, its SQLite database, or the address of a running server; for a server,
/// `MLFLOW_TRACKING_TOKEN` or `MLFLOW_TRACKING_USERNAME` and `MLFLOW_TRACKING_PASSWORD` say who asks. Ids are kept, so that importing again adds only what is new or has changed. Runs and experiments that were removed come
/// as removed ones. What cannot be read is named, left out, and makes the exit status 1; all else is imported. Artifacts
/// are taken from below SOURCE, or from below the folder that `--artifacts` names; a store that says that they are
/// anywhere else is not followed there.
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::writes(
    &[
        ("mls import mlflow mlruns/", "a folder that MLflow has written"),
        ("mls import mlflow mlflow.db --artifacts mlartifacts/", "a database, and the artifacts of its server"),
        ("mls import mlflow https://mlflow.example.com", "everything that a server has; go on where it was cut off"),
        ("mls import mlflow mlruns/ --dry-run", "show how much would be imported"),
    ],
    &[Exit::Usage, Exit::NotFound, Exit::Network],
))]
struct Mlflow {
    /// A folder such as `mlruns/`, a database such as `mlflow.db`, or the address of a server
    source: String,
    /// The folder that the artifacts are in, where they are not beside SOURCE
    #[arg(long, value_name = "ROOT")]
    artifacts: Option<PathBuf>,
    #[command(flatten)]
    dry_run: DryRun,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    let args = match &args.what {
        What::Mlflow(args) => args,
        What::Image(args) => return import_image::run(session, args),
    };
    let dry_run = args.dry_run.dry_run;
    let report = match is_server(&args.source) {
        true => {
            let [token, user, password] = session.settings.environment.mlflow.clone();
            let server = mlflow::Server::new(&args.source, &Access { token, user, password })?;
            bring(session, &session.store()?, &Server::new(&Asked(server)), dry_run)?
        }
        false => {
            let source = local(session, args)?;
            bring(session, &session.store()?, source.as_ref(), dry_run)?
        }
    };
    tell(session, &report, dry_run)
}

fn is_server(source: &str) -> bool {
    let source = source.to_ascii_lowercase();
    source.starts_with("http://") || source.starts_with("https://")
}

fn local(session: &Session, args: &Mlflow) -> Result<Box<dyn Source>, CommandError> {
    let folder = &session.settings.folder;
    let named = args.artifacts.as_ref().map(|root| folder.join(root));
    let path = args.source.strip_prefix("sqlite:///").unwrap_or(&args.source);
    let path = folder.join(path.strip_prefix("file://").unwrap_or(path));
    Ok(match path.is_dir() {
        true => Box::new(Folder::open(&path, named.as_deref())?),
        false => Box::new(Database::open(&path, named.as_deref())?),
    })
}

/// Runs first: models are made of what runs have left.
fn bring(
    session: &Session,
    store: &Store,
    source: &dyn Source,
    dry_run: bool,
) -> Result<Report, CommandError> {
    let progress = session.ui.progress();
    let mut report = import::import(store, source, &Options { dry_run }, progress)?;
    let notes = Notes::default();
    let models = source.registered(&notes)?;
    report.versions = model::import::import(store, &models, dry_run, &notes)?;
    notes.end(&mut report);
    Ok(report)
}

/// A server of MLflow, in the words of what imports from it.
struct Asked(mlflow::Server);

impl Ask for Asked {
    fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<Value, Refusal> {
        self.0.get(path, query).map_err(refusal)
    }

    fn post(&self, path: &str, body: &Value) -> Result<Value, Refusal> {
        self.0.post(path, body).map_err(refusal)
    }

    fn file<'a>(
        &'a self,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<Box<dyn Read + Send + 'a>, Refusal> {
        Ok(Box::new(self.0.file(path, query).map_err(refusal)?))
    }
}

fn refusal(error: mlflow::Error) -> Refusal {
    let words = error.to_string();
    match error {
        mlflow::Error::Refused { status: 401 | 403, .. } => Refusal::Denied(words),
        mlflow::Error::Refused { status: 404 | 405 | 501, .. } => Refusal::Missing(words),
        _ => Refusal::Failed(words),
    }
}

fn tell(session: &Session, report: &Report, dry_run: bool) -> Result<(), CommandError> {
    let ui = &session.ui;
    report.remarks.iter().for_each(|remark| ui.note(remark));
    for skipped in &report.skipped {
        ui.warn(&format!("left out {}: {}", skipped.what, skipped.why));
    }
    ui.answer(&as_json(report), || as_text(report, dry_run))?;
    match report.skipped_count {
        0 => Ok(()),
        number => {
            let entries = if number == 1 { "entry was" } else { "entries were" };
            Err(CommandError::new(Exit::Failed, format!("{number} {entries} left out"))
                .hint("All else is imported; repair what was named and import again."))
        }
    }
}

fn as_json(report: &Report) -> serde_json::Value {
    let counts = |counts: &Counts| json!({"new": counts.new, "changed": counts.changed, "unchanged": counts.unchanged});
    let skipped = report.skipped.iter().map(|one| json!({"what": one.what, "why": one.why}));
    json!({
        "experiments": counts(&report.experiments),
        "runs": counts(&report.runs),
        "logged_models": counts(&report.logged_models),
        "model_versions": counts(&report.versions),
        "artifacts": {"files": report.artifacts, "bytes": report.artifact_bytes},
        "skipped": skipped.collect::<Vec<_>>(),
        "remarks": report.remarks,
    })
}

fn as_text(report: &Report, dry_run: bool) -> String {
    let line = |one: &str, counts: &Counts| {
        let all = counts.new + counts.changed + counts.unchanged;
        let Counts { new, changed, unchanged } = counts;
        let all = count(all, one);
        format!("{all}: {new} new, {changed} changed, {unchanged} as before")
    };
    let mut lines = vec![line("experiment", &report.experiments), line("run", &report.runs)];
    for (one, counts) in
        [("logged model", &report.logged_models), ("model version", &report.versions)]
    {
        if *counts != Counts::default() {
            lines.push(line(one, counts));
        }
    }
    if !dry_run {
        let bytes = size::human(report.artifact_bytes);
        lines.push(format!("{} of artifacts: {bytes}", count(report.artifacts, "file")));
    }
    lines.join("\n") + "\n"
}
