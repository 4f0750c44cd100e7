//! Two things of one kind side by side: runs, folders, files, records; images in a file of their own.

mod container;
mod images;
mod models;

use mls::base::size::human;
use mls::base::unified;
use mls::model::Version;
use mls::store::tree::{self, Difference};
use mls::store::{Link, Store};
use serde_json::{Value, json};

use crate::cli::args::Format;
use crate::cli::commands::diff_runs;
use crate::cli::error::{CommandError, Exit};
use crate::cli::session::Session;
use crate::cli::style::{BAD, GOOD, WARNING};
use crate::cli::table::{Cell, Column, Table};
use crate::cli::thing::{self, Thing};
use crate::cli::{dag_json, help, json, text};

/// Show how two things of one kind differ, or what a container has changed
///
/// With one argument, that is a container, and each file is told that it has added (A), changed (C) or removed (D).
/// Runs are compared as `mls diff-runs` does, folders file by file, text files line by line, images by config, layers and
/// files, versions of models by tensors, signature, requirements and files.
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::reads(
    &[
        ("mls diff @~1 @", "compare the last two runs"),
        ("mls diff @~1:plots @:plots", "compare a folder of their artifacts"),
        ("mls diff @~1:report.txt @:report.txt", "compare a file, line by line"),
        ("mls diff train:1 train:2", "compare two images"),
        ("mls diff iris@v2 iris@v3", "compare two versions of a model, tensor by tensor"),
        ("mls diff web", "list what the container `web` has changed in its files"),
    ],
    &[Exit::Conflict, Exit::NotFound],
))]
pub(crate) struct Args {
    /// A run, an image, a version of a model, a tree, a file, or a path in one of them; a container where it is alone
    #[arg(value_name = "A")]
    old: String,
    /// What to compare it with
    #[arg(value_name = "B")]
    new: Option<String>,
    /// End with 1 where they differ
    #[arg(long)]
    exit_code: bool,
}

/// The largest file whose lines are compared.
const LARGEST_TEXT: u64 = 4 << 20;

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    match &args.new {
        Some(new) => two(session, args, new),
        None => end(container::run(session, &args.old)? && args.exit_code),
    }
}

fn two(session: &Session, args: &Args, new_name: &str) -> Result<(), CommandError> {
    let store = session.store()?;
    match (thing::image(&store, &args.old)?, thing::image(&store, new_name)?) {
        (Some(old), Some(new)) => {
            let differs = images::run(session, &store, (&old, &args.old), (&new, new_name))?;
            return end(differs && args.exit_code);
        }
        (None, None) => {}
        _ => return Err(different_kinds(&args.old, new_name)),
    }
    if let (Some(old), Some(new)) = (version(&store, &args.old)?, version(&store, new_name)?) {
        return end(models::run(session, &store, &old, &new)? && args.exit_code);
    }
    let runs = [&args.old, new_name].map(|text| is_run(&store, text));
    if let [Ok(true), Ok(true)] = runs {
        return diff_runs::run(session, &diff_runs::Args::of(&args.old, new_name, args.exit_code));
    }
    let [old_is_run, new_is_run] = runs;
    if old_is_run? != new_is_run? {
        return Err(different_kinds(&args.old, new_name));
    }
    let names = [&args.old, new_name];
    let (_, old) = content_or_object(&store, &args.old)?;
    let (_, new) = content_or_object(&store, new_name)?;
    let differs = match (thing::kind(&store, &old)?.as_str(), thing::kind(&store, &new)?.as_str()) {
        ("tree", "tree") => trees(session, &store, &old, &new)?,
        ("blob" | "file", "blob" | "file") => files(session, &store, [&old, &new], names)?,
        (a, b) if a == b => nodes(session, &store, [&old, &new], names)?,
        _ => return Err(different_kinds(&args.old, new_name)),
    };
    end(differs && args.exit_code)
}

/// Returns the version of a model that is named; a path in one is a file or a folder.
fn version(store: &Store, text: &str) -> Result<Option<Box<Version>>, CommandError> {
    if thing::entry(store, text)?.is_some() {
        return Ok(None);
    }
    Ok(match thing::resolve(store, text)? {
        Thing::Version(version) => Some(version),
        _ => None,
    })
}

fn end(with_one: bool) -> Result<(), CommandError> {
    match with_one {
        true => Err(CommandError::ended(Exit::Failed as u8)),
        false => Ok(()),
    }
}

fn is_run(store: &Store, text: &str) -> Result<bool, CommandError> {
    if thing::entry(store, text)?.is_some() {
        return Ok(false);
    }
    Ok(matches!(thing::resolve(store, text)?, Thing::Run(_)))
}

