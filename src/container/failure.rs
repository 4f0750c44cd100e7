//! A failure on its way from the container's first process up to the caller, through two pipes.

use std::io;

use serde::{Deserialize, Serialize};

use super::{Error, support};

/// As [`Error`], in a form that can be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Failure {
    Start { what: String, number: i32 },
    NoProgram(String),
    NotRunnable { program: String, number: i32 },
    Invalid(String),
    Unsupported { what: String, why: String },
}

pub(super) type Outcome<T> = Result<T, Failure>;

impl Failure {
    pub(super) fn start(what: impl Into<String>, error: &io::Error) -> Self {
        Self::Start { what: what.into(), number: error.raw_os_error().unwrap_or(libc::EIO) }
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        let source = io::Error::from_raw_os_error;
        match failure {
            Failure::Start { what, number: libc::ENOSYS } => {
                Self::Unsupported { what, why: support::too_old() }
            }
            Failure::Start { what, number } => Self::Start { what, source: source(number) },
            Failure::NoProgram(program) => Self::NoProgram(program),
            Failure::NotRunnable { program, number } => {
                Self::NotRunnable { program, source: source(number) }
            }
            Failure::Invalid(what) => Self::Invalid(what),
            Failure::Unsupported { what, why } => Self::Unsupported { what, why },
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let number = |source: &io::Error| source.raw_os_error().unwrap_or(libc::EIO);
        match error {
            Error::Start { what, source } => Self::Start { what, number: number(&source) },
            Error::NoProgram(program) => Self::NoProgram(program),
            Error::NotRunnable { program, source } => {
                Self::NotRunnable { program, number: number(&source) }
            }
            Error::Invalid(what) => Self::Invalid(what),
            Error::Unsupported { what, why } => Self::Unsupported { what, why },
            Error::Io { action, ref path, ref source } => Self::Start {
                what: format!("{action} `{}`", path.display()),
                number: number(source),
            },
            Error::Lost
            | Error::Cancelled
            | Error::NoContainer { .. }
            | Error::Ambiguous { .. }
            | Error::NameTaken { .. }
            | Error::NoVolume { .. }
            | Error::VolumeInUse { .. }
            | Error::Running(_)
            | Error::NotRunning(_)
            | Error::Paused(_) => Self::Start { what: error.to_string(), number: libc::EIO },
        }
    }
}

/// Says what was being done when something failed.
pub(super) trait During<T> {
    fn during(self, what: &str) -> Outcome<T>;
    /// As `during`, naming what it was done with.
    fn during_with(self, what: &str, name: &dyn std::fmt::Display) -> Outcome<T>;
}

impl<T, E: Into<io::Error>> During<T> for Result<T, E> {
    fn during(self, what: &str) -> Outcome<T> {
        self.map_err(|error| Failure::start(what, &error.into()))
    }

    fn during_with(self, what: &str, name: &dyn std::fmt::Display) -> Outcome<T> {
        self.map_err(|error| Failure::start(format!("{what} `{name}`"), &error.into()))
    }
}
