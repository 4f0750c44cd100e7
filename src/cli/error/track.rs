//! What the user is told when something with a run fails.

use mls::track::{Error as E, export, plot};

use crate::cli::error::{CommandError, Exit, did_you_mean, hand_on, of_io, store};
use crate::cli::text;

/// What a shell ends with when it cannot find a command, or cannot run it.
const COMMAND_NOT_FOUND: u8 = 127;
const COMMAND_NOT_RUNNABLE: u8 = 126;

impl From<E> for CommandError {
    fn from(error: E) -> Self {
        let error = hand_on!(error, E::Store);
        let hint = hint(&error);
        let code = match &error {
            E::Filter(error) => {
                let place = error.caret(|letter| text::width(letter.encode_utf8(&mut [0; 4])));
                let message = format!("{error}\n{place}");
                return Self { code: Exit::Usage as u8, cause: Some(message.into()), hint };
            }
            E::CommandNotFound(_) => COMMAND_NOT_FOUND,
            E::CommandNotRunnable { .. } => COMMAND_NOT_RUNNABLE,
            other => exit(other) as u8,
        };
        Self { code, cause: Some(error.into()), hint }
    }
}

impl From<export::Error> for CommandError {
    fn from(error: export::Error) -> Self {
        match error {
            export::Error::Read(error) => error.into(),
            export::Error::Write(error) => error.into(),
        }
    }
}

impl From<plot::Error> for CommandError {
    fn from(error: plot::Error) -> Self {
        match error {
            plot::Error::Size { .. } => {
                Self::usage(error).hint("Change `--width`, `--height` or `--scale`.")
            }
            plot::Error::Draw(_) => Self::new(Exit::Failed, error),
        }
    }
}

fn exit(error: &E) -> Exit {
    match error {
        E::Io { source, .. } => of_io(source),
        E::Filter(_) | E::BadName { .. } | E::TooLong { .. } => Exit::Usage,
        E::BadMetricValue { .. } | E::NotUtf8 { .. } => Exit::Usage,
        E::NoRun(_) | E::NoExperiment(_) | E::NoMetric { .. } => Exit::NotFound,
        E::NoLoggedModel(_) | E::NoArtifact(_) | E::NoUpload(_) => Exit::NotFound,
        E::ArtifactInTheWay { .. } | E::ArtifactsChanged(_) => Exit::Conflict,
        E::NoPart { .. } => Exit::Conflict,
        E::AmbiguousRun { .. } | E::AmbiguousExperiment { .. } => Exit::Conflict,
        E::RunIsLive(_) | E::RunHasEnded(_) | E::RunIsRemoved(_) => Exit::Conflict,
        E::ExperimentExists { .. } | E::ExperimentIsRemoved(_) => Exit::Conflict,
        E::DefaultExperiment(_) | E::ParamChanged { .. } => Exit::Conflict,
        E::SourceFailed(_) => Exit::Network,
        E::SourceDenied(_) => Exit::NotAllowed,
        E::BadSeries(_) => Exit::Damaged,
        E::BadLine { .. } | E::BadFile { .. } | E::Store(_) => Exit::Failed,
        E::CommandNotFound(_) | E::CommandNotRunnable { .. } => Exit::Failed,
        E::NotSealed { source, .. } => match source.as_ref() {
            E::Store(error) => store::exit(error),
            other => exit(other),
        },
    }
}

fn hint(error: &E) -> Option<String> {
    let hint = match error {
        E::AmbiguousRun { candidates, .. } => {
            let candidates =
                candidates.iter().map(|run| format!("`{}` ({})", &run.id.as_str()[..12], run.name));
            return Some(format!("Give more of the id: {}.", list(candidates)));
        }
        E::AmbiguousExperiment { candidates, .. } => {
            let candidates = candidates.iter().map(|id| format!("`{id}`"));
            return Some(format!("Name one by its id: {}.", list(candidates)));
        }
        E::Filter(_) => "`mls runs --help` shows what a filter may say.",
        E::NoRun(_) => "Run `mls runs` to see all runs.",
        E::NoMetric { near, .. } => {
            let show = || "Run `mls show` with the run to see its metrics.".to_owned();
            return Some(did_you_mean(near).unwrap_or_else(show));
        }
        E::NoExperiment(_) => "Run `mls experiments` to see all experiments.",
        E::RunIsLive(_) => "Wait until it has ended, or end its command.",
        E::NotSealed { .. } => {
            "Nothing of it is lost: the next command seals it, once the cause is gone."
        }
        E::RunIsRemoved(run) => {
            return Some(format!("Run `mls run-restore {run}` to have it back."));
        }
        E::ExperimentIsRemoved(_) | E::ExperimentExists { removed: true, .. } => {
            "Run `mls experiments restore` with its name to have it back."
        }
        E::ParamChanged { .. } => "A param is set once; record what changes as a metric or a tag.",
        E::BadSeries(_) => "Run `mls fsck --read-data` to find all damage.",
        E::CommandNotFound(_) => "Check the command after `--`; it is looked for in `PATH`.",
        E::SourceFailed(_) => "What came so far is here; import again to go on.",
        E::SourceDenied(_) => {
            "Set `MLFLOW_TRACKING_TOKEN`, or `MLFLOW_TRACKING_USERNAME` and `MLFLOW_TRACKING_PASSWORD`."
        }
        E::BadLine { .. } => "Correct that line and run this again.",
        E::BadMetricValue { .. } => "A metric is a number, `NaN`, `inf` or `-inf`.",
        E::Io { .. } | E::RunHasEnded(_) | E::BadName { .. } => return None,
        E::DefaultExperiment(_) | E::TooLong { .. } | E::BadFile { .. } => return None,
        E::ExperimentExists { removed: false, .. } | E::NotUtf8 { .. } => return None,
        E::CommandNotRunnable { .. } | E::Store(_) => return None,
        E::NoLoggedModel(_) | E::NoArtifact(_) | E::NoUpload(_) => return None,
        E::ArtifactInTheWay { .. } | E::ArtifactsChanged(_) | E::NoPart { .. } => return None,
    };
    Some(hint.to_owned())
}

fn list(candidates: impl Iterator<Item = String>) -> String {
    candidates.take(5).collect::<Vec<_>>().join(", ")
}
