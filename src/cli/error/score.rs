//! What the user is told when a model cannot be served, or gives no answer.

use mls::model::score::python;
use mls::server::score::Error as E;

use crate::cli::error::{CommandError, Exit, hand_on, of_io};

impl From<E> for CommandError {
    fn from(error: E) -> Self {
        let error = hand_on!(error, E::Store, E::Model, E::Server, E::Write);
        let (exit, hint) = match &error {
            E::Store(_) | E::Model(_) | E::Server(_) | E::Write(_) => unreachable!("told above"),
            E::Pickle { .. } => {
                (Exit::Unsafe, Some("Give `--allow-pickle` if you trust whoever made it."))
            }
            E::Python { source: python::Error::Requirement { .. }, .. } => {
                (Exit::Unsafe, Some("Give `--env local` to run it in the present interpreter."))
            }
            E::Python { source: python::Error::NoPython(_), .. } => {
                (Exit::Failed, Some("Put `python3` on the PATH; it runs models that need Python."))
            }
            E::Python { .. } => (Exit::Failed, None),
            E::Engine { .. } | E::Damaged { .. } | E::Unknown { .. } | E::Unfit { .. } => {
                (Exit::Failed, None)
            }
            E::Beside { .. } => (
                Exit::Usage,
                Some("Name the model itself too: `mls serve iris --canary iris@v4=10`."),
            ),
            E::Io { source, .. } => (of_io(source), None),
            E::Input(_) => (Exit::Failed, None),
            E::Answer(_) => (Exit::Failed, None),
        };
        Self::new(exit, error).hinted(hint)
    }
}
