//! What the user is told when a build fails.

use mls::image::build::Error as E;
use mls::remote::download::Error as D;

use crate::cli::error::{CommandError, Exit, did_you_mean, hand_on, of_io};

impl From<E> for CommandError {
    fn from(error: E) -> Self {
        let error = hand_on!(error, E::Dockerfile);
        let (exit, hint): (Exit, Option<String>) = match &error {
            E::Dockerfile(_) => unreachable!("told above"),
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
            E::NoSuchOwner { .. } => (Exit::NotFound, Some(OWNER.to_owned())),
            E::Command { .. } => (Exit::Failed, None),
            E::NoSecret(id) => {
                (Exit::NotFound, Some(format!("Give it with `--secret id={id},src=FILE`.")))
            }
            E::NoAgent(id) => (Exit::NotFound, Some(format!("Give it with `--ssh {id}`."))),
            E::Fetch(error) => of_fetch(error),
            E::BadAddress { .. } => (Exit::Usage, None),
            E::Checksum { .. } => (Exit::Damaged, None),
            E::Git { .. } => (Exit::Network, None),
            E::NoGit => (Exit::NotFound, Some(NO_GIT.to_owned())),
            E::Checks(_) => {
                let hint = "`# check=error=true` makes a finding a failure; `mls build --check` shows each.";
                (Exit::Failed, Some(hint.to_owned()))
            }
            E::Cancelled => (Exit::Failed, None),
        };
        Self::new(exit, error).hinted(hint)
    }
}

const OWNER: &str = "Write a number, or make the user in a step before.";

const NO_GIT: &str = "Install git: repositories are fetched by it.";

fn of_fetch(error: &D) -> (Exit, Option<String>) {
    let exit = match error {
        D::BadAddress(_) => Exit::Usage,
        D::Unreachable { .. } => Exit::Network,
        D::Refused { status: 404 | 410, .. } => Exit::NotFound,
        D::Refused { status: 401 | 403, .. } => Exit::NotAllowed,
        D::Refused { .. } => Exit::Network,
        D::Unsafe { .. } => Exit::Unsafe,
        D::TooLarge { .. } => Exit::NoSpace,
        D::Io { source, .. } => of_io(source),
        D::Cancelled => Exit::Failed,
    };
    (exit, None)
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
        mls::image::Error::Build(E::NoSuchOwner { .. }) => Some(OWNER.to_owned()),
        mls::image::Error::Build(E::NoGit) => Some(NO_GIT.to_owned()),
        _ => None,
    }
}

fn stages(known: &[String]) -> Option<String> {
    match known {
        [] => Some("No stage has a name: `FROM image AS name` gives one.".to_owned()),
        known => Some(format!("The stages are {}.", known.join(", "))),
    }
}
