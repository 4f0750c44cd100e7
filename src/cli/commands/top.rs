use mls::base::time;
use mls::container::Process;
use serde_json::{Value, json};

use crate::cli::error::{CommandError, Exit};
use crate::cli::session::Session;
use crate::cli::table::{Cell, Column, Table};
use crate::cli::{contained, help, text};

/// List the processes of a container
///
/// PID is the number inside, HOST PID the one on this machine; USER is as the container names it.
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::after(
    &[
        ("mls top web", "list what runs in it"),
        ("mls top web --format json | jq '.[].host_pid'", "take something out of it"),
    ],
    &[Exit::Failed, Exit::Conflict, Exit::NotFound, Exit::NoStore, Exit::Unsafe],
))]
pub(crate) struct Args {
    /// The container, by name or id
    name: String,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    let container = contained::containers(session)?.find(&args.name)?;
    let all = container.processes()?;
    let now = session.settings.clock.now();
    let mut table = Table::new(vec![
        Column::new("user"),
        Column::new("pid").right(),
        Column::new("host_pid").title("HOST PID").right(),
        Column::new("started"),
        Column::new("time").right(),
        Column::new("command").cut(),
    ]);
    for one in &all {
        table.row(vec![
            Cell::new(one.user.clone().unwrap_or_else(|| one.uid.to_string())),
            Cell::new(one.pid.to_string()),
            Cell::new(one.host_pid.to_string()),
            Cell::new(time::ago(one.started, now)).raw(time::rfc3339(one.started)),
            Cell::new(clock(one.cpu)),
            Cell::new(command(one)),
        ]);
    }
    let values: Vec<Value> = all.iter().map(as_json).collect();
    session.ui.list(&table, &values, "No processes.")
}

/// As `ps` does: a process that has no arguments is shown by its name in brackets.
fn command(process: &Process) -> String {
    match process.args.is_empty() {
        true => format!("[{}]", process.name),
        false => {
            process.args.iter().map(|word| text::shell_word(word)).collect::<Vec<_>>().join(" ")
        }
    }
}

/// Writes processor time as `ps` does: hours, minutes, seconds.
fn clock(milliseconds: u64) -> String {
    let seconds = milliseconds / 1000;
    format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

fn as_json(process: &Process) -> Value {
    json!({
        "pid": process.pid,
        "host_pid": process.host_pid,
        "parent_pid": process.parent,
        "uid": process.uid,
        "user": process.user,
        "started_at": time::rfc3339(process.started),
        "cpu_seconds": process.cpu as f64 / 1000.0,
        "command": process.args,
        "name": process.name,
    })
}
