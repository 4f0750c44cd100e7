//! One file per command; each has `Args` and `run`.

mod attach;
mod build;
mod cat_file;
mod checkout;
mod clone;
mod commit;
mod commit_run;
mod completions;
mod config;
mod container;
mod copy;
mod cp;
mod create;
mod diff;
mod diff_runs;
mod doctor;
mod du;
mod events;
mod exec;
mod experiments;
mod export;
mod export_container;
mod fetch;
mod fsck;
mod gc;
mod hash;
mod history;
mod hub;
mod images;
mod import;
mod import_image;
mod init;
mod inspect;
mod inspect_container;
mod kill;
mod lineage;
mod load;
mod log;
mod login;
mod logout;
mod logs;
mod ls;
mod ls_remote;
mod man;
mod model;
mod models;
mod pause;
mod plot;
mod port;
mod predict;
mod ps;
mod pull;
mod push;
mod quickstart;
mod remote;
mod rename;
mod restart;
mod rm;
mod rmi;
mod run;
mod run_edit;
mod run_restore;
mod run_rm;
mod runs;
mod save;
mod serve;
mod show;
mod start;
mod stats;
mod status;
mod stop;
mod tag;
mod token;
mod top;
mod undo;
mod unpause;
mod volume;
mod wait;

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
            "import",
            "export",
        ],
    ),
    ("Models", &["models", "model", "serve", "predict"]),
    ("Images", &["build", "images", "history", "inspect", "tag", "rmi", "save", "load", "copy"]),
    (
        "Containers",
        &[
            "run",
            "create",
            "start",
            "stop",
            "restart",
            "kill",
            "pause",
            "unpause",
            "wait",
            "ps",
            "port",
            "top",
            "stats",
            "events",
            "exec",
            "attach",
            "logs",
            "cp",
            "rename",
            "rm",
            "commit",
            "container",
            "volume",
        ],
    ),
    (
        "Sharing",
        &[
            "clone",
            "remote",
            "push",
            "pull",
            "fetch",
            "ls-remote",
            "hub",
            "token",
            "login",
            "logout",
        ],
    ),
    ("Program", &["quickstart", "config", "doctor", "completions", "man", "help"]),
];

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Attach(attach::Args),
    Build(build::Args),
    CatFile(cat_file::Args),
    Checkout(checkout::Args),
    Clone(clone::Args),
    Commit(commit::Args),
    CommitRun(commit_run::Args),
    Completions(completions::Args),
    Config(config::Args),
    Copy(copy::Args),
    Container(container::Args),
    Cp(cp::Args),
    Create(create::Args),
    Diff(diff::Args),
    DiffRuns(diff_runs::Args),
    Doctor(doctor::Args),
    Du(du::Args),
    Events(events::Args),
    Exec(exec::Args),
    Experiments(experiments::Args),
    Export(export::Args),
    Fetch(fetch::Args),
    Fsck(fsck::Args),
    Gc(gc::Args),
    Hash(hash::Args),
    History(history::Args),
    Hub(hub::Args),
    Images(images::Args),
    Import(import::Args),
    Init(init::Args),
    Inspect(inspect::Args),
    Kill(kill::Args),
    Lineage(lineage::Args),
    Load(load::Args),
    Log(log::Args),
    Login(login::Args),
    Logout(logout::Args),
    Logs(logs::Args),
    Ls(ls::Args),
    LsRemote(ls_remote::Args),
    Man(man::Args),
    Model(model::Args),
    Models(models::Args),
    Pause(pause::Args),
    Plot(plot::Args),
    Predict(predict::Args),
    Port(port::Args),
    Ps(ps::Args),
    Pull(pull::Args),
    Push(push::Args),
    Quickstart(quickstart::Args),
    Remote(remote::Args),
    Rename(rename::Args),
    Restart(restart::Args),
    Rm(rm::Args),
    Rmi(rmi::Args),
    Run(run::Args),
    RunEdit(run_edit::Args),
    RunRestore(run_restore::Args),
    RunRm(run_rm::Args),
    Runs(runs::Args),
    Save(save::Args),
    Serve(serve::Args),
    Show(show::Args),
    Start(start::Args),
    Stats(stats::Args),
    Status(status::Args),
    Stop(stop::Args),
    Tag(tag::Args),
    Token(token::Args),
    Top(top::Args),
    Undo(undo::Args),
    Unpause(unpause::Args),
    Volume(volume::Args),
    Wait(wait::Args),
}

