//! Mirrors `src/cli/commands`: one file per command.

mod completions;
mod config;
mod init;
mod man;
mod manners;
