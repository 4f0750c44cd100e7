//! Runs: what was tried, with which data and code, and what came out.

pub mod capture;
mod error;
pub mod filter;
pub mod limit;
mod run;
pub mod series;

pub use error::{Candidate, Error};
pub use run::{
    Code, Command, Dataset, Environment, Experiment, ExperimentId, ParseIdError, Point, Python,
    Run, RunId, Segment, Status, Summary, Value,
};
