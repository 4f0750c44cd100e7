use std::collections::HashMap;

use mls::base::time;
use mls::container::{Config, Container, Life, State};
use serde_json::{Value, json};

use crate::cli::contained;
use crate::cli::error::{CommandError, Exit};
use crate::cli::help;
use crate::cli::session::Session;
use crate::cli::style::LITERAL;
use crate::cli::table::{Cell, Column, Table};

/// List containers
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::after(
    &[
        ("mls ps", "list the containers that run"),
        ("mls ps -a --filter status=exited", "list some of all there are"),
        ("mls rm $(mls ps -aq)", "remove all that do not run"),
        ("mls ps --format json", "list them for a script"),
    ],
    &[Exit::Failed, Exit::NoStore, Exit::Unsafe],
))]
pub(crate) struct Args {
    /// List those that do not run, too
    #[arg(short, long)]
    all: bool,
    /// Show ids and commands in full
    #[arg(long)]
    no_trunc: bool,
    /// List the youngest, whether they run or not
    #[arg(short = 'n', long, value_name = "NUMBER")]
    last: Option<usize>,
    /// List the youngest alone
    #[arg(short, long)]
    latest: bool,
    /// Only those for which this holds: name=, id=, status=, label=KEY[=VALUE], ancestor=IMAGE, exited=CODE
    #[arg(short, long = "filter", value_name = "KEY=VALUE")]
    filters: Vec<String>,
}

struct Listed {
    id: String,
    config: Config,
    state: State,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    let filters = filters(&args.filters)?;
    let containers = contained::containers(session)?;
    let mut all: Vec<Listed> = containers.list()?.iter().filter_map(listed).collect();
    all.sort_by_key(|one| std::cmp::Reverse(one.config.created));
    all.retain(|one| filters.iter().all(|(key, values)| fits(one, key, values)));
    let last = if args.latest { Some(1) } else { args.last };
    let every = args.all
        || last.is_some()
        || filters.contains_key("status")
        || filters.contains_key("exited");
    all.retain(|one| every || one.state.life.is_alive());
    all.truncate(last.unwrap_or(usize::MAX));
    if session.ui.quiet {
        let id =
            |one: &Listed| if args.no_trunc { one.id.clone() } else { one.id[..12].to_owned() };
        let ids: String = all.iter().map(|one| id(one) + "\n").collect();
        return session.ui.data(ids.as_bytes());
    }
    let now = session.settings.clock.now();
    let values: Vec<Value> = all.iter().map(as_json).collect();
    session.ui.list(&table(&all, args.no_trunc, now), &values, "No containers.")
}

/// One that is being removed has no config any more.
fn listed(container: &Container) -> Option<Listed> {
    let (config, state) = (container.config().ok()?, container.state());
    Some(Listed { id: container.id().to_owned(), config, state })
}

type Filters = HashMap<String, Vec<String>>;

fn filters(given: &[String]) -> Result<Filters, CommandError> {
    let mut all = Filters::new();
    for text in given {
        let known = ["name", "id", "status", "label", "ancestor", "exited"];
        match text.split_once('=') {
            Some((key, value)) if known.contains(&key) => {
                all.entry(key.to_owned()).or_default().push(value.to_owned());
            }
            _ => {
                let what = format!("`{}` is no filter", text.escape_debug());
                return Err(CommandError::usage(what)
                    .hint(format!("Write KEY=VALUE, where KEY is one of {}.", known.join(", "))));
            }
        }
    }
    Ok(all)
}

/// Of several values for one key, one is enough; all labels must be there.
fn fits(one: &Listed, key: &str, values: &[String]) -> bool {
    let holds = |value: &String| match key {
        "name" => one.config.name.contains(value.trim_start_matches('/')),
        "id" => one.id.starts_with(value.as_str()),
        "status" => one.state.life.as_str() == value,
        "ancestor" => {
            let image = &one.config.image;
            image == value
                || image.strip_suffix(":latest") == Some(value)
                || value.strip_suffix(":latest") == Some(image)
                || one.config.image_id.trim_start_matches("sha256:").starts_with(value.as_str())
        }
        "exited" => one.state.life == Life::Exited && one.state.exit_code.to_string() == *value,
        _ => match value.split_once('=') {
            Some((key, wanted)) => one.config.labels.get(key).is_some_and(|is| is == wanted),
            None => one.config.labels.contains_key(value),
        },
    };
    if key == "label" { values.iter().all(holds) } else { values.iter().any(holds) }
}

fn table(all: &[Listed], full: bool, now: i64) -> Table {
    let mut table = Table::new(vec![
        Column::new("container id"),
        Column::new("image").cut(),
        Column::new("command").cut(),
        Column::new("created"),
        Column::new("status"),
        Column::new("ports").cut(),
        Column::new("names").cut(),
    ]);
    for one in all {
        let id = if full { &one.id[..] } else { &one.id[..12] };
        table.row(vec![
            Cell::new(id).style(LITERAL),
            Cell::new(&one.config.image),
            Cell::new(shortened(&command(&one.config), full)),
            Cell::new(time::ago(one.config.created, now)),
            Cell::new(status(&one.state, now)),
            Cell::new(ports(&one.state)),
            Cell::new(&one.config.name),
        ]);
    }
    table
}

fn command(config: &Config) -> String {
    config.entrypoint.iter().chain(&config.command).cloned().collect::<Vec<_>>().join(" ")
}

fn shortened(command: &str, full: bool) -> String {
    match command.char_indices().nth(29) {
        Some((end, _)) if !full => format!("{}…", &command[..end]),
        _ => command.to_owned(),
    }
}

/// Returns Docker's words, with the times of `mls`.
pub(super) fn status(state: &State, now: i64) -> String {
    let since = |time: Option<i64>| time.map(|time| time::duration(now.saturating_sub(time)));
    let up = || since(state.started).map_or("Up".to_owned(), |time| format!("Up {time}"));
    match state.life {
        Life::Created => "Created".to_owned(),
        Life::Running => up(),
        Life::Paused => format!("{} (Paused)", up()),
        Life::Restarting => format!("Restarting ({})", state.exit_code),
        Life::Exited => match state.finished {
            Some(time) => format!("Exited ({}) {}", state.exit_code, time::ago(time, now)),
            None => format!("Exited ({})", state.exit_code),
        },
    }
}

fn ports(state: &State) -> String {
    let port = |bound: &mls::container::Bound| {
        let address = match bound.address {
            std::net::IpAddr::V6(address) => format!("[{address}]"),
            std::net::IpAddr::V4(address) => address.to_string(),
        };
        format!("{address}:{}->{}/{}", bound.host, bound.container, bound.protocol)
    };
    state.facts.ports.iter().map(port).collect::<Vec<_>>().join(", ")
}

fn as_json(one: &Listed) -> Value {
    let ports: Vec<Value> = one
        .state
        .facts
        .ports
        .iter()
        .map(|bound| {
            json!({
                "host_ip": bound.address.to_string(),
                "host_port": bound.host,
                "container_port": bound.container,
                "protocol": bound.protocol.to_string(),
            })
        })
        .collect();
    // A container between two lives is up in the eyes of a script.
    let status = match one.state.life {
        Life::Restarting => "running",
        life => life.as_str(),
    };
    json!({
        "id": one.id,
        "name": one.config.name,
        "image": one.config.image,
        "command": command(&one.config),
        "status": status,
        "exit_code": one.state.exit_code,
        "created_at": time::rfc3339(one.config.created),
        "ports": ports,
    })
}
