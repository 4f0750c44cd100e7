//! Mirrors `src/cli/commands`: one file per command.

mod cat_file;
mod completions;
mod config;
mod diff_runs;
mod du;
mod export;
mod fsck;
mod gc;
mod hash;
mod init;
mod interrupt;
mod log;
mod man;
mod manners;
mod plot;
mod runs;
mod thing;
mod undo;
