use std::io;

use crate::remote::registry::{Digest, ParseReferenceError};

/// What can go wrong with a registry. A new variant must find its hint and exit code in `cli/error`.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    BadReference(#[from] ParseReferenceError),
    #[error("could not reach registry `{registry}`: {reason}")]
    Unreachable { registry: String, reason: String },
    #[error("registry `{registry}` does not let us: {message}")]
    Denied { registry: String, login: bool, message: String },
    #[error("registry `{registry}` has no {what}")]
    NotFound { registry: String, what: String },
    #[error("registry `{registry}` refused {what}: {message}")]
    Refused { registry: String, what: String, message: String },
    #[error("registry `{registry}` asks for patience: {message}")]
    Busy { registry: String, message: String },
    #[error("registry `{registry}` failed: {message}")]
    Failed { registry: String, message: String },
    #[error("registry `{registry}` answered what makes no sense: {reason}")]
    Nonsense { registry: String, reason: String },
    /// Bytes are not those that their digest, size or type promised.
    #[error("registry `{registry}` gave another {what} than it promised: {reason}")]
    Lied { registry: String, what: String, reason: String },
    #[error("{what} is larger than {limit} bytes")]
    TooLarge { what: String, limit: u64 },
    #[error("registry `{registry}` sends us where we do not go: {reason}")]
    Unsafe { registry: String, reason: String },
    /// A token server that is neither the registry nor named in the settings.
    #[error("registry `{registry}` wants the login to be sent to `{host}`")]
    TokenHost { registry: String, host: String },
    #[error("{what} is of a kind that mls does not take: {reason}")]
    Unsupported { what: String, reason: String },
    #[error("{0} lies behind a URL outside of the registry")]
    Foreign(Digest),
    #[error("the settings for registry `{registry}` make no sense: {reason}")]
    Settings { registry: String, reason: String },
    /// What was to be sent could not be read.
    #[error("could not read what is sent")]
    Source(#[source] io::Error),
}
