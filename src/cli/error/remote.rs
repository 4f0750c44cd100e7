//! What the user is told when an exchange with another store fails.

use mls::remote::{Error as E, Reason, Refusal};

use crate::cli::error::{CommandError, Exit, did_you_mean, hand_on, of_io};

impl From<E> for CommandError {
    fn from(error: E) -> Self {
        let error = hand_on!(error, E::Store);
        let hint = hint(&error);
        let exit = match &error {
            E::Store(_) => unreachable!("told above"),
            E::Io { source, .. } => of_io(source),
            E::BadUrl { .. } | E::ForeignScheme { .. } | E::BadName { .. } => Exit::Usage,
            E::SameStore(_) => Exit::Usage,
            E::NoRemote { .. } | E::NoSuchRef { .. } => Exit::NotFound,
            E::Refused(refusals) if refusals.iter().all(is_right) => Exit::NotAllowed,
            E::RemoteExists(_) | E::NotEmpty(_) | E::Refused(_) => Exit::Conflict,
            E::TooManyRefs { .. } | E::Incomplete { .. } => Exit::Damaged,
            E::Unreachable { .. } | E::Changing { .. } => Exit::Network,
            E::NoHub { .. } => Exit::NoStore,
            E::Denied { .. } => Exit::NotAllowed,
            E::OtherVersion { .. } => Exit::Unsupported,
            E::Full { .. } => Exit::NoSpace,
            E::Nonsense { .. } | E::Rejected { .. } => Exit::Damaged,
            E::HubFailed { .. } | E::Malformed(_) => Exit::Failed,
            E::Merge { .. } | E::Choose(_) | E::Stopped => Exit::Failed,
        };
        Self::new(exit, error).hinted(hint)
    }
}

/// Tells whether it is a right that is lacking.
fn is_right(refusal: &Refusal) -> bool {
    refusal.reason == Reason::NotAllowed
}

fn hint(error: &E) -> Option<String> {
    let hint = match error {
        E::Io { source, .. } => return of_io(source).hint().map(str::to_owned),
        E::NoRemote { near, .. } => {
            return did_you_mean(near)
                .or_else(|| Some("Run `mls remote list` to see all remotes.".to_owned()));
        }
        E::BadUrl { .. } => "An address is a path, `file:///path` or `http(s)://host`.",
        E::ForeignScheme { .. } => "Give a path, `file:///path` or `http(s)://host`.",
        E::Unreachable { .. } => "What has arrived is kept; the same command goes on from there.",
        E::NoHub { .. } => "Check the address; `mls hub` starts a hub there.",
        E::Denied { address, login: true, .. } => {
            return Some(format!("Run `mls login {address}` with a token of that hub."));
        }
        E::Denied { .. } => "Ask whoever keeps the hub for a token with more rights.",
        E::OtherVersion { .. } => "Use the same version of mls on both sides.",
        E::Full { .. } => "Nothing was moved there; whoever keeps the hub has to make room.",
        E::Rejected { .. } => "Run `mls fsck --read-data` in both stores; no ref has moved.",
        E::Changing { .. } => "Run the same command again.",
        E::RemoteExists(name) => {
            return Some(format!("Run `mls remote set-url {name}` to give it another address."));
        }
        E::NotEmpty(_) => "Name a folder that is not there yet; in a store, use `mls pull`.",
        E::NoSuchRef { place: "the other store", .. } => "Run `mls ls-remote` to see what it has.",
        E::NoSuchRef { .. } => "Run `mls runs` to see all runs, `mls log` what was made lately.",
        E::Incomplete { .. } => "Run `mls fsck` in that store; nothing has changed here.",
        E::Refused(refusals) => return refusals.first().map(|refusal| refused(refusal.reason)),
        E::BadName { .. } | E::SameStore(_) | E::TooManyRefs { .. } => return None,
        E::Merge { .. } | E::Choose(_) | E::Stopped | E::Store(_) => return None,
        E::Nonsense { .. } | E::HubFailed { .. } | E::Malformed(_) => return None,
    };
    Some(hint.to_owned())
}

fn refused(reason: Reason) -> String {
    let hint = match reason {
        Reason::Diverged => "Run `mls pull` to merge what both changed, then push again.",
        Reason::Immutable => {
            "Run `mls pull` first: the other store's numbers count, and yours gets the next free one."
        }
        Reason::Rewound | Reason::Stale => "Run `mls fetch` and look at what is there first.",
        Reason::NoNode => "Run `mls fsck` to see what is wrong with it.",
        Reason::BadName => "Push others by naming them.",
        Reason::NotAllowed => {
            "Name what the token is for, or ask whoever keeps the hub for one with more rights."
        }
        Reason::Foreign => "All else was taken; tell whoever keeps the other store.",
    };
    hint.to_owned()
}

impl From<mls::remote::mlflow::Error> for CommandError {
    fn from(error: mls::remote::mlflow::Error) -> Self {
        use mls::remote::mlflow::Error as M;
        match &error {
            M::BadAddress(_) => {
                Self::usage(error).hint("An address is `http://host:port` or `https://host`.")
            }
            M::Refused { status: 401 | 403, .. } => Self::new(Exit::NotAllowed, error),
            M::Unreachable { .. } | M::Refused { .. } | M::Nonsense { .. } => {
                Self::new(Exit::Network, error)
            }
        }
    }
}
