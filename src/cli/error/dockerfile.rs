//! What the user is told when a Dockerfile is wrong.

use mls::image::dockerfile::Error as E;

use crate::cli::error::{CommandError, Exit};

impl From<E> for CommandError {
    fn from(error: E) -> Self {
        Self::new(Exit::Usage, error)
    }
}
