use std::io;
use std::path::PathBuf;

use crate::model;
use crate::model::score::python;
use crate::server;
use crate::store;

/// What keeps models from being served.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Store(#[from] store::Error),
    #[error(transparent)]
    Model(#[from] model::Error),
    #[error(transparent)]
    Server(#[from] server::Error),
    #[error("{version} does not load")]
    Engine { version: String, source: model::score::Error },
    #[error("{version} does not load")]
    Python { version: String, source: python::Error },
    #[error("{version} holds a pickle, `{}`: to load it runs whatever code is in it", file.escape_debug())]
    Pickle { version: String, file: String },
    #[error("{version} holds nothing that can be served: {reason}")]
    Unknown { version: String, reason: String },
    #[error("the `MLmodel` of {version} cannot be read: {reason}")]
    Damaged { version: String, reason: String },
    #[error("{version} does not answer: {reason}")]
    Unfit { version: String, reason: String },
    /// A share of a model's requests, or its shadow, where the model itself is not served.
    #[error("{version} answers beside another version of the model, and none is served")]
    Beside { version: String },
    #[error("could not {action} `{}`", path.display())]
    Io { action: &'static str, path: PathBuf, source: io::Error },
    #[error("could not read the input: {0}")]
    Input(String),
    #[error("could not write the answer")]
    Write(#[source] io::Error),
    #[error("the model gave no answer: {0}")]
    Answer(String),
}
