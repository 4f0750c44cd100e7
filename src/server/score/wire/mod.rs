//! Requests of MLflow's scoring protocol, read and checked against a signature; predictions, written.
//!
//! ```text
//! JSON ─┐            ┌─► frame ──┐
//! CSV ──┼─► cells ───┤           ├─► cast ─► Asked (what an engine takes)
//! parquet ┘          └─► tensors ┘
//! ```

pub(in crate::server::score) mod cast;
pub(in crate::server::score) mod cells;
pub(in crate::server::score) mod csv;
pub(in crate::server::score) mod frame;
pub(in crate::server::score) mod json;
pub(in crate::server::score) mod nest;
pub(in crate::server::score) mod params;
pub(in crate::server::score) mod parquet;
pub(in crate::server::score) mod request;
pub(in crate::server::score) mod write;

pub(in crate::server::score) use frame::Frame;
pub(in crate::server::score) use request::{Asked, Read, Takes};
