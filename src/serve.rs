//! The `mls-serve` program: `mls` with one command, for images that serve a model and need no more; half as large.

mod cli;

use std::process::ExitCode;

use cli::Commands;
use cli::commands::serve;
use cli::error::CommandError;
use cli::session::Session;

#[derive(Debug, clap::Subcommand)]
enum Command {
    Serve(serve::Args),
}

impl Commands for Command {
    const ABOUT: &str = "Serve models out of a store over HTTP and gRPC: `mls` with one command";
    const GROUPS: &[(&str, &[&str])] = &[("Commands", &["serve", "help"])];

    fn run(&self, session: &Session) -> Result<(), CommandError> {
        match self {
            Self::Serve(args) => serve::run(session, args),
        }
    }
}

fn main() -> ExitCode {
    cli::main::<Command>()
}
