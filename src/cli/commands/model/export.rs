//! `mls model export`.

use std::path::PathBuf;

use mls::model::{export, registry};
use mls::store::Store;
use serde_json::json;

use crate::cli::error::{CommandError, Exit};
use crate::cli::session::Session;
use crate::cli::{help, text, thing};

/// Write a version as a folder that MLflow opens
///
/// An MLflow model comes out as it went in. Beside anything else an `MLmodel` is written, with the files that say what it
/// needs, so that `mlflow.pyfunc.load_model` opens the folder.
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::writes(
    &[("mls model export iris@champion ./iris", "write the version that an alias stands for")],
    &[Exit::Conflict, Exit::NotFound, Exit::Damaged],
))]
pub(crate) struct Args {
    /// The version: `iris@v3`, `iris@champion`, or `iris` for the latest
    #[arg(value_name = "NAME@V")]
    version: String,
    /// A folder that is empty or not there
    #[arg(value_name = "DIR")]
    to: PathBuf,
}

pub(super) fn run(session: &Session, store: &Store, args: &Args) -> Result<(), CommandError> {
    let version = registry::resolve(store, &thing::reference(store, &args.version)?)?;
    let to = session.settings.folder.join(&args.to);
    let written = export::write(store, &version, &to, session.ui.progress())?;
    let answer = json!({
        "ref": version.reference().to_string(),
        "path": args.to,
        "files": written.files,
        "bytes": written.bytes,
        "made_mlmodel": written.made,
        "python_function": written.loads,
    });
    if session.ui.format.is_json() {
        return session.ui.answer(&answer, String::new);
    }
    let files = text::count(written.files, "file");
    let reference = version.reference();
    session.ui.note(&format!("Wrote `{reference}` to `{}`: {files}.", args.to.display()));
    if !written.loads {
        session.ui.warn(
            "no loader of MLflow's knows this kind of file: `mlflow.pyfunc` will not open it",
        );
    }
    Ok(())
}
