use clap_complete::Shell;

use crate::cli::commands::Command;
use crate::cli::error::{CommandError, Exit};
use crate::cli::session::Session;
use crate::cli::{help, program};

/// Print the completions of a shell
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::after(
    &[
        ("mls completions bash > ~/.local/share/bash-completion/completions/mls", "for bash, from the next shell on"),
        ("mls completions fish > ~/.config/fish/completions/mls.fish", "for fish"),
        ("mls completions zsh > ~/.zfunc/_mls", "for zsh, where `~/.zfunc` is in `fpath`"),
    ],
    &[Exit::Failed],
))]
pub(crate) struct Args {
    /// The shell to complete in
    shell: Shell,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    let mut script = vec![];
    clap_complete::generate(args.shell, &mut program::<Command>(), "mls", &mut script);
    session.ui.data(&script)
}
