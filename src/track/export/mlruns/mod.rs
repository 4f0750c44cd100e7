//! Runs and models as a folder that MLflow's own file store and pages open: the way out.
//!
//! The folder is made beside its place and renamed into it, so that it is whole or not there. Every text in its YAML is
//! quoted: what another YAML takes for a number, a date or a boolean stays a text.

mod meta;
mod models;
mod runs;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::base::Progress;
use crate::base::fs::{create_new, rename};
use crate::store::Store;
use crate::track::import::RegisteredRecord;
use crate::track::logged::ModelId;
use crate::track::{Error, Experiment, ExperimentId, RunId, experiment, limit, load};
use meta::Meta;

/// What was written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Written {
    pub runs: u64,
    pub logged_models: u64,
    /// Versions of registered models.
    pub versions: u64,
    /// What a file store cannot hold.
    pub left_out: Vec<String>,
}

/// The models that go with the runs.
#[derive(Debug, Clone, Copy)]
pub struct Models<'a> {
    /// Everything in the registry.
    pub registered: &'a [RegisteredRecord],
    /// Whether models go out that have nothing to do with the runs, too.
    pub all: bool,
}

/// Writes the runs to the folder `to`, which must not be there yet, or be empty.
pub fn write(
    store: &Store,
    to: &Path,
    models: Models<'_>,
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
        runs: BTreeMap::new(),
        models: BTreeSet::new(),
        logged: BTreeMap::new(),
        written: Written::default(),
        progress,
    };
    out.experiment(&experiment::resolve(store, experiment::DEFAULT)?)?;
    runs(&mut |id| out.run(&load::run(store, &id)?))?;
    out.logged_models(models.all)?;
    out.registered(models.registered, models.all)?;
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
    /// The runs that were written, and where.
    runs: BTreeMap<RunId, ExperimentId>,
    /// The logged models that they tell of.
    models: BTreeSet<ModelId>,
    /// The logged models that were written, and where their files will be.
    logged: BTreeMap<ModelId, PathBuf>,
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

    fn text(&mut self, folder: &Path, key: &str, value: &str) -> Result<(), Error> {
        let path = folder.join(key);
        match self.file(&path, key)? {
            Some(mut file) => file.write_all(value.as_bytes()).map_err(Error::io("write", &path)),
            None => Ok(()),
        }
    }

    /// Opens the file of a key; none where it is no name of a file, or where another key is in the way, as `a` is in the
    /// way of `a/b`.
    fn file(&mut self, path: &Path, key: &str) -> Result<Option<fs::File>, Error> {
        if let Err(error) = limit::key("key", key) {
            self.written.left_out.push(error.to_string());
            return Ok(None);
        }
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

fn put(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let above = path.parent().unwrap_or(path);
    fs::create_dir_all(above).map_err(Error::io("create", above))?;
    let mut file = create_new(path).map_err(Error::io("create", path))?;
    file.write_all(bytes).map_err(Error::io("write", path))
}
