use mls::image::layer::Compression;
use mls::image::{catalog, push};
use mls::remote::registry::Reference;
use mls::remote::{self, Push};
use mls::store::refs;
use serde_json::json;

use crate::cli::args::DryRun;
use crate::cli::error::{CommandError, Exit};
use crate::cli::session::Session;
use crate::cli::sharing::{self, Choice, Told, TrustOwner};
use crate::cli::{help, thing};

/// Send what is new to another store, or an image to a registry
///
/// Where the argument is no remote, it is the name of an image, as in Docker; a second name sends it under that one.
///
/// Sends runs, models, images and experiments, or only the refs that are named, with all they need and the other store
/// lacks. Its refs move together or not at all. A run that both stores have changed is refused, and so is a version of a model
/// whose number the other store has given to another one: pull first.
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::writes(
    &[
        ("mls push", "send everything that is new to `origin`"),
        ("mls push origin 4f2a9c bold-fox-12", "send two runs, and the experiments they are in"),
        ("mls push origin 'models/iris*'", "send all versions of some models"),
        ("mls push --dry-run", "show what would be sent"),
        ("mls push reg.example.com/team/train:1", "send an image to its registry"),
        ("mls push train:1 reg.example.com/team/train:1", "send an image under another name"),
    ],
    &[Exit::NotAllowed, Exit::NotFound, Exit::Damaged, Exit::Network, Exit::Unsafe],
))]
pub(crate) struct Args {
    /// A remote, or the path of a store; `origin` if left out
    remote: Option<String>,
    /// Runs, refs, folders of refs, or globs over them
    #[arg(value_name = "REF")]
    refs: Vec<String>,
    /// Send the build cache too
    #[arg(long)]
    all: bool,
    /// Remove there what is gone here, if it is as it was last seen
    #[arg(long)]
    prune: bool,
    /// Replace what is there, if it is as it was last seen
    #[arg(long)]
    force_with_lease: bool,
    #[command(flatten)]
    trust: TrustOwner,
    /// Compress the layers of an image that were made here in this way; zstd if left out
    #[arg(long, value_enum, value_name = "HOW", help_heading = "Options for images")]
    compression: Option<Packing>,
    #[command(flatten)]
    dry_run: DryRun,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Packing {
    Zstd,
    Gzip,
    None,
}

impl From<Packing> for Compression {
    fn from(packing: Packing) -> Self {
        match packing {
            Packing::Zstd => Self::Zstd,
            Packing::Gzip => Self::Gzip,
            Packing::None => Self::None,
        }
    }
}

/// Sends an image; what the registry calls it is the answer.
fn image(
    session: &Session,
    args: &Args,
    store: &mls::store::Store,
    named: &Reference,
) -> Result<(), CommandError> {
    let for_stores = args.all || args.prune || args.force_with_lease || args.trust.trust_owner;
    if for_stores || args.refs.len() > 1 {
        return Err(CommandError::usage("an image is pushed by its name, and at most one other")
            .hint("Leave out `--all`, `--prune`, `--force-with-lease` and `--trust-owner`."));
    }
    let found = catalog::resolve(store, &named.to_string())?;
    let to = args.refs.first().map(|text| sharing::in_registry(text)).transpose()?;
    let to = to.as_ref().unwrap_or(named);
    let compression = args.compression.map(Compression::from);
    let options = push::Options { compression, dry_run: args.dry_run.dry_run };
    let pushed = sharing::push_image(session, store, &found.link, to, &options)?;
    let answer = json!({
        "ref": pushed.reference.to_string(),
        "digest": pushed.digest.to_string(),
        "was_there": pushed.was_there,
        "sent_bytes": pushed.sent,
    });
    session.ui.answer(&answer, || format!("{}\n", pushed.digest))
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    let store = session.store()?;
    if let Some(named) = sharing::image_at_registry(session, &store, args.remote.as_deref())? {
        return image(session, args, &store, &named);
    }
    if args.compression.is_some() {
        return Err(CommandError::usage("a remote takes what it is sent as it is stored")
            .hint("Leave out `--compression`."));
    }
    let other = sharing::open(session, &store, args.remote.as_deref(), args.trust.trust())?;
    let wanted: Result<Vec<String>, CommandError> =
        args.refs.iter().map(|text| ref_name(&store, text)).collect();
    let mine = refs::list(&store, "")?;
    let choice = Choice::of(&store, &mine, &wanted?, args.all, "this store")?
        .with_experiments(&store, &mine);
    let options = Push {
        select: &|_, found| choice.select(found),
        prune: args.prune,
        force_with_lease: args.force_with_lease,
        dry_run: args.dry_run.dry_run,
    };
    let name = other.remote.as_ref().map(|remote| remote.name.as_str());
    let report = remote::push(&store, &other.peer, name, &options, session.ui.progress())?;
    Told {
        direction: "To",
        url: &other.url,
        remote: name,
        dry_run: options.dry_run,
        report: &report,
    }
    .show(session)
}

/// `@` and `@~2` mean runs of this store; every other word is looked for among the refs.
fn ref_name(store: &mls::store::Store, text: &str) -> Result<String, CommandError> {
    if !text.starts_with('@') {
        return Ok(text.to_owned());
    }
    let thing = thing::resolve(store, text)?;
    thing.link(store)?; // a live run has nothing to send yet
    Ok(thing.ref_name().unwrap_or_else(|| text.to_owned()))
}
