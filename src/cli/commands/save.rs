use std::io::{IsTerminal as _, Write};
use std::path::{Path, PathBuf};

use mls::base::fs;
use mls::image::archive::{self, Format};
use mls::image::catalog;

use crate::cli::args::Format as Form;
use crate::cli::error::{CommandError, Exit};
use crate::cli::help;
use crate::cli::session::Session;

/// Write images to a file that Docker, podman and skopeo read
///
/// A docker-archive holds configs and plain layers, so that the ids stay the same; an oci-archive holds all as it was pulled,
/// so that the digests of manifests stay the same, too. `--format` says which: docker-archive, oci-archive or oci-layout.
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::reads(
    &[
        ("mls save train:1 -o train.tar", "write what `docker load` reads"),
        ("mls save --format oci-archive train:1 train:2 -o train.tar", "write two images with their digests"),
        ("mls save train:1 | podman load", "hand an image to podman"),
    ],
    &[Exit::Conflict, Exit::NotFound, Exit::NoSpace],
))]
pub(crate) struct Args {
    /// Images by name, id or digest
    #[arg(required = true)]
    images: Vec<String>,
    /// Write to FILE, or into this folder, rather than to standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    let store = session.store()?;
    let found = args.images.iter().map(|name| catalog::resolve(&store, name));
    let found = found.collect::<Result<Vec<_>, _>>()?;
    let output = args.output.as_ref().filter(|path| path.as_os_str() != "-");
    let output = output.map(|path| session.settings.folder.join(path));
    let form = session.ui.format;
    let format = match form {
        Form::Table | Form::DockerArchive => Format::Docker,
        Form::OciArchive | Form::OciLayout => Format::Oci,
        other => {
            let what = format!("an archive has no form `{}`", other.as_str());
            return Err(CommandError::usage(what)
                .hint("There are `docker-archive`, `oci-archive` and `oci-layout`."));
        }
    };
    match (output, form) {
        (None, Form::OciLayout) => {
            Err(CommandError::usage("a layout is a folder").hint("Name it with `-o FOLDER`."))
        }
        (Some(folder), Form::OciLayout) => {
            let there = std::fs::read_dir(&folder).is_ok_and(|mut all| all.next().is_some());
            if there {
                let what = format!("`{}` is there already", folder.display());
                return Err(CommandError::new(Exit::Conflict, what)
                    .hint("A layout is written into a folder that is empty or not there."));
            }
            std::fs::create_dir_all(&folder)
                .map_err(|error| CommandError::unwritten(&folder, error))?;
            Ok(archive::save_layout(&store, &found, &folder)?)
        }
        (None, _) => {
            let mut out = std::io::stdout().lock();
            if out.is_terminal() {
                return Err(CommandError::usage("an archive is nothing for a terminal")
                    .hint("Name a file with `-o FILE`."));
            }
            archive::save(&store, &found, format, &mut out)?;
            Ok(out.flush()?)
        }
        (Some(path), _) => to_file(&path, &|out| archive::save(&store, &found, format, out)),
    }
}

/// Writes a file as a whole, or not at all.
pub(crate) fn to_file(
    path: &Path,
    write: &dyn Fn(&mut dyn Write) -> Result<(), mls::image::Error>,
) -> Result<(), CommandError> {
    let filled = fs::write_whole(path, |out| -> Result<(), Unwritten> {
        write(out).map_err(|error| Unwritten::Image(Box::new(error)))
    });
    filled.map_err(|error| match error {
        Unwritten::Image(error) => (*error).into(),
        Unwritten::File(error) => CommandError::unwritten(path, error),
    })
}

/// What kept the file from being written.
enum Unwritten {
    Image(Box<mls::image::Error>),
    File(std::io::Error),
}

impl From<std::io::Error> for Unwritten {
    fn from(error: std::io::Error) -> Self {
        Self::File(error)
    }
}
