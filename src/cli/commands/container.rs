use mls::container::Life;

use crate::cli::contained;
use crate::cli::error::{CommandError, Exit};
use crate::cli::help;
use crate::cli::session::Session;

/// Do something with all containers
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::after(
    &[("mls container prune", "remove all containers that do not run")],
    &[Exit::Failed, Exit::Conflict, Exit::NoStore, Exit::Unsafe],
))]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Remove all containers that do not run
    Prune,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    let Verb::Prune = args.verb;
    contained::enter()?;
    let containers = contained::containers(session)?;
    let mut count = 0;
    for container in containers.list()? {
        if !matches!(container.state().life, Life::Created | Life::Exited) {
            continue;
        }
        match containers.remove(&container) {
            Ok(()) => count += 1,
            // Just started, or removed by another.
            Err(mls::container::Error::Running(_) | mls::container::Error::NoContainer { .. }) => {
                continue;
            }
            Err(error) => return Err(error.into()),
        }
        session.ui.data(format!("{}\n", container.id()).as_bytes())?;
    }
    session.ui.note(&match count {
        1 => "Removed 1 container.".to_owned(),
        count => format!("Removed {count} containers."),
    });
    Ok(())
}
