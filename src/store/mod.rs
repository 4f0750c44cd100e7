//! Objects, and links between them; no meaning.

pub mod chunk;
pub mod codec;
mod error;
mod link;
pub mod object;

pub use error::Error;
pub use link::{ForeignCid, Kind, Link};
