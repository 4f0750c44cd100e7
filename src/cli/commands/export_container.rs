use std::io::IsTerminal as _;
use std::path::PathBuf;

use mls::image::export;
use serde_json::json;

use crate::cli::args::DryRun;
use crate::cli::commands::export::Stdout;
use crate::cli::error::{CommandError, Exit};
use crate::cli::session::Session;
use crate::cli::{contained, help};

/// Write the files of a container as a tar
///
/// All layers of its image merged, and what it has changed; what is mounted in it is left out, as with Docker.
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::reads(
    &[
        ("mls export container web -o web.tar", "write it into a file"),
        ("mls export container web | tar -t", "list what it has"),
        ("mls export container web | mls import image - flat:1", "make an image of one layer"),
    ],
    &[Exit::Usage, Exit::Conflict, Exit::NotFound, Exit::NotAllowed, Exit::NoSpace],
))]
pub(crate) struct Args {
    /// The container, by name or id
    name: String,
    /// Where to write; `-` or none is stdout
    #[arg(short, long, value_name = "PATH")]
    output: Option<PathBuf>,
    #[command(flatten)]
    dry_run: DryRun,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    // What users of containers own, only they or their root may read.
    contained::enter()?;
    let container = contained::containers(session)?.find(&args.name)?;
    let store = session.store()?;
    let Some(name) = args.output.as_ref().filter(|path| *path != "-") else {
        if std::io::stdout().is_terminal() {
            let cause = "a tar is no text for a terminal";
            return Err(CommandError::usage(cause).hint("Name a file with `-o root.tar`."));
        }
        let mut out = Stdout { session, kept: Ok(()) };
        let written = export::write(&store, &container, &mut out);
        // What the terminal or the pipe said tells more than the error that it led to.
        out.kept?;
        return Ok(written?);
    };
    if args.dry_run.dry_run {
        session.ui.note(&format!("Would write `{}`.", name.display()));
        return Ok(());
    }
    let path = session.settings.folder.join(name);
    let written = mls::base::fs::write_whole(&path, |out| -> Result<(), Failed> {
        Ok(export::write(&store, &container, out)?)
    });
    written.map_err(|error| match error {
        Failed::Write(error) => CommandError::unwritten(&path, error),
        Failed::Image(error) => error.into(),
    })?;
    session.ui.note(&format!("Wrote `{}`.", name.display()));
    match session.ui.format.is_json() {
        true => session.ui.answer(&json!({"path": name, "id": container.id()}), String::new),
        false => Ok(()),
    }
}

/// What can go wrong between a file and what it is filled with.
enum Failed {
    Write(std::io::Error),
    Image(mls::image::Error),
}

impl From<std::io::Error> for Failed {
    fn from(error: std::io::Error) -> Self {
        Self::Write(error)
    }
}

impl From<mls::image::Error> for Failed {
    fn from(error: mls::image::Error) -> Self {
        Self::Image(error)
    }
}
