//! Failures as other stores are told them.

use std::io::ErrorKind;

use axum::Json;
use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::response::{IntoResponse, Response};

use crate::remote::wire::{self, Told, code};
use crate::remote::{Error, Reason, Refusal};
use crate::store;

/// An answer that is no success.
#[derive(Debug)]
pub(super) struct Problem {
    status: StatusCode,
    told: Box<Told>,
}

impl Problem {
    pub(super) fn new(status: StatusCode, code: &str, message: impl ToString) -> Self {
        let told = Told { code: code.to_owned(), message: message.to_string(), ..Told::default() };
        Self { status, told: Box::new(told) }
    }

    pub(super) fn malformed(message: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code::MALFORMED, message)
    }

    pub(super) fn busy() -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, code::BUSY, "the same is being done already")
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let busy = self.told.code == code::BUSY;
        let mut response = (self.status, Json(wire::Problem { error: *self.told })).into_response();
        if busy {
            response.headers_mut().insert(RETRY_AFTER, 1.into());
        }
        response
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let message = message(&error);
        match error {
            Error::Refused(refusals) => refused(&refusals, message),
            Error::Incomplete { link, .. } => {
                let mut problem = Self::new(StatusCode::CONFLICT, code::INCOMPLETE, message);
                problem.told.object = Some(link.digest.to_string());
                problem.told.kind = Some(link.kind as u8);
                problem
            }
            Error::Malformed(_) => Self::new(StatusCode::BAD_REQUEST, code::MALFORMED, message),
            Error::Store(store::Error::Damaged { .. } | store::Error::Malformed { .. }) => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, code::DAMAGED, message)
            }
            Error::Io { source, .. } | Error::Store(store::Error::Io { source, .. })
                if is_full(source.kind()) =>
            {
                Self::new(StatusCode::INSUFFICIENT_STORAGE, code::NO_SPACE, message)
            }
            Error::Store(store::Error::Database { source, .. }) if is_database_full(&source) => {
                Self::new(StatusCode::INSUFFICIENT_STORAGE, code::NO_SPACE, message)
            }
            _ => Self::new(StatusCode::INTERNAL_SERVER_ERROR, code::FAILED, message),
        }
    }
}

impl From<store::Error> for Problem {
    fn from(error: store::Error) -> Self {
        Error::from(error).into()
    }
}

fn message(error: &Error) -> String {
    let cause = std::error::Error::source(error);
    match cause {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}

fn refused(refusals: &[Refusal], message: String) -> Problem {
    let status = match refusals.iter().all(|refusal| refusal.reason == Reason::NotAllowed) {
        true => StatusCode::FORBIDDEN,
        false => StatusCode::CONFLICT,
    };
    let mut problem = Problem::new(status, code::REFUSED, message);
    let word = |refusal: &Refusal| (refusal.name.clone(), refusal.reason.word().to_owned());
    problem.told.refs = refusals.iter().map(word).collect();
    problem
}

fn is_full(kind: ErrorKind) -> bool {
    [ErrorKind::StorageFull, ErrorKind::QuotaExceeded, ErrorKind::FileTooLarge].contains(&kind)
}

fn is_database_full(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode::{DiskFull, SystemIoFailure, TooBig};
    let code = error.sqlite_error_code();
    // SQLite does not tell a file that may not grow from a disk that fails.
    code.is_some_and(|code| [DiskFull, TooBig, SystemIoFailure].contains(&code))
}
