//! The language of Dockerfiles: text in, instructions out. Touches no disk.
//!
//! [`parse`] makes a [`File`] of the text: stages and instructions with their lines, words as written. Variables are
//! replaced later ([`vars`]), when a plan is made, as each instruction sees what those before it have set.
//!
//! ```text
//! text ─► lex: lines without comments, joined ─► parse: stages ─► instruction, run: words, flags ─► File
//!          └─ directive: # escape=…                └─ heredoc: <<EOF
//! ```

mod ast;
mod directive;
mod error;
mod flags;
mod heredoc;
mod instruction;
mod lex;
pub mod lint;
mod parse;
mod run;
mod time;
pub mod vars;
mod words;

pub use ast::{
    Add, Argument, Command, Copy, Directives, File, From, Global, Healthcheck, Heredoc,
    Instruction, Kind, Lines, Mount, MountFlag, MountKind, Network, Pairs, Run, Security, Sharing,
    Stage,
};
pub use error::{Error, Fault};
pub use parse::{parse, trigger};
