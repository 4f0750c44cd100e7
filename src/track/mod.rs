//! Runs: what was tried, with which data and code, and what came out.

mod error;
pub mod filter;
mod run;

pub use error::{Candidate, Error};
pub use run::{
    Code, Command, Dataset, Environment, Experiment, ExperimentId, ParseIdError, Point, Python,
    Run, RunId, Segment, Status, Summary, Value,
};