fn content_or_object(store: &Store, text: &str) -> Result<(Option<Vec<u8>>, Link), CommandError> {
    match thing::entry(store, text)? {
        Some((_, entry)) => match entry.content() {
            Some(link) => Ok((Some(entry.name), link)),
            None => Err(CommandError::new(Exit::Failed, format!("`{text}` is a symbolic link"))),
        },
        None => match thing::resolve(store, text)? {
            Thing::Version(version) => Ok((None, mls::model::source::content(store, &version)?)),
            other => Ok((None, other.link(store)?)),
        },
    }
}

fn different_kinds(old: &str, new: &str) -> CommandError {
    CommandError::usage(format!("`{old}` and `{new}` are not of one kind"))
        .hint("Compare a run with a run, a folder with a folder, a file with a file.")
}

fn trees(session: &Session, store: &Store, old: &Link, new: &Link) -> Result<bool, CommandError> {
    let found = tree::diff(store, Some(old), Some(new))?;
    let mut table = Table::new([
        Column::new("change"),
        Column::new("old_size").title("OLD SIZE").right(),
        Column::new("new_size").title("NEW SIZE").right(),
        Column::new("path").cut(),
    ]);
    for difference in &found {
        let (word, style) = match change(difference) {
            "added" => ("added", GOOD),
            "removed" => ("removed", BAD),
            other => (other, WARNING),
        };
        let size = |entry: &Option<tree::Entry>| match entry {
            Some(entry) => Cell::new(human(entry.size)).raw(entry.size.to_string()),
            None => Cell::new(""),
        };
        table.row([
            Cell::new(word).style(style),
            size(&difference.old),
            size(&difference.new),
            Cell::new(text::name(&difference.path)),
        ]);
    }
    let values: Vec<Value> = found.iter().map(difference_json).collect();
    session.ui.list(&table, &values, "There is no difference.")?;
    Ok(!found.is_empty())
}

fn change(difference: &Difference) -> &'static str {
    match (&difference.old, &difference.new) {
        (None, _) => "added",
        (_, None) => "removed",
        (Some(old), Some(new)) if old.target == new.target => "mode",
        _ => "changed",
    }
}

fn difference_json(difference: &Difference) -> Value {
    let side = |entry: &Option<tree::Entry>| entry.as_ref().map(thing::entry_json);
    json!({
        "path": text::name(&difference.path),
        "change": change(difference),
        "old": side(&difference.old),
        "new": side(&difference.new),
    })
}

fn files(
    session: &Session,
    store: &Store,
    [old, new]: [&Link; 2],
    [old_name, new_name]: [&str; 2],
) -> Result<bool, CommandError> {
    let read = |link: &Link| -> Result<(Option<String>, u64), CommandError> {
        let mut file = mls::store::file::open(store, link)?;
        let size = file.size();
        let bytes = if size <= LARGEST_TEXT { Some(file.read_all(LARGEST_TEXT)?) } else { None };
        Ok((
            bytes
                .and_then(|bytes| String::from_utf8(bytes).ok())
                .filter(|text| !text.contains('\0')),
            size,
        ))
    };
    let (a, b) = (read(old)?, read(new)?);
    let lines = match (&a.0, &b.0) {
        (Some(a), Some(b)) => Some(unified(a, b, [old_name, new_name])),
        _ => None,
    };
    let answer = json!({
        "same": old == new,
        "old": {"id": old.to_string(), "size": a.1},
        "new": {"id": new.to_string(), "size": b.1},
        "diff": lines,
    });
    say(session, old != new, &answer, || {
        let sizes =
            format!("They differ and are not both text: {} and {}.\n", human(a.1), human(b.1));
        lines.as_deref().map_or(sizes, coloured)
    })
}

fn nodes(
    session: &Session,
    store: &Store,
    [old, new]: [&Link; 2],
    [old_name, new_name]: [&str; 2],
) -> Result<bool, CommandError> {
    let read =
        |link: &Link| -> Result<Value, CommandError> { Ok(dag_json::of_node(&store.read(link)?)?) };
    let (a, b) = (read(old)?, read(new)?);
    let lines =
        unified(&(json::document(&a)? + "\n"), &(json::document(&b)? + "\n"), [old_name, new_name]);
    let answer = json!({"same": old == new, "old": a, "new": b, "diff": lines});
    say(session, old != new, &answer, || coloured(&lines))
}

fn say(
    session: &Session,
    differs: bool,
    answer: &Value,
    person: impl FnOnce() -> String,
) -> Result<bool, CommandError> {
    match !differs && session.ui.format == Format::Table {
        true => session.ui.note("There is no difference."),
        false => session.ui.answer(answer, person)?,
    }
    Ok(differs)
}

fn coloured(diff: &str) -> String {
    let mut lines = String::new();
    for line in diff.lines() {
        let style = match line.as_bytes().first() {
            Some(b'+') => GOOD,
            Some(b'-') => BAD,
            Some(b'@') => crate::cli::style::LITERAL,
            _ => crate::cli::style::PLAIN,
        };
        lines.push_str(&crate::cli::style::paint(
            style,
            &text::escaped(&line.replace('\t', "    ")),
        ));
        lines.push('\n');
    }
    lines
}
