//! What a failure on the way to a hub means, in words.

use std::error::Error as _;
use std::fmt::Write as _;
use std::time::Duration;

use reqwest::StatusCode;

use crate::remote::{Error, wire};
use crate::store::{Kind, Link};

/// The longest message of a hub that is shown.
const MAX_MESSAGE: usize = 300;

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
            true => match certificate(error) {
                Some(reason) => Self::Connect(reason),
                None => Self::Connect(words(error)),
            },
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

/// Returns the innermost cause, which says most.
fn words(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    let text = cause.to_string();
    let text = text.rsplit_once(" (os error").map_or(&*text, |(words, _)| words);
    shown(text)
}

/// Returns what is wrong with the other side's certificate.
fn certificate(error: &reqwest::Error) -> Option<String> {
    let mut cause = error.source();
    while let Some(inner) = cause {
        let io = inner.downcast_ref::<std::io::Error>().and_then(|io| io.get_ref());
        let tls = inner
            .downcast_ref::<rustls::Error>()
            .or_else(|| io.and_then(|io| io.downcast_ref::<rustls::Error>()));
        if let Some(tls) = tls {
            return Some(tls_words(tls));
        }
        cause = inner.source();
    }
    None
}

fn tls_words(error: &rustls::Error) -> String {
    use rustls::CertificateError as C;
    match error {
        rustls::Error::InvalidCertificate(certificate) => match certificate {
            C::Expired | C::ExpiredContext { .. } => "its certificate has expired".to_owned(),
            C::NotValidYet | C::NotValidYetContext { .. } => {
                "its certificate is not valid yet".to_owned()
            }
            C::NotValidForName | C::NotValidForNameContext { .. } => {
                "its certificate is for another name".to_owned()
            }
            C::UnknownIssuer => {
                "its certificate comes from nobody that this machine trusts".to_owned()
            }
            C::Revoked => "its certificate was revoked".to_owned(),
            other => format!("its certificate is not valid: {}", shown(&other.to_string())),
        },
        other => format!("no secure connection could be made: {}", shown(&other.to_string())),
    }
}

/// Makes a text of somebody else fit to be shown: one line, no control characters, not long.
pub(super) fn shown(text: &str) -> String {
    let mut shown = String::new();
    for c in text.trim().chars().take(MAX_MESSAGE) {
        let invisible = matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
        match c.is_control() || invisible {
            true => _ = write!(shown, "{}", c.escape_unicode()),
            false => shown.push(c),
        }
    }
    shown
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
