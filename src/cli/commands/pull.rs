use mls::base::size;
use mls::image::platform::Platform;
use mls::image::pull;
use mls::model;
use mls::remote;
use mls::remote::registry::{Digest, Reference};
use mls::track::merge;
use serde_json::json;

use crate::cli::commands::fetch::What;
use crate::cli::error::{CommandError, Exit};
use crate::cli::session::Session;
use crate::cli::{args, help, interrupt, sharing};

/// Get what is new in another store, or an image from a registry
///
/// Where the argument is no remote, it is the name of an image, as in Docker. What is there already is not fetched, and the
/// tag moves once all of it is here and verified.
///
/// A run or experiment that both stores have changed is merged key by key; where both changed the same key, the newer
/// edit wins, and the history keeps the other. Refs here move together or not at all. A version of a model whose number the
/// other store has given to another one gets the next number that is free in both, before anything else moves.
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::writes(
    &[
        ("mls pull", "get and merge what is new in `origin`"),
        ("mls pull origin bold-fox-12", "get and merge one run"),
        ("mls pull --dry-run", "show what would arrive"),
        ("mls pull debian:stable-slim", "get an image from Docker Hub"),
        ("mls pull --platform linux/arm64 reg.example.com/team/train:1", "get one for another machine"),
    ],
    &[Exit::NotAllowed, Exit::NotFound, Exit::Damaged, Exit::Network, Exit::Unsafe],
))]
pub(crate) struct Args {
    #[command(flatten)]
    what: What,
    #[command(flatten)]
    image: Image,
}

/// What is asked of an image alone.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Options for images")]
struct Image {
    /// Get the image for this machine, as in `linux/arm64`
    #[arg(long, value_parser = args::platform)]
    platform: Option<Platform>,
    /// Get the images for all machines
    #[arg(long)]
    all_platforms: bool,
    /// Fetch layers from where the manifest says that they are, outside of the registry
    #[arg(long)]
    allow_foreign_urls: bool,
}

impl Image {
    fn is_asked_for(&self) -> bool {
        self.platform.is_some() || self.all_platforms || self.allow_foreign_urls
    }
}

/// Pulls an image; its digest is the answer.
fn image(session: &Session, args: &Args, reference: &Reference) -> Result<(), CommandError> {
    if args.what.is_for_stores() {
        return Err(CommandError::usage("an image is pulled by its name alone")
            .hint("Leave out `--all`, `--prune`, `--force` and further names."));
    }
    let store = session.store()?;
    interrupt::keep_what_arrived();
    let mut access = sharing::access(session);
    access.foreign_urls = args.image.allow_foreign_urls;
    let options = pull::Options {
        platform: args.image.platform.clone(),
        all_platforms: args.image.all_platforms,
    };
    if args.what.is_rehearsed() {
        let found = pull::rehearse(&store, reference, &access, &options)?;
        return tell(session, "Would pull", &found.reference, &found.digest, found.missing);
    }
    let pulled = pull::pull(&store, reference, &access, &options, session.ui.progress())?;
    let received = pulled.changed.then_some(pulled.received);
    tell(session, "Pulled", &pulled.reference, &pulled.digest, received)
}

/// Says what came or would come; nothing where the image was here already.
fn tell(
    session: &Session,
    verb: &str,
    reference: &Reference,
    digest: &Digest,
    received: Option<u64>,
) -> Result<(), CommandError> {
    session.ui.note(&match received {
        None => format!("`{reference}` is up to date."),
        Some(received) => format!("{verb} `{reference}`, {}.", size::human(received)),
    });
    let answer = json!({
        "ref": reference.to_string(),
        "digest": digest.to_string(),
        "changed": received.is_some(),
        "received_bytes": received.unwrap_or(0),
    });
    session.ui.answer(&answer, || format!("{digest}\n"))
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    let named = args.what.remote();
    if let Some(reference) = sharing::image_at_registry(session, &session.store()?, named)? {
        return image(session, args, &reference);
    }
    if args.image.is_asked_for() {
        return Err(CommandError::usage("a remote gives what it has, for whatever machine")
            .hint("Name an image to choose one for a machine."));
    }
    args.what.with(session, |store, other, options| {
        let merged = |writer: &mut mls::store::Writer<'_>, name: &str, ours: &_, theirs: &_| {
            Ok(match name.starts_with("models/") {
                true => model::merge::reference(writer, name, ours, theirs)?,
                false => merge::reference(writer, name, ours, theirs)?,
            })
        };
        let renamed = |store: &mls::store::Store, clashing: &[String], theirs: &_| {
            Ok(model::registry::renumber(store, clashing, theirs)?)
        };
        let settle = remote::Settle { merge: &merged, rename: &renamed };
        let progress = session.ui.progress();
        let pulled = remote::pull(store, &other.peer, other.remote()?, options, settle, progress);
        pulled.map_err(|error| match error {
            remote::Error::Refused(_) => CommandError::from(error).hint(
                "Both are kept: `mls show` with the name, and with `REMOTE/` before it. Pull others by naming them.",
            ),
            error => error.into(),
        })
    })
}
