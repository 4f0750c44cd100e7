//! A run on one screen.

use mls::base::{size::human, time};
use mls::store::{Store, tree};
use mls::track::{Code, Command, Environment, Run, Status};

use crate::cli::error::CommandError;
use crate::cli::session::Session;
use crate::cli::style::{BAD, GOOD, HEADER, LABEL, LITERAL, WARNING, paint};
use crate::cli::table::{Cell, Column, Table, facts};
use crate::cli::text::{self, escaped};

/// MLflow's tag for the note.
const NOTE: &str = "mlflow.note.content";

/// Returns all that is known of a run.
pub(super) fn text(session: &Session, store: &Store, run: &Run) -> Result<String, CommandError> {
    let status = paint(status_style(run.status), run.status.as_str());
    let mut text = format!("{}  {status}\n", paint(HEADER, &escaped(&run.name)));
    text.push_str(&format!("{}\n\n", paint(LITERAL, run.id.as_str())));
    text.push_str(&facts(head(store, run)?));
    for table in [params(run), metrics(run), tags(run), datasets(run)]
        .into_iter()
        .filter(|table| !table.is_empty())
    {
        text.push_str(&format!("\n{}", table.render(session.ui.width).text));
    }
    Ok(text)
}

/// Returns the colour of a status.
pub(super) fn status_style(status: Status) -> anstyle::Style {
    match status {
        Status::Finished => GOOD,
        Status::Failed | Status::Killed => BAD,
        Status::Running | Status::Scheduled => WARNING,
    }
}

fn head(store: &Store, run: &Run) -> Result<Vec<(&'static str, String)>, CommandError> {
    let now = store.now();
    let mut head = vec![
        ("Experiment", escaped(&run.experiment_name).into_owned()),
        ("Started", format!("{}, {}", time::rfc3339(run.started), time::ago(run.started, now))),
        (
            if run.ended.is_some() { "Took" } else { "Runs for" },
            time::duration(run.ended.unwrap_or(now).saturating_sub(run.started)),
        ),
        ("User", escaped(&run.user).into_owned()),
    ];
    if let Some(deleted) = run.deleted {
        head.push((
            "Removed",
            format!("{}; `mls run-restore` has it back", time::ago(deleted, now)),
        ));
    }
    head.extend(run.parent.iter().map(|parent| ("Parent", parent.to_string())));
    head.extend(run.command.iter().map(|command| ("Command", command_text(command))));
    head.extend(run.code.iter().map(|code| ("Code", code_text(code))));
    if let Some(environment) = &run.environment {
        let known = store.read_node::<Environment>(environment);
        head.push((
            "Environment",
            known.map_or_else(|_| environment.to_string(), |known| environment_text(&known)),
        ));
    }
    if let Some(artifacts) = &run.artifacts {
        head.push(("Artifacts", artifacts_text(store, artifacts)?));
    }
    head.extend(run.tags.get(NOTE).map(|note| ("Note", text::escaped_lines(note))));
    Ok(head)
}

fn command_text(command: &Command) -> String {
    let end = match (command.exit_code, command.signal) {
        (_, Some(signal)) => format!(", ended by signal {signal}"),
        (Some(code), None) => format!(", exit code {code}"),
        (None, None) => String::new(),
    };
    let words: Vec<String> = command.args.iter().map(|word| text::shell_word(word)).collect();
    format!("{}\nin {}{end}", escaped(&words.join(" ")), escaped(&command.cwd))
}

fn code_text(code: &Code) -> String {
    let commit =
        code.commit.as_deref().map_or("no commit yet", |commit| commit.get(..12).unwrap_or(commit));
    let branch =
        code.branch.as_ref().map(|branch| format!(" on {}", escaped(branch))).unwrap_or_default();
    let dirty = if code.dirty { ", with uncommitted changes" } else { "" };
    let remote =
        code.remote.as_ref().map(|remote| format!("\n{}", escaped(remote))).unwrap_or_default();
    format!("{}{branch}{dirty}{remote}", escaped(commit))
}

fn environment_text(environment: &Environment) -> String {
    let Environment { host, os, arch, cores, memory, gpus, python, .. } = environment;
    let mut text =
        format!("{host}, {os} {arch}, {} and {}", text::count(*cores, "core"), human(*memory));
    gpus.iter().for_each(|gpu| text.push_str(&format!(", {gpu}")));
    if let Some(python) = python {
        let packages = text::count(python.packages.len() as u64, "package");
        text.push_str(&format!("\nPython {} with {packages}", python.version));
    }
    text::escaped_lines(&text)
}

fn artifacts_text(store: &Store, artifacts: &mls::store::Link) -> Result<String, CommandError> {
    const SHOWN: usize = 10;
    let (mut files, mut bytes) = (0, 0);
    tree::walk::<CommandError>(store, artifacts, |_, entry| {
        if entry.folder().is_none() {
            files += 1;
            bytes += entry.size;
        }
        Ok(())
    })?;
    let mut text = format!("{}, {}", text::count(files, "file"), human(bytes));
    let top = tree::read(store, artifacts)?.entries;
    let names: Vec<(String, u64)> = top
        .iter()
        .take(SHOWN)
        .map(|entry| {
            let slash = if entry.folder().is_some() { "/" } else { "" };
            (text::name(&entry.name) + slash, entry.size)
        })
        .collect();
    let widest = names.iter().map(|(name, _)| text::width(name)).max().unwrap_or(0);
    for (name, size) in names {
        let room = " ".repeat(widest - text::width(&name));
        text.push_str(&format!("\n{name}{room}  {}", paint(LABEL, &human(size))));
    }
    if top.len() > SHOWN {
        text.push_str(&format!("\n… and {} more", top.len() - SHOWN));
    }
    Ok(text)
}

fn params(run: &Run) -> Table {
    let mut table = Table::new([Column::new("param"), Column::new("value").cut()]);
    run.params
        .iter()
        .for_each(|(key, value)| table.row([Cell::new(key).style(LITERAL), value.into()]));
    table
}

fn metrics(run: &Run) -> Table {
    let mut table = Table::new([
        Column::new("metric").cut(),
        Column::new("last").right(),
        Column::new("step").right(),
        Column::new("min").right(),
        Column::new("max").right(),
        Column::new("points").right(),
    ]);
    for (key, metric) in &run.metrics {
        table.row([
            Cell::new(key).style(LITERAL),
            text::number(metric.last.value.0).into(),
            metric.last.step.to_string().into(),
            text::number(metric.min.0).into(),
            text::number(metric.max.0).into(),
            text::grouped(metric.count).into(),
        ]);
    }
    table
}

fn tags(run: &Run) -> Table {
    let mut table = Table::new([Column::new("tag"), Column::new("value").cut()]);
    let tags = run.tags.iter().filter(|(key, _)| *key != NOTE);
    tags.for_each(|(key, value)| table.row([Cell::new(key).style(LITERAL), value.into()]));
    table
}

fn datasets(run: &Run) -> Table {
    let mut table = Table::new([
        Column::new("dataset"),
        Column::new("size").right(),
        Column::new("digest"),
        Column::new("source").cut(),
    ]);
    for dataset in &run.datasets {
        let digest = dataset.digest.get(..12).unwrap_or(&dataset.digest);
        table.row([
            Cell::new(&dataset.name).style(LITERAL),
            dataset.size.map(human).unwrap_or_default().into(),
            Cell::new(digest).style(LABEL),
            dataset.source.clone().unwrap_or_default().into(),
        ]);
    }
    table
}
