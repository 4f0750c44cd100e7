//! Requests to their lanes, and answers with the headers that all have.

use std::convert::Infallible;
use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::header::{ALLOW, AUTHORIZATION, CONTENT_TYPE, HeaderName, RETRY_AFTER};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, Request, Response, StatusCode};
use bytes::Bytes;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Either, Full};
use hyper::body::Incoming;
use serde::Serialize;
use serde_json::Value;

use super::call::{Answer, Call, Media};
use super::failure::Failure;
use super::grpc;
use super::lane::Lane;
use super::metrics::{self, Ledger};
use super::page;
use super::slot::{Picked, Shelf};
use super::v2::{self, What};
use crate::base::{Clock, Digest, time};
use crate::server::access::Rules;
use crate::server::connection::{Busy, Face, Peer};
use crate::server::health::MLFLOW_VERSION;
use crate::server::pace::{self, Cut, Limit};
use crate::server::report::Log;

const MODEL: HeaderName = HeaderName::from_static("mls-model");
const OBJECT: HeaderName = HeaderName::from_static("mls-object");
const HEADER: HeaderName = HeaderName::from_static(v2::HEADER);

/// The body of an answer: all at once, or for gRPC with how it went behind it.
pub(super) type Sent = Either<Full<Bytes>, UnsyncBoxBody<Bytes, Infallible>>;

/// What all connections share.
#[derive(Debug)]
pub(in crate::server::score) struct Desk {
    pub(in crate::server::score) shelf: Arc<Shelf>,
    pub(in crate::server::score) ledger: Arc<Ledger>,
    /// Which names and origins are taken, where any page on this machine could ask.
    pub(in crate::server::score) rules: Option<Rules>,
    /// The tokens that are taken, hashed; none where nobody is asked for one.
    pub(in crate::server::score) tokens: Option<Vec<Digest>>,
    pub(in crate::server::score) most: u64,
    pub(in crate::server::score) log: Log,
}

/// Answers requests.
#[derive(Debug, Clone)]
pub(in crate::server::score) struct Service(pub(in crate::server::score) Arc<Desk>);

impl Face for Service {
    type Body = Sent;

    fn answer(
        &self,
        request: Request<Incoming>,
        peer: &Peer,
        busy: Busy,
    ) -> impl Future<Output = Result<Response<Sent>, Infallible>> + Send + 'static {
        let (desk, client) = (Arc::clone(&self.0), peer.address);
        async move {
            let began = Instant::now();
            let (head, body) = request.into_parts();
            let mut seen = Seen::default();
            let mut response = match grpc::is(&head) {
                true => grpc::answer(&desk, &head, body, &mut seen).await,
                false => {
                    let answer = desk.route(&head, body, &mut seen).await;
                    response(answer, &head).map(Either::Left)
                }
            };
            if let Some(lane) = &seen.lane {
                response.headers_mut().insert(MODEL, lane.header.clone());
                response.headers_mut().insert(OBJECT, lane.object.clone());
            }
            let (status, took) =
                (seen.status.unwrap_or(response.status().as_u16()), began.elapsed());
            seen.count(status, took);
            if desk.log.is_on() {
                desk.log.write(&Line {
                    time: time::rfc3339(Clock::System.now()),
                    client: client.to_string(),
                    method: head.method.as_str(),
                    path: head.uri.path(),
                    status,
                    model: seen.lane.as_ref().map(|lane| lane.loaded.reference()),
                    bytes_in: seen.bytes,
                    bytes_out: hyper::body::Body::size_hint(response.body()).lower(),
                    millis: took.as_micros() as f64 / 1000.0,
                });
            }
            drop(busy);
            Ok(response)
        }
    }
}

/// One request in the access log.
#[derive(Serialize)]
struct Line<'a> {
    time: String,
    client: String,
    method: &'a str,
    path: &'a str,
    status: u16,
    model: Option<String>,
    bytes_in: u64,
    bytes_out: u64,
    millis: f64,
}

