//! What a run is, ran on and ran with, as keys and values that can be laid side by side.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use crate::track::{Code, Command, Dataset, Environment, Run};

/// A value of a field that is not always text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Field {
    Flag(bool),
    Number(i64),
    Text(String),
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(true) => f.write_str("yes"),
            Self::Flag(false) => f.write_str("no"),
            Self::Number(number) => write!(f, "{number}"),
            Self::Text(text) => f.write_str(text),
        }
    }
}

impl From<&str> for Field {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<u64> for Field {
    fn from(number: u64) -> Self {
        i64::try_from(number).map_or_else(|_| Self::Text(number.to_string()), Self::Number)
    }
}

/// Gathers fields, leaving out those without a value.
#[derive(Default)]
struct Fields(BTreeMap<String, Field>);

impl Fields {
    fn set(&mut self, key: &str, value: impl Into<Field>) {
        self.0.insert(key.to_owned(), value.into());
    }

    fn text(&mut self, key: &str, value: Option<&str>) {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            self.set(key, value);
        }
    }
}

pub(super) fn attributes(run: &Run) -> BTreeMap<String, Field> {
    let mut fields = Fields::default();
    fields.set("status", run.status.as_str());
    fields.set("experiment", run.experiment_name.as_str());
    fields.set("user", run.user.as_str());
    fields.0.insert("started_at".to_owned(), crate::base::time::rfc3339(run.started).into());
    if let Some(ended) = run.ended {
        fields.0.insert("duration_ms".to_owned(), Field::Number(ended.saturating_sub(run.started)));
    }
    fields.text("parent", run.parent.as_ref().map(|id| id.as_str()));
    fields.0
}

impl From<String> for Field {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

/// Returns the tags but those that say again what stands elsewhere in a run.
pub(super) fn tags(run: &Run) -> BTreeMap<String, String> {
    const SAID_ELSEWHERE: [&str; 6] = [
        "mlflow.runName",
        "mlflow.user",
        "mlflow.source.git.commit",
        "mlflow.source.git.branch",
        "mlflow.source.git.repoURL",
        "mlflow.parentRunId",
    ];
    let said = |key: &str| SAID_ELSEWHERE.contains(&key);
    run.tags
        .iter()
        .filter(|(key, _)| !said(key))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

pub(super) fn environment(environment: Option<&Environment>) -> BTreeMap<String, Field> {
    let mut fields = Fields::default();
    let Some(environment) = environment else { return fields.0 };
    fields.text("host", Some(&environment.host));
    fields.text("os", Some(&environment.os));
    fields.text("arch", Some(&environment.arch));
    fields.text("cpu", Some(&environment.cpu));
    fields.set("cores", environment.cores);
    fields.set("memory", environment.memory);
    fields.text("gpus", Some(&environment.gpus.join(", ")));
    if let Some(python) = &environment.python {
        fields.text("python.version", Some(&python.version));
        fields.text("python.executable", Some(&python.executable));
        for (name, version) in &python.packages {
            fields.set(&format!("packages.{name}"), version.as_str());
        }
    }
    fields.0
}

pub(super) fn code(code: Option<&Code>) -> BTreeMap<String, Field> {
    let mut fields = Fields::default();
    let Some(code) = code else { return fields.0 };
    fields.text("commit", code.commit.as_deref());
    fields.text("branch", code.branch.as_deref());
    fields.text("remote", code.remote.as_deref());
    fields.0.insert("dirty".to_owned(), Field::Flag(code.dirty));
    let patch = code.patch.map(|link| link.digest.to_string());
    fields.text("patch", patch.as_deref());
    fields.0
}

pub(super) fn command(command: Option<&Command>) -> BTreeMap<String, Field> {
    let mut fields = Fields::default();
    let Some(command) = command else { return fields.0 };
    fields.set("args", line(&command.args).as_str());
    fields.text("cwd", Some(&command.cwd));
    if let Some(code) = command.exit_code {
        fields.0.insert("exit_code".to_owned(), Field::Number(code.into()));
    }
    if let Some(signal) = command.signal {
        fields.0.insert("signal".to_owned(), Field::Number(signal.into()));
    }
    fields.0
}

/// Returns a command as one would type it: with quotes where a shell needs them.
fn line(args: &[String]) -> String {
    let plain = |char: char| char.is_alphanumeric() || "-_./=:,+@%".contains(char);
    let quoted = |arg: &String| match !arg.is_empty() && arg.chars().all(plain) {
        true => arg.clone(),
        false => format!("'{}'", arg.replace('\'', "'\\''")),
    };
    args.iter().map(quoted).collect::<Vec<_>>().join(" ")
}

/// Returns the digest of each dataset; those of one name and several contexts keep them apart.
pub(super) fn datasets(datasets: &[Dataset]) -> BTreeMap<String, String> {
    let mut map = BTreeMap::new();
    for dataset in datasets {
        let mut key = dataset.name.clone();
        if let (Some(context), true) = (&dataset.context, map.contains_key(&key)) {
            key = format!("{key} ({context})");
        }
        let mut copy = 2;
        while map.contains_key(&key) {
            key = format!("{} #{copy}", dataset.name);
            copy += 1;
        }
        map.insert(key, dataset.digest.clone());
    }
    map
}
