use clap::Subcommand;
use mls::remote::{self, Url};
use serde_json::json;

use crate::cli::args::DryRun;
use crate::cli::error::{CommandError, Exit};
use crate::cli::help;
use crate::cli::session::Session;
use crate::cli::style::LITERAL;
use crate::cli::table::{Cell, Column, Table};

/// Manage the stores that this one knows by a name
///
/// A remote is a path or `file:///path`: the folder of another store, or the one that holds it; or `http(s)://host`, a
/// hub. A relative path is kept as an absolute one. Alone, the command lists them.
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::writes(
    &[
        ("mls remote add origin /srv/team", "know another store as `origin`"),
        ("mls remote add hub https://hub.example.com", "know a hub as `hub`"),
        ("mls remote", "list the remotes"),
        ("mls remote set-url origin /mnt/team", "the other store has moved"),
        ("mls remote rm origin", "forget it, and what was seen there"),
    ],
    &[Exit::NotFound],
))]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Option<Verb>,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Add a remote
    Add {
        name: String,
        url: String,
        #[command(flatten)]
        dry_run: DryRun,
    },
    /// Forget a remote and what was seen there
    #[command(alias = "remove")]
    Rm {
        name: String,
        #[command(flatten)]
        dry_run: DryRun,
    },
    /// Give a remote another name
    Rename {
        name: String,
        new: String,
        #[command(flatten)]
        dry_run: DryRun,
    },
    /// Give a remote another address
    SetUrl {
        name: String,
        url: String,
        #[command(flatten)]
        dry_run: DryRun,
    },
    /// List the remotes
    List,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    let store = session.store()?;
    let url = |url: &str| Url::parse(url, &session.settings.folder);
    let note = |dry_run: &DryRun, done: &str, would: &str, rest: String| {
        session.ui.note(&format!("{} {rest}.", if dry_run.dry_run { would } else { done }));
    };
    match args.verb.as_ref().unwrap_or(&Verb::List) {
        Verb::List => return list(session, &store),
        Verb::Add { name, url: address, dry_run } => {
            let address = url(address)?;
            remote::check_new(&store, name)?;
            if !dry_run.dry_run {
                remote::add(&store, name, &address)?;
            }
            note(
                dry_run,
                "Added",
                "Would add",
                format!("remote `{name}` at `{}`", address.as_str()),
            );
        }
        Verb::Rm { name, dry_run } => {
            remote::find(&store, name)?;
            if !dry_run.dry_run {
                remote::remove(&store, name)?;
            }
            note(dry_run, "Forgot", "Would forget", format!("remote `{name}`"));
        }
        Verb::Rename { name, new, dry_run } => {
            remote::find(&store, name)?;
            remote::check_new(&store, new)?;
            if !dry_run.dry_run {
                remote::rename(&store, name, new)?;
            }
            note(dry_run, "Renamed", "Would rename", format!("remote `{name}` to `{new}`"));
        }
        Verb::SetUrl { name, url: address, dry_run } => {
            let address = url(address)?;
            remote::find(&store, name)?;
            if !dry_run.dry_run {
                remote::set_url(&store, name, &address)?;
            }
            let to = format!("the address of `{name}` to `{}`", address.as_str());
            note(dry_run, "Set", "Would set", to);
        }
    }
    Ok(())
}

fn list(session: &Session, store: &mls::store::Store) -> Result<(), CommandError> {
    let mut table = Table::new([Column::new("name"), Column::new("url").cut()]);
    let mut values = vec![];
    for remote in remote::list(store)? {
        table.row([Cell::new(&remote.name).style(LITERAL), Cell::new(&remote.url)]);
        values.push(json!({"name": remote.name, "url": remote.url, "filter": remote.filter}));
    }
    let nothing = "There is no remote; `mls remote add origin PATH` adds one.";
    session.ui.list(&table, &values, nothing)
}
