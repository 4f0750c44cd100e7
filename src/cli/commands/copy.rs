use mls::base::size;
use mls::image::copy::{self, Copied, Place};
use mls::image::platform::Platform;
use mls::image::{catalog, push};
use serde_json::json;

use crate::cli::args::DryRun;
use crate::cli::error::{CommandError, Exit};
use crate::cli::session::Session;
use crate::cli::{args, help, sharing};

/// Copy an image from one registry, layout or archive to another
///
/// Nothing is unpacked, and only what is missing travels; every digest is checked, and stays what it was. Places are written
/// as in skopeo: docker://NAME in a registry, oci:FOLDER:NAME, oci-archive:FILE:NAME and docker-archive:FILE:NAME. A name with
/// a registry in it needs no `docker://`; one without, or behind `store:`, is an image of this store. The digest of the
/// manifest is the answer.
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::writes(
    &[
        ("mls copy docker://debian:12 reg.example.com/base/debian:12", "copy the image for this machine"),
        ("mls copy --all reg.example.com/a:1 other.example.com/a:1", "copy an index with all of its images"),
        ("mls copy reg.example.com/a:1 oci-archive:a.tar:a:1", "copy into a file, as it is in the registry"),
        ("mls copy docker-archive:a.tar reg.example.com/a:1", "send what `docker save` wrote"),
        ("mls copy --dry-run reg.example.com/a:1 other.example.com/a:1", "show how much is missing there"),
    ],
    &[Exit::NotAllowed, Exit::NotFound, Exit::Damaged, Exit::Network, Exit::Unsafe],
))]
pub(crate) struct Args {
    /// Where the image is
    #[arg(value_name = "SRC")]
    from: String,
    /// Where it goes
    #[arg(value_name = "DST")]
    to: String,
    /// Copy the images for all machines, and the index
    #[arg(short, long)]
    all: bool,
    /// Copy the image for this machine, as in `linux/arm64`
    #[arg(long, value_parser = args::platform, conflicts_with = "all")]
    platform: Option<Platform>,
    /// Copy what belongs to the image too: signatures, attestations
    #[arg(long)]
    referrers: bool,
    #[command(flatten)]
    dry_run: DryRun,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    let place = |text: &str| -> Result<Place, CommandError> {
        Ok(Place::parse(text)?.in_folder(&session.settings.folder))
    };
    let (from, to) = (place(&args.from)?, place(&args.to)?);
    if let Place::Store(name) = &to {
        let what = format!("`{name}` would be an image of this store");
        return Err(CommandError::usage(what)
            .hint("`mls pull` and `mls load` bring images into the store; write `docker://` before a name in a registry."));
    }
    let access = sharing::access(session);
    let store = match &from {
        Place::Store(_) => Some(session.store()?),
        _ => None,
    };
    let dry_run = args.dry_run.dry_run;
    let options = copy::Options {
        all: args.all,
        platform: args.platform.clone(),
        referrers: args.referrers,
        dry_run,
    };
    let progress = session.ui.progress();
    let copied = match (&from, &to, &store) {
        // What was built here is compressed on its way.
        (Place::Store(name), Place::Registry(reference), Some(store)) => {
            let found = catalog::resolve(store, name)?;
            let options = push::Options { dry_run, ..push::Options::default() };
            let pushed = push::push(store, &found.link, reference, &access, &options, progress)?;
            let (digest, was_there, sent) = (pushed.digest, pushed.was_there, pushed.sent);
            Copied { digest, was_there, sent, referrers: 0 }
        }
        _ => copy::copy(store.as_ref(), (&from, &to), &access, &options, progress)?,
    };
    session.ui.note(&match copied.was_there {
        true => "It was there already.".to_owned(),
        false if dry_run => format!("Would copy {}.", size::human(copied.sent)),
        false => format!("Copied, {}.", size::human(copied.sent)),
    });
    let answer = json!({
        "digest": copied.digest.to_string(),
        "was_there": copied.was_there,
        "sent_bytes": copied.sent,
        "referrers": copied.referrers,
    });
    session.ui.answer(&answer, || format!("{}\n", copied.digest))
}
