//! Why a request gets no prediction, in the shape that MLflow's scoring server gives it or in that of the Open Inference
//! Protocol.

use std::borrow::Cow;

use serde_json::{Value, json};

use crate::model::score::{self, worker};

/// An answer that is no prediction.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::server::score) struct Failure {
    pub(in crate::server::score) status: u16,
    code: Cow<'static, str>,
    pub(in crate::server::score) message: String,
    state: Option<(&'static str, &'static str)>,
    trace: Option<String>,
    /// Seconds after which it may be tried again.
    pub(in crate::server::score) retry: Option<u32>,
    /// A body of plain text.
    pub(in crate::server::score) plain: bool,
}

const INVALID: (&str, &str) = ("KAM00", "INVALID_PARAMETER_VALUE");
const SCHEMA: (&str, &str) = ("KAM01", "SCHEMA_ENFORCEMENT_FAILED");

/// What MLflow says when a model raises.
const RAISED: &str = "Encountered an unexpected error while evaluating the model. Verify that the serialized input \
                      Dataframe is compatible with the model for inference.";

impl Failure {
    fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code: Cow::Borrowed(code),
            message: message.into(),
            state: None,
            trace: None,
            retry: None,
            plain: false,
        }
    }

    pub(in crate::server::score) fn bad(message: impl Into<String>) -> Self {
        Self { state: Some(INVALID), ..Self::new(400, "BAD_REQUEST", message) }
    }

    /// A request that cannot be read.
    pub(in crate::server::score) fn input(message: impl AsRef<str>) -> Self {
        Self::bad(format!("Invalid input. {}", message.as_ref()))
    }

    /// A request that does not fit the signature.
    pub(in crate::server::score) fn schema(message: impl AsRef<str>) -> Self {
        let message = format!(
            "Failed to predict data. \nError: Failed to enforce schema of data. Error: {}",
            message.as_ref()
        );
        Self { state: Some(SCHEMA), ..Self::new(400, "INVALID_PARAMETER_VALUE", message) }
    }

    pub(in crate::server::score) fn params(message: impl AsRef<str>) -> Self {
        let message = format!("Failed to predict data. \nError: {}", message.as_ref());
        Self { state: Some(INVALID), ..Self::new(400, "INVALID_PARAMETER_VALUE", message) }
    }

    pub(in crate::server::score) fn unsupported(message: impl Into<String>) -> Self {
        Self { plain: true, ..Self::new(415, "UNSUPPORTED_MEDIA_TYPE", message) }
    }

    pub(in crate::server::score) fn not_found(message: impl Into<String>) -> Self {
        Self::new(404, "RESOURCE_DOES_NOT_EXIST", message)
    }

    pub(in crate::server::score) fn too_large(most: u64) -> Self {
        Self::new(413, "REQUEST_TOO_LARGE", format!("The body is longer than {most} bytes"))
    }

    /// There is no room for the request now.
    pub(in crate::server::score) fn busy(status: u16, message: &str) -> Self {
        Self { retry: Some(1), ..Self::new(status, "TEMPORARILY_UNAVAILABLE", message) }
    }

    /// What MLflow says when it takes too long.
    pub(in crate::server::score) fn too_slow() -> Self {
        Self {
            plain: true,
            ..Self::new(504, "DEADLINE_EXCEEDED", "Request processing time exceeded limit")
        }
    }

    pub(in crate::server::score) fn internal(message: impl Into<String>) -> Self {
        Self::new(500, "INTERNAL_ERROR", message)
    }

    pub(in crate::server::score) fn status(
        status: u16,
        code: &'static str,
        message: impl Into<String>,
    ) -> Self {
        Self::new(status, code, message)
    }

    /// Returns where in Python it happened.
    pub(in crate::server::score) fn trace(&self) -> Option<&str> {
        self.trace.as_deref()
    }

    /// Returns the body in MLflow's shape.
    pub(in crate::server::score) fn body(&self) -> Vec<u8> {
        if self.plain {
            return self.message.clone().into_bytes();
        }
        let mut fields = json!({ "error_code": self.code, "message": self.message });
        if let (Some((state, class)), Value::Object(fields)) = (self.state, &mut fields) {
            fields.insert("sqlstate".to_owned(), state.into());
            fields.insert("error_class".to_owned(), class.into());
            if let Some(trace) = &self.trace {
                fields.insert("stack_trace".to_owned(), trace.clone().into());
            }
        }
        fields.to_string().into_bytes()
    }
}

impl Failure {
    /// Returns the body in the shape of the Open Inference Protocol.
    pub(in crate::server::score) fn inference_body(&self) -> Vec<u8> {
        json!({ "error": self.words() }).to_string().into_bytes()
    }

    /// Returns what is wrong, without what MLflow says before it.
    pub(in crate::server::score) fn words(&self) -> &str {
        let heads = [
            "Failed to predict data. \nError: Failed to enforce schema of data. Error: ",
            "Failed to predict data. \nError: ",
            "Invalid input. ",
        ];
        match self.status {
            404 if self.message.is_empty() => return "Not Found",
            405 => return "Method Not Allowed",
            _ => {}
        }
        let found = heads.iter().find_map(|head| self.message.strip_prefix(head));
        found.unwrap_or(&self.message)
    }
}

impl From<worker::Error> for Failure {
    fn from(error: worker::Error) -> Self {
        use worker::Error as E;
        match error {
            E::Raised { code: Some(code), message, .. } => Self {
                code: code.into(),
                state: Some(INVALID),
                ..Self::new(400, "", format!("Failed to predict data. \nError: {message}"))
            },
            E::Raised { trace, .. } => Self { trace: Some(trace), ..Self::bad(RAISED) },
            E::Busy => Self::busy(503, "Every worker of the model is busy or starting again"),
            E::Resting(after) => Self {
                retry: Some(after.as_secs_f64().ceil() as u32),
                ..Self::busy(503, "Every worker of the model has died and is started again later")
            },
            E::TooSlow(_) => Self::too_slow(),
            // What it said is for whoever runs the server.
            E::Died { .. } => Self::busy(503, "The model's worker has died"),
            E::Starved { .. } => {
                Self::internal("The model needed more memory than its worker may have")
            }
            other => Self::internal(other.to_string()),
        }
    }
}

impl From<score::Error> for Failure {
    fn from(error: score::Error) -> Self {
        match error {
            score::Error::Stopped => Self::too_slow(),
            score::Error::Worker(error) => error.into(),
            error if error.is_input() => Self::schema(error.to_string()),
            error => Self::internal(error.to_string()),
        }
    }
}
