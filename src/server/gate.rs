//! What every request goes through, whatever face it is for.
//!
//! ```text
//! host ─► encoding ─► origin ─► preflight ─► token and right ─► route, method ─► size ─► limits ─► handler
//!   └────────┴───────────┴───────────┴──────────────┴────────────────┴────────────┴────────┴─► an answer,
//!                                                          with the same headers, counted and logged
//! ```

use std::net::{IpAddr, SocketAddr};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{self, HeaderValue};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use futures_util::FutureExt as _;

use crate::server::access::{Client, Rules};
use crate::server::connection::{Busy, Peer, Roll};
use crate::server::limits::{Limited, Limits};
use crate::server::pace::{self, Cut, Seen};
use crate::server::refusal::Refusal;
use crate::server::report::Metrics;
use crate::server::route::{About, Entry, Right, Table};
use crate::server::state::{Shared, State as Hub, blocking};
use crate::server::token;
use crate::server::trace::Trace;
use crate::server::{mlflow, oci};

/// What stands around all faces.
#[derive(Debug)]
pub(in crate::server) struct Shell {
    pub(in crate::server) rules: Rules,
    pub(in crate::server) table: Table,
    pub(in crate::server) roll: Arc<Roll>,
    pub(in crate::server) metrics: Arc<Metrics>,
    /// Whether clients come over TLS.
    pub(in crate::server) secure: bool,
}

/// Lets a request through to its handler, or answers it.
pub(in crate::server) async fn pass(
    State(state): State<Shared>,
    mut request: Request,
    next: Next,
) -> Response {
    let peer = request.extensions_mut().remove::<Peer>();
    let busy = request.extensions_mut().remove::<Arc<Busy>>();
    let (mut head, body) = request.into_parts();
    let found = state.shell.table.find(head.extensions.get::<MatchedPath>(), &head.method);
    let peer = peer.map(|peer| peer.address);
    let client = peer.map(|peer| state.shell.rules.client(&head, peer));
    let from = (client, peer.map(|peer| peer.ip()));
    let mut trace = Trace::begin(&state, &head, client, found.ok(), busy);
    let path = head.uri.path().to_owned();
    let mut origin = None;
    let response = match admit(&state, &head, from, found, &mut trace, &mut origin) {
        Err(refusal) => refused(refusal, &path, &mut trace),
        Ok(Pass::Preflight) => preflight(&head),
        Ok(Pass::Through(entry, limits)) => match pace::watch(body, entry.limit) {
            Err(cut) => refused(refusal_of(cut), &path, &mut trace),
            Ok((body, seen)) => {
                trace.seen = Some(Arc::clone(&seen));
                head.extensions.insert(Client(address_of(client)));
                let request = Request::from_parts(head, body);
                caught(answer(&state, entry.about, limits, request, next), &path, &seen).await
            }
        },
    };
    let response = dressed(response, origin.as_deref());
    trace.watch(response)
}

fn address_of(client: Option<SocketAddr>) -> IpAddr {
    client.map_or([0, 0, 0, 0].into(), |client| client.ip())
}

/// Answers a request, as far as what it is about is there for whoever asks.
async fn answer(
    state: &Shared,
    about: About,
    limits: Limits,
    mut request: Request,
    next: Next,
) -> Response {
    if let (About::These(subjects), Some(limited)) = (about, limits.get()) {
        request = match mlflow::check(state, limited, subjects, request).await {
            Ok(request) => request,
            Err(failure) => return failure.into_response(),
        };
    }
    request.extensions_mut().insert(limits);
    next.run(request).await
}

enum Pass<'a> {
    Through(&'a Entry, Limits),
    /// A browser asks whether a page may ask.
    Preflight,
}

fn admit<'a>(
    state: &'a Shared,
    head: &Parts,
    (client, peer): (Option<SocketAddr>, Option<IpAddr>),
    found: Result<&'a Entry, Missing>,
    trace: &mut Trace,
    origin: &mut Option<String>,
) -> Result<Pass<'a>, Refusal> {
    let Shell { rules, table, .. } = &state.shell;
    rules.check_host(head)?;
    check_encoding(head)?;
    *origin = rules.check_origin(head)?;
    if is_preflight(head) {
        return match origin {
            Some(_) => Ok(Pass::Preflight),
            None => Err(Refusal::plain(StatusCode::FORBIDDEN, "Cross-origin request blocked")),
        };
    }
    // Who may not ask learns of no path whether it is there.
    let right = found.map_or(Right::Read, |entry| entry.right);
    let address = address_of(client);
    let asker = rules.check_right(&state.store, head, address, right).and_then(|asker| {
        asker.as_ref().map_or(Ok(()), |asker| oci::check(asker, head))?;
        Ok(asker)
    });
    let asker = asker.map_err(|refusal| challenged(state, head, peer, refusal))?;
    let limits = Limits::of(asker.as_ref().map(|asker| &asker.holder));
    if let Some(holder) = asker.map(|asker| asker.holder) {
        trace.token = Some(holder.name.clone());
        if holder.note {
            note_use(state, &holder.name);
        }
    }
    match found {
        Ok(entry) => opened(entry, limits),
        Err(Missing::Method) => Err(Refusal::method(table.methods(head.extensions.get()))),
        Err(Missing::Path) => Err(Refusal::new(
            StatusCode::NOT_FOUND,
            "The requested URL was not found on the server, or is not offered by it.",
        )),
    }
}

