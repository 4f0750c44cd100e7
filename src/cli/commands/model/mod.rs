//! `mls model`: what is done to models and their versions.

mod export;
mod image;
mod register;

use clap::Subcommand;
use mls::model::registry::{self, Tags};
use mls::model::{Reference, Which};
use mls::store::Store;

use crate::cli::args::{DryRun, pair};
use crate::cli::error::{CommandError, Exit};
use crate::cli::help;
use crate::cli::session::Session;
use crate::cli::thing;

/// Register, name, describe, export and remove models and their versions
///
/// `iris@v3` is version 3 of model `iris`, `iris@champion` the version that an alias stands for. Each change is one
/// operation: `mls log iris` shows them, `mls undo` takes one back. A number is never given to another version.
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::writes(
    &[
        ("mls model register iris model.onnx", "register a file as the next version"),
        ("mls model promote iris@v3 champion", "move an alias; `mls model rollback iris@champion` moves it back"),
        ("mls model export iris@v3 ./iris", "write a folder that MLflow opens"),
        ("mls model image iris@v3 -t iris:3", "make a container image that serves it"),
        ("mls model alias iris@v3 champion", "let `iris@champion` mean version 3 from here on"),
        ("mls model tag iris@v3 validated=yes", "set a tag of one version"),
        ("mls model describe iris 'Petal and sepal sizes to species'", "describe a model"),
        ("mls model rename iris flowers", "give a model another name; versions and aliases follow"),
        ("mls model rm iris@v1", "remove one version"),
    ],
    &[Exit::NotFound, Exit::Damaged, Exit::Unsafe],
))]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Register(register::Args),
    Export(export::Args),
    Image(image::Args),
    /// Move an alias to a version; `mls model rollback` moves it back
    Promote {
        /// The version: `iris@v3`, or `iris@staging` for what another alias means
        #[arg(value_name = "NAME@V")]
        version: String,
        alias: String,
        #[command(flatten)]
        dry_run: DryRun,
    },
    /// Let an alias mean what it meant before it was last moved; twice, what it meant before that
    Rollback {
        /// The alias: `iris@champion`
        #[arg(value_name = "NAME@ALIAS")]
        alias: String,
        #[command(flatten)]
        dry_run: DryRun,
    },
    /// Let an alias stand for a version, whatever it stood for before
    Alias {
        /// The version: `iris@v3`
        #[arg(value_name = "NAME@V")]
        version: String,
        alias: String,
        #[command(flatten)]
        dry_run: DryRun,
    },
    /// Take an alias off
    Unalias {
        /// The alias, `iris@champion`, or the model alone
        #[arg(value_name = "NAME@ALIAS")]
        version: String,
        /// The alias, where it does not stand behind the name
        alias: Option<String>,
        #[command(flatten)]
        dry_run: DryRun,
    },
    /// Set tags of a model or a version
    Tag {
        /// A model, `iris`, or a version, `iris@v3`
        #[arg(value_name = "NAME[@V]")]
        thing: String,
        /// The tags
        #[arg(value_name = "KEY=VALUE", value_parser = pair, required_unless_present = "untag")]
        tags: Vec<(String, String)>,
        /// Take a tag off
        #[arg(long, value_name = "KEY")]
        untag: Vec<String>,
        #[command(flatten)]
        dry_run: DryRun,
    },
    /// Describe a model or a version; an empty text takes the description off
    Describe {
        /// A model, `iris`, or a version, `iris@v3`
        #[arg(value_name = "NAME[@V]")]
        thing: String,
        text: String,
        #[command(flatten)]
        dry_run: DryRun,
    },
    /// Remove a version, or with `-y` a model and all its versions
    Rm {
        /// A model, `iris`, or a version, `iris@v3`
        #[arg(value_name = "NAME[@V]")]
        thing: String,
        #[command(flatten)]
        dry_run: DryRun,
    },
    /// Give a model another name
    Rename {
        #[arg(value_name = "OLD")]
        old: String,
        #[arg(value_name = "NEW")]
        new: String,
        #[command(flatten)]
        dry_run: DryRun,
    },
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    let store = session.store()?;
    match &args.verb {
        Verb::Register(args) => register::run(session, &store, args),
        Verb::Export(args) => export::run(session, &store, args),
        Verb::Image(args) => image::run(session, &store, args),
        Verb::Promote { version, alias, dry_run } => {
            promote(session, &store, version, alias, *dry_run)
        }
        Verb::Rollback { alias, dry_run } => roll_back(session, &store, alias, *dry_run),
        Verb::Alias { version, alias, dry_run } => {
            alias_to(session, &store, version, alias, *dry_run)
        }
        Verb::Unalias { version, alias, dry_run } => {
            unalias(session, &store, version, alias.as_deref(), *dry_run)
        }
        Verb::Tag { thing, tags, untag, dry_run } => {
            let tags = Tags {
                set: tags.iter().cloned().collect(),
                unset: untag.iter().cloned().collect(),
            };
            tag(session, &store, thing, &tags, *dry_run)
        }
        Verb::Describe { thing, text, dry_run } => describe(session, &store, thing, text, *dry_run),
        Verb::Rm { thing, dry_run } => remove(session, &store, thing, *dry_run),
        Verb::Rename { old, new, dry_run } => rename(session, &store, old, new, *dry_run),
    }
}

