use std::collections::BTreeSet;

use mls::image::Error as ImageError;
use mls::image::catalog::{self, Found};
use mls::remote::registry::Reference;
use mls::store::{Change, Store};
use serde_json::{Value, json};

use crate::cli::args::DryRun;
use crate::cli::error::{CommandError, Exit};
use crate::cli::help;
use crate::cli::session::Session;
use crate::cli::table::Table;

/// Remove names of images
///
/// An image whose last name goes is gone; its content stays until `mls gc` finds that nothing needs it, so that
/// `mls undo` has it back.
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::writes(
    &[
        ("mls rmi train:1 train:2", "remove two names"),
        ("mls rmi -f 4f2a9c0d", "remove an image with all of its names"),
    ],
    &[Exit::NotFound],
))]
pub(crate) struct Args {
    /// Images by name, id or digest
    #[arg(required = true)]
    names: Vec<String>,
    /// Remove an image with all of its names; what is not there is no failure
    #[arg(short, long)]
    force: bool,
    /// As Docker has it; nothing else is ever removed here
    #[arg(long, hide = true)]
    no_prune: bool,
    #[command(flatten)]
    dry_run: DryRun,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    let store = session.store()?;
    let writer = store.writer()?;
    let all = catalog::list(&store)?;
    let mut gone: BTreeSet<String> = BTreeSet::new();
    let (mut untagged, mut deleted): (Vec<String>, Vec<String>) = (vec![], vec![]);
    for name in &args.names {
        let found = match catalog::resolve(&store, name) {
            Ok(found) => found,
            Err(ImageError::NoImage { .. }) if args.force => {
                session.ui.note(&format!("There is no image `{name}`."));
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        let left: Vec<&Found> = all.iter().filter(|one| !gone.contains(&one.ref_name)).collect();
        for one in chosen(name, is_name(&store, name)?, &found, &left, args.force)? {
            untagged.extend(one.name.text().filter(|_| gone.insert(one.ref_name.clone())));
            gone.insert(one.ref_name.clone());
        }
        let is_last = all.iter().all(|one| one.link != found.link || gone.contains(&one.ref_name));
        let id = catalog::id(&store, &found.image)?.to_string();
        if is_last && !deleted.contains(&id) {
            deleted.push(id);
        }
    }
    if !args.dry_run.dry_run {
        let removed = all.iter().filter(|one| gone.contains(&one.ref_name)).map(catalog::remove);
        writer.commit(removed.collect::<Vec<Change>>())?;
    }
    answer(session, &untagged, &deleted)
}

/// Returns the names that go; as Docker decides it.
fn chosen<'a>(
    text: &str,
    by_name: bool,
    found: &Found,
    all: &[&'a Found],
    force: bool,
) -> Result<Vec<&'a Found>, CommandError> {
    let same = || all.iter().copied().filter(|one| one.link == found.link);
    if by_name {
        let mut going: Vec<&Found> = same().filter(|one| one.ref_name == found.ref_name).collect();
        // The digest of a name goes with its last tag.
        let tags = same().filter(|one| one.name.name == found.name.name && one.name.tag.is_some());
        if tags.count() <= 1 {
            going.extend(same().filter(|one| {
                one.name.digest.is_some()
                    && one.ref_name != found.ref_name
                    && (one.name.name == found.name.name || one.name.name.is_empty())
            }));
        }
        return Ok(going);
    }
    let tags = same().filter(|one| one.name.tag.is_some()).count();
    if tags > 1 && !force {
        let names = same().filter_map(|one| one.name.text()).collect::<Vec<_>>().join("`, `");
        let what = format!("`{}` has {tags} names: `{names}`", text.escape_debug());
        return Err(CommandError::new(Exit::Conflict, what)
            .hint("Remove them by name, or all of them with `-f`."));
    }
    Ok(same().collect())
}

/// Tells whether it was found by name and not by id.
fn is_name(store: &Store, text: &str) -> Result<bool, CommandError> {
    let text = text.strip_prefix("image:").unwrap_or(text);
    match text.parse::<Reference>() {
        Ok(name) => Ok(catalog::find(store, &name)?.is_some()),
        Err(_) => Ok(false),
    }
}

fn answer(session: &Session, untagged: &[String], deleted: &[String]) -> Result<(), CommandError> {
    let lines = |word: &str, all: &[String]| {
        all.iter().map(|one| format!("{word}: {one}\n")).collect::<String>()
    };
    match session.ui.format.is_json() {
        true => {
            let entry = |word: &'static str| move |one: &String| json!({ word: one });
            let values: Vec<Value> = untagged
                .iter()
                .map(entry("untagged"))
                .chain(deleted.iter().map(entry("deleted")))
                .collect();
            session.ui.list(&Table::default(), &values, "")
        }
        false => session.ui.print(&(lines("Untagged", untagged) + &lines("Deleted", deleted))),
    }
}
