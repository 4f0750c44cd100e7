//! The language of Dockerfiles: text in, instructions out. Touches no disk.

mod error;

pub use error::Error;
