use std::path::{Path, PathBuf};

use mls::base::fs;
use mls::store;

use crate::cli::args::DryRun;
use crate::cli::commands::Command;
use crate::cli::error::{CommandError, Exit};
use crate::cli::session::Session;
use crate::cli::{help, program};

/// Write the manual pages
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::after(
    &[("mls man ~/.local/share/man/man1", "afterwards `man mls-init` shows the page of `mls init`")],
    &[Exit::Failed, Exit::NotAllowed, Exit::NoSpace],
))]
pub(crate) struct Args {
    /// The folder to write them to; made if it is not there
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    #[command(flatten)]
    dry_run: DryRun,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    let mut pages = vec![];
    let mut program = program::<Command>().disable_help_subcommand(true);
    program.build();
    collect(&program, &mut pages)?;
    for (name, page) in &pages {
        let path = args.folder.join(name);
        if !args.dry_run.dry_run {
            std::fs::create_dir_all(&args.folder)
                .map_err(|error| unwritten(&args.folder, error))?;
            fs::write_derived(&path, page).map_err(|error| unwritten(&path, error))?;
        }
        session.ui.detail(&format!("Wrote `{}`.", path.display()));
    }
    let verb = if args.dry_run.dry_run { "Would write" } else { "Wrote" };
    session.ui.note(&format!("{verb} {} pages to `{}`.", pages.len(), args.folder.display()));
    Ok(())
}

/// Renders the page of `command` and of all below it; that of `mls config set` is `mls-config-set.1`.
fn collect(
    command: &clap::Command,
    pages: &mut Vec<(String, Vec<u8>)>,
) -> Result<(), CommandError> {
    for below in command.get_subcommands().filter(|below| !below.is_hide_set()) {
        collect(below, pages)?;
    }
    let man = clap_mangen::Man::new(command.clone());
    let mut page = vec![];
    man.render(&mut page)?;
    pages.push((man.get_filename(), page));
    Ok(())
}

fn unwritten(path: &Path, source: std::io::Error) -> CommandError {
    store::Error::Io { action: "write", path: path.to_owned(), source }.into()
}
