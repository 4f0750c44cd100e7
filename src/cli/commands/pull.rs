use mls::model;
use mls::remote;
use mls::track::merge;

use crate::cli::commands::fetch::What;
use crate::cli::error::{CommandError, Exit};
use crate::cli::help;
use crate::cli::session::Session;

/// Get what is new in another store, and bring this one up to date
///
/// A run or experiment that both stores have changed is merged key by key; where both changed the same key, the newer
/// edit wins, and the history keeps the other. Refs here move together or not at all. A version of a model whose number the
/// other store has given to another one gets the next number that is free in both, before anything else moves.
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::writes(
    &[
        ("mls pull", "get and merge what is new in `origin`"),
        ("mls pull origin bold-fox-12", "get and merge one run"),
        ("mls pull --dry-run", "show what would arrive"),
    ],
    &[Exit::NotFound, Exit::Network],
))]
pub(crate) struct Args {
    #[command(flatten)]
    what: What,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    args.what.with(session, |store, other, options| {
        let merged = |writer: &mut mls::store::Writer<'_>, name: &str, ours: &_, theirs: &_| {
            Ok(match name.starts_with("models/") {
                true => model::merge::reference(writer, name, ours, theirs)?,
                false => merge::reference(writer, name, ours, theirs)?,
            })
        };
        let renamed = |store: &mls::store::Store, clashing: &[String], theirs: &_| {
            Ok(model::registry::renumber(store, clashing, theirs)?)
        };
        let settle = remote::Settle { merge: &merged, rename: &renamed };
        let progress = session.ui.progress();
        let pulled = remote::pull(store, &other.peer, other.remote()?, options, settle, progress);
        pulled.map_err(|error| match error {
            remote::Error::Refused(_) => CommandError::from(error).hint(
                "Both are kept: `mls show` with the name, and with `REMOTE/` before it. Pull others by naming them.",
            ),
            error => error.into(),
        })
    })
}
