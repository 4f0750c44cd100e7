//! Runs as a folder that MLflow's own file store and pages open: the way out.
//!
//! The folder is made beside its place and renamed into it, so that it is whole or not there. Every text in its YAML is
//! quoted: what another YAML takes for a number, a date or a boolean stays a text.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs::{self, OpenOptions};
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use crate::base::Progress;
use crate::base::fs::{create_new, rename};
use crate::store::{Store, checkout};
use crate::track::{
    Dataset, Error, Experiment, Point, Run, RunId, Status, experiment, load, series,
};

/// What was written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Written {
    pub runs: u64,
    /// What a file store cannot hold.
    pub left_out: Vec<String>,
}

/// Writes the runs to the folder `to`, which must not be there yet, or be empty.
pub fn write(
    store: &Store,
    to: &Path,
    runs: impl FnOnce(&mut dyn FnMut(RunId) -> Result<(), Error>) -> Result<(), Error>,
    progress: &dyn Progress,
) -> Result<Written, Error> {
    let above = to.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(above).map_err(Error::io("create", above))?;
    let above = above.canonicalize().map_err(Error::io("open", above))?;
    let to = above.join(to.file_name().unwrap_or_default());
    if fs::read_dir(&to).is_ok_and(|mut inside| inside.next().is_some()) {
        let reason = "it is there already and not empty".to_owned();
        return Err(Error::BadFile { path: to, reason });
    }
    let made = tempfile::Builder::new().prefix(".mls-mlruns-").tempdir_in(&above);
    let made = made.map_err(Error::io("create a folder in", &above))?;
    let mut out = Out {
        store,
        top: made.path().to_owned(),
        place: to.clone(),
        experiments: BTreeSet::new(),
        written: Written::default(),
        progress,
    };
    out.experiment(&experiment::resolve(store, experiment::DEFAULT)?)?;
    runs(&mut |id| out.run(&load::run(store, &id)?))?;
    let written = out.written;
    let made = made.keep();
    use std::os::unix::fs::PermissionsExt as _;
    let open = fs::Permissions::from_mode(0o755);
    let placed = fs::set_permissions(&made, open).and_then(|()| rename(&made, &to));
    match placed {
        Ok(()) => Ok(written),
        Err(error) => {
            let _ = crate::base::fs::remove(&made);
            Err(Error::io("create", &to)(error))
        }
    }
}

struct Out<'a> {
    store: &'a Store,
    /// Where it is made.
    top: PathBuf,
    /// Where it will be.
    place: PathBuf,
    experiments: BTreeSet<String>,
    written: Written,
    progress: &'a dyn Progress,
}

