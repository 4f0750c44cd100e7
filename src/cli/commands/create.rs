use crate::cli::args::DryRun;
use crate::cli::contained;
use crate::cli::contained::asked::Asked;
use crate::cli::error::{CommandError, Exit};
use crate::cli::help;
use crate::cli::session::Session;

/// Make a container without starting it
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::writes(
    &[
        ("mls create --name web web:1", "make a container"),
        ("mls start web", "start it"),
    ],
    &[Exit::NotFound, Exit::Network],
))]
pub(crate) struct Args {
    #[command(flatten)]
    asked: Asked,
    #[command(flatten)]
    dry_run: DryRun,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    let store = session.store()?;
    if args.dry_run.dry_run {
        return super::run::rehearse(session, &store, &args.asked, "make a container for");
    }
    contained::answer(session, &super::run::create(session, &store, &args.asked)?)
}