/// Keeps a token that is limited to names from what is about the hub as a whole.
fn opened(entry: &Entry, limits: Limits) -> Result<Pass<'_>, Refusal> {
    match limits.get() {
        Some(limited) if entry.about == About::Hub && entry.right != Right::None => {
            let Limited { token, only } = &**limited;
            let message =
                format!("Token `{token}` is limited to {only}; this is about all of the hub");
            Err(Refusal::new(StatusCode::FORBIDDEN, message).of(token))
        }
        _ => Ok(Pass::Through(entry, limits)),
    }
}

/// What is not in the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::server) enum Missing {
    Path,
    Method,
}

/// A body that unpacks to more than was sent is a bomb, and no client of ours packs one.
fn check_encoding(head: &Parts) -> Result<(), Refusal> {
    let mut encodings = head.headers.get_all(header::CONTENT_ENCODING).iter();
    match encodings.all(|encoding| encoding == "identity") {
        true => Ok(()),
        false => Err(Refusal::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "A body is seen as it is, without a Content-Encoding",
        )),
    }
}

/// Tells clients of the registry where they get a token.
fn challenged(state: &Shared, head: &Parts, peer: Option<IpAddr>, refusal: Refusal) -> Refusal {
    let Shell { rules, secure, .. } = &state.shell;
    let secure = *secure || peer.is_some_and(|peer| rules.is_forwarded_secure(head, peer));
    match oci::is_ours(head.uri.path()) {
        true => refusal.challenging(|| oci::challenge(head, rules.host(head), secure)),
        false => refusal,
    }
}

fn is_preflight(head: &Parts) -> bool {
    head.method == Method::OPTIONS
        && head.headers.contains_key(header::ORIGIN)
        && head.headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

fn preflight(head: &Parts) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let headers = response.headers_mut();
    let methods = HeaderValue::from_static("GET, POST, PUT, DELETE, OPTIONS, PATCH");
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, methods);
    let asked = head.headers.get(header::ACCESS_CONTROL_REQUEST_HEADERS).cloned();
    headers.extend(asked.map(|asked| (header::ACCESS_CONTROL_ALLOW_HEADERS, asked)));
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, 600.into());
    response
}

/// Waits for the handler; a panic in it is an answer, and the server lives.
async fn caught(answer: impl Future<Output = Response>, path: &str, seen: &Seen) -> Response {
    let answer = AssertUnwindSafe(answer).catch_unwind().await;
    match (answer, seen.cut()) {
        (_, Some(cut)) => refusal_of(cut).answer(path),
        (Ok(response), None) => response,
        (Err(_), None) => {
            let message = "Something went wrong that must not; the server's own log says what";
            Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, message).answer(path)
        }
    }
}

fn refused(refusal: Refusal, path: &str, trace: &mut Trace) -> Response {
    if refusal.token.is_some() {
        trace.token.clone_from(&refusal.token);
    }
    refusal.answer(path)
}

fn refusal_of(cut: Cut) -> Refusal {
    let status = match cut {
        Cut::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Cut::TooSlow => StatusCode::REQUEST_TIMEOUT,
    };
    Refusal::new(status, format!("Not seen: {cut}"))
}

/// Adds what all answers have: they are not to be guessed at, framed, or told to other sites.
fn dressed(mut response: Response, origin: Option<&str>) -> Response {
    let headers = response.headers_mut();
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "SAMEORIGIN"),
        (header::REFERRER_POLICY, "no-referrer"),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    // What a face has not said of its pages: an answer of an API is no page.
    headers
        .entry(header::CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static("default-src 'none'; frame-ancestors 'self'; sandbox"));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if let Some(origin) = origin.and_then(|origin| HeaderValue::from_str(origin).ok()) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        let yes = HeaderValue::from_static("true");
        headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, yes);
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("*"));
        headers.append(header::VARY, HeaderValue::from_static("Origin"));
    }
    response
}

fn note_use(state: &Shared, name: &str) {
    let (state, name) = (Arc::clone(state), name.to_owned());
    tokio::spawn(async move {
        let _ = blocking(&state, move |state: &Hub| token::note_use(&state.store, &name)).await;
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn h16_a_panic_in_a_handler_is_an_answer() {
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        let panics = async { panic!("on purpose") };
        let seen = Seen::default();
        let answer = caught(panics, "/api/2.0/mlflow/x", &seen);
        let answer = runtime.expect("it starts").block_on(answer);
        assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
    }
}
