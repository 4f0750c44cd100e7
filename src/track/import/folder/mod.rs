//! MLflow's file store.
//!
//! ```text
//! mlruns/
//! ├── EXPERIMENT/             meta.yaml, tags/KEY
//! │   ├── RUN/                meta.yaml, params/KEY, tags/KEY, artifacts/…
//! │   │   ├── metrics/KEY     a line for each point: time value step [dataset digest]
//! │   │   ├── inputs/ID/      meta.yaml names one of the experiment's datasets, or a logged model
//! │   │   └── outputs/ID/     meta.yaml names a logged model that the run made
//! │   ├── datasets/ID/        meta.yaml
//! │   └── models/ID/          logged models: meta.yaml, params/KEY, tags/KEY, artifacts/…
//! │       └── metrics/KEY     what runs measured: time value step run [dataset digest]
//! ├── .trash/EXPERIMENT/      experiments that were removed
//! └── models/NAME/            registered models
//! ```

mod models;

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::base::Progress;
use crate::store::{Link, Writer};
use crate::track::import::place::{Place, Roots};
use crate::track::import::yaml::{self, Yaml};
use crate::track::import::{
    ExperimentRecord, Gathered, LoggedRecord, Notes, RegisteredRecord, RunModels, RunRecord,
    Source, TakePoints, label,
};
use crate::track::{Dataset, Error, Point, Status, series};

/// A longer text is none that MLflow wrote.
const MOST_TEXT: u64 = 16 << 20;
/// Points of one metric are held in memory: some 400 MB.
const MOST_POINTS: u64 = 16 << 20;

/// A `mlruns/` folder.
#[derive(Debug)]
pub struct Folder {
    root: PathBuf,
    roots: Roots,
    experiments: OnceCell<Vec<PathBuf>>,
}

impl Folder {
    /// Opens `path`, or the `mlruns` in it. Artifacts are taken from below it, or from below `named`.
    pub fn open(path: &Path, named: Option<&Path>) -> Result<Self, Error> {
        let root = path.canonicalize().map_err(Error::io("open", path))?;
        let inner = root.join("mlruns");
        let root = match looks_right(&root) || !looks_right(&inner) {
            true => root,
            false => inner,
        };
        if !looks_right(&root) {
            let reason = "no experiment of MLflow is in it".to_owned();
            return Err(Error::BadFile { path: path.to_owned(), reason });
        }
        let mut roots = Roots::new(&root, named)?;
        roots.add(root.clone());
        Ok(Self { root, roots, experiments: OnceCell::new() })
    }

    fn experiment(&self, folder: &Path, notes: &Notes) -> Result<ExperimentRecord, String> {
        if !self.roots.hold(folder) {
            return Err("it is a link that leads elsewhere".to_owned());
        }
        let meta = Yaml::read(&folder.join("meta.yaml"))?;
        let id = meta.text("experiment_id")?;
        if folder.file_name().is_none_or(|name| name.to_str() != Some(&id)) {
            return Err(format!("its `meta.yaml` says that it is `{id}`"));
        }
        let created = meta.maybe_number("creation_time").unwrap_or(0);
        let changed = meta.maybe_number("last_update_time").unwrap_or(created);
        let is_deleted = meta.maybe_text("lifecycle_stage").is_some_and(|stage| stage == "deleted");
        let tags = texts(&folder.join("tags"), "tag", &format!("experiment {id}"), notes);
        Ok(ExperimentRecord {
            id,
            name: meta.text("name")?,
            created,
            tags,
            location: meta.maybe_text("artifact_location"),
            deleted: is_deleted.then_some(changed),
        })
    }

    /// The folders of all experiments, removed ones included.
    fn experiment_folders(&self) -> &[PathBuf] {
        let is_one = |folder: &PathBuf| {
            let name = folder.file_name().unwrap_or_default().as_encoded_bytes();
            name != b"models" && !name.starts_with(b".")
        };
        self.experiments.get_or_init(|| {
            let removed = folders(&self.root.join(".trash"));
            folders(&self.root).into_iter().chain(removed).filter(is_one).collect()
        })
    }

