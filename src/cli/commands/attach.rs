use crate::cli::contained::attached::{self, Left};
use crate::cli::contained::{self, Keys};
use crate::cli::error::{CommandError, Exit};
use crate::cli::help;
use crate::cli::session::Session;

/// Be at a container that runs: see what it writes, type what it reads
///
/// Ends as the container does. `ctrl-p ctrl-q` leaves it running, where it has a terminal.
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::after(
    &[
        ("mls attach shell", "be at a container again that was left"),
        ("mls attach --no-stdin web", "only see what it writes"),
    ],
    &[Exit::Failed, Exit::Conflict, Exit::NotFound, Exit::NoStore, Exit::Unsafe],
))]
pub(crate) struct Args {
    /// The container, by name or id
    name: String,
    /// Read nothing here
    #[arg(long)]
    no_stdin: bool,
    /// The keys that leave it, as `ctrl-p,ctrl-q`
    #[arg(long, value_name = "KEYS")]
    detach_keys: Option<String>,
    /// Pass signals on to the command
    #[arg(long, value_name = "YES", default_value_t = true, num_args = 0..=1, default_missing_value = "true",
        require_equals = true, action = clap::ArgAction::Set, hide_default_value = true)]
    sig_proxy: bool,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    let keys = Keys::parse(args.detach_keys.as_deref())?;
    let container = contained::containers(session)?.find(&args.name)?;
    let config = container.config()?;
    let input = config.open_input && !args.no_stdin;
    attached::check_terminal(input, config.terminal)?;
    let connection = container.attach()?;
    if let (true, Some(size)) = (config.terminal, contained::size()) {
        connection.writer()?.resize(size);
    }
    let options = attached::Options {
        input,
        terminal: config.terminal,
        keys,
        signals: args.sig_proxy && !config.terminal,
    };
    match attached::stay(&container, connection, options)? {
        Left::Ended(0) | Left::Detached => Ok(()),
        Left::Ended(code) => Err(CommandError::ended(u8::try_from(code).unwrap_or(u8::MAX))),
        Left::Lost => Err(mls::container::Error::NotRunning(container.id().to_owned()).into()),
    }
}
