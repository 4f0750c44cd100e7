//! The language of Dockerfiles: text in, instructions out. Touches no disk.
//!
//! [`parse`] makes a [`File`] of the text: stages and instructions with their lines, words as written. Variables are
//! replaced later ([`vars`]), when a plan is made, as each instruction sees what those before it have set.

mod ast;
mod error;

pub use ast::{
    Add, Argument, Command, Copy, Directives, File, From, Global, Healthcheck, Heredoc,
    Instruction, Kind, Lines, Mount, MountKind, Network, Pairs, Remark, Run, Security, Sharing,
    Stage,
};
pub use error::Error;

/// Reads a Dockerfile.
///
/// Takes time in proportion to its length, and stack of a fixed depth, whatever it says.
pub fn parse(_text: &[u8]) -> Result<File, Error> {
    unimplemented!()
}

/// Reads the trigger of an `ONBUILD`, as a base's config holds it, as if it stood at `at`.
pub fn trigger(_text: &str, _at: Lines) -> Result<Instruction, Error> {
    unimplemented!()
}
