use std::path::PathBuf;

use mls::container::{Exec, ExecUser};

use crate::cli::args::DryRun;
use crate::cli::contained::{self, attached, exec, values};
use crate::cli::error::{CommandError, Exit};
use crate::cli::session::Session;
use crate::cli::{help, text};

/// Run another command in a container that runs
///
/// Ends as the command did, with 126 where it cannot be run and 127 where there is none.
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::after(
    &[
        ("mls exec -it web sh", "a shell in a container"),
        ("mls exec -u 0 web cat /etc/shadow", "a command as another user"),
        ("mls exec -i db restore < dump.sql", "with what it is to read"),
    ],
    &[Exit::Failed, Exit::Conflict, Exit::NotFound, Exit::NoStore, Exit::Unsafe],
))]
pub(crate) struct Args {
    /// The container, by name or id
    name: String,
    /// The command and its arguments
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
    command: Vec<String>,
    /// Let it read what is typed here
    #[arg(short, long)]
    interactive: bool,
    /// Give it a terminal
    #[arg(short, long)]
    tty: bool,
    /// Leave it running in the background, unheard
    #[arg(short, long)]
    detach: bool,
    /// Set a variable; a name alone takes its value from here
    #[arg(short, long, value_name = "NAME[=VALUE]")]
    env: Vec<String>,
    /// Set the variables of a file, one a line
    #[arg(long, value_name = "FILE")]
    env_file: Vec<PathBuf>,
    /// Run as this user: name or number, with `:group`
    #[arg(short, long)]
    user: Option<String>,
    /// Begin in this folder
    #[arg(short, long, value_name = "DIR")]
    workdir: Option<String>,
    /// Give it all rights
    #[arg(long)]
    privileged: bool,
    #[command(flatten)]
    dry_run: DryRun,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    if !args.detach {
        attached::check_terminal(args.interactive, args.tty)?;
    }
    let container = contained::containers(session)?.find(&args.name)?;
    if args.dry_run.dry_run {
        contained::runs(&container).map_err(exec::refused)?;
        let words = args.command.iter().map(|word| text::shell_word(word));
        let command = words.collect::<Vec<_>>().join(" ");
        session.ui.note(&format!("Would run `{command}` in container `{}`.", args.name));
        return Ok(());
    }
    let mut env = values::env(&session.settings.folder, &args.env_file, &args.env)?;
    env.retain(|line| line.contains('='));
    if args.tty && !env.iter().any(|line| line.starts_with("TERM=")) {
        env.push("TERM=xterm".to_owned());
    }
    let wanted = Exec {
        args: args.command.clone(),
        env,
        cwd: args.workdir.clone(),
        user: args.user.clone().map_or(ExecUser::Same, ExecUser::Text),
        privileged: args.privileged,
        terminal: (args.tty && !args.detach).then(|| contained::size().unwrap_or((24, 80))),
        detached: args.detach,
    };
    match exec::run(&container, &wanted, args.interactive)? {
        0 => Ok(()),
        code => Err(CommandError::ended(u8::try_from(code).unwrap_or(u8::MAX))),
    }
}
