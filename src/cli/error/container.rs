//! What the user is told when a container fails.

use mls::container::Error as E;

use crate::cli::error::{CommandError, Exit, of_io};

impl From<E> for CommandError {
    fn from(error: E) -> Self {
        let (exit, hint): (Exit, Option<String>) = match &error {
            E::Io { source, .. } => {
                let exit = of_io(source);
                (exit, exit.hint().map(str::to_owned))
            }
            E::Start { source, .. } => {
                let hint = "`mls doctor` tells what this machine lacks for containers.";
                (of_io(source), Some(hint.to_owned()))
            }
            E::NoProgram(_) | E::NotRunnable { .. } | E::Lost | E::Cancelled => {
                (Exit::Failed, None)
            }
            E::Invalid(_) => (Exit::Usage, None),
            E::Unsupported { .. } => {
                let hint = "`mls doctor` tells what brings it.";
                (Exit::Failed, Some(hint.to_owned()))
            }
        };
        Self { code: exit as u8, cause: Some(error.into()), hint }
    }
}
