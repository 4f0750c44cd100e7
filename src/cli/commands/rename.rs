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
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    let containers = contained::containers(session)?;
    Ok(containers.rename(&containers.find(&args.name)?, &args.new)?)
}
