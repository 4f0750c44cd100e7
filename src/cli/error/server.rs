//! What the user is told when a server cannot run.

use mls::server::Error as E;

use crate::cli::error::{CommandError, Exit};

impl From<E> for CommandError {
    fn from(error: E) -> Self {
        match error {
            E::Store(error) => error.into(),
            E::Token(error) => error.into(),
            E::Certificate { .. } => Self::new(Exit::Failed, error)
                .hint("Give the certificate with those above it, and its key, as PEM files."),
            E::Track(error) => error.into(),
            E::Listen { .. } => Self::new(Exit::Network, error)
                .hint("Choose another with `--port`; 0 takes any that is free."),
            E::System { .. } => Self::new(Exit::Failed, error),
        }
    }
}
