use crate::model::score::worker;

/// What can go wrong with a model in Python, or with what it is to run in.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Worker(worker::Error),
    #[error("line {line} of the model's requirements is no plain requirement: `{}`", text.escape_debug())]
    Requirement { line: usize, text: String },
    #[error("`{tool}` could not make the model's environment{}", worker::quoted(.said))]
    Install { tool: String, said: String },
    #[error("no Python interpreter `{0}`")]
    NoPython(String),
}

impl From<worker::Error> for Error {
    fn from(error: worker::Error) -> Self {
        match error {
            worker::Error::NoProgram(name) => Self::NoPython(name),
            other => Self::Worker(other),
        }
    }
}
