//! What a failure on the way to a hub means, in words.

use std::time::Duration;

use reqwest::StatusCode;

use crate::remote::connect::{Stop, shown, words};
use crate::remote::{Error, wire};
use crate::store::{Kind, Link};

/// Why one try failed.
#[derive(Debug)]
pub(super) enum Fault {
    /// Nobody could be reached.
    Connect(String),
    /// The connection ended before its time.
    Cut(String),
    /// Hardly anything moved for too long.
    Stalled(Duration),
    /// The hub asks for patience, or has failed.
    Later { message: String, after: Option<Duration> },
    /// What is there of an upload ends elsewhere.
    Elsewhere,
    /// It makes no sense to try again.
    Final(Error),
}

impl Fault {
    pub(super) fn of(error: &reqwest::Error) -> Self {
        match error.is_connect() {
            true => Self::Connect(words(error)),
            false => Self::Cut(words(error)),
        }
    }

    /// Returns what the user is told when this was the last try.
    pub(super) fn give_up(self, address: &str) -> Error {
        let address = address.to_owned();
        let reason = match self {
            Self::Final(error) => return error,
            Self::Connect(reason) => reason,
            Self::Cut(reason) => format!("the connection was cut off: {reason}"),
            Self::Stalled(time) => {
                format!("next to nothing arrived for {} seconds", time.as_secs().max(1))
            }
            Self::Later { message, .. } => message,
            Self::Elsewhere => return Error::Changing { address },
        };
        Error::Unreachable { address, reason }
    }
}

impl From<Stop> for Fault {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Stalled(time) => Self::Stalled(time),
            Stop::Broken(error) => Self::of(&error),
        }
    }
}

/// Makes an answer that is no success a fault.
pub(super) fn of_status(
    address: &str,
    status: StatusCode,
    after: Option<Duration>,
    body: &[u8],
) -> Fault {
    let told = serde_json::from_slice::<wire::Problem>(body).map(|problem| problem.error).ok();
    let message = match &told {
        Some(told) => shown(&told.message),
        None => plain_message(body).unwrap_or_else(|| format!("HTTP {status}")),
    };
    let address = address.to_owned();
    let error = match (status.as_u16(), told) {
        (429 | 502 | 503 | 504, _) => return Fault::Later { message, after },
        (408, _) => return Fault::Cut(message),
        (507, _) => Error::Full { address, message },
        (401, _) => Error::Denied { address, login: true, message },
        (403, Some(told)) if !told.refs.is_empty() => Error::Refused(wire::refusals(&told.refs)),
        (403, _) => Error::Denied { address, login: false, message },
        (_, Some(told)) => match told.code.as_str() {
            wire::code::REFUSED => Error::Refused(wire::refusals(&told.refs)),
            wire::code::INCOMPLETE => match object(&told) {
                Some(link) => Error::Incomplete { place: "the other store", link },
                None => Error::Nonsense { address, reason: message },
            },
            wire::code::OFFSET => return Fault::Elsewhere,
            wire::code::DAMAGED => Error::Rejected { address, message },
            wire::code::NOT_FOUND => Error::Changing { address },
            wire::code::BUSY => return Fault::Later { message, after },
            _ if status.is_server_error() => return Fault::Later { message, after },
            _ => Error::HubFailed { address, message },
        },
        (300..=399 | 404 | 405 | 200, None) => Error::NoHub { address, reason: message },
        (500..=599, None) => return Fault::Later { message, after },
        (_, None) => Error::HubFailed { address, message },
    };
    Fault::Final(error)
}

/// Returns what the shell around all faces says: it knows no codes of this one.
fn plain_message(body: &[u8]) -> Option<String> {
    let value: serde_json::Value = serde_json::from_slice(body).ok()?;
    value.get("error")?.get("message")?.as_str().map(shown)
}

fn object(told: &wire::Told) -> Option<Link> {
    let digest = told.object.as_ref()?.parse().ok()?;
    let kind = if told.kind == Some(0) { Kind::Blob } else { Kind::Node };
    Some(Link { digest, kind })
}
