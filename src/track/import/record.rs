//! What every source can tell, in plain words.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::base::Progress;
use crate::store::{Link, Writer};
use crate::track::import::Notes;
use crate::track::logged::ModelStatus;
use crate::track::{Dataset, Error, ModelMetric, ModelOutput, Point, Status};

/// An experiment as its source has it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ExperimentRecord {
    pub id: String,
    pub name: String,
    pub created: i64,
    pub tags: BTreeMap<String, String>,
    pub location: Option<String>,
    /// When it was removed, or last changed where that is not known.
    pub deleted: Option<i64>,
}

/// A run as its source has it; its points and artifacts are asked for one by one.
#[derive(Debug, Clone, PartialEq)]
pub struct RunRecord {
    pub id: String,
    pub name: String,
    pub status: Status,
    pub user: String,
    pub started: i64,
    pub ended: Option<i64>,
    pub deleted: Option<i64>,
    pub params: BTreeMap<String, String>,
    pub tags: BTreeMap<String, String>,
    pub datasets: Vec<Dataset>,
    /// The logged models that it used, and those that it made.
    pub models: RunModels,
    /// The last point of each metric, where that is far cheaper than all points: then a run that has ended and looks
    /// unchanged is taken as such.
    pub latest: Option<BTreeMap<String, Point>>,
    /// Where the source says that its artifacts are.
    pub artifacts: String,
    /// The folder of the run, where the source is one.
    pub folder: Option<PathBuf>,
}

/// What a run has to do with logged models; what it measured of them, the models tell.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RunModels {
    pub inputs: Vec<String>,
    pub outputs: Vec<ModelOutput>,
}

/// A logged model as its source has it.
#[derive(Debug, Clone, PartialEq)]
pub struct LoggedRecord {
    pub id: String,
    pub name: String,
    pub status: ModelStatus,
    pub status_message: Option<String>,
    pub model_type: Option<String>,
    pub source_run: Option<String>,
    pub params: BTreeMap<String, String>,
    pub tags: BTreeMap<String, String>,
    pub created: i64,
    pub updated: i64,
    pub deleted: Option<i64>,
    /// What runs measured of it, each with the id of its run.
    pub measured: Vec<(String, ModelMetric)>,
    pub artifacts: String,
    pub folder: Option<PathBuf>,
}

/// A registered model as its source has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisteredRecord {
    pub name: String,
    pub created: i64,
    pub updated: i64,
    pub description: Option<String>,
    pub tags: BTreeMap<String, String>,
    pub aliases: BTreeMap<String, u64>,
    /// In order of their numbers.
    pub versions: Vec<VersionRecord>,
}

/// A version of a registered model as its source has it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VersionRecord {
    pub number: u64,
    pub created: i64,
    pub updated: i64,
    pub description: Option<String>,
    pub user: Option<String>,
    pub stage: String,
    pub source: String,
    /// Where the files were, if that is not the source.
    pub location: Option<String>,
    pub run: Option<String>,
    pub run_link: Option<String>,
    pub logged_model: Option<String>,
    pub tags: BTreeMap<String, String>,
    /// Whether only its number is left, which is not given again.
    pub deleted: bool,
    /// What it consists of, where the source is a store.
    pub content: Option<Link>,
}

/// The artifacts of a run, as they are in the store.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Gathered {
    pub tree: Option<Link>,
    pub files: u64,
    pub bytes: u64,
}

/// Receives the points of one metric after the other.
pub type TakePoints<'a> = dyn FnMut(&str, Vec<Point>) -> Result<(), Error> + 'a;

/// Somewhere that runs come from.
///
/// What is wrong with one entry goes to the notes, and the entry is left out; an error ends the whole import.
pub trait Source {
    /// Returns all experiments, those that were removed as well.
    fn experiments(&self, notes: &Notes) -> Result<Vec<ExperimentRecord>, Error>;

    /// Hands over the runs of an experiment, those that were removed as well.
    fn runs(
        &self,
        experiment: &ExperimentRecord,
        notes: &Notes,
        visit: &mut dyn FnMut(RunRecord) -> Result<(), Error>,
    ) -> Result<(), Error>;

    /// Hands over the points of each metric, keys in order, points in order.
    fn points(
        &self,
        run: &RunRecord,
        notes: &Notes,
        take: &mut TakePoints<'_>,
    ) -> Result<(), Error>;

    /// Puts the run's artifacts into `writer`; `had` is what an earlier import has brought.
    fn artifacts(
        &self,
        run: &RunRecord,
        had: Option<&Link>,
        writer: &mut Writer<'_>,
        notes: &Notes,
        progress: &dyn Progress,
    ) -> Result<Gathered, Error>;

    /// Returns the logged models of an experiment.
    fn logged_models(
        &self,
        experiment: &ExperimentRecord,
        notes: &Notes,
    ) -> Result<Vec<LoggedRecord>, Error>;

    /// Puts the files of a logged model into `writer`; `had` is what an earlier import has brought.
    fn logged_artifacts(
        &self,
        model: &LoggedRecord,
        had: Option<&Link>,
        writer: &mut Writer<'_>,
        notes: &Notes,
        progress: &dyn Progress,
    ) -> Result<Gathered, Error>;

    /// Returns the models that are registered, with all their versions.
    fn registered(&self, notes: &Notes) -> Result<Vec<RegisteredRecord>, Error>;
}
