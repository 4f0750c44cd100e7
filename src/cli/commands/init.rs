use std::path::PathBuf;

use mls::store::Store;
use serde_json::json;

use crate::cli::args::DryRun;
use crate::cli::error::{CommandError, Exit};
use crate::cli::help;
use crate::cli::session::Session;
use crate::cli::settings::STORE;

/// Make a store
///
/// Makes the folder `.mlstore` in DIR. It holds a `.gitignore` of its own, so git passes over it and no file of a
/// repository changes. Making a store where one is already is harmless.
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::after(
    &[
        ("mls init", "make a store in this folder"),
        ("mls init ~/experiments", "make a store in another folder, and that folder if need be"),
    ],
    &[Exit::Failed, Exit::NotAllowed, Exit::Damaged, Exit::NoSpace, Exit::Unsupported, Exit::Unsafe],
))]
pub(crate) struct Args {
    /// The folder to make it in
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
    #[command(flatten)]
    dry_run: DryRun,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    let folder = folder(session, args);
    let is_there = folder.join("format").exists();
    match args.dry_run.dry_run {
        true if is_there => drop(Store::open(&folder, session.context())?),
        true => {}
        false => drop(Store::init(&folder, session.context())?),
    }
    let folder = folder.canonicalize().unwrap_or(folder);
    let said = match (is_there, args.dry_run.dry_run) {
        (true, _) => "There is a store already in",
        (false, true) => "Would make a store in",
        (false, false) => "Made a store in",
    };
    let answer =
        json!({"store": folder.to_string_lossy(), "created": !is_there && !args.dry_run.dry_run});
    match session.ui.format.is_json() {
        true => session.ui.answer(&answer, String::new),
        false => {
            session.ui.note(&format!("{said} `{}`.", folder.display()));
            Ok(())
        }
    }
}

/// A store that `--store` or `MLS_STORE` names is the one to make, unless DIR names another.
fn folder(session: &Session, args: &Args) -> PathBuf {
    let settings = &session.settings;
    match &args.folder {
        Some(folder) => settings.folder.join(folder).join(STORE),
        None if settings.store_is_named => match settings.store.clone() {
            Some(store) if store.ends_with(STORE) || store.join("format").exists() => store,
            Some(folder) => folder.join(STORE),
            None => settings.folder.join(STORE),
        },
        None => settings.folder.join(STORE),
    }
}
