//! Giving out grants for secrets: what a client does that was told `Bearer realm=…` (distribution, token authentication).

use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::json;

use super::failure::Failure;
use super::scope::granted;
use super::{dressed, queries};
use crate::base::time;
use crate::server::access::{Client, shown_in};
use crate::server::intake::Taken;
use crate::server::refusal::Refusal;
use crate::server::state::{Shared, blocking};
use crate::server::token::LIFE;

/// A form is not longer.
const MAX_FORM: usize = 16 << 10;

/// Who asks for a grant, and for what.
struct Asked {
    secret: Option<String>,
    scopes: Vec<String>,
    /// Whether the answer is to hold something that further grants are given for.
    lasting: bool,
}

/// Answers what asks with a user and a password: the password is the secret of a token, the user is anybody.
pub(super) async fn get(
    State(state): State<Shared>,
    Extension(client): Extension<Client>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let scopes = queries(uri.query().unwrap_or_default(), "scope");
    answer(&state, client, Asked { secret: shown_in(&headers), scopes, lasting: false }).await
}

/// Answers what asks with a form, as OAuth2 has it; the secret of a token is its own refresh token.
pub(super) async fn post(
    State(state): State<Shared>,
    Extension(client): Extension<Client>,
    body: Body,
) -> Response {
    let form = match state.intake.take(body, MAX_FORM).await {
        Ok(Taken::Whole(held)) => String::from_utf8_lossy(&held.bytes).into_owned(),
        Ok(Taken::Long(..)) => return refused("The form is too long"),
        Err(broken) => return dressed(Failure::from(broken).into_response()),
    };
    let first = |key: &str| queries(&form, key).into_iter().next();
    let secret = match first("grant_type").as_deref() {
        Some("password") => first("password"),
        Some("refresh_token") => first("refresh_token"),
        _ => return refused("`grant_type` is neither `password` nor `refresh_token`"),
    };
    let lasting = first("access_type").as_deref() == Some("offline")
        || first("grant_type").as_deref() == Some("refresh_token");
    answer(&state, client, Asked { secret, scopes: queries(&form, "scope"), lasting }).await
}

fn refused(message: &'static str) -> Response {
    dressed(Failure::new(StatusCode::BAD_REQUEST, "UNSUPPORTED", message).into_response())
}

async fn answer(state: &Shared, client: Client, asked: Asked) -> Response {
    let shared = Arc::clone(state);
    let granted = blocking(&shared, move |state| {
        let now = state.store.now();
        let Some(secret) = asked.secret else {
            return state.shell.rules.check_secret(&state.store, client, None).map(|_| None);
        };
        let may = state.shell.rules.check_secret(&state.store, client, Some(&secret))?;
        let token = state.shell.rules.mint.issue(&secret, granted(&asked.scopes, &may), now);
        Ok::<_, Refusal>(token.map(|token| (token, now, asked.lasting.then_some(secret))))
    });
    match granted.await {
        Err(refusal) => dressed(refusal.answer(super::scope::REALM)),
        Ok(None) => refused("There is nothing to give a token for"),
        Ok(Some((token, now, refresh))) => {
            let mut body = json!({
                "token": token,
                "access_token": token,
                "expires_in": LIFE,
                "issued_at": time::rfc3339(now),
            });
            if let Some(refresh) = refresh {
                body["refresh_token"] = refresh.into();
            }
            let json = [(header::CONTENT_TYPE, "application/json")];
            dressed((StatusCode::OK, json, body.to_string()).into_response())
        }
    }
}
