use crate::cli::args::DryRun;
use crate::cli::contained::{self, Rehearsal};
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
    #[command(flatten)]
    dry_run: DryRun,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    let rehearsal = Rehearsal::new(args.dry_run, "pause", contained::runs);
    contained::each(session, &args.names, rehearsal, |container| Ok(container.pause(true)?))
}
