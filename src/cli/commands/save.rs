use std::io::{IsTerminal as _, Write};
use std::path::{Path, PathBuf};

use mls::base::{fs, size};
use mls::image::archive::{self, Format};
use mls::image::catalog;

use crate::cli::args::{DryRun, Format as Form};
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
        ("mls save train:1 -o train.tar --dry-run", "show how much would be written"),
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
    #[command(flatten)]
    dry_run: DryRun,
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
    let is_layout = form == Form::OciLayout;
    check(output.as_deref(), is_layout)?;
    if args.dry_run.dry_run {
        return rehearse(session, args.output.as_deref(), &|out| {
            archive::save(&store, &found, format, out)
        });
    }
    match output {
        Some(folder) if is_layout => {
            std::fs::create_dir_all(&folder)
                .map_err(|error| CommandError::unwritten(&folder, error))?;
            Ok(archive::save_layout(&store, &found, &folder)?)
        }
        Some(path) => to_file(&path, &|out| archive::save(&store, &found, format, out)),
        None => {
            let mut out = std::io::stdout().lock();
            archive::save(&store, &found, format, &mut out)?;
            Ok(out.flush()?)
        }
    }
}

/// Refuses what no archive can be written to.
fn check(output: Option<&Path>, is_layout: bool) -> Result<(), CommandError> {
    match output {
        None if is_layout => {
            Err(CommandError::usage("a layout is a folder").hint("Name it with `-o FOLDER`."))
        }
        None if std::io::stdout().is_terminal() => {
            Err(CommandError::usage("an archive is nothing for a terminal")
                .hint("Name a file with `-o FILE`."))
        }
        Some(folder)
            if is_layout && std::fs::read_dir(folder).is_ok_and(|mut all| all.next().is_some()) =>
        {
            let what = format!("`{}` is there already", folder.display());
            Err(CommandError::new(Exit::Conflict, what)
                .hint("A layout is written into a folder that is empty or not there."))
        }
        Some(path) if !is_layout => {
            let folder = path.parent().unwrap_or(path);
            let found = std::fs::metadata(folder).map(drop);
            found.map_err(|error| CommandError::unwritten(path, error))
        }
        _ => Ok(()),
    }
}

/// Makes the archive and keeps nothing of it, so that what is missing or damaged shows.
fn rehearse(
    session: &Session,
    output: Option<&Path>,
    write: &dyn Fn(&mut dyn Write) -> Result<(), mls::image::Error>,
) -> Result<(), CommandError> {
    let mut counted = Counted::default();
    write(&mut counted)?;
    let to = output.filter(|path| path.as_os_str() != "-");
    let to = to.map_or("standard output".to_owned(), |path| format!("`{}`", path.display()));
    session.ui.note(&format!("Would write {} to {to}.", size::human(counted.0)));
    Ok(())
}

/// How much was written.
#[derive(Default)]
struct Counted(u64);

impl Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
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