impl Out<'_> {
    fn experiment(&mut self, experiment: &Experiment) -> Result<PathBuf, Error> {
        let id = experiment.id.as_str();
        let stage = if experiment.deleted.is_some() { "deleted" } else { "active" };
        let folder = match experiment.deleted {
            Some(_) => self.top.join(".trash").join(id),
            None => self.top.join(id),
        };
        if !self.experiments.insert(id.to_owned()) {
            return Ok(folder);
        }
        let location = match &experiment.artifact_location {
            Some(location) => location.clone(),
            None => self.place.join(id).display().to_string(),
        };
        let mut meta = Meta::default();
        meta.text("artifact_location", &location);
        meta.number("creation_time", experiment.created);
        meta.text("experiment_id", id);
        meta.number("last_update_time", experiment.deleted.unwrap_or(experiment.edited));
        meta.text("lifecycle_stage", stage);
        meta.text("name", &experiment.name);
        put(&folder.join("meta.yaml"), meta.yaml.as_bytes())?;
        for (key, value) in &experiment.tags {
            self.text(&folder.join("tags"), key, value)?;
        }
        Ok(folder)
    }

    fn run(&mut self, run: &Run) -> Result<(), Error> {
        let experiment = match experiment::get(self.store, &run.experiment)? {
            Some(experiment) => experiment,
            None => experiment::named(run.experiment.clone(), &run.experiment_name, run.started),
        };
        let above = self.experiment(&experiment)?;
        let folder = above.join(run.id.as_str());
        for name in ["artifacts", "metrics", "params", "tags"] {
            let folder = folder.join(name);
            fs::create_dir_all(&folder).map_err(Error::io("create", &folder))?;
        }
        put(&folder.join("meta.yaml"), self.meta(run).as_bytes())?;
        for (key, value) in &run.params {
            self.text(&folder.join("params"), key, value)?;
        }
        for (key, value) in &tags(run) {
            self.text(&folder.join("tags"), key, value)?;
        }
        for dataset in &run.datasets {
            input(&above, &folder, run, dataset)?;
        }
        self.metrics(&folder.join("metrics"), run)?;
        if let Some(tree) = &run.artifacts {
            let options = checkout::Options { replace: true };
            checkout::write(self.store, tree, &folder.join("artifacts"), &options, self.progress)?;
        }
        self.written.runs += 1;
        Ok(())
    }

    fn meta(&self, run: &Run) -> String {
        let id = run.id.as_str();
        let artifacts = self.place.join(run.experiment.as_str()).join(id).join("artifacts");
        let mut meta = Meta::default();
        meta.text("artifact_uri", &artifacts.display().to_string());
        if let Some(deleted) = run.deleted {
            meta.number("deleted_time", deleted);
        }
        meta.maybe_number("end_time", run.ended);
        meta.text("entry_point_name", "");
        meta.text("experiment_id", run.experiment.as_str());
        meta.text("lifecycle_stage", if run.deleted.is_some() { "deleted" } else { "active" });
        meta.text("run_id", id);
        meta.text("run_name", &run.name);
        meta.text("source_name", "");
        meta.number("source_type", 4);
        meta.text("source_version", "");
        meta.number("start_time", run.started);
        meta.number("status", number(run.status));
        meta.yaml.push_str("tags: []\n");
        meta.text("user_id", &run.user);
        meta.yaml
    }

    fn metrics(&mut self, folder: &Path, run: &Run) -> Result<(), Error> {
        if run.series.is_empty() {
            for key in run.metrics.keys() {
                self.points(folder, key, &load::points(self.store, run, key)?)?;
            }
            return Ok(());
        }
        for segment in &run.series {
            for (key, points) in series::decode(&self.store.read(&segment.points)?)? {
                self.points(folder, &key, &points)?;
            }
        }
        Ok(())
    }

    /// Appends points to the file of a metric.
    fn points(&mut self, folder: &Path, key: &str, points: &[Point]) -> Result<(), Error> {
        let path = folder.join(key);
        let Some(file) = self.file(&path, key)? else { return Ok(()) };
        let mut out = BufWriter::new(file);
        let mut write = || -> io::Result<()> {
            for Point { step, time, value } in points {
                writeln!(out, "{time} {} {step}", python(value.0))?;
            }
            out.flush()
        };
        write().map_err(Error::io("write", &path))
    }

    fn text(&mut self, folder: &Path, key: &str, value: &str) -> Result<(), Error> {
        let path = folder.join(key);
        match self.file(&path, key)? {
            Some(mut file) => file.write_all(value.as_bytes()).map_err(Error::io("write", &path)),
            None => Ok(()),
        }
    }

    /// Opens the file of a key; none where another key is in the way, as `a` is in the way of `a/b`.
    fn file(&mut self, path: &Path, key: &str) -> Result<Option<fs::File>, Error> {
        let above = path.parent().unwrap_or(path);
        let opened = fs::create_dir_all(above)
            .and_then(|()| OpenOptions::new().append(true).create(true).open(path));
        match opened {
            Ok(file) => Ok(Some(file)),
            Err(error) if path.is_dir() || is_below_a_file(path) => {
                let run = path.display().to_string();
                let run = run.strip_prefix(&*self.top.to_string_lossy()).unwrap_or(&run);
                let why = format!("`{key}` at `{run}`: another key is in its way ({error})");
                self.written.left_out.push(why);
                Ok(None)
            }
            Err(error) => Err(Error::io("create", path)(error)),
        }
    }
}

fn is_below_a_file(path: &Path) -> bool {
    path.ancestors().skip(1).any(Path::is_file)
}

/// The tags, with those in which MLflow keeps what is a field here.
fn tags(run: &Run) -> BTreeMap<String, String> {
    let mut tags = run.tags.clone();
    tags.insert("mlflow.runName".to_owned(), run.name.clone());
    let mut add = |key: &str, value: Option<String>| {
        if let Some(value) = value {
            tags.entry(key.to_owned()).or_insert(value);
        }
    };
    add("mlflow.parentRunId", run.parent.as_ref().map(ToString::to_string));
    add("mlflow.user", Some(run.user.clone()).filter(|user| !user.is_empty()));
    add("mlflow.source.name", run.command.as_ref().map(|command| command.args.join(" ")));
    if let Some(code) = &run.code {
        add("mlflow.source.git.commit", code.commit.clone());
        add("mlflow.source.git.branch", code.branch.clone());
        add("mlflow.source.git.repoURL", code.remote.clone());
    }
    tags
}

