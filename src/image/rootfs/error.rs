use std::path::PathBuf;

use crate::image::layer;
use crate::store;

/// What can go wrong with the file system of an image.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("could not {action} `{}`", path.display())]
    Io { action: &'static str, path: PathBuf, source: std::io::Error },
    #[error(transparent)]
    Store(#[from] store::Error),
    #[error(transparent)]
    Layer(#[from] layer::Error),
    /// An entry of a layer that would reach out of the root.
    #[error("the layer's entry `{path}` is refused: {reason}")]
    Unsafe { path: String, reason: &'static str },
    /// An entry of a layer that makes no sense.
    #[error("the layer's entry `{path}` is malformed: {reason}")]
    Malformed { path: String, reason: &'static str },
    #[error("there is no `{0}` in the image")]
    NotFound(String),
    #[error("`{0}` in the image is no folder")]
    NotAFolder(String),
    #[error("`{0}` in the image leads through more than 40 symbolic links")]
    Loop(String),
    #[error("`{path}` in the image has {size} bytes, and at most {limit} are read")]
    TooLarge { path: String, size: u64, limit: u64 },
    #[error("`{path}` cannot be kept in a layer: {reason}")]
    NoName { path: String, reason: &'static str },
    #[error("nothing can be mounted at `{}`", .0.display())]
    NoMount(PathBuf),
}

impl Error {
    pub(super) fn io(
        action: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { action, path, source }
    }

    /// As [`Self::io`], for what the system itself answers.
    pub(super) fn os(
        action: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(rustix::io::Errno) -> Self {
        let path = path.into();
        move |errno| Self::Io { action, path, source: errno.into() }
    }

    /// Whether it was gone when it was looked at.
    pub(super) fn is_not_found(&self) -> bool {
        matches!(self, Self::Io { source, .. } if source.kind() == std::io::ErrorKind::NotFound)
    }

    pub(super) fn unsafe_entry(path: &[u8], reason: &'static str) -> Self {
        Self::Unsafe { path: shown(path), reason }
    }

    pub(super) fn malformed(path: &[u8], reason: &'static str) -> Self {
        Self::Malformed { path: shown(path), reason }
    }
}

/// Returns a path from a layer as it may be printed: nothing in it can steer a terminal.
pub(super) fn shown(path: &[u8]) -> String {
    path.escape_ascii().to_string()
}
