use mls::image::catalog;
use mls::remote::registry::{self, Reference};

use crate::cli::args::DryRun;
use crate::cli::error::{CommandError, Exit};
use crate::cli::help;
use crate::cli::session::Session;

/// Give an image another name
///
/// A name that stands for something else is moved; `mls log` shows where it was, `mls undo` takes it back.
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::writes(
    &[
        ("mls tag train:1 train:latest", "make `train` mean train:1"),
        ("mls tag 4f2a9c0d registry.example.com/team/train:1", "name what is to be pushed"),
    ],
    &[Exit::NotFound],
))]
pub(crate) struct Args {
    /// An image by name, id or digest
    image: String,
    /// The name that it gets; the tag is `latest` where none is given
    name: String,
    #[command(flatten)]
    dry_run: DryRun,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    let store = session.store()?;
    let name: Reference = args.name.parse().map_err(registry::Error::from)?;
    if name.digest().is_some() {
        return Err(CommandError::usage("a tag cannot have a digest")
            .hint("Leave out all from `@` on: what an image is, decides its digest."));
    }
    let writer = store.writer()?;
    let found = catalog::resolve(&store, &args.image)?;
    let name = name.or_latest();
    let change = catalog::set(&name, found.link)?;
    if args.dry_run.dry_run {
        session.ui.note(&format!("Would tag {} as `{name}`.", found.image.digest));
        return Ok(());
    }
    match writer.commit(vec![change])? {
        Some(_) => session.ui.note(&format!("Tagged {} as `{name}`.", found.image.digest)),
        None => session.ui.note(&format!("`{name}` is that image already.")),
    }
    Ok(())
}
