//! What an answer that is no success means, and whether it helps to ask again.

use std::time::Duration;

use reqwest::StatusCode;
use serde::Deserialize;

use crate::remote::connect::{Stop, shown, words};
use crate::remote::registry::Error;

/// Why one try failed.
#[derive(Debug)]
pub(super) enum Fault {
    /// Nobody could be reached.
    Connect(String),
    /// The connection ended before its time, or nothing moved on it.
    Cut(String),
    /// The registry asks for patience.
    Busy {
        message: String,
        after: Option<Duration>,
    },
    /// The registry has failed.
    Failed {
        message: String,
        after: Option<Duration>,
    },
    /// The registry has said no; the same question gets the same answer.
    Said {
        status: StatusCode,
        error: Error,
    },
    Final(Error),
}

impl Fault {
    pub(super) fn of(error: &reqwest::Error) -> Self {
        match error.is_connect() {
            true => Self::Connect(words(error)),
            false => Self::Cut(words(error)),
        }
    }

    pub(super) fn stalled(time: Duration) -> Self {
        Self::Cut(format!("next to nothing moved for {} seconds", time.as_secs().max(1)))
    }

    /// Returns whether the registry has said no with this status.
    pub(super) fn is(&self, statuses: &[u16]) -> bool {
        matches!(self, Self::Said { status, .. } if statuses.contains(&status.as_u16()))
    }

    /// Returns how long to wait before another try; nothing where none helps.
    pub(super) const fn pause(&self) -> Option<Option<Duration>> {
        match self {
            Self::Connect(_) | Self::Cut(_) => Some(None),
            Self::Busy { after, .. } | Self::Failed { after, .. } => Some(*after),
            Self::Said { .. } | Self::Final(_) => None,
        }
    }

    /// Returns what the user is told when this was the last try.
    pub(super) fn give_up(self, registry: &str) -> Error {
        let registry = registry.to_owned();
        match self {
            Self::Connect(reason) => Error::Unreachable { registry, reason },
            Self::Cut(reason) => {
                let reason = format!("the connection was cut off: {reason}");
                Error::Unreachable { registry, reason }
            }
            Self::Busy { message, .. } => Error::Busy { registry, message },
            Self::Failed { message, .. } => Error::Failed { registry, message },
            Self::Said { error, .. } | Self::Final(error) => error,
        }
    }
}

impl From<Stop> for Fault {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Stalled(time) => Self::stalled(time),
            Stop::Broken(error) => Self::of(&error),
        }
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::Final(error)
    }
}

#[derive(Deserialize)]
struct Problems {
    errors: Vec<Problem>,
}

#[derive(Deserialize)]
struct Problem {
    #[serde(default)]
    code: String,
    #[serde(default)]
    message: String,
}

/// Makes a fault of an answer to a question about `what`.
pub(super) fn of_status(
    registry: &str,
    what: &str,
    status: StatusCode,
    after: Option<Duration>,
    body: &[u8],
) -> Fault {
    let message = message(status, body);
    let (registry, what) = (registry.to_owned(), what.to_owned());
    let error = match status.as_u16() {
        429 => return Fault::Busy { message, after },
        408 => return Fault::Cut(message),
        500..=599 => return Fault::Failed { message, after },
        401 => Error::Denied { registry, login: true, message },
        403 => Error::Denied { registry, login: false, message },
        404 => Error::NotFound { registry, what },
        300..=399 => {
            let reason = format!("it sends us elsewhere with HTTP {status} and does not say where");
            Error::Nonsense { registry, reason }
        }
        _ => Error::Refused { registry, what, message },
    };
    Fault::Said { status, error }
}

/// Returns what the registry says in its own words: those of its first error (distribution-spec, error codes).
fn message(status: StatusCode, body: &[u8]) -> String {
    let problems = serde_json::from_slice::<Problems>(body).map(|problems| problems.errors);
    let first = problems.ok().and_then(|problems| problems.into_iter().next());
    match first {
        Some(Problem { code, message }) if message.is_empty() && !code.is_empty() => shown(&code),
        Some(Problem { code, message }) if !message.is_empty() => {
            shown(&format!("{message} ({code})")).replace(" ()", "")
        }
        _ => format!("HTTP {status}"),
    }
}
