use mls::container::{Container, Start};
use mls::image::start;
use mls::store::Store;

use crate::cli::args::DryRun;
use crate::cli::contained::attached::{self, Left};
use crate::cli::contained::{self, Keys, Rehearsal};
use crate::cli::error::{CommandError, Exit};
use crate::cli::help;
use crate::cli::session::Session;

/// Start containers that do not run
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::writes(
    &[
        ("mls start web", "start a container again"),
        ("mls start -ai shell", "start one and be at it"),
        ("mls start --all", "after a boot, start those that are to be up"),
    ],
    &[Exit::NotFound],
))]
pub(crate) struct Args {
    /// Containers by name or id
    #[arg(required_unless_present = "all")]
    names: Vec<String>,
    /// Start every container that does not run and whose `--restart` says so
    #[arg(long, conflicts_with = "names")]
    all: bool,
    /// See what it writes, and end as it ends
    #[arg(short, long)]
    attach: bool,
    /// Let it read what is typed here
    #[arg(short, long)]
    interactive: bool,
    /// The keys that leave it, as `ctrl-p,ctrl-q`
    #[arg(long, value_name = "KEYS")]
    detach_keys: Option<String>,
    #[command(flatten)]
    dry_run: DryRun,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    contained::enter()?;
    let store = session.store()?;
    if (args.attach || args.interactive) && !args.dry_run.dry_run {
        return at_one(session, &store, args);
    }
    let all = args.all.then(|| wanted(&store)).transpose()?;
    let rehearsal = Rehearsal::new(args.dry_run, "start", contained::any);
    contained::each(session, all.as_ref().unwrap_or(&args.names), rehearsal, |container| {
        begin(session, &store, container)
    })
}

/// Returns the names of those that are to be up after a boot, and are not.
fn wanted(store: &Store) -> Result<Vec<String>, CommandError> {
    let mut names = vec![];
    for container in start::containers(store).list()? {
        let (Ok(config), state) = (container.config(), container.state()) else { continue };
        if !state.life.is_alive() && config.restart.wants_after_boot(&state) {
            names.push(config.name);
        }
    }
    names.sort();
    Ok(names)
}

/// Starts one; one that runs already is left as it is, as Docker does.
pub(super) fn begin(
    session: &Session,
    store: &Store,
    container: &Container,
) -> Result<(), CommandError> {
    if container.state().life.is_alive() {
        return Ok(());
    }
    let options = Start { size: contained::size(), ..Start::default() };
    let (started, _) = start::start(store, container, options, session.ui.progress())?;
    started.notes.iter().for_each(|note| session.ui.warn(note));
    Ok(())
}

fn at_one(session: &Session, store: &Store, args: &Args) -> Result<(), CommandError> {
    let [name] = &args.names[..] else {
        return Err(CommandError::usage("one can be at one container only"));
    };
    let container = start::containers(store).find(name)?;
    let config = container.config()?;
    let input = args.interactive && config.open_input;
    attached::check_terminal(input, config.terminal)?;
    let options = Start { size: contained::size(), attached: true, ..Start::default() };
    let (_, connection) = start::start(store, &container, options, session.ui.progress())?;
    let options = attached::Options {
        input,
        terminal: config.terminal,
        keys: Keys::parse(args.detach_keys.as_deref())?,
        signals: !config.terminal,
    };
    match attached::stay(&container, connection, options)? {
        Left::Ended(0) | Left::Detached => Ok(()),
        Left::Ended(code) => Err(CommandError::ended(u8::try_from(code).unwrap_or(u8::MAX))),
        Left::Lost => Err(mls::container::Error::Lost.into()),
    }
}
