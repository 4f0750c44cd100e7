//! The index over runs in `meta.db`: what lists, filters and sorts without reading a run.
//!
//! ```text
//! runs             a row for each run, sealed or live          run_experiments  their experiments
//! run_metrics      last, least and greatest of each metric      run_keys         keys of all three, as numbers
//! run_params, run_tags, run_datasets                            run_index        `operation`: the last one seen
//! run_inputs       datasets and models in full                  run_models       metrics of logged models
//! ```
//!
//! It follows the refs: [`refresh`] reads which `runs/…` and `experiments/…` moved since the last operation it has
//! seen, and puts what they point at. Of live runs it puts what was marked as changed. All of it can be dropped and made again.

mod check;
mod listed;
mod live;
mod models;
mod placed;
mod put;
mod refresh;
mod tables;

pub use check::check;
pub(crate) use listed::sum_of_experiment;
pub use listed::{Inputs, Listed};
pub use models::{DatasetUse, ModelPoint, datasets, model_metrics};
pub use placed::{runs_of, tells_of};
pub use put::{Putter, remove};
pub(crate) use put::{key, summary};
pub use refresh::{Unreadable, rebuild, refresh, refresh_with, unreadable};

/// The number that `schema.sql` writes. Tables of another are made anew, as they say nothing that the runs do not.
const VERSION: i64 = 3;

/// The tables, for a database that is no store's.
pub const SCHEMA: &str = include_str!("schema.sql");

/// The indexes over values, which [`SCHEMA`] lacks.
pub const BY_VALUE: &str = include_str!("by_value.sql");
