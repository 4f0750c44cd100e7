//! One file per command; each has `Args` and `run`.

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
mod log;
mod man;
mod plot;
mod runs;
mod undo;

use clap::Subcommand;

use crate::cli::error::CommandError;
use crate::cli::session::Session;

/// The commands of the first page, in the order in which a newcomer meets them.
pub(crate) const GROUPS: &[(&str, &[&str])] = &[
    (
        "Store",
        &[
            "init", "status", "show", "log", "undo", "diff", "lineage", "checkout", "ls",
            "cat-file", "hash", "du", "fsck", "gc",
        ],
    ),
    (
        "Runs",
        &[
            "commit-run",
            "runs",
            "diff-runs",
            "plot",
            "run-edit",
            "run-rm",
            "run-restore",
            "experiments",
            "export",
        ],
    ),
    ("Sharing", &["clone", "remote", "push", "pull", "fetch", "ls-remote"]),
    ("Program", &["quickstart", "config", "doctor", "completions", "man", "help"]),
];

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    CatFile(cat_file::Args),
    Completions(completions::Args),
    Config(config::Args),
    DiffRuns(diff_runs::Args),
    Du(du::Args),
    Export(export::Args),
    Fsck(fsck::Args),
    Gc(gc::Args),
    Hash(hash::Args),
    Init(init::Args),
    Log(log::Args),
    Man(man::Args),
    Plot(plot::Args),
    Runs(runs::Args),
    Undo(undo::Args),
}

pub(crate) fn run(session: &Session, command: &Command) -> Result<(), CommandError> {
    match command {
        Command::CatFile(args) => cat_file::run(session, args),
        Command::Completions(args) => completions::run(session, args),
        Command::Config(args) => config::run(session, args),
        Command::DiffRuns(args) => diff_runs::run(session, args),
        Command::Du(args) => du::run(session, args),
        Command::Export(args) => export::run(session, args),
        Command::Fsck(args) => fsck::run(session, args),
        Command::Gc(args) => gc::run(session, args),
        Command::Hash(args) => hash::run(session, args),
        Command::Init(args) => init::run(session, args),
        Command::Log(args) => log::run(session, args),
        Command::Man(args) => man::run(session, args),
        Command::Plot(args) => plot::run(session, args),
        Command::Runs(args) => runs::run(session, args),
        Command::Undo(args) => undo::run(session, args),
    }
}
