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
pub(crate) mod serve;
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

use crate::cli::Commands;
use crate::cli::error::CommandError;
use crate::cli::session::Session;

/// The commands of the first page, in the order in which a newcomer meets them.
const GROUPS: &[(&str, &[&str])] = &[
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

impl Commands for Command {
    const ABOUT: &str = "Runs, models and container images in one content-addressed store";
    const GROUPS: &[(&str, &[&str])] = GROUPS;

    fn run(&self, session: &Session) -> Result<(), CommandError> {
        match self {
            Self::Attach(args) => attach::run(session, args),
            Self::Build(args) => build::run(session, args),
            Self::CatFile(args) => cat_file::run(session, args),
            Self::Checkout(args) => checkout::run(session, args),
            Self::Clone(args) => clone::run(session, args),
            Self::Commit(args) => commit::run(session, args),
            Self::CommitRun(args) => commit_run::run(session, args),
            Self::Completions(args) => completions::run(session, args),
            Self::Config(args) => config::run(session, args),
            Self::Copy(args) => copy::run(session, args),
            Self::Container(args) => container::run(session, args),
            Self::Cp(args) => cp::run(session, args),
            Self::Create(args) => create::run(session, args),
            Self::Diff(args) => diff::run(session, args),
            Self::DiffRuns(args) => diff_runs::run(session, args),
            Self::Doctor(args) => doctor::run(session, args),
            Self::Du(args) => du::run(session, args),
            Self::Events(args) => events::run(session, args),
            Self::Exec(args) => exec::run(session, args),
            Self::Experiments(args) => experiments::run(session, args),
            Self::Export(args) => export::run(session, args),
            Self::Fetch(args) => fetch::run(session, args),
            Self::Fsck(args) => fsck::run(session, args),
            Self::Gc(args) => gc::run(session, args),
            Self::Hash(args) => hash::run(session, args),
            Self::History(args) => history::run(session, args),
            Self::Hub(args) => hub::run(session, args),
            Self::Images(args) => images::run(session, args),
            Self::Import(args) => import::run(session, args),
            Self::Init(args) => init::run(session, args),
            Self::Inspect(args) => inspect::run(session, args),
            Self::Kill(args) => kill::run(session, args),
            Self::Lineage(args) => lineage::run(session, args),
            Self::Load(args) => load::run(session, args),
            Self::Log(args) => log::run(session, args),
            Self::Login(args) => login::run(session, args),
            Self::Logout(args) => logout::run(session, args),
            Self::Logs(args) => logs::run(session, args),
            Self::Ls(args) => ls::run(session, args),
            Self::LsRemote(args) => ls_remote::run(session, args),
            Self::Man(args) => man::run(session, args),
            Self::Model(args) => model::run(session, args),
            Self::Models(args) => models::run(session, args),
            Self::Pause(args) => pause::run(session, args),
            Self::Plot(args) => plot::run(session, args),
            Self::Predict(args) => predict::run(session, args),
            Self::Port(args) => port::run(session, args),
            Self::Ps(args) => ps::run(session, args),
            Self::Pull(args) => pull::run(session, args),
            Self::Push(args) => push::run(session, args),
            Self::Quickstart(args) => quickstart::run(session, args),
            Self::Remote(args) => remote::run(session, args),
            Self::Rename(args) => rename::run(session, args),
            Self::Restart(args) => restart::run(session, args),
            Self::Rm(args) => rm::run(session, args),
            Self::Rmi(args) => rmi::run(session, args),
            Self::Run(args) => run::run(session, args),
            Self::RunEdit(args) => run_edit::run(session, args),
            Self::RunRestore(args) => run_restore::run(session, args),
            Self::RunRm(args) => run_rm::run(session, args),
            Self::Runs(args) => runs::run(session, args),
            Self::Save(args) => save::run(session, args),
            Self::Serve(args) => serve::run(session, args),
            Self::Show(args) => show::run(session, args),
            Self::Start(args) => start::run(session, args),
            Self::Stats(args) => stats::run(session, args),
            Self::Status(args) => status::run(session, args),
            Self::Stop(args) => stop::run(session, args),
            Self::Tag(args) => tag::run(session, args),
            Self::Token(args) => token::run(session, args),
            Self::Top(args) => top::run(session, args),
            Self::Undo(args) => undo::run(session, args),
            Self::Unpause(args) => unpause::run(session, args),
            Self::Volume(args) => volume::run(session, args),
            Self::Wait(args) => wait::run(session, args),
        }
    }
}
