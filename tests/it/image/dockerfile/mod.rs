//! The language of Dockerfiles.

mod abuse;
mod parse;
mod vars;
