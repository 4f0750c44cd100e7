//! What the server tells of itself: a line for each request, and numbers for Prometheus.

mod lines;
mod metrics;
mod page;

pub use lines::Lines;
pub(in crate::server) use lines::{Line, Log};
pub(in crate::server) use metrics::{Metrics, Series};
pub(in crate::server) use page::routes;
