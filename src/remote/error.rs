use std::io;
use std::path::PathBuf;

use crate::store::{self, Link};

/// What can go wrong between two stores. A new variant must find its hint and exit code in `cli/error`.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Store(store::Error),
    #[error("could not {action} `{}`", path.display())]
    Io { action: &'static str, path: PathBuf, source: io::Error },
    #[error("`{}` is no address of a store: {reason}", url.escape_debug())]
    BadUrl { url: String, reason: &'static str },
    #[error(
        "this version of mls exchanges with stores in folders and hubs, and not over `{scheme}`"
    )]
    ForeignScheme { scheme: String },
    #[error("`{}` is no name for a remote: {reason}", name.escape_debug())]
    BadName { name: String, reason: &'static str },
    #[error("no remote is called `{}`", name.escape_debug())]
    NoRemote { name: String, near: Vec<String> },
    #[error("a remote `{0}` is there already")]
    RemoteExists(String),
    #[error("`{}` is this very store", .0.display())]
    SameStore(PathBuf),
    #[error("`{}` holds something already", .0.display())]
    NotEmpty(PathBuf),
    #[error("the other store has {count} refs, more than {limit}")]
    TooManyRefs { count: usize, limit: usize },
    #[error("no ref of {place} is called `{}`", wanted.escape_debug())]
    NoSuchRef { wanted: String, place: &'static str },
    #[error("{place} lacks object {link}, which a ref needs")]
    Incomplete { place: &'static str, link: Link },
    #[error("{}", refused(.0))]
    Refused(Vec<Refusal>),
    #[error("could not reach `{address}`: {reason}")]
    Unreachable { address: String, reason: String },
    #[error("no hub answers at `{address}`: {reason}")]
    NoHub { address: String, reason: String },
    #[error("`{address}` does not let us: {message}")]
    Denied { address: String, login: bool, message: String },
    #[error("`{address}` speaks version {theirs} of the protocol, and this mls version {ours}")]
    OtherVersion { address: String, theirs: u32, ours: u32 },
    #[error("`{address}` has no room left: {message}")]
    Full { address: String, message: String },
    #[error("`{address}` answered what makes no sense: {reason}")]
    Nonsense { address: String, reason: String },
    #[error("`{address}` has found damage: {message}")]
    Rejected { address: String, message: String },
    #[error("`{address}` failed: {message}")]
    HubFailed { address: String, message: String },
    #[error("`{address}` no longer has what it offered; others are changing it")]
    Changing { address: String },
    #[error("could not read {0} in what was asked for")]
    Malformed(&'static str),
    /// Another thread has failed, and says why.
    #[error("the transfer was stopped")]
    Stopped,
    #[error("could not merge `{name}`")]
    Merge { name: String, source: Box<dyn std::error::Error + Send + Sync> },
    #[error("could not choose what travels")]
    Choose(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// A ref that was not moved, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub name: String,
    pub reason: Reason,
}

/// Why a ref was not moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// Both stores have changed it since they last agreed.
    Diverged,
    /// What it names may never change, and the two stores mean different things by it.
    Immutable,
    /// The other store has gone back to something older.
    Rewound,
    /// The other store has moved it since this one looked.
    Stale,
    /// It points at bytes and not at a record.
    NoNode,
    /// It points at a record of another sort.
    Foreign,
    /// The other store takes no ref of this name.
    BadName,
    /// Whoever pushes may not move it.
    NotAllowed,
}

impl Reason {
    /// Returns the reason as a clause.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Diverged => "both stores have changed it",
            Self::Immutable => "it may never change, and the stores mean different things by it",
            Self::Rewound => "the other store has gone back to something older",
            Self::Stale => "the other store has moved it since this one looked",
            Self::NoNode => "it points at bytes and not at a record",
            Self::Foreign => "what it points at is not what its name says",
            Self::BadName => "the other store takes no ref of this name",
            Self::NotAllowed => "it may not be moved with these rights",
        }
    }

    /// Returns the reason as programs say it to each other.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Diverged => "diverged",
            Self::Immutable => "immutable",
            Self::Rewound => "rewound",
            Self::Stale => "stale",
            Self::NoNode => "no-node",
            Self::Foreign => "foreign",
            Self::BadName => "bad-name",
            Self::NotAllowed => "not-allowed",
        }
    }

    /// Returns the reason that a word means; one that is unknown here is a ref that moved.
    pub(crate) fn from_word(word: &str) -> Self {
        let all = [
            Self::Diverged,
            Self::Immutable,
            Self::Rewound,
            Self::NoNode,
            Self::Foreign,
            Self::BadName,
            Self::NotAllowed,
        ];
        all.into_iter().find(|reason| reason.word() == word).unwrap_or(Self::Stale)
    }
}

/// What a store could not fetch, another store has failed to give.
impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::Source(cause) => match cause.downcast() {
                Ok(error) => *error,
                Err(cause) => Self::Store(store::Error::Source(cause)),
            },
            error => Self::Store(error),
        }
    }
}

/// What another store has failed to give, a store could not fetch.
impl From<Error> for store::Error {
    fn from(error: Error) -> Self {
        match error {
            Error::Store(error) => error,
            Error::Io { action, path, source } => Self::Io { action, path, source },
            other => Self::Source(Box::new(other)),
        }
    }
}

fn refused(refusals: &[Refusal]) -> String {
    match refusals {
        [] => "refused".to_owned(),
        [one] => format!("`{}` was refused: {}", one.name, one.reason.as_str()),
        [first, rest @ ..] => {
            let reason = first.reason.as_str();
            format!("`{}` and {} more refs were refused: {reason}", first.name, rest.len())
        }
    }
}

impl Error {
    /// Returns a wrapper that says what was done to which file when it failed.
    pub(crate) fn io(
        action: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { action, path, source }
    }
}
