use mls::container::Life;

use crate::cli::args::DryRun;
use crate::cli::contained::{self, Done};
use crate::cli::error::{CommandError, Exit};
use crate::cli::session::Session;
use crate::cli::{help, text};

/// Do something with all containers
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::after(
    &[("mls container prune", "remove all containers that do not run")],
    EXITS,
))]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

const EXITS: &[Exit] = &[Exit::Failed, Exit::Conflict, Exit::NoStore, Exit::Unsafe];

#[derive(Debug, clap::Subcommand)]
enum Verb {
    Prune(Prune),
}

/// Remove all containers that do not run
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::after(
    &[("mls container prune --dry-run", "show which would go")],
    EXITS,
))]
struct Prune {
    /// As Docker has it; nothing is asked here
    #[arg(short, long, hide = true)]
    force: bool,
    #[command(flatten)]
    dry_run: DryRun,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    let Verb::Prune(args) = &args.verb;
    contained::enter()?;
    let containers = contained::containers(session)?;
    let mut done = Done::default();
    for container in containers.list()? {
        if !matches!(container.state().life, Life::Created | Life::Exited) {
            continue;
        }
        let known = contained::as_json(&container);
        let removed = if args.dry_run.dry_run { Ok(()) } else { containers.remove(&container) };
        match removed {
            Ok(()) => done.add(session, container.id(), known)?,
            // Just started, or removed by another.
            Err(mls::container::Error::Running(_) | mls::container::Error::NoContainer { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let verb = if args.dry_run.dry_run { "Would remove" } else { "Removed" };
    session.ui.note(&format!("{verb} {}.", text::count(done.count(), "container")));
    done.tell(session)
}
