use std::path::PathBuf;

use clap::Subcommand;
use mls::store::config::{self, KEYS};
use serde_json::json;

use crate::cli::args::DryRun;
use crate::cli::error::{CommandError, Exit};
use crate::cli::help;
use crate::cli::session::Session;
use crate::cli::settings::Source;
use crate::cli::style::{LABEL, LITERAL, PLAIN};
use crate::cli::table::{Cell, Column, Table};

/// Read and change settings
///
/// A setting is looked for on the command line (`-c`), then in the store's `config.toml`, then in
/// `~/.config/mls/config.toml`; else it has its default.
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::after(
    &[
        ("mls config list", "show every setting, its value and where that comes from"),
        ("mls config set gc.grace 30d", "keep unreachable content for 30 days in this store"),
        ("mls config set --user user.name 'Ada Lovelace'", "set a name for all stores"),
    ],
    &[Exit::Failed, Exit::NotAllowed, Exit::NotFound, Exit::Damaged, Exit::NoSpace, Exit::NoStore],
))]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Print the value of a setting
    Get { key: String },
    /// Set a setting in the store, or for the user
    Set {
        key: String,
        value: String,
        #[command(flatten)]
        place: Place,
    },
    /// Give a setting back its default
    Unset {
        key: String,
        #[command(flatten)]
        place: Place,
    },
    /// List all settings with their values
    List,
}

#[derive(Debug, Clone, Copy, clap::Args)]
struct Place {
    /// For all stores of the user, in `~/.config/mls/config.toml`
    #[arg(long)]
    user: bool,
    #[command(flatten)]
    dry_run: DryRun,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    match &args.verb {
        Verb::Get { key } => get(session, key),
        Verb::Set { key, value, place } => set(session, key, value, *place),
        Verb::Unset { key, place } => unset(session, key, *place),
        Verb::List => list(session),
    }
}

fn get(session: &Session, key: &str) -> Result<(), CommandError> {
    let found = session.settings.any_value(key)?;
    let Some((value, source)) = found else {
        return Err(CommandError::new(Exit::NotFound, format!("setting `{key}` is not set")));
    };
    let answer = json!({"key": key, "value": value, "source": source.as_str()});
    session.ui.answer(&answer, || format!("{}\n", crate::cli::text::escaped(&value)))
}

fn set(session: &Session, key: &str, value: &str, place: Place) -> Result<(), CommandError> {
    config::check(key, value)?;
    let path = path(session, place)?;
    if !place.dry_run.dry_run {
        config::edit(&path, |config| config.set(key, value))?;
    }
    let verb = if place.dry_run.dry_run { "Would set" } else { "Set" };
    session.ui.note(&format!("{verb} `{key}` in `{}`.", path.display()));
    Ok(())
}

fn unset(session: &Session, key: &str, place: Place) -> Result<(), CommandError> {
    let path = path(session, place)?;
    let unset = match place.dry_run.dry_run {
        true => config::Config::read(&path)?.get(key).is_some(),
        false => config::edit(&path, |config| Ok(config.unset(key)))?,
    };
    if !unset {
        session.settings.any_value(key)?;
        let cause = format!("setting `{key}` is not set in `{}`", path.display());
        return Err(
            CommandError::new(Exit::NotFound, cause).hint("Run `mls config list` to see what is.")
        );
    }
    let verb = if place.dry_run.dry_run { "Would unset" } else { "Unset" };
    session.ui.note(&format!("{verb} `{key}` in `{}`.", path.display()));
    Ok(())
}

fn list(session: &Session) -> Result<(), CommandError> {
    let mut table = Table::new([
        Column::new("key").title("SETTING"),
        Column::new("value").cut(),
        Column::new("source").title("FROM"),
        Column::new("about").title("MEANS").cut(),
    ]);
    let mut values = vec![];
    for (key, value, source, about) in session.settings.list() {
        let style = if source == Source::Default { LABEL } else { PLAIN };
        table.row([
            Cell::new(&key).style(LITERAL),
            Cell::new(&value).style(style),
            Cell::new(source.as_str()).style(LABEL),
            Cell::new(&about),
        ]);
        values.push(json!({"key": key, "value": value, "source": source.as_str(), "about": about}));
    }
    debug_assert!(values.len() >= KEYS.len(), "a setting always has a value");
    session.ui.list(&table, &values, "")
}

fn path(session: &Session, place: Place) -> Result<PathBuf, CommandError> {
    match place.user {
        false => Ok(session.store_folder()?.join("config.toml")),
        true => session.settings.user_file().ok_or_else(|| {
            CommandError::new(Exit::NotFound, "there is no home folder for your settings")
                .hint("Set `HOME` or `XDG_CONFIG_HOME`.")
        }),
    }
}
