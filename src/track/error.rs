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
    #[error("no run `{}`", .0.escape_debug())]
    NoRun(String),
    #[error("`{}` may be any of {} runs", text.escape_debug(), candidates.len())]
    AmbiguousRun { text: String, candidates: Vec<Candidate> },
    #[error("no experiment `{}`", .0.escape_debug())]
    NoExperiment(String),
    #[error("`{}` may be any of {} experiments", text.escape_debug(), candidates.len())]
    AmbiguousExperiment { text: String, candidates: Vec<ExperimentId> },
    #[error("`{}` is no page token", .0.escape_debug())]
    BadPageToken(String),
}

/// A run that an ambiguous text may mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    pub id: RunId,
    pub name: String,
}
