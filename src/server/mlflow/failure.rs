//! What a request meets instead of an answer: every room's error as MLflow's error body, once.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::model;
use crate::store;
use crate::track;

/// MLflow's error codes, as its protobuf names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::server) enum Code {
    BadRequest,
    InvalidParameterValue,
    ResourceAlreadyExists,
    ResourceDoesNotExist,
    EndpointNotFound,
    PermissionDenied,
    ResourceConflict,
    InvalidState,
    ResourceExhausted,
    NotImplemented,
    TemporarilyUnavailable,
    InternalError,
}

/// An answer that says what is wrong.
#[derive(Debug)]
pub(in crate::server) struct Failure {
    pub(in crate::server) code: Code,
    pub(in crate::server) message: String,
}

impl Code {
    fn name(self) -> &'static str {
        match self {
            Self::BadRequest => "BAD_REQUEST",
            Self::InvalidParameterValue => "INVALID_PARAMETER_VALUE",
            Self::ResourceAlreadyExists => "RESOURCE_ALREADY_EXISTS",
            Self::ResourceDoesNotExist => "RESOURCE_DOES_NOT_EXIST",
            Self::EndpointNotFound => "ENDPOINT_NOT_FOUND",
            Self::PermissionDenied => "PERMISSION_DENIED",
            Self::ResourceConflict => "RESOURCE_CONFLICT",
            Self::InvalidState => "INVALID_STATE",
            Self::ResourceExhausted => "RESOURCE_EXHAUSTED",
            Self::NotImplemented => "NOT_IMPLEMENTED",
            Self::TemporarilyUnavailable => "TEMPORARILY_UNAVAILABLE",
            Self::InternalError => "INTERNAL_ERROR",
        }
    }

    fn status(self) -> StatusCode {
        match self {
            Self::BadRequest | Self::InvalidParameterValue | Self::ResourceAlreadyExists => {
                StatusCode::BAD_REQUEST
            }
            Self::ResourceDoesNotExist | Self::EndpointNotFound => StatusCode::NOT_FOUND,
            Self::PermissionDenied => StatusCode::FORBIDDEN,
            Self::ResourceConflict => StatusCode::CONFLICT,
            Self::ResourceExhausted => StatusCode::TOO_MANY_REQUESTS,
            Self::InvalidState | Self::InternalError => StatusCode::INTERNAL_SERVER_ERROR,
            Self::NotImplemented => StatusCode::NOT_IMPLEMENTED,
            Self::TemporarilyUnavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

impl Failure {
    pub(in crate::server) fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    /// A value that the client must not send.
    pub(in crate::server) fn invalid(message: impl Into<String>) -> Self {
        Self::new(Code::InvalidParameterValue, message)
    }

    /// Something that is not there.
    pub(in crate::server) fn absent(message: impl Into<String>) -> Self {
        Self::new(Code::ResourceDoesNotExist, message)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let body = json!({ "error_code": self.code.name(), "message": self.message });
        (self.code.status(), Json(body)).into_response()
    }
}

impl From<store::Error> for Failure {
    fn from(error: store::Error) -> Self {
        // Paths and causes are the operator's business and not the client's.
        Self::new(Code::InternalError, error.to_string())
    }
}

impl From<track::Error> for Failure {
    fn from(error: track::Error) -> Self {
        use track::Error as E;
        let code = match &error {
            E::Store(_) | E::Io { .. } | E::BadSeries(_) | E::NotSealed { .. } => {
                Code::InternalError
            }
            E::CommandNotFound(_) | E::CommandNotRunnable { .. } => Code::InternalError,
            E::SourceFailed(_) | E::SourceDenied(_) => Code::InternalError,
            E::Filter(_)
            | E::AmbiguousRun { .. }
            | E::AmbiguousExperiment { .. }
            | E::NoMetric { .. }
            | E::RunIsLive(_)
            | E::RunHasEnded(_)
            | E::RunIsRemoved(_)
            | E::ExperimentIsRemoved(_)
            | E::DefaultExperiment(_)
            | E::BadName { .. }
            | E::TooLong { .. }
            | E::BadMetricValue { .. }
            | E::ParamChanged { .. }
            | E::BadLine { .. }
            | E::BadFile { .. }
            | E::NotUtf8 { .. } => Code::InvalidParameterValue,
            E::ArtifactInTheWay { .. } | E::NoPart { .. } => Code::InvalidParameterValue,
            E::ArtifactsChanged(_) => Code::TemporarilyUnavailable,
            E::NoRun(_) | E::NoExperiment(_) => Code::ResourceDoesNotExist,
            E::NoLoggedModel(_) | E::NoArtifact(_) | E::NoUpload(_) => Code::ResourceDoesNotExist,
            E::ExperimentExists { .. } => Code::ResourceAlreadyExists,
        };
        Self::new(code, error.to_string())
    }
}

impl From<model::Error> for Failure {
    fn from(error: model::Error) -> Self {
        use model::Error as E;
        let message = error.to_string();
        match error {
            E::Store(error) => error.into(),
            E::Track(error) => error.into(),
            E::NoModel { name, .. } => {
                Self::absent(format!("Registered Model with name={name} not found"))
            }
            E::NoVersion { name, number, .. } => {
                Self::absent(format!("Model Version (name={name}, version={number}) not found"))
            }
            E::NoVersions(name) => {
                Self::absent(format!("Latest version not found for model {name}."))
            }
            E::NoAlias { alias, .. } => {
                Self::invalid(format!("Registered model alias {alias} not found."))
            }
            E::ModelExists { name, .. } => Self::new(
                Code::ResourceAlreadyExists,
                format!("Registered Model (name={name}) already exists."),
            ),
            E::OnlyCase { .. } | E::NumbersWereGiven { .. } | E::VersionExists { .. } => {
                Self::new(Code::ResourceAlreadyExists, message)
            }
            E::TooLong { what, limit, .. } => {
                let parameter = if what.starts_with("key") { "key" } else { "value" };
                Self::invalid(format!(
                    "'{parameter}' exceeds the maximum length of {limit} characters"
                ))
            }
            E::BadName { what: "tag", name, reason } => Self::invalid(format!(
                "Invalid value {} for parameter 'key' supplied: {reason}",
                serde_json::Value::from(name)
            )),
            E::BadStage(stage) => Self::invalid(format!(
                "Invalid Model Version stage: {stage}. Value must be one of None, Staging, Production, Archived."
            )),
            E::CannotArchive(stage) => Self::invalid(format!(
                "Model version transition cannot archive existing model versions because '{stage}' is not an Active stage. Valid stages are ['Staging', 'Production']"
            )),
            E::Filter(_) | E::BadName { .. } | E::BadOrder { .. } => Self::invalid(message),
            E::NoContent { .. } | E::NothingBefore { .. } => Self::absent(message),
            E::BadContent { .. } | E::Unsafe { .. } | E::BadSignature(_) => Self::invalid(message),
            E::Io { .. } => Self::new(Code::InternalError, message),
            E::Crowded(_) => Self::new(Code::TemporarilyUnavailable, message),
        }
    }
}
