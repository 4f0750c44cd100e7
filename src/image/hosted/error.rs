use crate::image;
use crate::store;

/// Why a registry cannot do what it is asked. A new variant must find its answer in `server/oci`.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Image(#[from] image::Error),
    #[error("`{}` is no name for a repository", .0.escape_debug())]
    BadName(String),
    #[error("`{}` is no tag", .0.escape_debug())]
    BadTag(String),
    #[error("no upload `{}`", .0.escape_debug())]
    NoUpload(String),
    #[error("the upload has {at} bytes; what comes must begin there")]
    OutOfOrder { at: u64 },
    #[error("there are {0} uploads that nobody has finished")]
    TooManyUploads(u64),
    #[error("a blob has at most {0} bytes")]
    TooLarge(u64),
    /// A blob that an image needs.
    #[error("the blob is part of an image")]
    InUse,
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        Self::Image(error.into())
    }
}
