use crate::container;
use crate::image::{build, dockerfile, layer, rootfs};
use crate::remote::registry::{self, Digest};
use crate::store;

/// What can go wrong with images. A new variant must find its hint and exit code in `cli/error` and its answer in `server`.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Store(#[from] store::Error),
    #[error(transparent)]
    Registry(#[from] registry::Error),
    #[error(transparent)]
    Layer(#[from] layer::Error),
    #[error(transparent)]
    Rootfs(#[from] rootfs::Error),
    #[error(transparent)]
    Dockerfile(#[from] dockerfile::Error),
    #[error(transparent)]
    Build(#[from] build::Error),
    #[error(transparent)]
    Container(#[from] container::Error),
    #[error("the manifest is not sound: {0}")]
    BadManifest(String),
    #[error("the config of the image is not sound: {0}")]
    BadConfig(String),
    #[error("`{}` is no manifest that this program knows", .0.escape_debug())]
    UnknownMediaType(String),
    #[error("{what} is too large: {size} bytes, at most {limit}")]
    TooLarge { what: &'static str, size: u64, limit: u64 },
    #[error("no image `{}`", name.escape_debug())]
    NoImage { name: String, near: Vec<String> },
    #[error("`{}` may be any of {} images", name.escape_debug(), candidates.len())]
    AmbiguousImage { name: String, candidates: Vec<String> },
    #[error("`{}` is no name for an image: {reason}", name.escape_debug())]
    BadName { name: String, reason: String },
    #[error("the image is not made for {wanted}")]
    NoPlatform { wanted: String, known: Vec<String> },
    #[error("the image is no container image: its config is `{}`", .0.escape_debug())]
    NotRunnable(String),
    #[error("`{}` says no command to run", .0.escape_debug())]
    NoCommand(String),
    #[error("{0}, which the image needs, is not in the store")]
    MissingBlob(Digest),
    #[error("the archive is not sound: {0}")]
    BadArchive(String),
    #[error("the archive has an entry `{}`, which leads out of it", .0.escape_debug())]
    UnsafeArchive(String),
}
