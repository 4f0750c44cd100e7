//! Building: a Dockerfile becomes a plan, a plan becomes steps, and each step is found in the cache or done.

mod error;
pub mod plan;

pub use error::Error;
