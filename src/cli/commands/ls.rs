use mls::base::size::human;
use mls::store::{Link, Store, tree};
use serde_json::Value;

use crate::cli::error::{CommandError, Exit};
use crate::cli::session::Session;
use crate::cli::style::{LABEL, LITERAL, PLAIN};
use crate::cli::table::{Cell, Column, Table};
use crate::cli::{help, text, thing};

/// List a folder in the store
///
/// TREE is a run, whose artifacts are listed, or the id of a tree.
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::reads(
    &[
        ("mls ls @", "list the artifacts of the last run"),
        ("mls ls bold-fox-12:plots", "list a folder in them"),
        ("mls ls -r @ --format csv", "list every file with its id"),
    ],
    &[Exit::Conflict, Exit::NotFound],
))]
pub(crate) struct Args {
    /// A run or a tree, and perhaps a path in it
    #[arg(value_name = "TREE[:PATH]")]
    tree: String,
    /// List folders in folders too
    #[arg(short, long)]
    recursive: bool,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    let store = session.store()?;
    let entry = thing::tree_or_entry(&store, &args.tree)?;
    let mut found = vec![];
    match entry.folder() {
        Some(folder) if args.recursive => {
            tree::walk::<CommandError>(&store, &folder, |path, entry| {
                found.push((path.to_owned(), entry.clone()));
                Ok(())
            })?;
        }
        Some(folder) => {
            let entries = tree::read(&store, &folder)?.entries;
            found.extend(entries.into_iter().map(|entry| (entry.name.clone(), entry)));
        }
        None => found.push((entry.name.clone(), entry)),
    }
    let values: Vec<Value> = found
        .iter()
        .map(|(path, entry)| {
            thing::entry_json(&tree::Entry { name: path.clone(), ..entry.clone() })
        })
        .collect();
    session.ui.list(&table(&found), &values, "The folder is empty.")
}

/// Returns the listing of one folder, for a person.
pub(super) fn text(
    session: &Session,
    store: &Store,
    folder: &Link,
) -> Result<String, CommandError> {
    let entries = tree::read(store, folder)?.entries;
    let rows: Vec<_> = entries.into_iter().map(|entry| (entry.name.clone(), entry)).collect();
    Ok(table(&rows).render(session.ui.width).text)
}

fn table(rows: &[(Vec<u8>, tree::Entry)]) -> Table {
    let mut table = Table::new([
        Column::new("mode"),
        Column::new("size").right(),
        Column::new("id"),
        Column::new("name").cut(),
    ]);
    for (path, entry) in rows {
        let id = entry.content().map(|link| link.to_string()).unwrap_or_default();
        let style = if entry.folder().is_some() { LITERAL } else { PLAIN };
        let end = match &entry.target {
            tree::Target::Symlink(to) => format!(" -> {}", text::name(to)),
            tree::Target::Content(_) if entry.folder().is_some() => "/".to_owned(),
            tree::Target::Content(_) => String::new(),
        };
        table.row([
            Cell::new(mode(entry.mode)).raw(format!("{:06o}", entry.mode)).style(LABEL),
            Cell::new(human(entry.size)).raw(entry.size.to_string()),
            Cell::new(id.get(..12).unwrap_or_default()).raw(&id).style(LABEL),
            Cell::new(text::name(path) + &end).raw(text::name(path)).style(style),
        ]);
    }
    table
}

fn mode(mode: u32) -> &'static str {
    match mode {
        tree::FOLDER => "folder",
        tree::EXECUTABLE => "program",
        tree::SYMLINK => "link",
        _ => "file",
    }
}
