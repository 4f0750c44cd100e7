//! What the user is told when something with an image fails.

use mls::image::Error as E;

use crate::cli::error::{CommandError, Exit, did_you_mean, hand_on};

impl From<E> for CommandError {
    fn from(error: E) -> Self {
        let error = hand_on!(
            error,
            E::Store,
            E::Registry,
            E::Layer,
            E::Rootfs,
            E::Dockerfile,
            E::Build,
            E::Container
        );
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
            | E::Container(_) => unreachable!("told above"),
        };
        Self::new(exit, error).hinted(hint)
    }
}

const GRAMMAR: &str = "A name is written as in Docker: `train:1`, `team/train`, `registry.example.com:5000/team/train:1`.";
