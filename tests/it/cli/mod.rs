//! Mirrors `src/cli/commands`: one file per command.

mod cat_file;
mod commit_run;
mod completions;
mod config;
mod diff_runs;
mod du;
mod experiments;
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
mod run_edit;
mod runs;
mod thing;
mod undo;
