use serde_json::json;

use crate::cli::args::{DryRun, Format};
use crate::cli::contained;
use crate::cli::error::{CommandError, Exit};
use crate::cli::help;
use crate::cli::session::Session;

/// Give a container another name
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::after(
    &[("mls rename bold_turing web", "call it `web`")],
    &[Exit::Failed, Exit::Conflict, Exit::NotFound, Exit::NoStore, Exit::Unsafe],
))]
pub(crate) struct Args {
    /// The container, by name or id
    name: String,
    /// What it is to be called
    new: String,
    #[command(flatten)]
    dry_run: DryRun,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    let containers = contained::containers(session)?;
    let container = containers.find(&args.name)?;
    match args.dry_run.dry_run {
        true => {
            containers.check_free(&args.new)?;
            session.ui.note(&format!("Would rename container `{}` to `{}`.", args.name, args.new));
        }
        false => containers.rename(&container, &args.new)?,
    }
    match session.ui.format {
        Format::Table => Ok(()),
        _ => session.ui.answer(&json!({"id": container.id(), "name": args.new}), String::new),
    }
}
