use std::io;

use mls::base::time;
use mls::container::Event;
use serde_json::{Value, json};

use crate::cli::args::Format;
use crate::cli::contained;
use crate::cli::error::{CommandError, Exit};
use crate::cli::session::Session;
use crate::cli::table::{Column, Table};
use crate::cli::{help, json, text};

/// Show what happens to containers
///
/// What happens from now on is shown until Ctrl-C; with `--since` also what has happened, with `--until` not longer than that.
/// Without an end, `--format json` prints one object a line, as `jsonl` does. About 8 MiB of the past are kept.
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::after(
    &[
        ("mls events", "watch all containers"),
        ("mls events --since 1h --until 0s", "show what happened in the last hour"),
        ("mls events -f event=die -f label=team=a --format jsonl", "watch some of it, for a script"),
    ],
    &[Exit::Failed, Exit::NoStore, Exit::Unsafe],
))]
pub(crate) struct Args {
    /// From this time on: RFC 3339, or so long ago, as `10m`
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// Up to this time, which may be to come only as a date
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// Only those for which this holds: container=NAME, event=ACTION, image=NAME, label=KEY[=VALUE], type=container
    #[arg(short, long = "filter", value_name = "KEY=VALUE")]
    filters: Vec<String>,
}

const KEYS: [&str; 5] = ["container", "event", "image", "label", "type"];

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    let containers = contained::containers(session)?;
    let now = session.settings.clock.now();
    let moment = |text: &Option<String>| {
        text.as_deref().map(|text| contained::values::moment(text, now)).transpose()
    };
    let (since, until) = (moment(&args.since)?.unwrap_or(now), moment(&args.until)?);
    let filters = filters(&args.filters)?;
    if let (Format::Csv, _) | (Format::Json, Some(_)) = (session.ui.format, until) {
        let mut all = vec![];
        containers.events(since, until.or(Some(now)), &mut |event| {
            all.extend(Some(event).filter(|event| fits(event, &filters)));
            Ok(())
        })?;
        let values: Vec<Value> = all.iter().map(as_json).collect();
        return session.ui.list(&table(&all), &values, "");
    }
    let mut said = Ok(());
    let done = containers.events(since, until, &mut |event| {
        if !fits(&event, &filters) {
            return Ok(());
        }
        said = show(session, &event);
        match said {
            Ok(()) => Ok(()),
            // What the terminal or the pipe said tells more than this.
            Err(_) => Err(io::ErrorKind::BrokenPipe.into()),
        }
    });
    said?;
    Ok(done?)
}

fn show(session: &Session, event: &Event) -> Result<(), CommandError> {
    match session.ui.format {
        Format::Table => session.ui.data(line(event).as_bytes()),
        _ => session.ui.data((json::line(&as_json(event))? + "\n").as_bytes()),
    }
}

/// As Docker writes it.
fn line(event: &Event) -> String {
    let known = [("image", &event.image), ("name", &event.name)];
    let mut details: Vec<(&str, &String)> = known.to_vec();
    details.extend(event.details.iter().chain(&event.labels).map(|(key, value)| (&**key, value)));
    details.sort();
    let details = details.iter().map(|(key, value)| format!("{key}={value}"));
    let details = details.collect::<Vec<_>>().join(", ");
    let (time, id) = (time::rfc3339(event.time), &event.id);
    let line = format!("{time} container {} {id} ({details})", event.action);
    format!("{}\n", text::escaped(&line))
}

fn as_json(event: &Event) -> Value {
    json!({
        "time": time::rfc3339(event.time),
        "type": "container",
        "action": event.action,
        "id": event.id,
        "name": event.name,
        "image": event.image,
        "labels": event.labels,
        "details": event.details,
    })
}

fn table(all: &[Event]) -> Table {
    let mut table = Table::new(["time", "action", "id", "name", "image"].map(Column::new));
    for event in all {
        table.row([
            time::rfc3339(event.time).into(),
            event.action.as_str().into(),
            event.id.as_str().into(),
            event.name.as_str().into(),
            event.image.as_str().into(),
        ]);
    }
    table
}

fn filters(given: &[String]) -> Result<Vec<(&str, &str)>, CommandError> {
    let one = |text: &'_ String| match text.split_once('=') {
        Some((key, _)) if KEYS.contains(&key) => Ok(()),
        _ => Err(CommandError::usage(format!("`{}` is no filter", text.escape_debug()))
            .hint(format!("Write KEY=VALUE, where KEY is one of {}.", KEYS.join(", ")))),
    };
    given.iter().try_for_each(one)?;
    Ok(given.iter().filter_map(|text| text.split_once('=')).collect())
}

/// Of several values for one key, one is enough; all labels must be there.
fn fits(event: &Event, filters: &[(&str, &str)]) -> bool {
    let holds = |key: &str, value: &str| match key {
        "container" => event.name == value || (value.len() >= 4 && event.id.starts_with(value)),
        "event" => event.action == value,
        "image" => event.image == value || event.image.strip_suffix(":latest") == Some(value),
        "type" => value == "container",
        _ => match value.split_once('=') {
            Some((key, wanted)) => event.labels.get(key).is_some_and(|is| is == wanted),
            None => event.labels.contains_key(value),
        },
    };
    filters.iter().all(|(key, value)| match *key {
        "label" => holds(key, value),
        _ => filters.iter().filter(|(other, _)| other == key).any(|(_, one)| holds(key, one)),
    })
}
