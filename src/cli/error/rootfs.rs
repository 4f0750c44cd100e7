//! What the user is told when the file system of an image fails.

use mls::image::rootfs::Error as E;

use crate::cli::error::{CommandError, Exit, hand_on, of_io};

impl From<E> for CommandError {
    fn from(error: E) -> Self {
        let error = hand_on!(error, E::Store, E::Layer);
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
        Self::new(exit, error).hinted(hint)
    }
}
