use mls::store::{Logged, Store, operation};
use serde_json::json;

use crate::cli::args::DryRun;
use crate::cli::error::{CommandError, Exit};
use crate::cli::session::Session;
use crate::cli::{help, moves};

/// Take an operation back
///
/// Puts the refs that the operation moved back to where they were. That is an operation too, so an undo can be undone.
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::writes(
    &[
        ("mls undo", "take the last operation back; again: do it after all"),
        ("mls undo 12", "take operation 12 of `mls log` back"),
        ("mls undo --dry-run", "show what would move"),
    ],
    &[Exit::NotFound],
))]
pub(crate) struct Args {
    /// The operation: its number, or the beginning of its id; the last one if left out
    #[arg(value_name = "OP")]
    operation: Option<String>,
    #[command(flatten)]
    dry_run: DryRun,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    let store = session.store()?;
    let logged = find(&store, args.operation.as_deref())?;
    let Logged { operation: undone, .. } = &logged;
    let before = moves::Names::read(&store);
    let changes = operation::reversal(&store, undone)?;
    let made = match args.dry_run.dry_run {
        true => None,
        false => operation::undo(&store, &logged)?,
    };
    let back: Vec<_> = undone
        .moves
        .iter()
        .map(|moved| mls::store::Moved { name: moved.name.clone(), old: moved.new, new: moved.old })
        .collect();
    let answer = json!({
        "undone": undone.number,
        "operation": made.as_ref().map(|made| made.operation.number),
        "changes": changes.iter().map(|change| json!({
            "name": change.name,
            "new": change.new.map(|link| link.to_string()),
        })).collect::<Vec<_>>(),
    });
    if session.ui.format.is_json() {
        return session.ui.answer(&answer, String::new);
    }
    let verb = if args.dry_run.dry_run { "Would undo" } else { "Undid" };
    session.ui.note(&format!(
        "{verb} operation {}: {}.",
        undone.number,
        moves::summary(&back, &before.or(moves::Names::read(&store)))
    ));
    session.ui.detail(&format!("It was `{}`.", undone.command));
    Ok(())
}

fn find(store: &Store, text: Option<&str>) -> Result<Logged, CommandError> {
    let Some(text) = text else {
        let last = operation::log(store, None, None, 1)?.pop();
        return last.ok_or_else(|| CommandError::new(Exit::NotFound, "there is nothing to undo"));
    };
    if let Ok(number) = text.parse() {
        return Ok(operation::get(store, number)?);
    }
    let all = operation::log(store, None, None, usize::MAX >> 1)?;
    let mut found = all
        .into_iter()
        .filter(|logged| text.len() >= 4 && logged.digest.to_string().starts_with(text));
    match (found.next(), found.next()) {
        (Some(one), None) => Ok(one),
        (Some(_), Some(_)) => {
            let cause = format!("`{text}` is the beginning of several operations");
            Err(CommandError::new(Exit::Conflict, cause)
                .hint("Name it by its number in `mls log`."))
        }
        (None, _) => {
            Err(mls::store::Error::NoOperation(format!("`{}`", text.escape_debug())).into())
        }
    }
}
