use mls::track::{RunId, edit};

use crate::cli::args::DryRun;
use crate::cli::error::{CommandError, Exit};
use crate::cli::help;
use crate::cli::session::Session;
use crate::cli::thing;

/// Bring back runs that were removed
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::writes(
    &[
        ("mls run-restore bold-fox-12", "bring a run back"),
        ("mls runs --deleted", "see which runs were removed"),
    ],
    &[Exit::NotFound],
))]
pub(crate) struct Args {
    /// The runs: beginnings of ids or names
    #[arg(required = true, value_name = "RUN")]
    runs: Vec<String>,
    #[command(flatten)]
    dry_run: DryRun,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    let store = session.store()?;
    let runs: Vec<RunId> =
        args.runs.iter().map(|text| thing::run_id(&store, text)).collect::<Result<_, _>>()?;
    for id in runs {
        let short = &id.as_str()[..12];
        if args.dry_run.dry_run {
            session.ui.note(&format!("Would restore run {short}."));
            continue;
        }
        match edit::restore(&store, &id)? {
            true => session.ui.note(&format!("Restored run {short}.")),
            false => session.ui.note(&format!("Run {short} is there.")),
        }
    }
    Ok(())
}
