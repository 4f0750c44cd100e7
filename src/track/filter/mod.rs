//! Questions about runs as text: MLflow's search grammar, with OR, NOT and parentheses.
//!
//! ```text
//! metrics.acc > 0.9 AND (params.`model type` LIKE 'tree%' OR NOT tags.stage = 'draft') AND status = 'FINISHED'
//! ```
//!
//! [`parse`] knows the form alone and serves anything that can be searched; [`parse_runs`] knows what runs have.

mod ast;
mod error;
mod lex;
mod like;
mod order;
mod parse;
mod runs;

pub use ast::{Clause, Comparator, Expr, Literal, Name, Test};
pub use error::ParseError;
pub use like::Pattern;
pub use order::{Order, parse_names, parse_order};
pub use parse::{MAX_DEPTH, MAX_LENGTH, parse};
pub(in crate::track) use runs::text_test;
pub use runs::{
    Attribute, Condition, DatasetField, Field, Filter, NumberField, TextField, TextTest, field,
    parse_runs,
};
