use std::io;
use std::path::{Path, PathBuf};

use crate::model::signature::ParseError;
use crate::store;
use crate::track;
use crate::track::filter;

/// What can go wrong with models. A new variant must find its hint and exit code in `cli/error` and its answer in `server`.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Store(#[from] store::Error),
    #[error(transparent)]
    Track(#[from] track::Error),
    #[error(transparent)]
    Filter(#[from] filter::ParseError),
    #[error("`{}` is no {what} name: {reason}", name.escape_debug())]
    BadName { what: &'static str, name: String, reason: &'static str },
    #[error("{what} `{}` is too long: {size} characters, at most {limit}", name.escape_debug())]
    TooLong { what: &'static str, name: String, size: usize, limit: usize },
    #[error("no model `{}`", name.escape_debug())]
    NoModel { name: String, near: Vec<String> },
    #[error("no version {number} of model `{}`", name.escape_debug())]
    NoVersion { name: String, number: u64, known: Vec<u64> },
    #[error("model `{}` has no version", .0.escape_debug())]
    NoVersions(String),
    #[error("model `{}` has no alias `{}`", name.escape_debug(), alias.escape_debug())]
    NoAlias { name: String, alias: String, known: Vec<String> },
    #[error("model `{}` is there already", name.escape_debug())]
    ModelExists { name: String, is_prompt: bool },
    #[error("version {number} of model `{}` is there already", name.escape_debug())]
    VersionExists { name: String, number: u64 },
    #[error("{what} `{}` differs from `{}` only in upper and lower case", name.escape_debug(), other.escape_debug())]
    OnlyCase { what: &'static str, name: String, other: String },
    #[error("versions up to {last} of `{}` once were another model's", name.escape_debug())]
    NumbersWereGiven { name: String, last: u64 },
    #[error("`{}` is no stage", .0.escape_debug())]
    BadStage(String),
    #[error("versions in stage {0} cannot be archived by a move to it")]
    CannotArchive(&'static str),
    #[error("could not sort by `{}`: {reason}", clause.escape_debug())]
    BadOrder { clause: String, reason: &'static str },
    #[error("the content of `{}` is not in this store: its source is `{}`", version.escape_debug(), source_uri.escape_debug())]
    NoContent { version: String, source_uri: String },
    #[error("`{}` has changed too often while it was to be changed", .0.escape_debug())]
    Crowded(String),
    #[error("{} is not what it seems to be: {reason}", shown(path))]
    BadContent { path: String, reason: String },
    #[error("`{}` is refused: {reason}", path.escape_debug())]
    Unsafe { path: String, reason: String },
    #[error(transparent)]
    BadSignature(#[from] ParseError),
    #[error("alias `{}` of model `{}` has meant no other version before", alias.escape_debug(), name.escape_debug())]
    NothingBefore { name: String, alias: String },
    #[error("could not {action} `{}`", path.display())]
    Io { action: &'static str, path: PathBuf, source: io::Error },
}

impl Error {
    /// Names what was done to which path; for `map_err`.
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { action, path, source }
    }
}

/// A model of one file has no path inside.
fn shown(path: &str) -> String {
    match path {
        "" => "the file".to_owned(),
        path => format!("`{}`", path.escape_debug()),
    }
}
