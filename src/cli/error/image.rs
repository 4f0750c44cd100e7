//! What the user is told when something with an image fails.

use mls::image::Error as E;

use crate::cli::error::CommandError;

impl From<E> for CommandError {
    fn from(error: E) -> Self {
        match error {
            E::Store(error) => error.into(),
            E::Layer(error) => error.into(),
            E::Rootfs(error) => error.into(),
            E::Dockerfile(error) => error.into(),
            E::Build(error) => error.into(),
            E::Container(error) => error.into(),
        }
    }
}
