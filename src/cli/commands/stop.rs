use mls::container::Container;

use crate::cli::args::DryRun;
use crate::cli::contained::{self, Rehearsal, asked::read_signal};
use crate::cli::error::{CommandError, Exit};
use crate::cli::help;
use crate::cli::session::Session;

/// Stop containers: ask them to end, and make them after a while
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::after(
    &[
        ("mls stop web", "ask it to end, and kill it after ten seconds"),
        ("mls stop -t 0 web", "give it no time"),
    ],
    &[Exit::Failed, Exit::Conflict, Exit::NotFound, Exit::NoStore, Exit::Unsafe],
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

/// How a container is asked to end.
#[derive(Debug, clap::Args)]
pub(crate) struct Patience {
    /// Seconds until what does not end is killed; -1 for never
    #[arg(short, long, alias = "timeout", value_name = "SECONDS", allow_hyphen_values = true)]
    time: Option<i64>,
    /// The signal that asks it
    #[arg(short, long, value_name = "SIGNAL")]
    signal: Option<String>,
}

impl Patience {
    pub(super) fn stop(&self, container: &Container) -> Result<(), CommandError> {
        let config = container.config()?;
        let signal = self.signal.as_deref().map(read_signal).transpose()?;
        let seconds = self.time.unwrap_or(config.stop_timeout);
        let after = u64::try_from(seconds).ok().map(|seconds| seconds.saturating_mul(1000));
        Ok(container.stop(signal.unwrap_or(config.stop_signal), after)?)
    }
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    let rehearsal = Rehearsal::new(args.dry_run, "stop", contained::any);
    contained::each(session, &args.names, rehearsal, |container| args.patience.stop(container))
}
