use crate::cli::args::DryRun;
use crate::cli::contained::{self, Rehearsal, asked::read_signal};
use crate::cli::error::{CommandError, Exit};
use crate::cli::help;
use crate::cli::session::Session;

/// Send a signal to the first process of containers
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::after(
    &[
        ("mls kill web", "end a container at once"),
        ("mls kill -s HUP web", "have it read its settings again"),
    ],
    &[Exit::Failed, Exit::Conflict, Exit::NotFound, Exit::NoStore, Exit::Unsafe],
))]
pub(crate) struct Args {
    /// Containers by name or id
    #[arg(required = true)]
    names: Vec<String>,
    /// The signal, by name or number
    #[arg(short, long, value_name = "SIGNAL", default_value = "KILL")]
    signal: String,
    #[command(flatten)]
    dry_run: DryRun,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    let signal = read_signal(&args.signal)?;
    let rehearsal = Rehearsal::new(args.dry_run, "send the signal to", contained::runs);
    contained::each(session, &args.names, rehearsal, |container| Ok(container.kill(signal)?))
}
