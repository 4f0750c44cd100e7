use crate::cli::contained;
use crate::cli::error::{CommandError, Exit};
use crate::cli::help;
use crate::cli::session::Session;

/// Hold all processes of containers still
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::after(
    &[("mls pause train", "hold a container still")],
    &[Exit::Failed, Exit::Conflict, Exit::NotFound, Exit::NoStore, Exit::Unsafe],
))]
pub(crate) struct Args {
    /// Containers by name or id
    #[arg(required = true)]
    names: Vec<String>,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    contained::each(session, &args.names, |container| Ok(container.pause(true)?))
}
