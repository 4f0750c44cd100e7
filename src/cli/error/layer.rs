//! What the user is told when a layer is not as it should be.

use mls::image::layer::Error as E;

use crate::cli::error::{CommandError, Exit, of_io};

impl From<E> for CommandError {
    fn from(error: E) -> Self {
        let (exit, hint): (Exit, Option<String>) = match &error {
            E::Io { source, .. } => {
                let exit = of_io(source);
                (exit, exit.hint().map(str::to_owned))
            }
            E::Malformed(_) => (Exit::Damaged, None),
        };
        Self { code: exit as u8, cause: Some(error.into()), hint }
    }
}
