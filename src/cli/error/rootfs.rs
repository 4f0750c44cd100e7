//! What the user is told when the file system of an image fails.

use mls::image::rootfs::Error as E;

use crate::cli::error::{CommandError, Exit, of_io};

impl From<E> for CommandError {
    fn from(error: E) -> Self {
        let (exit, hint): (Exit, Option<String>) = match &error {
            E::Io { source, .. } => {
                let exit = of_io(source);
                (exit, exit.hint().map(str::to_owned))
            }
        };
        Self { code: exit as u8, cause: Some(error.into()), hint }
    }
}
