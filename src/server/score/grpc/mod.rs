//! The Open Inference Protocol over gRPC, on the same port as everything else: a POST over HTTP/2 whose body is one message,
//! and an answer whose trailers tell how it went.
//!
//! ```text
//! 0 | length, 4 bytes, the highest first | message
//! ```

mod stream;

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response};
use bytes::{Buf as _, Bytes};
use http_body_util::{BodyExt as _, Either, Full};
use hyper::body::Incoming;
use percent_encoding::{AsciiSet, CONTROLS};
use prost::Message;

use super::call::Call;
use super::failure::Failure;
use super::service::{self, Desk, Seen, Sent};
use super::slot::Picked;
use super::v2::message::{
    About, Change, Health, Index, Live, ModelInferRequest, Named, Ready, Server,
};
use super::v2::{self, message};

const STATUS: HeaderName = HeaderName::from_static("grpc-status");
const MESSAGE: HeaderName = HeaderName::from_static("grpc-message");
const TIMEOUT: &str = "grpc-timeout";

/// The service, and the one that probes of Kubernetes ask.
const SERVICE: &str = "/inference.GRPCInferenceService/";
const HEALTH: &str = "/grpc.health.v1.Health/Check";

/// What that one is told.
const SERVING: i32 = 1;
const NOT_SERVING: i32 = 2;

/// What a message in a header may not hold as it is.
const ESCAPED: &AsciiSet = &CONTROLS.add(b'%');

/// Tells whether a request is one of gRPC.
pub(super) fn is(head: &Parts) -> bool {
    let media = head.headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    media.starts_with(b"application/grpc")
        && matches!(media.get(b"application/grpc".len()), None | Some(b'+' | b';'))
}

/// Answers a request; how it went stands in the answer, whose own status is 200.
pub(super) async fn answer(
    desk: &Arc<Desk>,
    head: &Parts,
    body: Incoming,
    seen: &mut Seen,
) -> Response<Sent> {
    if head.uri.path().strip_prefix(SERVICE) == Some("ModelStreamInfer") {
        return match desk.admit(head, false) {
            Ok(()) => stream::answer(desk, body),
            Err(failure) => refused(&failure),
        };
    }
    let answer = match timeout(head) {
        Some(limit) => {
            let answer = tokio::time::timeout(limit, called(desk, head, body, seen)).await;
            answer.unwrap_or_else(|_| Err(Failure::too_slow()))
        }
        None => called(desk, head, body, seen).await,
    };
    let failure = match answer {
        Ok(message) => return sent(&message),
        Err(failure) => failure,
    };
    seen.status = Some(failure.status);
    refused(&failure)
}

async fn called(
    desk: &Desk,
    head: &Parts,
    body: Incoming,
    seen: &mut Seen,
) -> Result<Vec<u8>, Failure> {
    let path = head.uri.path();
    let method = if path == HEALTH { "Health" } else { path.strip_prefix(SERVICE).unwrap_or("") };
    desk.admit(head, matches!(method, "ServerLive" | "ServerReady" | "Health"))?;
    let body = opened(desk.collect(body, seen).await?)?;
    let named = || read::<Named>(body.clone());
    Ok(match method {
        "ServerLive" => Live { live: true }.encode_to_vec(),
        "ServerReady" => Ready { ready: desk.shelf.is_ready() }.encode_to_vec(),
        "Health" => {
            let status = if desk.shelf.is_ready() { SERVING } else { NOT_SERVING };
            Health { status }.encode_to_vec()
        }
        "ServerMetadata" => Server {
            name: v2::NAME.to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            extensions: v2::EXTENSIONS.map(str::to_owned).to_vec(),
        }
        .encode_to_vec(),
        "ModelReady" => {
            let ready = find(desk, &named()?).is_ok_and(|picked| picked.lane.is_ready());
            Ready { ready }.encode_to_vec()
        }
        "ModelMetadata" => about(desk, &named()?)?.encode_to_vec(),
        "ModelInfer" => return infer(desk, read(body)?, seen).await,
        "RepositoryIndex" => {
            let lanes = desk.shelf.lanes();
            Index { models: lanes.iter().map(|lane| v2::indexed(lane)).collect() }.encode_to_vec()
        }
        "RepositoryModelLoad" | "RepositoryModelUnload" => {
            return Err(service::unchangeable(&read::<Change>(body)?.model_name));
        }
        _ => return Err(Failure::status(501, "UNIMPLEMENTED", "no such method is served here")),
    })
}

