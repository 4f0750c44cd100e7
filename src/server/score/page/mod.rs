//! A page on which a person tries the models, and what machines read of them.
//!
//! The page asks for nothing that is not here, and runs no script but its own.

mod describe;
mod openapi;

use std::sync::Arc;

use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue};

use super::call::Answer;
use super::lane::Lane;

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// One of the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum File {
    Page,
    Script,
    Style,
    /// What the page shows of each model.
    Models,
    OpenApi,
}

impl File {
    pub(super) fn of(path: &str) -> Option<Self> {
        Some(match path {
            "/" => Self::Page,
            "/page.js" => Self::Script,
            "/page.css" => Self::Style,
            "/models" => Self::Models,
            "/openapi.json" => Self::OpenApi,
            _ => return None,
        })
    }

    /// Tells whether it says nothing of what is served: a browser brings no token when it opens a page.
    pub(super) const fn is_open(self) -> bool {
        matches!(self, Self::Page | Self::Script | Self::Style)
    }

    pub(super) fn answer(self, lanes: &[Arc<Lane>]) -> Answer {
        let text = |media, text: &str| Answer::new(media, text.as_bytes().to_vec());
        match self {
            Self::Page => text("text/html; charset=utf-8", include_str!("page.html")),
            Self::Script => text("text/javascript; charset=utf-8", include_str!("page.js")),
            Self::Style => text("text/css; charset=utf-8", include_str!("page.css")),
            Self::Models => Answer::json(describe::models(lanes).to_string().into_bytes()),
            Self::OpenApi => Answer::json(openapi::document(lanes).to_string().into_bytes()),
        }
    }
}

/// Sets what browsers go by.
pub(super) fn guard(headers: &mut HeaderMap) {
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
}