/// What a text means: a whole model where no version stands behind the name.
enum Meant {
    Model(String),
    Version { name: String, number: u64 },
}

fn meant(store: &Store, text: &str) -> Result<Meant, CommandError> {
    let Reference { name, which } = thing::reference(store, text)?;
    let entry = registry::get(store, &name)?;
    Ok(match which {
        Which::Latest if !text.ends_with("@latest") => Meant::Model(name),
        which => Meant::Version { number: entry.number(&which)?, name },
    })
}

fn alias_to(
    session: &Session,
    store: &Store,
    version: &str,
    alias: &str,
    dry_run: DryRun,
) -> Result<(), CommandError> {
    let Meant::Version { name, number } = meant(store, version)? else {
        return Err(CommandError::usage(format!("`{version}` names no version"))
            .hint(format!("Write it as `{version}@v3`.")));
    };
    if dry_run.dry_run {
        session.ui.note(&format!("Would let `{name}@{alias}` mean version {number}."));
        return Ok(());
    }
    match registry::set_alias(store, &name, alias, number)? {
        true => session.ui.note(&format!("`{name}@{alias}` means version {number}.")),
        false => session.ui.note(&format!("`{name}@{alias}` means version {number} already.")),
    }
    Ok(())
}

/// Moves an alias, and says from where.
fn promote(
    session: &Session,
    store: &Store,
    version: &str,
    alias: &str,
    dry_run: DryRun,
) -> Result<(), CommandError> {
    let reference = thing::reference(store, version)?;
    let entry = registry::get(store, &reference.name)?;
    let (name, number) = (reference.name.as_str(), entry.number(&reference.which)?);
    let before = entry.number(&Which::Alias(alias.to_owned())).ok();
    if !dry_run.dry_run {
        registry::set_alias(store, name, alias, number)?;
    }
    moved(session, (name, alias), (before, number), dry_run)
}

fn roll_back(
    session: &Session,
    store: &Store,
    text: &str,
    dry_run: DryRun,
) -> Result<(), CommandError> {
    let Reference { name, which: Which::Alias(alias) } = thing::reference(store, text)? else {
        return Err(CommandError::usage(format!("`{text}` names no alias"))
            .hint("Write it as `NAME@ALIAS`."));
    };
    let before = registry::get(store, &name)?.number(&Which::Alias(alias.clone()))?;
    let number = match dry_run.dry_run {
        true => registry::alias_before(store, &name, &alias)?,
        false => registry::roll_back(store, &name, &alias)?,
    };
    moved(session, (&name, &alias), (Some(before), number), dry_run)
}

/// Says where an alias was and is.
fn moved(
    session: &Session,
    (name, alias): (&str, &str),
    (before, number): (Option<u64>, u64),
    dry_run: DryRun,
) -> Result<(), CommandError> {
    let answer =
        serde_json::json!({"name": name, "alias": alias, "before": before, "version": number});
    if session.ui.format.is_json() {
        return session.ui.answer(&answer, String::new);
    }
    let from = match before {
        Some(before) if before == number => " already".to_owned(),
        Some(before) => format!(", and no more version {before}"),
        None => String::new(),
    };
    let verb = if dry_run.dry_run { "would mean" } else { "means" };
    session.ui.note(&format!("`{name}@{alias}` {verb} version {number}{from}."));
    Ok(())
}

