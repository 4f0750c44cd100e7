//! An answer that no face gives, in the shape of the face that was asked.

use std::borrow::Cow;

use axum::http::header::{ALLOW, CONNECTION, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde_json::json;

/// What is refused before, or instead of, a handler.
#[derive(Debug)]
pub(in crate::server) struct Refusal {
    status: StatusCode,
    message: Cow<'static, str>,
    /// Whether it is plain text whatever was asked.
    plain: bool,
    allow: Option<String>,
    /// Where a client of the registry gets what it lacks.
    challenge: Option<String>,
    /// The token that it was refused to.
    pub(in crate::server) token: Option<String>,
}

impl Refusal {
    pub(in crate::server) fn new(
        status: StatusCode,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            status,
            message: message.into(),
            plain: false,
            allow: None,
            challenge: None,
            token: None,
        }
    }

    /// A refusal that MLflow's own server says in plain text.
    pub(in crate::server) fn plain(status: StatusCode, message: &'static str) -> Self {
        Self { plain: true, ..Self::new(status, message) }
    }

    /// A method that the path does not have.
    pub(in crate::server) fn method(allow: String) -> Self {
        let message = "The method is not allowed for the requested URL.";
        Self { allow: Some(allow), ..Self::new(StatusCode::METHOD_NOT_ALLOWED, message) }
    }

    /// Says to a client that is unknown where it gets a token.
    pub(in crate::server) fn challenging(mut self, challenge: impl FnOnce() -> String) -> Self {
        if self.status == StatusCode::UNAUTHORIZED {
            self.challenge = Some(challenge());
        }
        self
    }

    /// Says whose token it was.
    pub(in crate::server) fn of(mut self, token: &str) -> Self {
        self.token = Some(token.to_owned());
        self
    }

    /// Returns the answer to a request for `path`.
    pub(in crate::server) fn answer(self, path: &str) -> Response {
        let (kind, body) = match shape(path) {
            Shape::Mlflow if !self.plain => {
                let code = code(self.status);
                (
                    "application/json",
                    json!({"error_code": code, "message": self.message}).to_string(),
                )
            }
            Shape::Sync if !self.plain => (
                "application/json",
                json!({"error": {"code": code(self.status).to_lowercase(), "message": self.message}})
                    .to_string(),
            ),
            Shape::Registry if !self.plain => (
                "application/json",
                json!({"errors": [{"code": registry_code(self.status), "message": self.message}]})
                    .to_string(),
            ),
            _ => ("text/plain; charset=utf-8", self.message.into_owned()),
        };
        let is_registry = matches!(shape(path), Shape::Registry);
        let mut response = (self.status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        match self.status {
            // Most clients of registries take the first that they know.
            StatusCode::UNAUTHORIZED if is_registry => {
                let bearer = self.challenge.and_then(|bearer| HeaderValue::try_from(bearer).ok());
                headers.extend(bearer.map(|bearer| (WWW_AUTHENTICATE, bearer)));
                let basic = HeaderValue::from_static("Basic realm=\"mls\"");
                headers.append(WWW_AUTHENTICATE, basic);
                let version = HeaderValue::from_static("registry/2.0");
                headers.insert("docker-distribution-api-version", version);
            }
            StatusCode::UNAUTHORIZED => {
                headers
                    .insert(WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"mlflow\""));
                headers
                    .append(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"mlflow\""));
            }
            StatusCode::TOO_MANY_REQUESTS => drop(headers.insert(RETRY_AFTER, 60.into())),
            StatusCode::SERVICE_UNAVAILABLE => drop(headers.insert(RETRY_AFTER, 1.into())),
            // What is left of the body would be read only to be thrown away.
            StatusCode::PAYLOAD_TOO_LARGE | StatusCode::REQUEST_TIMEOUT => {
                headers.insert(CONNECTION, HeaderValue::from_static("close"));
            }
            _ => {}
        }
        if let Some(allow) = self.allow.and_then(|allow| HeaderValue::try_from(allow).ok()) {
            headers.insert(ALLOW, allow);
        }
        response
    }
}

enum Shape {
    Mlflow,
    Sync,
    Registry,
    Text,
}

fn shape(path: &str) -> Shape {
    let is_below = |prefix: &str| path.starts_with(prefix);
    match () {
        () if is_below("/api/") || is_below("/ajax-api/") => Shape::Mlflow,
        () if is_below("/mls/") => Shape::Sync,
        () if path == "/v2" || is_below("/v2/") => Shape::Registry,
        () => Shape::Text,
    }
}

/// The distribution specification's name for what a status says.
fn registry_code(status: StatusCode) -> &'static str {
    match status.as_u16() {
        401 => "UNAUTHORIZED",
        403 => "DENIED",
        404 => "NAME_UNKNOWN",
        405 => "UNSUPPORTED",
        413 => "SIZE_INVALID",
        429 | 503 => "TOOMANYREQUESTS",
        _ => "UNKNOWN",
    }
}

/// MLflow's name for what a status says; its client knows no others.
fn code(status: StatusCode) -> &'static str {
    match status.as_u16() {
        401 => "UNAUTHENTICATED",
        403 => "PERMISSION_DENIED",
        404 => "ENDPOINT_NOT_FOUND",
        408 => "DEADLINE_EXCEEDED",
        429 => "REQUEST_LIMIT_EXCEEDED",
        500 => "INTERNAL_ERROR",
        503 => "TEMPORARILY_UNAVAILABLE",
        _ => "BAD_REQUEST",
    }
}
