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
}
