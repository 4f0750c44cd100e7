//! Models over HTTP, by MLflow's scoring protocol.
//!
//! ```text
//! connection ─► service: host, origin, token, path ─► lane: read, checked, room ─► engine
//!                                                     (one a version)
//! ```
//!
//! What costs next to nothing is answered by the thread that read it; all else waits its turn in its lane.

mod error;
mod failure;
mod file;
mod flavor;
mod lane;
mod listen;
mod load;
mod metrics;
mod service;
mod wire;

pub use error::Error;
pub use file::{Format, Input, Predictor};
pub use listen::{Options, Place, Serving, start};
pub use load::Loading;
