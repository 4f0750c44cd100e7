//! What the commands share that deal with other stores: which one, which refs, and how it is told what moved.

mod choose;
mod heal;
mod registry;
mod show;
mod web;

use mls::remote::{self, Peer, Url};
use mls::store::config::Remote;
use mls::store::{Store, Trust};

use crate::cli::error::{CommandError, Exit};
use crate::cli::session::Session;

pub(crate) use choose::{Choice, Globs, accept};
pub(crate) use heal::heal;
pub(crate) use registry::{access, image_at_registry, in_registry, push_image};
pub(crate) use show::Told;
pub(crate) use web::web;

/// What a remote is called where none is named.
const ORIGIN: &str = "origin";

/// What helps where there is none.
const ADD_ONE: &str = "Add one with `mls remote add origin PATH`.";

/// `--trust-owner`, for everything that reads another store.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(crate) struct TrustOwner {
    /// Take content from a store that belongs to another user
    #[arg(long)]
    pub(crate) trust_owner: bool,
}

impl TrustOwner {
    pub(crate) fn trust(self) -> Trust {
        if self.trust_owner { Trust::Any } else { Trust::Own }
    }
}

/// Another store, opened.
#[derive(Debug)]
pub(crate) struct Other {
    /// The remote that it is, unless its address was given.
    pub(crate) remote: Option<Remote>,
    pub(crate) url: String,
    pub(crate) peer: Peer,
}

impl Other {
    /// Returns the remote, without which there is no place to remember what was fetched.
    pub(crate) fn remote(&self) -> Result<&Remote, CommandError> {
        self.remote.as_ref().ok_or_else(|| {
            CommandError::usage("what is fetched is remembered under the name of a remote")
                .hint(format!("Run `mls remote add NAME {}`, then name that.", self.url))
        })
    }
}

/// Opens the store that `named` means: a remote, or an address; `origin` or the only remote where nothing is named.
pub(crate) fn open(
    session: &Session,
    store: &Store,
    named: Option<&str>,
    trust: Trust,
) -> Result<Other, CommandError> {
    let remote = match named {
        None => Some(default_remote(store)?),
        Some(name) => match remote::find(store, name) {
            Ok(remote) => Some(remote),
            Err(remote::Error::NoRemote { .. }) if is_address(session, name) => None,
            Err(error @ remote::Error::NoRemote { .. }) if remote::list(store)?.is_empty() => {
                return Err(CommandError::from(error).hint(ADD_ONE));
            }
            Err(error) => return Err(error.into()),
        },
    };
    let address = remote.as_ref().map_or_else(|| named.unwrap_or_default(), |remote| &remote.url);
    let url = Url::parse(address, &session.settings.folder)?;
    let trust =
        if remote.as_ref().is_some_and(|remote| remote.trusted) { Trust::Any } else { trust };
    let peer = open_url(session, &url, trust)?;
    Ok(Other { url: url.as_str().to_owned(), remote, peer })
}

/// Opens the store at `url`.
pub(crate) fn open_url(session: &Session, url: &Url, trust: Trust) -> Result<Peer, CommandError> {
    if url.is_web() {
        return Ok(Peer::connect(url, session.context(), trust, &web(session, url))?);
    }
    let address = mls::store::locate(url.folder()).display().to_string();
    Peer::open(url, session.context(), trust).map_err(|error| {
        let lacks = matches!(&error, remote::Error::Store(mls::store::Error::NoStore(_)));
        let foreign = matches!(&error, remote::Error::Store(mls::store::Error::ForeignOwner(_)));
        match CommandError::from(error) {
            error if lacks => error.hint(format!(
                "Check the address, or make a store there with `mls init {}`.",
                address.trim_end_matches("/.mlstore")
            )),
            error if foreign => error.hint("Add `--trust-owner` if you trust that user."),
            error => error,
        }
    })
}

/// Lets a store that was cloned without its content fetch what is read.
pub(crate) fn fill_gaps(session: &Session, store: &Store) -> Result<(), CommandError> {
    let remotes = remote::list(store)?;
    let Some(remote) = remotes.into_iter().find(|remote| remote.filter.is_some()) else {
        return Ok(());
    };
    let url = Url::parse(&remote.url, &session.settings.folder)?;
    let (context, trust) =
        (session.context(), if remote.trusted { Trust::Any } else { Trust::Own });
    let web = web(session, &url);
    remote::on_demand(store, move || Peer::connect(&url, context.clone(), trust, &web));
    Ok(())
}

fn default_remote(store: &Store) -> Result<Remote, CommandError> {
    let mut remotes = remote::list(store)?;
    if let Some(place) = remotes.iter().position(|remote| remote.name == ORIGIN) {
        return Ok(remotes.swap_remove(place));
    }
    match (remotes.pop(), remotes.len()) {
        (Some(only), 0) => Ok(only),
        (Some(_), _) => Err(CommandError::usage("there are several remotes and none is `origin`")
            .hint("Name one of those in `mls remote list`.")),
        (None, _) => {
            Err(CommandError::new(Exit::NotFound, "this store has no remote").hint(ADD_ONE))
        }
    }
}

fn is_address(session: &Session, text: &str) -> bool {
    text.contains(['/', ':']) || session.settings.folder.join(text).is_dir()
}
