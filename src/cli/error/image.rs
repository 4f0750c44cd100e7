//! What the user is told when something with an image fails.

use mls::image::Error as E;

use crate::cli::error::{CommandError, Exit, did_you_mean};

impl From<E> for CommandError {
    fn from(error: E) -> Self {
        let (exit, hint) = match &error {
            E::BadManifest(_)
            | E::BadArchive(_)
            | E::BadConfig(_)
            | E::UnknownMediaType(_)
            | E::TooLarge { .. } => (Exit::Damaged, None),
            E::UnsafeArchive(_) => (Exit::Unsafe, None),
            E::NoImage { near, .. } => {
                let hint = did_you_mean(near);
                (Exit::NotFound, Some(hint.unwrap_or("Run `mls images` to see all images.".into())))
            }
            E::AmbiguousImage { candidates, .. } => {
                let shown: Vec<_> =
                    candidates.iter().take(5).map(|one| format!("`{one}`")).collect();
                (Exit::Conflict, Some(format!("Give more of it: {}.", shown.join(", "))))
            }
            E::BadName { .. } => (Exit::Usage, Some(GRAMMAR.to_owned())),
            E::NoPlatform { known, .. } => {
                (Exit::NotFound, Some(format!("It is made for {}.", known.join(", "))))
            }
            E::NotRunnable(_) => (Exit::Failed, None),
            E::NoCommand(_) => (Exit::Usage, Some("Name the command after the image.".to_owned())),
            E::MissingBlob(_) => {
                (Exit::NotFound, Some("Pull the image again to have all of it.".to_owned()))
            }
            E::Store(_)
            | E::Registry(_)
            | E::Layer(_)
            | E::Rootfs(_)
            | E::Dockerfile(_)
            | E::Build(_)
            | E::Container(_) => {
                return nested(error);
            }
        };
        Self { code: exit as u8, cause: Some(error.into()), hint }
    }
}

const GRAMMAR: &str = "A name is written as in Docker: `train:1`, `team/train`, `registry.example.com:5000/team/train:1`.";

/// Faces of its own.
fn nested(error: E) -> CommandError {
    match error {
        E::Store(error) => error.into(),
        E::Registry(error) => error.into(),
        E::Layer(error) => error.into(),
        E::Rootfs(error) => error.into(),
        E::Dockerfile(error) => error.into(),
        E::Build(error) => error.into(),
        E::Container(error) => error.into(),
        other => CommandError::new(Exit::Bug, other),
    }
}
