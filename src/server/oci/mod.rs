//! The registry, as the OCI distribution specification and its clients want it.
//!
//! Names of repositories hold slashes, so that each method has one route for all paths; [`address`] takes them apart. A
//! manifest is held in memory, a blob never is.

mod address;
mod blobs;
mod desk;
mod failure;
mod lists;
mod login;
mod manifests;
mod range;
mod scope;
mod uploads;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};

use crate::server::limits::Limits;
use crate::server::route::{Right, Route};
use crate::server::state::Shared;
use address::Target;
pub(in crate::server) use desk::Desk;
use failure::Failure;
pub(in crate::server) use scope::{challenge, check, is_ours};

const ALL: &str = "/v2/{*rest}";

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/v2", Right::Read, probe).about_nothing(),
        Route::get("/v2/", Right::Read, probe).about_nothing(),
        // Who may have a token is what it finds out.
        Route::get(scope::REALM, Right::None, login::get),
        Route::post(scope::REALM, Right::None, login::post),
        // The repository was looked at by `check`; what is about more than one keeps to the limits itself.
        Route::get(ALL, Right::Read, read).within_limits(),
        Route::post(ALL, Right::Write, write).within_limits().streamed(),
        Route::on(Method::PUT, ALL, Right::Write, write).within_limits().streamed(),
        Route::on(Method::PATCH, ALL, Right::Write, write).within_limits().streamed(),
        Route::on(Method::DELETE, ALL, Right::Write, write).within_limits(),
    ]
}

/// Says that this is a registry; a client without a token learns from the refusal how to log in.
async fn probe() -> Response {
    let json = [("content-type", "application/json")];
    dressed((StatusCode::OK, json, "{}").into_response())
}

async fn read(
    State(state): State<Shared>,
    Extension(limits): Extension<Limits>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let is_head = method == Method::HEAD;
    let answer = match Target::parse(uri.path()) {
        Ok(Target::Catalog) => lists::catalog(&state, limits, &uri).await,
        Ok(Target::Tags(repository)) => lists::tags(&state, repository, &uri).await,
        Ok(Target::Referrers(repository, digest)) => {
            lists::referrers(&state, repository, digest, &uri).await
        }
        Ok(Target::Manifest(repository, which)) => {
            manifests::get(&state, repository, which, is_head, &headers).await
        }
        Ok(Target::Blob(repository, digest)) => {
            blobs::get(&state, repository, digest, is_head, &headers).await
        }
        Ok(Target::Upload(repository, id)) => uploads::status(&state, repository, id).await,
        Ok(Target::Uploads(_)) => Err(Failure::unsupported()),
        Err(failure) => Err(failure),
    };
    dressed(answer.unwrap_or_else(Failure::into_response))
}

async fn write(
    State(state): State<Shared>,
    Extension(limits): Extension<Limits>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let answer = match (Target::parse(uri.path()), method.as_str()) {
        (Err(failure), _) => Err(failure),
        (Ok(Target::Manifest(repository, which)), "PUT") => {
            manifests::put(&state, repository, which, &uri, &headers, body).await
        }
        (Ok(Target::Manifest(repository, which)), "DELETE") => {
            manifests::delete(&state, repository, which).await
        }
        (Ok(Target::Blob(repository, digest)), "DELETE") => {
            blobs::delete(&state, repository, digest).await
        }
        (Ok(Target::Uploads(repository)), "POST") => {
            uploads::begin(&state, limits, (repository, &uri), &headers, body).await
        }
        (Ok(Target::Upload(repository, id)), "PATCH") => {
            uploads::append(&state, repository, id, &headers, body).await
        }
        (Ok(Target::Upload(repository, id)), "PUT") => {
            uploads::finish(&state, repository, id, &uri, &headers, body).await
        }
        (Ok(Target::Upload(repository, id)), "DELETE") => {
            uploads::abort(&state, repository, id).await
        }
        _ => Err(Failure::unsupported()),
    };
    dressed(answer.unwrap_or_else(Failure::into_response))
}

/// Docker looks for this before it believes that it talks to a registry.
fn dressed(mut response: Response) -> Response {
    let version = axum::http::HeaderValue::from_static("registry/2.0");
    response.headers_mut().insert("docker-distribution-api-version", version);
    response
}

/// Returns an answer without a body.
fn empty<const N: usize>(status: StatusCode, headers: [(&'static str, String); N]) -> Response {
    let mut response = status.into_response();
    for (name, value) in headers {
        if let Ok(value) = value.parse() {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// Returns what a query says of `key`, the first time.
fn query(uri: &Uri, key: &str) -> Option<String> {
    queries(uri.query()?, key).into_iter().next()
}

/// Returns all that a query, or a form, says of `key`.
fn queries(text: &str, key: &str) -> Vec<String> {
    let pairs = text.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    let values = pairs.filter(|(name, _)| *name == key).map(|(_, value)| value.replace('+', " "));
    let plain = |value: String| {
        percent_encoding::percent_decode_str(&value).decode_utf8_lossy().into_owned()
    };
    values.map(plain).collect()
}
