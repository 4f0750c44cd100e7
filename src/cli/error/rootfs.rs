//! What the user is told when the file system of an image fails.

use mls::image::rootfs::Error as E;

use crate::cli::error::{CommandError, Exit, of_io};

impl From<E> for CommandError {
    fn from(error: E) -> Self {
        let error = match error {
            E::Store(error) => return error.into(),
            E::Layer(error) => return error.into(),
            error => error,
        };
        let (exit, hint): (Exit, Option<String>) = match &error {
            E::Store(_) | E::Layer(_) => unreachable!("told above"),
            E::Io { source, .. } => {
                let exit = of_io(source);
                (exit, exit.hint().map(str::to_owned))
            }
            E::Unsafe { .. } => (Exit::Unsafe, None),
            E::Malformed { .. } => (Exit::Damaged, None),
            E::NotFound(_) => (Exit::NotFound, None),
            E::NotAFolder(_) | E::Loop(_) | E::NoMount(_) | E::NoName { .. } => {
                (Exit::Failed, None)
            }
            E::TooLarge { .. } => (Exit::NoSpace, None),
        };
        Self { code: exit as u8, cause: Some(error.into()), hint }
    }
}
