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
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    let store = session.store()?;
    let container = super::run::create(session, &store, &args.asked)?;
    session.ui.data(format!("{}\n", container.id()).as_bytes())
}
