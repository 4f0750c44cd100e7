use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use mls::base::size::human;
use mls::image::catalog;
use mls::image::platform::Platform;
use mls::image::rootfs::{self, View};
use mls::store::checkout::{self, Options};
use mls::store::{Error, Store};
use serde_json::json;

use crate::cli::args::DryRun;
use crate::cli::error::{CommandError, Exit};
use crate::cli::session::Session;
use crate::cli::{help, text, thing};

/// Write files out of the store
///
/// Writes a run's artifacts, a tree or a file into a folder, or the root file system of an image or a part of it. What is
/// written is a copy of its own: nothing that is done to it later changes the store. Files that are there are not replaced
/// unless `--force` says so; an image goes into a folder that is empty or not there, with owners and devices if root does it.
#[derive(Debug, clap::Args)]
#[command(allow_missing_positional = true)]
#[command(after_long_help = help::writes(
    &[
        ("mls checkout @ out", "write the artifacts of the last run to the folder `out`"),
        ("mls checkout bold-fox-12 model.bin out", "write one artifact to `out/model.bin`"),
        ("mls checkout @:plots out --dry-run", "show what would be written"),
        ("mls checkout train:1 /etc out", "write a part of an image"),
    ],
    &[Exit::NotFound],
))]
pub(crate) struct Args {
    /// A run, a tree, a file or an image in the store; `RUN:PATH` for a part of it
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
    if let Some(found) = thing::image(&store, &args.thing)? {
        return image(session, &store, args, &found);
    }
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

/// Writes the root file system of an image, or a part of it.
fn image(
    session: &Session,
    store: &Store,
    args: &Args,
    found: &catalog::Found,
) -> Result<(), CommandError> {
    let chosen = catalog::select(store, &found.image, &Platform::host())?;
    let view = View::of(store, &catalog::layers(store, &chosen)?)?;
    let path = args.path.as_deref().unwrap_or(Path::new("/")).as_os_str().as_bytes();
    let report = match args.dry_run.dry_run {
        true => rootfs::survey(&view, path, &args.to)?,
        false => rootfs::checkout(store, &view, path, &args.to, session.ui.progress())
            .map_err(explained_image)?,
    };
    let (bytes, files) = (report.bytes, report.files + report.others);
    let answer = json!({
        "id": catalog::id(store, &chosen)?.to_string(),
        "path": report.path.to_string_lossy(),
        "files": files,
        "bytes": bytes,
        "written": !args.dry_run.dry_run,
    });
    if session.ui.format.is_json() {
        return session.ui.answer(&answer, String::new);
    }
    for reason in reasons(&report.warnings) {
        session.ui.note(&reason);
    }
    let verb = if args.dry_run.dry_run { "Would write" } else { "Wrote" };
    let files = text::count(files, "file");
    session.ui.note(&format!("{verb} {files} ({}) to `{}`.", human(bytes), report.path.display()));
    Ok(())
}

/// Returns one note for each thing that could not be done, however many files it was.
fn reasons(warnings: &[rootfs::Warning]) -> Vec<String> {
    let mut reasons: Vec<&str> = warnings.iter().map(|warning| warning.reason).collect();
    reasons.sort_unstable();
    reasons.dedup();
    let first = |reason: &str| {
        let path = warnings.iter().find(|warning| warning.reason == reason);
        path.map(|warning| warning.path.clone()).unwrap_or_default()
    };
    reasons
        .iter()
        .map(|reason| format!("Of `{}` and perhaps more: {reason}.", first(reason)))
        .collect()
}

fn explained_image(error: rootfs::Error) -> CommandError {
    let exists = matches!(error, rootfs::Error::Store(Error::Exists(_)));
    let error = CommandError::from(error);
    match exists {
        true => error.hint("Name a folder that is not there or is empty."),
        false => error,
    }
}

fn explained(error: Error) -> CommandError {
    let exists = matches!(error, Error::Exists(_));
    let error = CommandError::from(error);
    match exists {
        true => error.hint("Name another folder, or replace what is there with `--force`."),
        false => error,
    }
}