    fn folder_of(&self, experiment: &ExperimentRecord) -> PathBuf {
        let plain = self.root.join(&experiment.id);
        match plain.join("meta.yaml").exists() {
            true => plain,
            false => self.root.join(".trash").join(&experiment.id),
        }
    }
}

/// Whether an experiment or a trash is there.
fn looks_right(folder: &Path) -> bool {
    let mut inside = folders(folder).into_iter();
    inside.any(|path| path.ends_with(".trash") || path.join("meta.yaml").is_file())
}

/// The folders in a folder, links to such included, in order of their names.
fn folders(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut folders: Vec<_> = entries.filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

/// The files below a folder by their names with `/` between them; links are not followed.
fn files(folder: &Path) -> BTreeMap<String, PathBuf> {
    let mut files = BTreeMap::new();
    let mut open = vec![(String::new(), folder.to_owned())];
    while let Some((above, folder)) = open.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let name = format!("{above}{}", entry.file_name().to_string_lossy());
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => open.push((name + "/", entry.path())),
                _ => drop(files.insert(name, entry.path())),
            }
        }
    }
    files
}

/// Reads a folder of texts, each a `what` of `owner`.
fn texts(folder: &Path, what: &str, owner: &str, notes: &Notes) -> BTreeMap<String, String> {
    let mut texts = BTreeMap::new();
    for (key, path) in files(folder) {
        let text = yaml::read(&path, MOST_TEXT)
            .and_then(|bytes| String::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned()));
        match text {
            Ok(text) => drop(texts.insert(key, text)),
            Err(why) => notes.skip(format!("{what} `{}` of {owner}", key.escape_debug()), why),
        }
    }
    texts
}

impl Source for Folder {
    fn experiments(&self, notes: &Notes) -> Result<Vec<ExperimentRecord>, Error> {
        let mut found = vec![];
        for folder in self.experiment_folders() {
            let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
            match self.experiment(folder, notes) {
                Ok(experiment) => found.push(experiment),
                Err(why) => notes.skip(format!("experiment folder `{}`", name.escape_debug()), why),
            }
        }
        Ok(found)
    }

    fn runs(
        &self,
        experiment: &ExperimentRecord,
        notes: &Notes,
        visit: &mut dyn FnMut(RunRecord) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let above = self.folder_of(experiment);
        for folder in folders(&above) {
            let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let is_run = name.len() == 32 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
            if !is_run && !folder.join("meta.yaml").exists() {
                continue; // `tags`, `datasets`, `models`, `traces`
            }
            match self.run(&above, &folder, notes) {
                Ok(run) if run.id == name => visit(run)?,
                Ok(run) => notes.skip(
                    format!("run folder `{}`", name.escape_debug()),
                    format!("its `meta.yaml` says that it is `{}`", run.id.escape_debug()),
                ),
                Err(why) => notes.skip(format!("run folder `{}`", name.escape_debug()), why),
            }
        }
        Ok(())
    }

    fn points(
        &self,
        run: &RunRecord,
        notes: &Notes,
        take: &mut TakePoints<'_>,
    ) -> Result<(), Error> {
        let Some(folder) = &run.folder else { return Ok(()) };
        for (key, path) in files(&folder.join("metrics")) {
            let owner = format!("metric `{}` of run {}", key.escape_debug(), run.id);
            match points(&path, &owner, notes) {
                Ok(points) if points.is_empty() => {}
                Ok(mut points) => {
                    points.sort_by(series::order);
                    take(&key, points)?;
                }
                Err(why) => notes.skip(owner, why),
            }
        }
        Ok(())
    }

