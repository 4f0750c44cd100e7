//! What the user is told when a layer is not as it should be.

use mls::image::layer::Error as E;

use crate::cli::error::{CommandError, Exit, hand_on, of_io};

impl From<E> for CommandError {
    fn from(error: E) -> Self {
        let error = hand_on!(error, E::Store);
        let (exit, hint) = match &error {
            E::Io { source, .. } => {
                let exit = of_io(source);
                (exit, exit.hint())
            }
            E::Store(_) => unreachable!("told above"),
            E::Malformed(_) | E::Mismatch { .. } | E::WrongCompression { .. } => (
                Exit::Damaged,
                Some("Fetch it again; if it stays so, whoever made it has to make it anew."),
            ),
            E::TooMuch { .. } => {
                (Exit::Unsafe, Some("A layer that unpacks to so much is taken for an attack."))
            }
            E::Unfit { .. } => (Exit::Failed, None),
            E::UnknownCompressor(_) => {
                (Exit::Unsupported, Some("Another version of mls compressed it; use that one."))
            }
        };
        Self::new(exit, error).hinted(hint)
    }
}
