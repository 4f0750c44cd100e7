//! Building: a Dockerfile becomes a plan, a plan becomes steps, and each step is found in the cache or done.

pub mod bases;
pub mod cache;
pub mod carry;
pub mod context;
pub mod copy;
mod error;
pub mod execute;
pub mod export;
pub mod glob;
pub mod ignore;
pub mod plan;
pub mod result;
pub mod shelves;
pub mod source;
pub mod state;
pub mod tree;
pub mod watch;

pub use error::Error;