    fn artifacts(
        &self,
        run: &RunRecord,
        _had: Option<&Link>,
        writer: &mut Writer<'_>,
        notes: &Notes,
        progress: &dyn Progress,
    ) -> Result<Gathered, Error> {
        let place = self.place(run.folder.as_deref(), &run.artifacts);
        label::gather(&place, &format!("run {}", run.id), writer, notes, progress)
    }

    fn logged_models(
        &self,
        experiment: &ExperimentRecord,
        notes: &Notes,
    ) -> Result<Vec<LoggedRecord>, Error> {
        let mut found = vec![];
        for folder in folders(&self.folder_of(experiment).join("models")) {
            if !folder.join("meta.yaml").exists() {
                continue; // what was measured of a model of another experiment
            }
            match self.logged(&folder, notes) {
                Ok(model) => found.push(model),
                Err(why) => {
                    let name = folder.file_name().unwrap_or_default().to_string_lossy();
                    notes.skip(format!("logged model `{}`", name.escape_debug()), why);
                }
            }
        }
        Ok(found)
    }

    fn logged_artifacts(
        &self,
        model: &LoggedRecord,
        _had: Option<&Link>,
        writer: &mut Writer<'_>,
        notes: &Notes,
        progress: &dyn Progress,
    ) -> Result<Gathered, Error> {
        let place = self.place(model.folder.as_deref(), &model.artifacts);
        label::gather(&place, &format!("logged model {}", model.id), writer, notes, progress)
    }

    fn registered(&self, notes: &Notes) -> Result<Vec<RegisteredRecord>, Error> {
        let mut found = vec![];
        for folder in folders(&self.root.join("models")) {
            match self.model(&folder, notes) {
                Ok(model) => found.push(model),
                Err(why) => {
                    let name = folder.file_name().unwrap_or_default().to_string_lossy();
                    notes.skip(format!("registered model `{}`", name.escape_debug()), why);
                }
            }
        }
        Ok(found)
    }
}

impl Folder {
    /// Beside what they belong to first: a folder that was moved or copied still says where it was.
    fn place(&self, folder: Option<&Path>, uri: &str) -> Place {
        let own = folder.map(|folder| folder.join("artifacts")).filter(|own| own.exists());
        match own {
            Some(own) if self.roots.hold(&own) => Place::Folder(own),
            Some(own) => Place::Outside(own),
            None => self.roots.find(uri),
        }
    }

    fn run(&self, experiment: &Path, folder: &Path, notes: &Notes) -> Result<RunRecord, String> {
        if !self.roots.hold(folder) {
            return Err("it is a link that leads elsewhere".to_owned());
        }
        let meta = Yaml::read(&folder.join("meta.yaml"))?;
        let id = meta.text("run_id").or_else(|_| meta.text("run_uuid"))?;
        let started = meta.maybe_number("start_time").unwrap_or(0);
        let ended = meta.maybe_number("end_time");
        let is_deleted = meta.maybe_text("lifecycle_stage").is_some_and(|stage| stage == "deleted");
        let deleted = meta.maybe_number("deleted_time").or(ended).unwrap_or(started);
        let owner = format!("run {id}");
        let read = |what: &str| texts(&folder.join(format!("{what}s")), what, &owner, notes);
        let (datasets, inputs) = inputs(experiment, folder, &id, notes);
        let outputs = models::outputs(folder, &id, notes);
        Ok(RunRecord {
            name: meta
                .maybe_text("run_name")
                .or_else(|| meta.maybe_text("name"))
                .unwrap_or_default(),
            status: status(&meta)?,
            user: meta.maybe_text("user_id").unwrap_or_default(),
            started,
            ended,
            deleted: is_deleted.then_some(deleted),
            params: read("param"),
            tags: read("tag"),
            datasets,
            models: RunModels { inputs, outputs },
            latest: None,
            artifacts: meta.maybe_text("artifact_uri").unwrap_or_default(),
            folder: Some(folder.to_owned()),
            id,
        })
    }
}

