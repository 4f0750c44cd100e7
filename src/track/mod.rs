//! Runs: what was tried, with which data and code, and what came out.

pub mod artifact;
pub mod capture;
pub mod commit;
pub mod compare;
pub mod edit;
mod error;
pub mod experiment;
pub mod export;
pub mod filter;
mod fit;
pub mod import;
pub mod index;
pub mod limit;
pub mod lineage;
pub mod live;
pub mod load;
pub mod logged;
pub mod merge;
pub mod name;
pub mod plot;
mod run;
pub mod search;
pub mod series;
pub mod system;

pub use error::{Candidate, Error};
pub use fit::fits;
pub use index::Listed;
pub use run::{
    Code, Command, Dataset, Environment, Experiment, ExperimentId, ModelMetric, ModelOutput,
    Models, ParseIdError, Point, Python, RanIn, Run, RunId, Segment, Status, Summary, Value,
};
pub use search::{Query, resolve};
