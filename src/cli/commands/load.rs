use std::fs::File;
use std::os::fd::AsFd as _;
use std::path::PathBuf;

use mls::image::archive::{self, Input, Loaded};
use serde_json::{Value, json};

use crate::cli::args::DryRun;
use crate::cli::error::{CommandError, Exit};
use crate::cli::help;
use crate::cli::session::Session;
use crate::cli::table::Table;

/// Load images from a file that Docker, podman or skopeo has written
///
/// A docker-archive, an oci-archive or the folder of an OCI layout, packed with gzip, zstd, xz or bzip2 or not. All digests
/// are verified; all images come in, or none.
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::writes(
    &[
        ("mls load -i train.tar", "load what `docker save` wrote"),
        ("podman save train:1 | mls load", "load through a pipe"),
        ("mls load -i layout/", "load an OCI layout"),
        ("mls load -i train.tar --dry-run", "verify it, and show what would be loaded"),
    ],
    &[Exit::NotFound],
))]
pub(crate) struct Args {
    /// Read FILE, or the folder of an OCI layout, rather than standard input
    #[arg(short, long, value_name = "FILE")]
    input: Option<PathBuf>,
    #[command(flatten)]
    dry_run: DryRun,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    let store = session.store()?;
    let path = args.input.as_ref().filter(|path| path.as_os_str() != "-");
    let path = path.map(|path| session.settings.folder.join(path));
    let input = match &path {
        Some(path) => Input::Path(path),
        None => Input::Stream(standard_input()?),
    };
    let dry_run = args.dry_run.dry_run;
    let loaded = archive::load(&store, input, dry_run, session.ui.progress())?;
    if session.ui.format.is_json() {
        let values: Vec<Value> = loaded.iter().map(as_json).collect();
        return session.ui.list(&Table::default(), &values, "");
    }
    let verb = if dry_run { "Would load" } else { "Loaded" };
    let line = |one: &Loaded| match &one.reference {
        Some(reference) => format!("{verb} image: {reference}\n"),
        None => format!("{verb} image ID: {}\n", one.id),
    };
    session.ui.print(&loaded.iter().map(line).collect::<String>())
}

fn as_json(one: &Loaded) -> Value {
    json!({
        "ref": one.reference.as_ref().map(ToString::to_string),
        "id": one.id.to_string(),
        "digest": one.image.digest.to_string(),
    })
}

/// Returns standard input as a file; a terminal has no archive to give.
pub(super) fn standard_input() -> Result<File, CommandError> {
    let input = std::io::stdin();
    if std::io::IsTerminal::is_terminal(&input) {
        return Err(CommandError::usage("nothing is piped in").hint("Name a file with `-i FILE`."));
    }
    Ok(input.as_fd().try_clone_to_owned()?.into())
}
