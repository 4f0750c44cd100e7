//! `mls diff-runs`: what two and more runs have in common and in what they differ.

mod grid;
mod lines;
mod words;

use mls::store::Store;
use mls::track::RunId;
use mls::track::compare::{self, Comparison, Options};

use crate::cli::error::{CommandError, Exit};
use crate::cli::help;
use crate::cli::session::Session;
use crate::cli::thing;

/// Compare two and more runs
///
/// Shows params, metrics, tags, environment, code and artifacts side by side, and the lines in which text artifacts and
/// uncommitted changes of the first and the last run differ. Only what is not the same in all runs is shown. A metric's change is the last run's value
/// less the first one's; whether that is better is told where the metric's name tells it (a loss, an accuracy).
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::reads(
    &[
        ("mls diff-runs @~1 @", "what the last run changed against the one before"),
        ("mls diff-runs 4f2a bold-fox-12 @ --all", "three runs, with what they have in common"),
        ("mls diff-runs @~1 @ --exit-code -q", "only tell whether two runs differ: 0 no, 1 yes"),
    ],
    &[Exit::NotFound, Exit::Conflict],
))]
pub(crate) struct Args {
    /// The runs: ids, names, `@` for the last, `@~1` for the one before
    #[arg(value_name = "RUN", required = true, num_args = 2..)]
    runs: Vec<String>,
    /// Show what is the same, too
    #[arg(long)]
    all: bool,
    /// End with 1 where the runs differ in anything but their times
    #[arg(long)]
    exit_code: bool,
}

impl Args {
    /// Returns what `mls diff` asks for.
    pub(crate) fn of(old: &str, new: &str, exit_code: bool) -> Self {
        Self { runs: vec![old.to_owned(), new.to_owned()], all: false, exit_code }
    }
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    let store = session.store()?;
    let ids = args.runs.iter().map(|text| thing::run_id(&store, text));
    let ids: Vec<RunId> = ids.collect::<Result<_, _>>()?;
    between(session, &store, &ids, args.all, args.exit_code)
}

/// Shows how the runs `ids` differ; with `exit_code` the answer is an exit code too, and with `--quiet` that alone.
pub(crate) fn between(
    session: &Session,
    store: &Store,
    ids: &[RunId],
    all: bool,
    exit_code: bool,
) -> Result<(), CommandError> {
    let comparison = compare::between(store, ids, Options { all })?;
    if !exit_code || !session.ui.quiet || session.ui.format.is_json() {
        show(session, store, ids, all, &comparison)?;
    }
    match exit_code && comparison.differs {
        true => Err(CommandError::ended(Exit::Failed as u8)),
        false => Ok(()),
    }
}

fn show(
    session: &Session,
    store: &Store,
    ids: &[RunId],
    all: bool,
    comparison: &Comparison,
) -> Result<(), CommandError> {
    let facts = words::facts(store, ids)?;
    let ascii = session.settings.environment.ascii;
    session.ui.answer(comparison, || {
        let grid = words::grid(comparison, &facts, all, ascii);
        let mut text = grid.render(session.ui.width);
        text.push_str(&lines::render(comparison, all));
        if !comparison.differs {
            text.push_str("\nThe runs differ in nothing but their times.\n");
        }
        text
    })
}