/// MLflow writes a number, and old versions of it a word.
fn status(meta: &Yaml) -> Result<Status, String> {
    let word = meta.text("status")?;
    label::status(match word.as_str() {
        "1" => "RUNNING",
        "2" => "SCHEDULED",
        "3" => "FINISHED",
        "4" => "FAILED",
        "5" => "KILLED",
        word => word,
    })
}

/// What a run was given.
enum Input {
    Dataset(Box<Dataset>),
    Model(String),
}

fn inputs(experiment: &Path, run: &Path, id: &str, notes: &Notes) -> (Vec<Dataset>, Vec<String>) {
    let (mut datasets, mut models) = (vec![], vec![]);
    for folder in folders(&run.join("inputs")) {
        match input(experiment, &folder) {
            Ok(Some(Input::Dataset(dataset))) => datasets.push(*dataset),
            Ok(Some(Input::Model(model))) => models.push(model),
            Ok(None) => {}
            Err(why) => {
                let name = folder.file_name().unwrap_or_default().to_string_lossy();
                notes.skip(format!("input `{}` of run {id}", name.escape_debug()), why);
            }
        }
    }
    (label::in_order(datasets), models)
}

fn input(experiment: &Path, folder: &Path) -> Result<Option<Input>, String> {
    let input = Yaml::read(&folder.join("meta.yaml"))?;
    let id = input.text("source_id")?;
    match input.text("source_type")?.as_str() {
        "MODEL" => return Ok(Some(Input::Model(id))),
        "DATASET" => {}
        _ => return Ok(None),
    }
    if id.contains(['/', '\0']) || id.starts_with('.') {
        return Err(format!("`{}` is no id of a dataset", id.escape_debug()));
    }
    let meta = Yaml::read(&experiment.join("datasets").join(id).join("meta.yaml"))?;
    let details = ["source_type", "schema", "profile"];
    let details =
        details.iter().filter_map(|name| Some(((*name).to_owned(), meta.maybe_text(name)?)));
    Ok(Some(Input::Dataset(Box::new(label::dataset(
        meta.text("name")?,
        meta.text("digest")?,
        meta.maybe_text("source"),
        details.collect(),
        input.texts("tags"),
    )))))
}

/// Reads the lines of a metric; one that is no point is told and left out.
fn points(path: &Path, owner: &str, notes: &Notes) -> Result<Vec<Point>, String> {
    let mut points = vec![];
    each_line(path, &mut |number, line| match point(line) {
        Some(point) => points.push(point),
        None => notes.skip(format!("line {number} of {owner}"), "it is no `time value step`"),
    })?;
    Ok(points)
}

/// Hands over the lines of a regular file that are not empty, with their numbers.
fn each_line(path: &Path, take: &mut dyn FnMut(u64, &str)) -> Result<(), String> {
    use std::io::{BufRead as _, BufReader, Read as _};
    let meta = path.symlink_metadata().map_err(|error| error.to_string())?;
    if !meta.is_file() {
        return Err("it is no regular file".to_owned());
    }
    let mut lines = BufReader::new(fs::File::open(path).map_err(|error| error.to_string())?);
    let mut line = vec![];
    for number in 1_u64.. {
        line.clear();
        let read = lines.by_ref().take(4096).read_until(b'\n', &mut line);
        if read.map_err(|error| error.to_string())? == 0 {
            break;
        }
        if number > MOST_POINTS {
            return Err(format!("it has more than {MOST_POINTS} points"));
        }
        let text = String::from_utf8_lossy(&line);
        match text.trim() {
            "" => {}
            text => take(number, text),
        }
    }
    Ok(())
}

fn point(line: &str) -> Option<Point> {
    let mut words = line.split(' ');
    let time = words.next()?.parse().ok()?;
    let value = label::number(words.next()?)?;
    let step = words.next().map_or(Some(0), |step| step.parse().ok())?;
    Some(Point { step, time, value: value.into() })
}
