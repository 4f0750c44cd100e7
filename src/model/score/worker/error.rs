use std::io;
use std::time::Duration;

/// What can go wrong with a worker. What the model itself raised is an answer: [`Error::Raised`].
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("could not {action}")]
    Io { action: &'static str, source: io::Error },
    #[error("no program `{0}`")]
    NoProgram(String),
    #[error("a worker cannot be put into a container: {0}")]
    Hidden(&'static str),
    #[error("the model's worker ended before it was ready{}", quoted(.said))]
    NotReady { said: String },
    #[error("the model's worker was not ready within {} s{}", .limit.as_secs(), quoted(.said))]
    SlowStart { limit: Duration, said: String },
    #[error("the model's worker has died{}", quoted(.said))]
    Died { said: String },
    #[error("the model needed more memory than its worker may have{}", quoted(.said))]
    Starved { said: String },
    #[error("the model took longer than {} s", .0.as_secs())]
    TooSlow(Duration),
    #[error("every worker of the model is busy or starting again")]
    Busy,
    /// How long it is until one can be expected.
    #[error("every worker of the model has died; it is started again in {} s", .0.as_secs_f64().ceil())]
    Resting(Duration),
    #[error("the model's worker gave no answer that can be read: {0}")]
    Garbled(&'static str),
    /// `trace` tells where it was.
    #[error("{message}")]
    Raised { code: Option<String>, message: String, trace: String },
}

/// What a program said last, where it said something.
pub(in crate::model::score) fn quoted(said: &str) -> String {
    match said.trim() {
        "" => String::new(),
        said => format!(":\n{said}"),
    }
}
