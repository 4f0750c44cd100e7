//! One server over one store, with faces that do not know each other.
//!
//! ```text
//! listen: connections ──► route: one table, each route with the right it needs
//!                          └► a face (`mlflow`, …) translates ──► rooms below mean it
//! ```
//!
//! Rooms below are synchronous. A handler that reads the store crosses over with [`state::blocking`].

mod error;
mod health;
mod intake;
mod listen;
mod mlflow;
mod route;
mod scribe;
mod state;

pub use error::Error;
pub use listen::{Hub, Options, start};
pub use route::{Right, Row, rows};
