use mls::track::edit::{self, Edit};
use mls::track::limit;

use crate::cli::args::{DryRun, pair};
use crate::cli::error::{CommandError, Exit};
use crate::cli::help;
use crate::cli::session::Session;
use crate::cli::thing;

/// Change the name, tags and note of a run
///
/// Each edit is kept: the run as it was before stays in its history. Where a run was edited here and elsewhere, `pull` merges
/// the edits key by key.
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::writes(
    &[
        ("mls run-edit bold-fox-12 --name baseline", "give a run another name"),
        ("mls run-edit @ -t stage=final --untag draft", "set one tag of the last run and take one off"),
        ("mls run-edit 4f2a9c --note 'Too few epochs.'", "write a note on a run"),
    ],
    &[Exit::NotFound],
))]
pub(crate) struct Args {
    /// The run: the beginning of its id, its name, `@` for the last one
    run: String,
    /// Give it this name
    #[arg(short, long)]
    name: Option<String>,
    /// Set a tag
    #[arg(short, long = "tag", value_name = "KEY=VALUE", value_parser = pair)]
    tags: Vec<(String, String)>,
    /// Take a tag off
    #[arg(long, value_name = "KEY")]
    untag: Vec<String>,
    /// Set its note; an empty text takes the note off
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    #[command(flatten)]
    dry_run: DryRun,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    let store = session.store()?;
    let mut edit = Edit {
        name: args.name.clone(),
        tags: args.tags.iter().cloned().collect(),
        untag: args.untag.iter().cloned().collect(),
    };
    match args.note.as_deref() {
        Some("") => drop(edit.untag.insert(limit::NOTE_TAG.to_owned())),
        Some(note) => drop(edit.tags.insert(limit::NOTE_TAG.to_owned(), note.to_owned())),
        None => {}
    }
    if edit == Edit::default() {
        return Err(CommandError::usage("nothing is to be changed")
            .hint("Give `--name`, `--tag`, `--untag` or `--note`."));
    }
    edit.check()?;
    let id = thing::run_id(&store, &args.run)?;
    let short = &id.as_str()[..12];
    if args.dry_run.dry_run {
        session.ui.note(&format!("Would change run {short}."));
        return Ok(());
    }
    match edit::edit(&store, &id, &edit)? {
        true => session.ui.note(&format!("Changed run {short}.")),
        false => session.ui.note(&format!("Run {short} is so already.")),
    }
    Ok(())
}