fn unalias(
    session: &Session,
    store: &Store,
    text: &str,
    alias: Option<&str>,
    dry_run: DryRun,
) -> Result<(), CommandError> {
    let Reference { name, which } = thing::reference(store, text)?;
    let alias = match (alias, which) {
        (Some(alias), Which::Latest) => alias.to_owned(),
        (None, Which::Alias(alias)) => alias,
        _ => {
            return Err(CommandError::usage(format!("`{text}` names no alias"))
                .hint("Write it as `NAME@ALIAS`."));
        }
    };
    let entry = registry::get(store, &name)?;
    entry.number(&Which::Alias(alias.clone()))?;
    if dry_run.dry_run {
        session.ui.note(&format!("Would take off `{name}@{alias}`."));
        return Ok(());
    }
    registry::remove_alias(store, &name, &alias)?;
    session.ui.note(&format!("Took off `{name}@{alias}`."));
    Ok(())
}

fn tag(
    session: &Session,
    store: &Store,
    text: &str,
    tags: &Tags,
    dry_run: DryRun,
) -> Result<(), CommandError> {
    let meant = meant(store, text)?;
    if dry_run.dry_run {
        session.ui.note(&format!("Would change the tags of `{text}`."));
        return Ok(());
    }
    match meant {
        Meant::Model(name) => drop(registry::tag(store, &name, tags)?),
        Meant::Version { name, number } => {
            drop(registry::tag_version(store, &name, number, tags)?);
        }
    }
    session.ui.note(&format!("Changed the tags of `{text}`."));
    Ok(())
}

fn describe(
    session: &Session,
    store: &Store,
    text: &str,
    words: &str,
    dry_run: DryRun,
) -> Result<(), CommandError> {
    let meant = meant(store, text)?;
    if dry_run.dry_run {
        session.ui.note(&format!("Would describe `{text}`."));
        return Ok(());
    }
    let words = Some(words).filter(|words| !words.is_empty());
    match meant {
        Meant::Model(name) => drop(registry::describe(store, &name, words)?),
        Meant::Version { name, number } => {
            drop(registry::describe_version(store, &name, number, words)?);
        }
    }
    session.ui.note(&format!("Described `{text}`."));
    Ok(())
}

fn remove(
    session: &Session,
    store: &Store,
    text: &str,
    dry_run: DryRun,
) -> Result<(), CommandError> {
    match meant(store, text)? {
        Meant::Model(name) => {
            let count = registry::get(store, &name)?.numbers().count() as u64;
            let versions = crate::cli::text::count(count, "version");
            if dry_run.dry_run {
                session.ui.note(&format!("Would remove model `{name}` with {versions}."));
                return Ok(());
            }
            if count > 0 && !session.settings.yes {
                let cause = format!("model `{name}` has {versions}");
                return Err(CommandError::new(Exit::Conflict, cause).hint(
                    "Add `-y` to remove it with all of them, or name one, as in `NAME@v3`.",
                ));
            }
            registry::remove(store, &name)?;
            session.ui.note(&format!("Removed model `{name}` with {versions}."));
        }
        Meant::Version { name, number } => {
            if dry_run.dry_run {
                session.ui.note(&format!("Would remove `{name}@v{number}`."));
                return Ok(());
            }
            registry::remove_version(store, &name, number)?;
            session.ui.note(&format!("Removed `{name}@v{number}`."));
        }
    }
    Ok(())
}

fn rename(
    session: &Session,
    store: &Store,
    old: &str,
    new: &str,
    dry_run: DryRun,
) -> Result<(), CommandError> {
    if dry_run.dry_run {
        registry::get(store, old)?;
        mls::model::name::check(new)?;
        session.ui.note(&format!("Would rename model `{old}` to `{new}`."));
        return Ok(());
    }
    registry::rename(store, old, new)?;
    session.ui.note(&format!("Renamed model `{old}` to `{new}`."));
    Ok(())
}
