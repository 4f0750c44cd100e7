use mls::track::{RunId, edit};

use crate::cli::args::DryRun;
use crate::cli::error::{CommandError, Exit};
use crate::cli::help;
use crate::cli::session::Session;
use crate::cli::thing;

/// Remove runs, so that `run-restore` can bring them back
///
/// The content stays until `mls gc` finds that nothing needs it any more.
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::writes(
    &[
        ("mls run-rm bold-fox-12", "remove a run"),
        ("mls run-rm @ @~1", "remove the last two runs"),
        ("mls runs --deleted", "see which runs were removed"),
    ],
    &[Exit::NotFound],
))]
pub(crate) struct Args {
    /// The runs: beginnings of ids, names, `@` for the last one
    #[arg(required = true, value_name = "RUN")]
    runs: Vec<String>,
    #[command(flatten)]
    dry_run: DryRun,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    let store = session.store()?;
    // All are found before the first goes: `@` must not mean another run in between.
    let runs: Vec<RunId> =
        args.runs.iter().map(|text| thing::run_id(&store, text)).collect::<Result<_, _>>()?;
    for id in runs {
        let short = &id.as_str()[..12];
        if args.dry_run.dry_run {
            session.ui.note(&format!("Would remove run {short}."));
            continue;
        }
        match edit::remove(&store, &id)? {
            true => session.ui.note(&format!("Removed run {short}.")),
            false => session.ui.note(&format!("Run {short} was removed already.")),
        }
    }
    Ok(())
}