pub(crate) fn run(session: &Session, command: &Command) -> Result<(), CommandError> {
    match command {
        Command::Attach(args) => attach::run(session, args),
        Command::Build(args) => build::run(session, args),
        Command::CatFile(args) => cat_file::run(session, args),
        Command::Checkout(args) => checkout::run(session, args),
        Command::Clone(args) => clone::run(session, args),
        Command::Commit(args) => commit::run(session, args),
        Command::CommitRun(args) => commit_run::run(session, args),
        Command::Completions(args) => completions::run(session, args),
        Command::Config(args) => config::run(session, args),
        Command::Copy(args) => copy::run(session, args),
        Command::Container(args) => container::run(session, args),
        Command::Cp(args) => cp::run(session, args),
        Command::Create(args) => create::run(session, args),
        Command::Diff(args) => diff::run(session, args),
        Command::DiffRuns(args) => diff_runs::run(session, args),
        Command::Doctor(args) => doctor::run(session, args),
        Command::Du(args) => du::run(session, args),
        Command::Events(args) => events::run(session, args),
        Command::Exec(args) => exec::run(session, args),
        Command::Experiments(args) => experiments::run(session, args),
        Command::Export(args) => export::run(session, args),
        Command::Fetch(args) => fetch::run(session, args),
        Command::Fsck(args) => fsck::run(session, args),
        Command::Gc(args) => gc::run(session, args),
        Command::Hash(args) => hash::run(session, args),
        Command::History(args) => history::run(session, args),
        Command::Hub(args) => hub::run(session, args),
        Command::Images(args) => images::run(session, args),
        Command::Import(args) => import::run(session, args),
        Command::Init(args) => init::run(session, args),
        Command::Inspect(args) => inspect::run(session, args),
        Command::Kill(args) => kill::run(session, args),
        Command::Lineage(args) => lineage::run(session, args),
        Command::Load(args) => load::run(session, args),
        Command::Log(args) => log::run(session, args),
        Command::Login(args) => login::run(session, args),
        Command::Logout(args) => logout::run(session, args),
        Command::Logs(args) => logs::run(session, args),
        Command::Ls(args) => ls::run(session, args),
        Command::LsRemote(args) => ls_remote::run(session, args),
        Command::Man(args) => man::run(session, args),
        Command::Model(args) => model::run(session, args),
        Command::Models(args) => models::run(session, args),
        Command::Pause(args) => pause::run(session, args),
        Command::Plot(args) => plot::run(session, args),
        Command::Predict(args) => predict::run(session, args),
        Command::Port(args) => port::run(session, args),
        Command::Ps(args) => ps::run(session, args),
        Command::Pull(args) => pull::run(session, args),
        Command::Push(args) => push::run(session, args),
        Command::Quickstart(args) => quickstart::run(session, args),
        Command::Remote(args) => remote::run(session, args),
        Command::Rename(args) => rename::run(session, args),
        Command::Restart(args) => restart::run(session, args),
        Command::Rm(args) => rm::run(session, args),
        Command::Rmi(args) => rmi::run(session, args),
        Command::Run(args) => run::run(session, args),
        Command::RunEdit(args) => run_edit::run(session, args),
        Command::RunRestore(args) => run_restore::run(session, args),
        Command::RunRm(args) => run_rm::run(session, args),
        Command::Runs(args) => runs::run(session, args),
        Command::Save(args) => save::run(session, args),
        Command::Serve(args) => serve::run(session, args),
        Command::Show(args) => show::run(session, args),
        Command::Start(args) => start::run(session, args),
        Command::Stats(args) => stats::run(session, args),
        Command::Status(args) => status::run(session, args),
        Command::Stop(args) => stop::run(session, args),
        Command::Tag(args) => tag::run(session, args),
        Command::Token(args) => token::run(session, args),
        Command::Top(args) => top::run(session, args),
        Command::Undo(args) => undo::run(session, args),
        Command::Unpause(args) => unpause::run(session, args),
        Command::Volume(args) => volume::run(session, args),
        Command::Wait(args) => wait::run(session, args),
    }
}
