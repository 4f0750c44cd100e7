use std::path::PathBuf;

/// What can go wrong with containers.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("could not {action} `{}`", path.display())]
    Io { action: &'static str, path: PathBuf, source: std::io::Error },
    /// A step on the way to the command; `what` says which.
    #[error("could not start the container: {what}")]
    Start { what: String, source: std::io::Error },
    #[error("no program `{0}` in the container")]
    NoProgram(String),
    #[error("`{program}` in the container cannot be run")]
    NotRunnable { program: String, source: std::io::Error },
    #[error("the container's process ended before it said how the command did")]
    Lost,
    #[error("the command was stopped")]
    Cancelled,
    #[error("{0}")]
    Invalid(String),
    /// What this machine cannot do, though another could.
    #[error("{what} cannot be had here: {why}")]
    Unsupported { what: String, why: String },
    #[error("no container `{}`", name.escape_debug())]
    NoContainer { name: String, near: Vec<String> },
    #[error("`{}` may be any of {} containers", name.escape_debug(), candidates.len())]
    Ambiguous { name: String, candidates: Vec<String> },
    #[error("the name `{name}` is taken by the container {}", id.get(..12).unwrap_or(id))]
    NameTaken { name: String, id: String },
    #[error("no volume `{}`", name.escape_debug())]
    NoVolume { name: String, near: Vec<String> },
    #[error("the volume `{name}` is in use")]
    VolumeInUse { name: String, containers: Vec<String> },
    #[error("the container `{}` is running", .0.get(..12).unwrap_or(.0))]
    Running(String),
    #[error("the container `{}` is not running", .0.get(..12).unwrap_or(.0))]
    NotRunning(String),
    #[error("the container `{}` is paused", .0.get(..12).unwrap_or(.0))]
    Paused(String),
}

impl Error {
    /// Returns the exit code that Docker gives to a command that cannot be started.
    pub fn code(&self) -> i32 {
        match self {
            Self::NoProgram(_) => 127,
            Self::NotRunnable { .. } => 126,
            _ => 125,
        }
    }
}