/// Writes a dataset of the experiment, and that the run used it.
fn input(above: &Path, run_folder: &Path, run: &Run, dataset: &Dataset) -> Result<(), Error> {
    let id = |parts: &[&str]| blake3::hash(parts.join("\0").as_bytes()).to_hex()[..32].to_owned();
    let source = dataset.source.as_deref().unwrap_or("{}");
    let is_json = serde_json::from_str::<serde_json::Map<String, _>>(source).is_ok();
    let source = match is_json {
        true => source.to_owned(),
        false => serde_json::json!({"uri": source}).to_string(),
    };
    let kind = dataset.details.get("source_type").map_or("local", String::as_str);
    let own = id(&[run.experiment.as_str(), &dataset.name, &dataset.digest]);
    let mut meta = Meta::default();
    meta.text("digest", &dataset.digest);
    meta.text("name", &dataset.name);
    for name in ["profile", "schema"] {
        match dataset.details.get(name) {
            Some(text) => meta.text(name, text),
            None => meta.maybe_number(name, None),
        }
    }
    meta.text("source", &source);
    meta.text("source_type", kind);
    let place = above.join("datasets").join(&own).join("meta.yaml");
    if !place.exists() {
        put(&place, meta.yaml.as_bytes())?;
    }
    let context = dataset.context.as_deref();
    let mut meta = Meta::default();
    meta.text("destination_id", run.id.as_str());
    meta.text("destination_type", "RUN");
    meta.text("source_id", &own);
    meta.text("source_type", "DATASET");
    match context {
        Some(context) => {
            meta.yaml.push_str("tags:\n  ");
            meta.text("mlflow.data.context", context);
        }
        None => meta.yaml.push_str("tags: {}\n"),
    }
    let used = id(&[&own, run.id.as_str(), context.unwrap_or_default()]);
    let place = run_folder.join("inputs").join(used).join("meta.yaml");
    match place.exists() {
        true => Ok(()),
        false => put(&place, meta.yaml.as_bytes()),
    }
}

/// One small YAML file.
#[derive(Debug, Default)]
struct Meta {
    yaml: String,
}

impl Meta {
    fn text(&mut self, name: &str, value: &str) {
        writeln!(self.yaml, "{name}: {}", quoted(value)).expect("a String takes all");
    }

    fn number(&mut self, name: &str, value: i64) {
        writeln!(self.yaml, "{name}: {value}").expect("a String takes all");
    }

    fn maybe_number(&mut self, name: &str, value: Option<i64>) {
        match value {
            Some(value) => self.number(name, value),
            None => self.yaml.push_str(&format!("{name}: null\n")),
        }
    }
}

/// Returns a text in double quotes, in ASCII: readers differ in which other characters they take.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            ' '..='~' => out.push(c),
            c if c <= '\u{ffff}' => {
                write!(out, "\\u{:04X}", u32::from(c)).expect("a String takes all");
            }
            c => write!(out, "\\U{:08X}", u32::from(c)).expect("a String takes all"),
        }
    }
    out + "\""
}

/// Returns a number as Python writes it.
fn python(value: f64) -> String {
    match value {
        _ if value.is_nan() => "nan".to_owned(),
        f64::INFINITY => "inf".to_owned(),
        f64::NEG_INFINITY => "-inf".to_owned(),
        value => format!("{value:?}"),
    }
}

/// The number that the file store has for a state.
fn number(status: Status) -> i64 {
    match status {
        Status::Running => 1,
        Status::Scheduled => 2,
        Status::Finished => 3,
        Status::Failed => 4,
        Status::Killed => 5,
    }
}

fn put(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let above = path.parent().unwrap_or(path);
    fs::create_dir_all(above).map_err(Error::io("create", above))?;
    let mut file = create_new(path).map_err(Error::io("create", path))?;
    file.write_all(bytes).map_err(Error::io("write", path))
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn a_text_stays_a_text_for_every_reader() {
        for (text, yaml) in [
            ("yes", "\"yes\""),
            ("2020-01-01", "\"2020-01-01\""),
            ("a\"b\\", "\"a\\\"b\\\\\""),
            ("ü\n\u{7f}", "\"\\u00FC\\u000A\\u007F\""),
            ("🦀", "\"\\U0001F980\""),
        ] {
            assert_eq!(quoted(text), yaml);
            assert_eq!(serde_norway::from_str::<String>(yaml).unwrap(), text);
        }
    }
}
