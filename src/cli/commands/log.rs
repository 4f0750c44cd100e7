use mls::base::time;
use mls::model::{Reference, registry};
use mls::store::{Logged, Moved, Store, operation};
use serde_json::{Value, json};

use crate::cli::error::{CommandError, Exit};
use crate::cli::session::Session;
use crate::cli::style::{LABEL, LITERAL};
use crate::cli::table::{Cell, Column, Table};
use crate::cli::{help, moves, thing};

/// Show who changed what, and when
///
/// Every command that changes refs is one operation, newest first. `mls undo` takes one back.
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::reads(
    &[
        ("mls log", "show the last operations of the store"),
        ("mls log @", "show what happened to the last run"),
        ("mls log iris", "show what happened to a model, its versions and aliases"),
        ("mls log -n 1 --format json", "show the last operation with all of its changes"),
    ],
    &[Exit::Conflict, Exit::NotFound],
))]
pub(crate) struct Args {
    /// Only what happened to this run, model, version, alias, ref, or folder of refs such as `experiments`
    thing: Option<String>,
    /// Show at most COUNT operations
    #[arg(short = 'n', long = "max-count", value_name = "COUNT", default_value_t = 50)]
    count: usize,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    let store = session.store()?;
    let names = args.thing.as_deref().map(|thing| ref_names(&store, thing)).transpose()?;
    let limit = args.count.saturating_add(1);
    let mut found = match &names {
        None => operation::log(&store, None, None, limit)?,
        Some(names) => of_refs(&store, names, limit)?,
    };
    let more = found.len() > args.count;
    found.truncate(args.count);
    let now = store.now();
    let known = moves::Names::read(&store);
    let mut table = Table::new([
        Column::new("number").title("OP").right(),
        Column::new("time").title("WHEN"),
        Column::new("actor").title("WHO"),
        Column::new("changes"),
        Column::new("command").cut(),
    ]);
    for Logged { operation, .. } in &found {
        table.row([
            Cell::new(operation.number.to_string()).style(LITERAL),
            Cell::new(time::ago(operation.time, now))
                .raw(time::rfc3339(operation.time))
                .style(LABEL),
            Cell::new(&operation.actor),
            Cell::new(moves::summary(&operation.moves, &known)),
            Cell::new(&operation.command).style(LABEL),
        ]);
    }
    let values: Vec<Value> = found.iter().map(as_json).collect();
    session.ui.list(&table, &values, "Nothing has changed any ref yet.")?;
    if more {
        session.ui.note(&format!(
            "Older ones are not shown; see more with `-n {}`.",
            args.count.saturating_mul(10)
        ));
    }
    Ok(())
}

/// A kind of refs has a history too: `runs`, `experiments`, `remotes/origin`.
///
/// A model has its history in the folder of its refs, a version in two of them, and an alias in its own.
fn ref_names(store: &Store, text: &str) -> Result<Vec<String>, CommandError> {
    let folder = text.trim_end_matches('/');
    let is_folder = !operation::log(store, Some(folder), None, 1)?.is_empty();
    if is_folder {
        return Ok(vec![folder.to_owned()]);
    }
    let Reference { name, which } = thing::reference(store, text)?;
    let of_model = registry::history(&name, &which);
    let known = of_model.iter().map(|name| operation::log(store, Some(name), None, 1));
    if known.collect::<Result<Vec<_>, _>>()?.iter().any(|found| !found.is_empty()) {
        return Ok(of_model);
    }
    let thing = thing::resolve(store, text)?;
    thing.ref_name().map(|name| vec![name]).ok_or_else(|| {
        CommandError::usage(format!("`{text}` is an object, and objects never change"))
            .hint("Name a run or a ref.")
    })
}

/// Returns the last operations that moved any of `names`.
fn of_refs(store: &Store, names: &[String], limit: usize) -> Result<Vec<Logged>, CommandError> {
    let mut found = vec![];
    for name in names {
        found.extend(operation::log(store, Some(name), None, limit)?);
    }
    found.sort_by_key(|logged| std::cmp::Reverse(logged.operation.number));
    found.dedup_by_key(|logged| logged.operation.number);
    found.truncate(limit);
    Ok(found)
}

/// Returns an operation as scripts read it.
pub(crate) fn as_json(logged: &Logged) -> Value {
    let Logged { digest, operation } = logged;
    let undoes = operation.undoes.as_ref().map(|bytes| hex(bytes));
    json!({
        "number": operation.number,
        "id": digest.to_string(),
        "time": time::rfc3339(operation.time),
        "actor": operation.actor,
        "command": operation.command,
        "undoes": undoes,
        "changes": operation.moves.iter().map(change).collect::<Vec<_>>(),
    })
}

fn change(moved: &Moved) -> Value {
    json!({
        "name": moved.name,
        "old": moved.old.map(|link| link.to_string()),
        "new": moved.new.map(|link| link.to_string()),
    })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