/// What became known of a request on its way.
#[derive(Default)]
pub(super) struct Seen {
    lane: Option<Arc<Lane>>,
    pub(super) bytes: u64,
    /// The status that counts, where the answer itself has another.
    pub(super) status: Option<u16>,
}

/// Where a path leads.
enum Place<'a> {
    Invocations(Option<&'a str>),
    Inference(v2::Place<'a>),
    Page(page::File),
    Ping,
    Version,
    Metrics,
    Nowhere,
}

impl<'a> Place<'a> {
    fn of(path: &'a str) -> Self {
        match path {
            "/invocations" => Self::Invocations(None),
            "/ping" | "/health" => Self::Ping,
            "/version" => Self::Version,
            "/metrics" => Self::Metrics,
            _ if is_inference(path) => v2::Place::of(path).map_or(Self::Nowhere, Self::Inference),
            _ => match path
                .strip_prefix("/models/")
                .and_then(|rest| rest.strip_suffix("/invocations"))
            {
                Some(name) => Self::Invocations(Some(name)),
                None => page::File::of(path).map_or(Self::Nowhere, Self::Page),
            },
        }
    }

    fn method(&self) -> Option<Method> {
        match self {
            Self::Invocations(_) => Some(Method::POST),
            Self::Inference(place) => Some(place.method()),
            Self::Ping | Self::Version | Self::Metrics | Self::Page(_) => Some(Method::GET),
            Self::Nowhere => None,
        }
    }

    /// Load balancers ask without a token, and a page has none before somebody has typed it in.
    fn is_open(&self) -> bool {
        match self {
            Self::Inference(place) => place.is_open(),
            Self::Page(file) => file.is_open(),
            _ => matches!(self, Self::Ping | Self::Version),
        }
    }
}

/// Tells whether a path is one of the Open Inference Protocol.
fn is_inference(path: &str) -> bool {
    path.strip_prefix("/v2").is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

impl Desk {
    async fn route(
        &self,
        head: &Parts,
        body: Incoming,
        seen: &mut Seen,
    ) -> Result<Answer, Failure> {
        let place = Place::of(head.uri.path());
        self.admit(head, place.is_open())?;
        match place.method() {
            None => return Err(Failure::not_found("")),
            Some(method) if method != head.method => {
                return Err(Failure::status(405, "METHOD", method.as_str()));
            }
            Some(_) => {}
        }
        match place {
            Place::Ping => Ok(ready(self.shelf.is_ready(), b"\n".to_vec())),
            Place::Version => Ok(Answer::json(MLFLOW_VERSION.as_bytes().to_vec())),
            Place::Metrics => {
                let media = "text/plain; version=0.0.4; charset=utf-8";
                let lanes = self.shelf.lanes();
                let workers = lanes
                    .iter()
                    .filter_map(|lane| Some((Arc::clone(&lane.numbers), lane.loaded.workers()?)));
                let text = self.ledger.text(&workers.collect::<Vec<_>>());
                Ok(Answer::new(media, text.into_bytes()))
            }
            Place::Invocations(name) => self.invoke(name, head, body, seen).await,
            Place::Inference(place) => self.inference(place, head, body, seen).await,
            Place::Page(file) => Ok(file.answer(&self.shelf.lanes())),
            Place::Nowhere => Err(Failure::not_found("")),
        }
    }

    async fn invoke(
        &self,
        name: Option<&str>,
        head: &Parts,
        body: Incoming,
        seen: &mut Seen,
    ) -> Result<Answer, Failure> {
        let name = name.map(|name| percent_encoding::percent_decode_str(name).decode_utf8_lossy());
        let picked = self.shelf.pick(name.as_deref());
        let picked = picked.ok_or_else(|| Failure::not_found("no such model is served here"))?;
        seen.lane = Some(Arc::clone(&picked.lane));
        let media = head.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let media = Media::parse(media)?;
        let body = self.collect(body, seen).await?;
        ask(picked, Call::Scoring { media, body }).await
    }

    async fn inference(
        &self,
        place: v2::Place<'_>,
        head: &Parts,
        body: Incoming,
        seen: &mut Seen,
    ) -> Result<Answer, Failure> {
        let said = |value: Value| Ok(Answer::json(value.to_string().into_bytes()));
        let (name, version, what) = match place {
            v2::Place::Server => return said(v2::server()),
            v2::Place::Live => return said(v2::live()),
            v2::Place::Ready => {
                let is_ready = self.shelf.is_ready();
                return Ok(ready(is_ready, v2::ready(is_ready).to_string().into_bytes()));
            }
            v2::Place::Index => {
                let lanes = self.shelf.lanes();
                return said(v2::index(&lanes));
            }
            v2::Place::Change(name) => return Err(unchangeable(&name)),
            v2::Place::Model { name, version, what } => (name, version, what),
        };
        let version = version.as_deref().filter(|version| !version.is_empty());
        let picked = self.named(&name, version)?;
        match what {
            What::Ready => {
                let is_ready = picked.lane.is_ready();
                let body = v2::ready_model(&picked.lane.loaded, is_ready);
                Ok(ready(is_ready, body.to_string().into_bytes()))
            }
            What::About => said(v2::model(&picked.lane.loaded, &self.numbers(&picked.lane))),
            What::Infer => {
                seen.lane = Some(Arc::clone(&picked.lane));
                let body = self.collect(body, seen).await?;
                let header = header(head)?;
                ask(picked, Call::Infer(v2::Infer::Json { body, header })).await
            }
        }
    }

    /// Returns who answers for a model, by a name and a version apart.
    pub(super) fn named(&self, name: &str, version: Option<&str>) -> Result<Picked, Failure> {
        let picked = match version {
            None => self.shelf.pick(Some(name)),
            Some(version) => self.shelf.version(name, version),
        };
        picked.ok_or_else(|| {
            let version = version.map(|one| format!(" version {one}")).unwrap_or_default();
            Failure::not_found(format!("Request for unknown model: '{name}'{version} is not found"))
        })
    }

    /// Returns the numbers of a model's versions that answer.
    pub(super) fn numbers(&self, lane: &Lane) -> Vec<u64> {
        let lanes = self.shelf.lanes();
        let same = lanes.iter().filter(|one| one.loaded.name == lane.loaded.name);
        let mut numbers: Vec<u64> = same.map(|one| one.loaded.number).collect();
        numbers.sort_unstable();
        numbers
    }

    /// Reads a body that is not longer than it may be and does not come too slowly.
    pub(super) async fn collect(&self, body: Incoming, seen: &mut Seen) -> Result<Bytes, Failure> {
        let cut = |cut| match cut {
            Cut::TooLarge => Failure::too_large(self.most),
            Cut::TooSlow => Failure::status(408, "REQUEST_TIMEOUT", "The body comes too slowly"),
        };
        let (body, watched) = pace::watch(Body::new(body), Limit::UpTo(self.most)).map_err(cut)?;
        match body.collect().await {
            Ok(whole) => {
                let bytes = whole.to_bytes();
                seen.bytes = bytes.len() as u64;
                Ok(bytes)
            }
            Err(_) => Err(watched.cut().map_or_else(|| Failure::bad("The body is cut off"), cut)),
        }
    }

    /// Lets a request in by the name of the server, where it comes from, and its token.
    pub(super) fn admit(&self, head: &Parts, open: bool) -> Result<(), Failure> {
        if let Some(rules) = &self.rules {
            let refused = |_| {
                Failure::status(403, "PERMISSION_DENIED", "Invalid Host header or foreign origin")
            };
            rules.check_host(head).map_err(refused)?;
            rules.check_origin(head).map_err(refused)?;
        }
        let Some(tokens) = self.tokens.as_ref().filter(|_| !open) else { return Ok(()) };
        let shown = head.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let shown = shown.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
        // Hashes are compared: how far a guess is right does not show in the time it takes.
        match tokens.contains(&Digest::of(shown.trim().as_bytes())) {
            true => Ok(()),
            false => Err(Failure::status(
                401,
                "UNAUTHENTICATED",
                "Give a token as `Authorization: Bearer …`",
            )),
        }
    }
}

/// Tells whether somebody is there to answer: by the status, as all who look at it do.
fn ready(is_ready: bool, body: Vec<u8>) -> Answer {
    let status = if is_ready { 200 } else { 503 };
    Answer { status, ..Answer::json(body) }
}

impl Seen {
    /// Counts an answer for the version that gave it.
    pub(super) fn count(&self, status: u16, took: Duration) {
        if let Some(lane) = &self.lane {
            lane.numbers.count(status, took);
        }
    }

    pub(super) fn by(&mut self, lane: &Arc<Lane>) {
        self.lane = Some(Arc::clone(lane));
    }
}

/// What those are told who would load or unload a model.
pub(super) fn unchangeable(name: &str) -> Failure {
    let name = name.escape_debug();
    Failure::bad(format!(
        "explicit model load / unload is not allowed: what is served, `{name}` or another, is named when the server starts"
    ))
}

/// Returns how much of the body is JSON, where tensors follow it.
fn header(head: &Parts) -> Result<Option<usize>, Failure> {
    let Some(value) = head.headers.get(HEADER) else { return Ok(None) };
    let length = value.to_str().ok().and_then(|text| text.trim().parse().ok());
    length.map(Some).ok_or_else(|| Failure::bad("Inference-Header-Content-Length is no length"))
}

/// Has a version answer, and another one besides.
pub(super) async fn ask(picked: Picked, call: Call) -> Result<Answer, Failure> {
    let (lane, call) = (picked.lane, Arc::new(call));
    let _flying = lane.numbers.fly();
    let answer = lane.answer(&call).await;
    if let (Some(shadow), Ok(answer)) = (picked.shadow, &answer) {
        let said = answer.said().to_vec();
        tokio::spawn(async move { beside(&shadow, &call, &said).await });
    }
    answer
}

/// Asks a version that nobody hears, and counts whether it says the same.
async fn beside(lane: &Arc<Lane>, call: &Arc<Call>, said: &[u8]) {
    let (began, _flying) = (Instant::now(), lane.numbers.fly());
    let answer = lane.answer(call).await;
    let what = match &answer {
        Ok(answer) if answer.said() == said => metrics::Beside::Same,
        Ok(_) => metrics::Beside::Different,
        Err(_) => metrics::Beside::Failed,
    };
    let status = answer.map_or_else(|failure| failure.status, |answer| answer.status);
    lane.numbers.count(status, began.elapsed());
    lane.numbers.beside(what);
}

fn response(answer: Result<Answer, Failure>, head: &Parts) -> Response<Full<Bytes>> {
    let Answer { status, media, body, header, .. } = match answer {
        Ok(answer) => answer,
        Err(failure) => return failed(&failure, is_inference(head.uri.path())),
    };
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
    let headers = response.headers_mut();
    let media = HeaderValue::try_from(&*media);
    let media = media.unwrap_or(HeaderValue::from_static("application/octet-stream"));
    if media.as_bytes().starts_with(b"text/") {
        page::guard(headers);
    }
    headers.insert(CONTENT_TYPE, media);
    if let Some(header) = header {
        headers.insert(HEADER, HeaderValue::from(header));
    }
    response
}

fn failed(failure: &Failure, inference: bool) -> Response<Full<Bytes>> {
    // What FastAPI says before MLflow's code is reached.
    let body = match failure.status {
        404 if failure.message.is_empty() && !inference => br#"{"detail":"Not Found"}"#.to_vec(),
        405 if !inference => br#"{"detail":"Method Not Allowed"}"#.to_vec(),
        _ if inference => failure.inference_body(),
        _ => failure.body(),
    };
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() =
        StatusCode::from_u16(failure.status).unwrap_or(StatusCode::BAD_GATEWAY);
    let media = match failure.status {
        415 => "text/plain; charset=utf-8",
        _ => "application/json",
    };
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(media));
    if failure.status == 405
        && let Ok(allow) = HeaderValue::try_from(&failure.message)
    {
        headers.insert(ALLOW, allow);
    }
    if let Some(seconds) = failure.retry {
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// How long connections are kept at the end.
pub(in crate::server::score) const PATIENCE: Duration = Duration::from_secs(20);
