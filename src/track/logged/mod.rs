//! Logged models, as MLflow 3 has them: what a training run made, with an id of its own before anybody gives it a name
//! and a number in a registry.
//!
//! One node for each state, and a ref `logged-models/m-…`: every change makes another node that names the one before. Files
//! that arrive meanwhile are staged ([`super::artifact`]); the next change takes them in.

mod change;
mod search;
mod types;

pub use change::{New, create, edit, finalize, get, remove, seal};
pub use search::{Attribute, Comparison, Entity, Measured, OnDataset, Order, Query, parse, search};
pub use types::{LoggedModel, ModelId, ModelStatus, PREFIX};
