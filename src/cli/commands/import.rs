use std::path::{Path, PathBuf};

use clap::Subcommand;
use mls::base::size;
use mls::track::import::{self, Counts, Database, Folder, Options, Report, Source};
use serde_json::json;

use crate::cli::args::DryRun;
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
}

/// Bring in the experiments and runs of MLflow
///
/// Ids are kept, so that importing again adds only what is new or has changed. Runs and experiments that were removed come
/// as removed ones. What cannot be read is named, left out, and makes the exit status 1; all else is imported. Artifacts
/// are taken from below SOURCE, or from below the folder that `--artifacts` names; a store that says that they are
/// anywhere else is not followed there.
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::writes(
    &[
        ("mls import mlflow mlruns/", "a folder that MLflow has written"),
        ("mls import mlflow mlflow.db --artifacts mlartifacts/", "a database, and the artifacts of its server"),
        ("mls import mlflow mlruns/ --dry-run", "show how much would be imported"),
    ],
    &[Exit::Usage, Exit::NotFound],
))]
struct Mlflow {
    /// A folder such as `mlruns/`, or a SQLite database such as `mlflow.db`
    source: String,
    /// The folder that the artifacts are in, where they are not beside SOURCE
    #[arg(long, value_name = "ROOT")]
    artifacts: Option<PathBuf>,
    #[command(flatten)]
    dry_run: DryRun,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    let What::Mlflow(args) = &args.what;
    let source = source(session, args)?;
    let store = session.store()?;
    let options = Options { dry_run: args.dry_run.dry_run };
    let report = import::import(&store, source.as_ref(), &options, session.ui.progress())?;
    tell(session, &report, args.dry_run.dry_run)
}

fn source(session: &Session, args: &Mlflow) -> Result<Box<dyn Source>, CommandError> {
    let folder = &session.settings.folder;
    let named = args.artifacts.as_ref().map(|root| folder.join(root));
    let path = args.source.strip_prefix("sqlite:///").unwrap_or(&args.source);
    let path = folder.join(path.strip_prefix("file://").unwrap_or(path));
    Ok(match path.is_dir() {
        true => Box::new(Folder::open(&path, named.as_deref())?),
        false => Box::new(database(&path, named.as_deref())?),
    })
}

fn database(path: &Path, named: Option<&Path>) -> Result<Database, CommandError> {
    Ok(Database::open(path, named)?)
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
    if !dry_run {
        let bytes = size::human(report.artifact_bytes);
        lines.push(format!("{} of artifacts: {bytes}", count(report.artifacts, "file")));
    }
    lines.join("\n") + "\n"
}
