use std::io;
use std::path::PathBuf;

use crate::store::Link;

/// What can go wrong in the store. A new variant must find its hint and exit code in `cli/error.rs`.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("could not {action} `{}`", path.display())]
    Io { action: &'static str, path: PathBuf, source: io::Error },
    #[error("no store at `{}`", .0.display())]
    NoStore(PathBuf),
    #[error("`{}` holds a store of format `{found}`; this program knows format 1", path.display())]
    UnsupportedFormat { path: PathBuf, found: String },
    #[error("`{}` belongs to another user", .0.display())]
    ForeignOwner(PathBuf),
    #[error("`{}` is {found}, not {wanted}", path.display())]
    WrongFileType { path: PathBuf, found: &'static str, wanted: &'static str },
    #[error("object {0} is not in the store")]
    Missing(Link),
    /// What is not here could not be fetched from where it is.
    #[error(transparent)]
    Source(Box<dyn std::error::Error + Send + Sync>),
    #[error("{what} is damaged: {reason}")]
    Damaged { what: String, reason: String },
    #[error("object {link} is no {wanted}: {reason}")]
    Malformed { link: Link, wanted: &'static str, reason: String },
    #[error("no object is called `{0}`")]
    NoObject(String),
    #[error("`{prefix}` is the beginning of {} objects", candidates.len())]
    AmbiguousObject { prefix: String, candidates: Vec<Link> },
    #[error("`{}` is no name for a ref: {reason}", name.escape_debug())]
    BadRefName { name: String, reason: &'static str },
    #[error("no ref `{}`", .0.escape_debug())]
    NoRef(String),
    #[error("ref `{name}` has moved to {}", found.map_or("nothing".to_owned(), |link| link.digest.short()))]
    RefMoved { name: String, found: Option<Link> },
    #[error("no operation {0}")]
    NoOperation(String),
    #[error("operation {operation} cannot be taken back: ref `{name}` has moved since")]
    CannotUndo { operation: u64, name: String },
    #[error("{what} is too large: {size} bytes, at most {limit}")]
    TooLarge { what: String, size: u64, limit: u64 },
    #[error("`{}` changed while it was read", .0.display())]
    ChangedWhileRead(PathBuf),
    #[error("no `{path}` in tree {}", tree.digest.short())]
    NoEntry { tree: Link, path: String },
    #[error("`{}` is no name for a file in a store: {reason}", name.escape_debug())]
    BadFileName { name: String, reason: &'static str },
    #[error("`{}` is there already", .0.display())]
    Exists(PathBuf),
    #[error("the store is in use by process {pid} (`{command}`) since {age}")]
    Busy { pid: u32, command: String, age: String },
    #[error("no setting `{}`", key.escape_debug())]
    UnknownSetting { key: String, near: Vec<String> },
    #[error("`{}` is no value for setting `{key}`; it takes {wanted}", value.escape_debug())]
    BadSetting { key: String, value: String, wanted: &'static str },
    #[error("could not read settings `{}`: {reason}", path.display())]
    BadSettings { path: PathBuf, reason: String },
    #[error("could not {action} in `{}`", path.display())]
    Database { action: &'static str, path: PathBuf, source: rusqlite::Error },
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

    /// Returns a wrapper that says what was done in which database when it failed.
    pub(crate) fn database(
        action: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(rusqlite::Error) -> Self {
        let path = path.into();
        move |source| Self::Database { action, path, source }
    }

    /// Returns the same failure for another who waited for the same thing.
    pub fn repeated(&self) -> Self {
        match self {
            Self::Database { action, path, source } => {
                let code = source.sqlite_error().copied();
                let code = code.unwrap_or(rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_ERROR));
                let source = rusqlite::Error::SqliteFailure(code, Some(source.to_string()));
                Self::Database { action, path: path.clone(), source }
            }
            other => {
                let source = io::Error::other(other.to_string());
                Self::Io { action: "write", path: PathBuf::from("meta.db"), source }
            }
        }
    }

    pub(crate) fn damaged(what: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Damaged { what: what.into(), reason: reason.into() }
    }
}
