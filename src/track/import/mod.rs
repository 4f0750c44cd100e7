//! Moving in from MLflow: experiments and runs of a `mlruns/` folder, of an `mlflow.db`, or of a running server.
//!
//! A [`Source`] hands over plain records; [`import`] makes nodes of them, many runs in one commit. Ids are kept. The same
//! record makes the same node in every store, so that importing again adds nothing, and two stores that imported from
//! one place have the same runs. A run that changed at the source gets another node that names the first; what was
//! edited here in between stays, as in a merge of two stores. What cannot be read is told and left out, never guessed.

mod artifacts;
mod database;
mod experiments;
mod folder;
mod label;
mod logged;
mod place;
mod record;
mod report;
mod runs;
mod server;
mod versions;
mod yaml;

pub use database::Database;
pub use folder::Folder;
pub use record::{
    ExperimentRecord, Gathered, LoggedRecord, RegisteredRecord, RunModels, RunRecord, Source,
    TakePoints, VersionRecord,
};
pub use report::Change;
pub use report::{Counts, Notes, Report, Skipped};
pub use runs::{Options, import};
pub use server::{Ask, Refusal, Server};
