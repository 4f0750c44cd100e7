//! What the user is told when a container fails.

use mls::container::Error as E;

use crate::cli::error::{CommandError, Exit, did_you_mean, of_io};

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
            E::NoContainer { near, .. } => (
                Exit::NotFound,
                Some(did_you_mean(near).unwrap_or("`mls ps -a` lists the containers.".to_owned())),
            ),
            E::Ambiguous { candidates, .. } => {
                let short: Vec<&str> =
                    candidates.iter().map(|id| id.get(..16).unwrap_or(id)).collect();
                (Exit::Conflict, Some(format!("It may be {}.", short.join(", "))))
            }
            E::NameTaken { name, .. } => {
                let hint = format!("Remove that one with `mls rm {name}`, or take another name.");
                (Exit::Conflict, Some(hint))
            }
            E::NoVolume { near, .. } => (
                Exit::NotFound,
                Some(did_you_mean(near).unwrap_or("`mls volume ls` lists them.".to_owned())),
            ),
            E::VolumeInUse { containers, .. } => {
                let short: Vec<&str> =
                    containers.iter().map(|id| id.get(..12).unwrap_or(id)).collect();
                let hint = format!("Remove these first with `mls rm`: {}.", short.join(", "));
                (Exit::Conflict, Some(hint))
            }
            E::Running(_) => (Exit::Conflict, Some("Stop it with `mls stop`.".to_owned())),
            E::NotRunning(_) => (Exit::Conflict, Some("Start it with `mls start`.".to_owned())),
            E::Paused(_) => (Exit::Conflict, Some("Let it go on with `mls unpause`.".to_owned())),
            E::Unsupported { .. } => {
                let hint = "`mls doctor` tells what brings it.";
                (Exit::Failed, Some(hint.to_owned()))
            }
        };
        Self::new(exit, error).hinted(hint)
    }
}