fn find(desk: &Desk, named: &Named) -> Result<Picked, Failure> {
    desk.named(&named.name, Some(named.version.as_str()).filter(|version| !version.is_empty()))
}

fn about(desk: &Desk, named: &Named) -> Result<About, Failure> {
    let picked = find(desk, named)?;
    Ok(v2::described(&picked.lane.loaded, &desk.numbers(&picked.lane)))
}

async fn infer(
    desk: &Desk,
    request: ModelInferRequest,
    seen: &mut Seen,
) -> Result<Vec<u8>, Failure> {
    let named = Named { name: request.model_name.clone(), version: request.model_version.clone() };
    let picked = find(desk, &named)?;
    seen.by(&picked.lane);
    let call = Call::Infer(v2::Infer::Message(Box::new(request)));
    Ok(service::ask(picked, call).await?.body)
}

fn read<M: Message + Default>(bytes: Bytes) -> Result<M, Failure> {
    message::read(bytes)
        .map_err(|error| Failure::bad(format!("the message cannot be read: {error}")))
}

/// Returns the one message of a body.
fn opened(mut body: Bytes) -> Result<Bytes, Failure> {
    if body.len() < 5 {
        return Err(Failure::bad("there is no message"));
    }
    let (packed, length) = (body.get_u8(), body.get_u32() as usize);
    plain(packed)?;
    match body.len() == length {
        true => Ok(body),
        false => Err(Failure::bad(format!("{} bytes are no message of {length}", body.len()))),
    }
}

/// Fails where a message is compressed.
fn plain(packed: u8) -> Result<(), Failure> {
    let reason = "compressed messages are not taken; `identity` is";
    match packed {
        0 => Ok(()),
        _ => Err(Failure::status(501, "UNIMPLEMENTED", reason)),
    }
}

/// Reads how long the client waits: digits and a unit.
fn timeout(head: &Parts) -> Option<Duration> {
    let text = head.headers.get(TIMEOUT)?.to_str().ok()?;
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let count: u64 = digits.parse().ok().filter(|_| digits.len() <= 8)?;
    Some(match unit {
        "H" => Duration::from_secs(count * 3600),
        "M" => Duration::from_secs(count * 60),
        "S" => Duration::from_secs(count),
        "m" => Duration::from_millis(count),
        "u" => Duration::from_micros(count),
        "n" => Duration::from_nanos(count),
        _ => return None,
    })
}

/// Returns a message as it goes over the wire.
fn framed(message: &[u8]) -> Bytes {
    let mut body = Vec::with_capacity(message.len() + 5);
    body.push(0);
    body.extend_from_slice(&(message.len() as u32).to_be_bytes());
    body.extend_from_slice(message);
    Bytes::from(body)
}

fn sent(message: &[u8]) -> Response<Sent> {
    let mut trailers = HeaderMap::new();
    trailers.insert(STATUS, HeaderValue::from_static("0"));
    let trailers = std::future::ready(Some(Ok::<_, Infallible>(trailers)));
    let body = Full::new(framed(message)).with_trailers(trailers);
    typed(Either::Right(body.boxed_unsync()))
}

/// Returns gRPC's number for how it went.
const fn code(failure: &Failure) -> u16 {
    match failure.status {
        401 => 16,
        403 => 7,
        404 => 5,
        408 | 504 => 4,
        413 | 429 => 8,
        501 => 12,
        503 => 14,
        400..=499 => 3,
        _ => 13,
    }
}

/// An answer that is nothing but how it went.
fn refused(failure: &Failure) -> Response<Sent> {
    let mut response = typed(Either::Left(Full::default()));
    let headers = response.headers_mut();
    headers.insert(STATUS, HeaderValue::from(code(failure)));
    let words = percent_encoding::utf8_percent_encode(failure.words(), ESCAPED).to_string();
    // A client takes only so many bytes of headers.
    let words = words[..words.floor_char_boundary(2000)].to_owned();
    if let Ok(words) = HeaderValue::try_from(words) {
        headers.insert(MESSAGE, words);
    }
    response
}

fn typed(body: Sent) -> Response<Sent> {
    let mut response = Response::new(body);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
    response
}
