use std::path::PathBuf;

use mls::base::size::human;
use mls::store::Error;
use mls::store::checkout::{self, Options};
use serde_json::json;

use crate::cli::args::DryRun;
use crate::cli::error::{CommandError, Exit};
use crate::cli::session::Session;
use crate::cli::{help, text, thing};

/// Write files out of the store
///
/// Writes a run's artifacts, a tree or a file into a folder. What is written is a copy of its own: nothing that is done
/// to it later changes the store. Files that are there are not replaced unless `--force` says so.
#[derive(Debug, clap::Args)]
#[command(allow_missing_positional = true)]
#[command(after_long_help = help::writes(
    &[
        ("mls checkout @ out", "write the artifacts of the last run to the folder `out`"),
        ("mls checkout bold-fox-12 model.bin out", "write one artifact to `out/model.bin`"),
        ("mls checkout @:plots out --dry-run", "show what would be written"),
    ],
    &[Exit::NotFound],
))]
pub(crate) struct Args {
    /// A run, a tree or a file in the store; `RUN:PATH` for a part of it
    thing: String,
    /// Only this file or folder of THING
    path: Option<PathBuf>,
    /// The folder to write to
    #[arg(value_name = "DIR", required = true)]
    to: PathBuf,
    /// Replace files that are there
    #[arg(short, long)]
    force: bool,
    #[command(flatten)]
    dry_run: DryRun,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    let store = session.store()?;
    let named = match &args.path {
        Some(path) => format!("{}:{}", args.thing, path.to_string_lossy()),
        None => args.thing.clone(),
    };
    let (name, link) = thing::content(&store, &named)?;
    // A folder is written as DIR, a file into it under its own name.
    let to = match name {
        Some(name) => args.to.join(name),
        None => args.to.clone(),
    };
    let (files, bytes) = if args.dry_run.dry_run {
        thing::extent(&store, &link)?
    } else {
        if let Some(parent) = to.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            std::fs::create_dir_all(parent).map_err(|source| Error::Io {
                action: "create",
                path: parent.to_owned(),
                source,
            })?;
        }
        let options = Options { replace: args.force };
        let report = checkout::write(&store, &link, &to, &options, session.ui.progress())
            .map_err(explained)?;
        (report.files + report.symlinks, report.bytes)
    };
    let answer = json!({
        "id": link.to_string(),
        "path": to.to_string_lossy(),
        "files": files,
        "bytes": bytes,
        "written": !args.dry_run.dry_run,
    });
    if session.ui.format.is_json() {
        return session.ui.answer(&answer, String::new);
    }
    let verb = if args.dry_run.dry_run { "Would write" } else { "Wrote" };
    let files = text::count(files, "file");
    session.ui.note(&format!("{verb} {files} ({}) to `{}`.", human(bytes), to.display()));
    Ok(())
}

fn explained(error: Error) -> CommandError {
    let exists = matches!(error, Error::Exists(_));
    let error = CommandError::from(error);
    match exists {
        true => error.hint("Name another folder, or replace what is there with `--force`."),
        false => error,
    }
}
