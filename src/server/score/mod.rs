//! Models over HTTP, by MLflow's scoring protocol and the Open Inference Protocol.
//!
//! ```text
//! connection ─► service: host, origin, token, path ─► slot: which version ─► lane: read, checked, room ─► batch ─► engine
//!               (grpc: the same over gRPC)            (follow moves it)      (one a version)
//! ```
//!
//! What costs next to nothing is answered by the thread that read it; all else waits its turn in its lane.

mod batch;
mod call;
mod error;
mod failure;
mod file;
mod flavor;
mod follow;
mod grpc;
mod lane;
mod listen;
mod load;
mod metrics;
mod page;
mod probe;
mod service;
mod slot;
mod v2;
mod warm;
mod wire;

pub use batch::Options as Batching;
pub use error::Error;
pub use file::{Format, Input, Predictor};
pub use listen::{Options, Place, Serving, start};
pub use load::{Loading, check_native};
pub use probe::probe;
pub use slot::Beside;
