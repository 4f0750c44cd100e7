//! One server over one store, with faces that do not know each other.
//!
//! ```text
//! connection: who may connect, and for how long
//!   └► gate: access (host, origin, token), pace (size and speed); trace and report tell of it
//!        └► route: one table, each route with the right it needs
//!             └► a face (`mlflow`, …) translates ──► rooms below mean it
//! ```
//!
//! Rooms below are synchronous. A handler that reads the store crosses over with `state::blocking`.

pub mod access;
mod budget;
mod connection;
mod error;
mod gate;
mod health;
mod intake;
mod keeper;
mod limits;
mod listen;
mod mlflow;
mod oci;
mod pace;
mod refusal;
mod report;
mod right;
mod route;
pub mod score;
mod scribe;
mod state;
mod sync;
pub mod token;
mod trace;

pub use connection::Certificate;
pub use error::Error;
pub use listen::{Hub, Options, start};
pub use report::Lines;
pub use right::Right;
pub use route::{Row, rows};
