//! What the user is told when a build fails.

use mls::image::build::Error as E;

use crate::cli::error::{CommandError, Exit, did_you_mean, of_io};

const INSTEAD_OF_ADD: &str =
    "Use `COPY` for files of the context; fetch or unpack others in a `RUN`.";

impl From<E> for CommandError {
    fn from(error: E) -> Self {
        let error = match error {
            E::Dockerfile(error) => return Self::from(error),
            other => other,
        };
        let (exit, hint): (Exit, Option<String>) = match &error {
            E::Dockerfile(_) => (Exit::Usage, None),
            E::NoStage { near, known, .. } => {
                (Exit::NotFound, did_you_mean(near).or_else(|| stages(known)))
            }
            E::Io { source, .. } => {
                let exit = of_io(source);
                (exit, exit.hint().map(str::to_owned))
            }
            E::Step { source, .. } => (Exit::Failed, of_step(source)),
            E::NoSource { near, .. } => (Exit::NotFound, did_you_mean(near)),
            E::IgnoredSource(_) => {
                let hint = "An exception helps: a line with `!` before the path, after the others.";
                (Exit::NotFound, Some(hint.to_owned()))
            }
            E::Pattern(_) | E::NotOneSource(_) | E::BadMode(_) => (Exit::Usage, None),
            E::InTheWay { .. } | E::Uncopyable { .. } | E::LinkLoop(_) => (Exit::Failed, None),
            E::NoSuchOwner { .. } => {
                let hint = "Write a number, or make the user in a step before.";
                (Exit::NotFound, Some(hint.to_owned()))
            }
            E::Command { .. } => (Exit::Failed, None),
            E::NoSecret(id) => {
                (Exit::NotFound, Some(format!("Give it with `--secret id={id},src=FILE`.")))
            }
            E::NoAgent(id) => (Exit::NotFound, Some(format!("Give it with `--ssh {id}`."))),
            E::NoAdd => (Exit::Failed, Some(INSTEAD_OF_ADD.to_owned())),
            E::Cancelled => (Exit::Failed, None),
        };
        Self { code: exit as u8, cause: Some(error.into()), hint }
    }
}

/// Returns what helps against what made a step fail.
fn of_step(source: &mls::image::Error) -> Option<String> {
    match source {
        mls::image::Error::Build(E::NoSource { near, .. }) => did_you_mean(near),
        mls::image::Error::Build(E::IgnoredSource(_)) => Some(
            "An exception helps: a line with `!` before the path, after the others.".to_owned(),
        ),
        mls::image::Error::Build(E::NoSecret(id)) => {
            Some(format!("Give it with `--secret id={id},src=FILE`."))
        }
        mls::image::Error::Build(E::NoAgent(id)) => Some(format!("Give it with `--ssh {id}`.")),
        mls::image::Error::Build(E::NoAdd) => Some(INSTEAD_OF_ADD.to_owned()),
        _ => None,
    }
}

fn stages(known: &[String]) -> Option<String> {
    match known {
        [] => Some("No stage has a name: `FROM image AS name` gives one.".to_owned()),
        known => Some(format!("The stages are {}.", known.join(", "))),
    }
}
