//! Questions about runs as text: MLflow's search grammar, with OR, NOT and parentheses.

mod error;

pub use error::ParseError;
