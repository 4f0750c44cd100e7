use crate::cli::contained::{self, Done};
use crate::cli::error::{CommandError, Exit};
use crate::cli::help;
use crate::cli::session::Session;

/// Wait until containers end, and print their exit codes
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::after(
    &[("mls wait train", "wait for a container, and print how it ended")],
    &[Exit::Failed, Exit::Conflict, Exit::NotFound, Exit::NoStore, Exit::Unsafe],
))]
pub(crate) struct Args {
    /// Containers by name or id
    #[arg(required = true)]
    names: Vec<String>,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    let containers = contained::containers(session)?;
    let mut done = Done::default();
    for name in &args.names {
        let container = containers.find(name)?;
        let mut known = contained::as_json(&container);
        let code = container.wait()?;
        known["exit_code"] = code.into();
        done.add(session, &code.to_string(), known)?;
    }
    done.tell(session)
}
