use std::io;
use std::path::PathBuf;

use crate::store;
use crate::track::filter;
use crate::track::{ExperimentId, RunId};

/// What can go wrong with runs. A new variant must find its hint and exit code in `cli/error.rs`.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Store(#[from] store::Error),
    #[error(transparent)]
    Filter(#[from] filter::ParseError),
    #[error("could not {action} `{}`", path.display())]
    Io { action: &'static str, path: PathBuf, source: io::Error },
    #[error("no run `{}`", .0.escape_debug())]
    NoRun(String),
    #[error("`{}` may be any of {} runs", text.escape_debug(), candidates.len())]
    AmbiguousRun { text: String, candidates: Vec<Candidate> },
    #[error("no metric `{}` in {}", name.escape_debug(), if *runs == 1 { "the run" } else { "any of the runs" })]
    NoMetric { name: String, runs: usize, near: Vec<String> },
    #[error("run {0} is still running")]
    RunIsLive(RunId),
    #[error("run {0} has ended")]
    RunHasEnded(RunId),
    #[error("run {id} has ended but is not sealed")]
    NotSealed { id: RunId, source: Box<Self> },
    #[error("run {0} was removed")]
    RunIsRemoved(RunId),
    #[error("no experiment `{}`", .0.escape_debug())]
    NoExperiment(String),
    #[error("`{}` may be any of {} experiments", text.escape_debug(), candidates.len())]
    AmbiguousExperiment { text: String, candidates: Vec<ExperimentId> },
    #[error("experiment `{}` is there already{}", name.escape_debug(), if *removed { ", but removed" } else { "" })]
    ExperimentExists { name: String, removed: bool },
    #[error("experiment `{}` was removed", .0.escape_debug())]
    ExperimentIsRemoved(String),
    #[error("experiment `Default` cannot be {0}")]
    DefaultExperiment(&'static str),
    #[error("`{}` is no {what} name: {reason}", name.escape_debug())]
    BadName { what: &'static str, name: String, reason: &'static str },
    #[error("{what} `{}` is too long: {size} characters, at most {limit}", name.escape_debug())]
    TooLong { what: &'static str, name: String, size: usize, limit: usize },
    #[error("`{}` is no value for metric `{}`", value.escape_debug(), name.escape_debug())]
    BadMetricValue { name: String, value: String },
    #[error("param `{}` is `{}` already and cannot become `{}`", name.escape_debug(), old.escape_debug(), new.escape_debug())]
    ParamChanged { name: String, old: String, new: String },
    #[error("could not read line {line} of `{}`: {reason}", path.display())]
    BadLine { path: PathBuf, line: u64, reason: String },
    #[error("could not read `{}`: {reason}", path.display())]
    BadFile { path: PathBuf, reason: String },
    #[error("{what} is not UTF-8: `{text}`")]
    NotUtf8 { what: &'static str, text: String },
    #[error("no logged model `{}`", .0.escape_debug())]
    NoLoggedModel(String),
    #[error("no artifact `{}`", .0.escape_debug())]
    NoArtifact(String),
    #[error("artifact `{}` is a {found} already", path.escape_debug())]
    ArtifactInTheWay { path: String, found: &'static str },
    #[error("the artifacts of {0} changed meanwhile")]
    ArtifactsChanged(String),
    #[error("no upload `{}`", .0.escape_debug())]
    NoUpload(String),
    #[error("part {number} of upload {upload} is missing, or not the one that was stored")]
    NoPart { upload: String, number: i64 },
    /// What is imported from is a server, and it does not answer or makes no sense.
    #[error("{0}")]
    SourceFailed(String),
    #[error("{0}")]
    SourceDenied(String),
    #[error("the points of a metric are damaged: {0}")]
    BadSeries(&'static str),
    #[error("could not find command `{}`", .0.escape_debug())]
    CommandNotFound(String),
    #[error("could not run `{}`", command.escape_debug())]
    CommandNotRunnable { command: String, source: io::Error },
}

/// A run that an ambiguous text may mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    pub id: RunId,
    pub name: String,
}

impl Error {
    /// Returns a wrapper that says what was done to which file when it failed.
    pub(crate) fn io(
        action: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { action, path, source }
    }
}
