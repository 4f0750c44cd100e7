use serde_json::json;

use crate::cli::error::{CommandError, Exit};
use crate::cli::help;
use crate::cli::session::Session;
use crate::cli::sharing::{self, Choice, TrustOwner};
use crate::cli::style::LABEL;
use crate::cli::table::{Cell, Column, Table};

/// List the refs of another store
///
/// Asks the other store; what was seen there last is known here as `REMOTE/…`.
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::reads(
    &[
        ("mls ls-remote", "list what `origin` has"),
        ("mls ls-remote /srv/team runs", "list the runs of any store"),
    ],
    &[Exit::NotFound, Exit::NotAllowed, Exit::Network],
))]
pub(crate) struct Args {
    /// A remote, or the path or address of a store; `origin` if left out
    remote: Option<String>,
    /// Runs, refs, folders of refs, or globs over them
    #[arg(value_name = "REF")]
    refs: Vec<String>,
    #[command(flatten)]
    trust: TrustOwner,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    let store = session.store()?;
    let other = sharing::open(session, &store, args.remote.as_deref(), args.trust.trust())?;
    let listing = other.peer.refs()?;
    let place = "the other store";
    let choice = Choice::of(other.peer.store(), &listing.refs, &args.refs, true, place)?;
    let mut table = Table::new([Column::new("id").title("ID"), Column::new("name").title("REF")]);
    let mut values = vec![];
    for found in &listing.refs {
        if args.refs.is_empty() || choice.select(found).unwrap_or(false) {
            let id = found.target.to_string();
            table.row([Cell::new(&id[..12]).raw(&id).style(LABEL), Cell::new(&found.name)]);
            values.push(json!({"name": found.name, "id": id}));
        }
    }
    session.ui.list(&table, &values, "The other store has no refs.")
}
