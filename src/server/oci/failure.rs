//! What goes wrong, in the words of the distribution specification.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::image::hosted::Error as HostedError;
use crate::image::{Error as ImageError, layer};
use crate::remote::registry::{Digest, ParseDigestError};
use crate::server::intake::Broken;
use crate::store;

/// A refusal.
#[derive(Debug)]
pub(super) struct Failure {
    status: StatusCode,
    code: &'static str,
    message: String,
    headers: Vec<(header::HeaderName, String)>,
}

impl Failure {
    pub(super) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), headers: vec![] }
    }

    pub(super) fn header(mut self, name: header::HeaderName, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(super) fn bad(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    pub(super) fn absent(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, code, message)
    }

    pub(super) fn unsupported() -> Self {
        let message = "the registry does not do this";
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "UNSUPPORTED", message)
    }

    pub(super) fn no_such_path() -> Self {
        Self::absent("NAME_UNKNOWN", "there is nothing of this kind in a registry")
    }

    pub(super) fn digest(error: &ParseDigestError) -> Self {
        Self::bad("DIGEST_INVALID", error.to_string())
    }

    pub(super) fn no_blob(digest: &Digest) -> Self {
        Self::absent("BLOB_UNKNOWN", format!("{digest} is not in this repository"))
    }

    pub(super) fn no_manifest(which: impl std::fmt::Display) -> Self {
        Self::absent("MANIFEST_UNKNOWN", format!("`{which}` is not in this repository"))
    }

    pub(super) fn busy(message: &str) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "TOOMANYREQUESTS", message)
            .header(header::RETRY_AFTER, "1")
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let body =
            json!({"errors": [{"code": self.code, "message": self.message, "detail": null}]});
        let json = [(header::CONTENT_TYPE, "application/json")];
        let mut response = (self.status, json, body.to_string()).into_response();
        for (name, value) in self.headers {
            if let Ok(value) = value.parse() {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}

impl From<HostedError> for Failure {
    fn from(error: HostedError) -> Self {
        let message = error.to_string();
        match error {
            HostedError::Image(error) => error.into(),
            HostedError::BadName(_) => Self::bad("NAME_INVALID", message),
            HostedError::BadTag(_) => Self::bad("TAG_INVALID", message),
            HostedError::NoUpload(_) => Self::absent("BLOB_UPLOAD_UNKNOWN", message),
            HostedError::OutOfOrder { at } => {
                let status = StatusCode::RANGE_NOT_SATISFIABLE;
                Self::new(status, "BLOB_UPLOAD_INVALID", message)
                    .header(header::RANGE, format!("0-{}", at.saturating_sub(1)))
            }
            HostedError::TooManyUploads(_) => Self::busy(&message),
            HostedError::TooLarge(_) => {
                Self::new(StatusCode::PAYLOAD_TOO_LARGE, "SIZE_INVALID", message)
            }
            HostedError::InUse => Self::new(StatusCode::METHOD_NOT_ALLOWED, "UNSUPPORTED", message),
        }
    }
}

impl From<ImageError> for Failure {
    fn from(error: ImageError) -> Self {
        let message = error.to_string();
        match error {
            ImageError::Store(error) => of_store(&error, message),
            ImageError::Layer(error) => of_layer(error, message),
            ImageError::BadManifest(_)
            | ImageError::BadConfig(_)
            | ImageError::BadArchive(_)
            | ImageError::UnsafeArchive(_)
            | ImageError::UnknownMediaType(_)
            | ImageError::NotRunnable(_)
            | ImageError::NoCommand(_)
            | ImageError::NoPlatform { .. } => Self::bad("MANIFEST_INVALID", message),
            ImageError::MissingBlob(_) => Self::bad("MANIFEST_BLOB_UNKNOWN", message),
            ImageError::BadName { .. } => Self::bad("NAME_INVALID", message),
            ImageError::TooLarge { .. } => {
                Self::new(StatusCode::PAYLOAD_TOO_LARGE, "MANIFEST_INVALID", message)
            }
            ImageError::NoImage { .. } | ImageError::AmbiguousImage { .. } => {
                Self::absent("MANIFEST_UNKNOWN", message)
            }
            ImageError::Rootfs(_)
            | ImageError::Dockerfile(_)
            | ImageError::Build(_)
            | ImageError::Container(_)
            | ImageError::Registry(_) => {
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, "UNKNOWN", message)
            }
        }
    }
}

fn of_layer(error: layer::Error, message: String) -> Failure {
    match error {
        layer::Error::Store(error) => of_store(&error, message),
        layer::Error::Mismatch { .. } => Failure::bad("DIGEST_INVALID", message),
        layer::Error::Malformed(_)
        | layer::Error::WrongCompression { .. }
        | layer::Error::TooMuch { .. }
        | layer::Error::Unfit { .. } => Failure::bad("BLOB_UPLOAD_INVALID", message),
        layer::Error::Io { .. } | layer::Error::UnknownCompressor(_) => {
            Failure::new(StatusCode::INTERNAL_SERVER_ERROR, "UNKNOWN", message)
        }
    }
}

fn of_store(error: &store::Error, message: String) -> Failure {
    let full = |source: &std::io::Error| {
        matches!(source.kind(), std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded)
    };
    match error {
        store::Error::BadRefName { .. } => Failure::bad("NAME_INVALID", message),
        store::Error::RefMoved { .. } => Failure::new(StatusCode::CONFLICT, "DENIED", message),
        store::Error::Io { source, .. } if full(source) => {
            Failure::new(StatusCode::INSUFFICIENT_STORAGE, "UNKNOWN", "there is no room left")
        }
        // A path of the store is nobody's business.
        _ => Failure::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "UNKNOWN",
            "the store cannot do this now",
        ),
    }
}

impl From<store::Error> for Failure {
    fn from(error: store::Error) -> Self {
        let message = error.to_string();
        of_store(&error, message)
    }
}

impl From<Broken> for Failure {
    fn from(broken: Broken) -> Self {
        match broken {
            Broken::Busy => Self::busy("others use all the room there is"),
            Broken::Off | Broken::Stalled => {
                Self::new(StatusCode::REQUEST_TIMEOUT, "BLOB_UPLOAD_INVALID", "the body broke off")
                    .header(header::CONNECTION, "close")
            }
        }
    }
}
