use mls::remote::{self, Push};
use mls::store::refs;

use crate::cli::args::DryRun;
use crate::cli::error::{CommandError, Exit};
use crate::cli::session::Session;
use crate::cli::sharing::{self, Choice, Told, TrustOwner};
use crate::cli::{help, thing};

/// Send what is new to another store
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
    ],
    &[Exit::NotFound, Exit::Network],
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
    #[command(flatten)]
    dry_run: DryRun,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    let store = session.store()?;
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
