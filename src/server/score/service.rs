//! Requests to their lanes, and answers with the headers that all have.

use std::convert::Infallible;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::header::{
    ALLOW, AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER,
};
use axum::http::request::Parts;
use axum::http::{Method, Request, Response, StatusCode};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use serde::Serialize;

use super::failure::Failure;
use super::lane::{Answer, Lane, Media};
use super::metrics;
use crate::base::{Clock, Digest, time};
use crate::server::access::Rules;
use crate::server::connection::{Busy, Face, Peer};
use crate::server::health::MLFLOW_VERSION;
use crate::server::pace::{self, Cut, Limit};
use crate::server::report::Log;

const MODEL: HeaderName = HeaderName::from_static("mls-model");
const OBJECT: HeaderName = HeaderName::from_static("mls-object");

/// What all connections share.
#[derive(Debug)]
pub(in crate::server::score) struct Desk {
    /// The first one answers `/invocations`.
    pub(in crate::server::score) lanes: Vec<Arc<Lane>>,
    /// What a model's page and list of versions say of its alias.
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
    type Body = Full<Bytes>;

    fn answer(
        &self,
        request: Request<Incoming>,
        peer: &Peer,
        busy: Busy,
    ) -> impl Future<Output = Result<Response<Full<Bytes>>, Infallible>> + Send + 'static {
        let (desk, client) = (Arc::clone(&self.0), peer.address);
        async move {
            let began = Instant::now();
            let (head, body) = request.into_parts();
            let mut seen = Seen::default();
            let answer = desk.route(&head, body, &mut seen).await;
            let response = response(answer, seen.lane.as_deref());
            let (status, took) = (response.status().as_u16(), began.elapsed());
            if let Some(lane) = &seen.lane {
                lane.numbers.count(status, took);
            }
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
struct Seen {
    lane: Option<Arc<Lane>>,
    bytes: u64,
}

/// Where a path leads.
enum Place<'a> {
    Invocations(Option<&'a str>),
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
            _ => match path
                .strip_prefix("/models/")
                .and_then(|rest| rest.strip_suffix("/invocations"))
            {
                Some(name) => Self::Invocations(Some(name)),
                None => Self::Nowhere,
            },
        }
    }

    const fn method(&self) -> Option<Method> {
        match self {
            Self::Invocations(_) => Some(Method::POST),
            Self::Ping | Self::Version | Self::Metrics => Some(Method::GET),
            Self::Nowhere => None,
        }
    }

    /// Load balancers ask without a token.
    const fn is_open(&self) -> bool {
        matches!(self, Self::Ping | Self::Version)
    }
}

impl Desk {
    async fn route(
        &self,
        head: &Parts,
        body: Incoming,
        seen: &mut Seen,
    ) -> Result<Answer, Failure> {
        let place = Place::of(head.uri.path());
        self.admit(head, &place)?;
        match place.method() {
            None => return Err(Failure::not_found("")),
            Some(method) if method != head.method => {
                return Err(Failure::status(405, "METHOD", method.as_str()));
            }
            Some(_) => {}
        }
        let plain =
            |media: &str, body: Vec<u8>| Ok(Answer { status: 200, media: media.to_owned(), body });
        match place {
            Place::Ping => plain("application/json", b"\n".to_vec()),
            Place::Version => plain("application/json", MLFLOW_VERSION.as_bytes().to_vec()),
            Place::Metrics => {
                let text = metrics::text(self.lanes.iter().map(|lane| &lane.numbers));
                plain("text/plain; version=0.0.4; charset=utf-8", text.into_bytes())
            }
            Place::Invocations(name) => self.invoke(name, head, body, seen).await,
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
        let lane = match name {
            None => self.lanes.first(),
            Some(name) => self.find(name),
        };
        let lane = lane.ok_or_else(|| Failure::not_found("no such model is served here"))?;
        seen.lane = Some(Arc::clone(lane));
        let media = head.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let media = Media::parse(media)?;
        let body = self.collect(body).await?;
        seen.bytes = body.len() as u64;
        let _flying = Flying::new(lane);
        lane.invoke(media, body).await
    }

    /// Finds a version as it stands in an address: `iris`, `iris@v3`, `iris@3`.
    fn find(&self, text: &str) -> Option<&Arc<Lane>> {
        let text = percent_encoding::percent_decode_str(text).decode_utf8().ok()?;
        let of = |name: &str, number: Option<u64>| {
            self.lanes.iter().find(|lane| {
                lane.loaded.name == name && number.is_none_or(|number| lane.loaded.number == number)
            })
        };
        of(&text, None).or_else(|| {
            let (name, version) = text.rsplit_once('@')?;
            of(name, Some(version.strip_prefix('v').unwrap_or(version).parse().ok()?))
        })
    }

    /// Reads a body that is not longer than it may be and does not come too slowly.
    async fn collect(&self, body: Incoming) -> Result<Bytes, Failure> {
        let cut = |cut| match cut {
            Cut::TooLarge => Failure::too_large(self.most),
            Cut::TooSlow => Failure::status(408, "REQUEST_TIMEOUT", "The body comes too slowly"),
        };
        let (body, watched) = pace::watch(Body::new(body), Limit::UpTo(self.most)).map_err(cut)?;
        match body.collect().await {
            Ok(whole) => Ok(whole.to_bytes()),
            Err(_) => Err(watched.cut().map_or_else(|| Failure::bad("The body is cut off"), cut)),
        }
    }

    fn admit(&self, head: &Parts, place: &Place<'_>) -> Result<(), Failure> {
        if let Some(rules) = &self.rules {
            let refused = |_| {
                Failure::status(403, "PERMISSION_DENIED", "Invalid Host header or foreign origin")
            };
            rules.check_host(head).map_err(refused)?;
            rules.check_origin(head).map_err(refused)?;
        }
        let Some(tokens) = self.tokens.as_ref().filter(|_| !place.is_open()) else { return Ok(()) };
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

/// A request that waits or is worked at, for as long as this is there.
struct Flying<'a>(&'a Lane);

impl<'a> Flying<'a> {
    fn new(lane: &'a Lane) -> Self {
        lane.numbers.in_flight.fetch_add(1, Ordering::Relaxed);
        Self(lane)
    }
}

impl Drop for Flying<'_> {
    fn drop(&mut self) {
        self.0.numbers.in_flight.fetch_sub(1, Ordering::Relaxed);
    }
}

fn response(answer: Result<Answer, Failure>, lane: Option<&Lane>) -> Response<Full<Bytes>> {
    let mut response = match answer {
        Ok(Answer { status, media, body }) => {
            let mut response = Response::new(Full::new(Bytes::from(body)));
            *response.status_mut() =
                StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
            let media = HeaderValue::try_from(media);
            let media = media.unwrap_or(HeaderValue::from_static("application/octet-stream"));
            response.headers_mut().insert(CONTENT_TYPE, media);
            response
        }
        Err(failure) => failed(&failure),
    };
    let headers = response.headers_mut();
    if let Some(lane) = lane {
        headers.insert(MODEL, lane.header.clone());
        headers.insert(OBJECT, lane.object.clone());
    }
    response
}

fn failed(failure: &Failure) -> Response<Full<Bytes>> {
    // What FastAPI says before MLflow's code is reached.
    let body = match failure.status {
        404 if failure.message.is_empty() => br#"{"detail":"Not Found"}"#.to_vec(),
        405 => br#"{"detail":"Method Not Allowed"}"#.to_vec(),
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
