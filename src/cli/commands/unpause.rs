use crate::cli::args::DryRun;
use crate::cli::contained::{self, Rehearsal};
use crate::cli::error::{CommandError, Exit};
use crate::cli::help;
use crate::cli::session::Session;

/// Let containers go on that were held still
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::after(
    &[("mls unpause train", "let a container go on")],
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
    let rehearsal = Rehearsal::new(args.dry_run, "unpause", contained::runs);
    contained::each(session, &args.names, rehearsal, |container| Ok(container.pause(false)?))
}
