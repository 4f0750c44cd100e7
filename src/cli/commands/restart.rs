use super::start;
use super::stop::Patience;
use crate::cli::args::DryRun;
use crate::cli::contained::{self, Rehearsal};
use crate::cli::error::{CommandError, Exit};
use crate::cli::help;
use crate::cli::session::Session;

/// Stop containers and start them again
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::writes(
    &[("mls restart web", "stop a container and start it again")],
    &[Exit::NotFound],
))]
pub(crate) struct Args {
    /// Containers by name or id
    #[arg(required = true)]
    names: Vec<String>,
    #[command(flatten)]
    patience: Patience,
    #[command(flatten)]
    dry_run: DryRun,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    contained::enter()?;
    let store = session.store()?;
    let rehearsal = Rehearsal::new(args.dry_run, "stop and start", contained::any);
    contained::each(session, &args.names, rehearsal, |container| {
        args.patience.stop(container)?;
        start::begin(session, &store, container)
    })
}
