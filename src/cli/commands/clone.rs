use std::path::PathBuf;

use clap::ValueEnum;
use mls::remote::{self, Clone, Url};

use crate::cli::args::DryRun;
use crate::cli::error::{CommandError, Exit};
use crate::cli::help;
use crate::cli::session::Session;
use crate::cli::settings::STORE;
use crate::cli::sharing::{self, Choice, Globs, Told, TrustOwner};

/// Make a store that has what another one has
///
/// The new store knows the other one as the remote `origin`. Everything is verified before any of it can be seen. A clone
/// that was cut off goes on where it was when it is started again.
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::writes(
    &[
        ("mls clone /srv/team", "make `team` in this folder"),
        ("mls clone https://hub.example.com team", "make `team` with what a hub has"),
        ("mls clone /srv/team mine --runs 'bold-*'", "only runs whose names begin so"),
        ("mls clone /srv/team --filter blob:none", "records first, content when it is read"),
        ("mls clone /srv/team --all", "also what builds there have kept, so that nothing is built twice"),
    ],
    &[Exit::Network],
))]
pub(crate) struct Args {
    /// The path or `file:///path` of a store, or the `http(s)://` address of a hub
    url: String,
    /// The folder to make the store in; named as the last part of URL if left out
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
    #[command(flatten)]
    globs: Globs,
    /// Get the build cache too
    #[arg(long, conflicts_with_all = ["runs", "models", "images"])]
    all: bool,
    /// Leave content in the other store until it is read
    #[arg(long, value_enum)]
    filter: Option<Filter>,
    #[command(flatten)]
    trust: TrustOwner,
    #[command(flatten)]
    dry_run: DryRun,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Filter {
    /// No content, only records
    #[value(name = "blob:none")]
    BlobNone,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    let url = Url::parse(&args.url, &session.settings.folder)?;
    let peer = sharing::open_url(session, &url, args.trust.trust())?;
    let folder = session.settings.folder.join(folder(args, &url)?);
    let choice = match args.all {
        true => Choice::All { caches: true },
        false => args.globs.choose(peer.store(), &peer.refs()?.refs)?,
    };
    if args.dry_run.dry_run {
        session.ui.note(&format!("Would clone `{}` into `{}`.", url.as_str(), folder.display()));
        return Ok(());
    }
    let mut fields = args.globs.fields();
    if args.filter == Some(Filter::BlobNone) {
        fields.push(("filter", "blob:none".to_owned()));
    }
    if args.trust.trust_owner {
        fields.push(("trust-owner", "true".to_owned()));
    }
    let options = Clone {
        select: &|_, found| choice.select(found),
        accept: &sharing::accept,
        fields: &fields,
    };
    let inner = folder.join(STORE);
    let progress = session.ui.progress();
    let (_, report) = remote::clone(&peer, &url, &inner, session.context(), &options, progress)?;
    let folder = folder.canonicalize().unwrap_or(folder);
    session.ui.note(&format!("Cloned into `{}`.", folder.display()));
    Told {
        direction: "From",
        url: url.as_str(),
        remote: Some("origin"),
        dry_run: false,
        report: &report,
    }
    .show(session)
}

fn folder(args: &Args, url: &Url) -> Result<PathBuf, CommandError> {
    if let Some(folder) = &args.folder {
        return Ok(folder.clone());
    }
    let path = match url.folder().ends_with(STORE) {
        true => url.folder().parent().unwrap_or(url.folder()),
        false => url.folder(),
    };
    path.file_name().map(PathBuf::from).ok_or_else(|| {
        CommandError::usage(format!("`{}` gives the new folder no name", args.url.escape_debug()))
            .hint("Name the folder after it: `mls clone URL DIR`.")
    })
}
