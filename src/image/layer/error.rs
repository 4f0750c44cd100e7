use std::io;

use crate::image::layer::Compression;
use crate::store;

/// What can be wrong with a layer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("could not {action}")]
    Io { action: &'static str, source: io::Error },
    #[error(transparent)]
    Store(#[from] store::Error),
    /// What a tar says of itself that is not to be believed.
    #[error("the layer is malformed: {0}")]
    Malformed(String),
    #[error("the layer's {what} is {found}, not {expected}")]
    Mismatch { what: &'static str, expected: String, found: String },
    #[error("the layer is {found}, not {expected}")]
    WrongCompression { expected: Compression, found: Compression },
    #[error("the layer has more than {limit} {what}")]
    TooMuch { what: &'static str, limit: u64 },
    /// What is to go into a layer made here cannot be said in a tar.
    #[error("`{}` cannot go into a layer: {reason}", path.escape_debug())]
    Unfit { path: String, reason: String },
    #[error("no compressor of this program is called `{}`", .0.escape_debug())]
    UnknownCompressor(String),
}

impl Error {
    /// Returns a wrapper that says what was done when it failed.
    pub(crate) fn io(action: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { action, source }
    }
}
