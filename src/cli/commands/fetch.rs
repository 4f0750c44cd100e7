use mls::remote::{self, Fetch};

use crate::cli::args::DryRun;
use crate::cli::error::{CommandError, Exit};
use crate::cli::session::Session;
use crate::cli::sharing::{self, Choice, Globs, Other, Told, TrustOwner};
use crate::cli::{help, interrupt};

/// Get what is new in another store, and change nothing here
///
/// What the other store has is then known as `REMOTE/…`, as in `origin/runs/4f2a9c1b02de…`. Everything is verified before
/// any of it can be seen.
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::writes(
    &[
        ("mls fetch", "get what is new in `origin`"),
        ("mls fetch origin bold-fox-12", "get one run"),
        ("mls fetch --prune", "also forget what is gone there"),
    ],
    &[Exit::NotFound, Exit::Network],
))]
pub(crate) struct Args {
    #[command(flatten)]
    pub(super) what: What,
}

/// What `fetch` and `pull` share.
#[derive(Debug, clap::Args)]
pub(crate) struct What {
    /// A remote; `origin` if left out
    remote: Option<String>,
    /// Runs, refs, folders of refs, or globs over them
    #[arg(value_name = "REF")]
    refs: Vec<String>,
    /// Get the build cache too
    #[arg(long)]
    all: bool,
    /// Forget what was seen there and is gone
    #[arg(long)]
    prune: bool,
    /// Believe the other store where it has gone back or changed what may not change
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    trust: TrustOwner,
    #[command(flatten)]
    dry_run: DryRun,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    args.what.with(session, |store, other, options| {
        Ok(remote::fetch(store, &other.peer, other.remote()?, options, session.ui.progress())?)
    })
}

impl What {
    /// Returns the first argument.
    pub(super) fn remote(&self) -> Option<&str> {
        self.remote.as_deref()
    }

    /// Returns whether something is asked for that only another store can do.
    pub(super) fn is_for_stores(&self) -> bool {
        let Self { all, prune, force, trust, refs, .. } = self;
        *all || *prune || *force || trust.trust_owner || !refs.is_empty()
    }

    /// Returns whether nothing is to be changed.
    pub(super) fn is_rehearsed(&self) -> bool {
        self.dry_run.dry_run
    }

    /// Opens both stores, finds out what is wanted, and tells what `exchange` did.
    pub(super) fn with(
        &self,
        session: &Session,
        exchange: impl FnOnce(
            &mls::store::Store,
            &Other,
            &Fetch<'_>,
        ) -> Result<remote::Report, CommandError>,
    ) -> Result<(), CommandError> {
        let store = session.store()?;
        interrupt::keep_what_arrived();
        let other = sharing::open(session, &store, self.remote.as_deref(), self.trust.trust())?;
        let remote = other.remote()?;
        let choice = match self.refs.is_empty() && !remote.only.is_empty() {
            true => {
                Globs::of_remote(remote).choose(other.peer.store(), &other.peer.refs()?.refs)?
            }
            false if self.refs.is_empty() => Choice::All { caches: self.all },
            false => {
                let theirs = other.peer.refs()?.refs;
                let place = "the other store";
                Choice::of(other.peer.store(), &theirs, &self.refs, self.all, place)?
                    .with_experiments(other.peer.store(), &theirs)
            }
        };
        let options = Fetch {
            select: &|_, found| choice.select(found),
            accept: &sharing::accept,
            prune: self.prune,
            force: self.force,
            dry_run: self.dry_run.dry_run,
        };
        let report = exchange(&store, &other, &options)?;
        let told = Told {
            direction: "From",
            url: &other.url,
            remote: Some(&remote.name),
            dry_run: options.dry_run,
            report: &report,
        };
        told.show(session)
    }
}
