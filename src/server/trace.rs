//! One request from its head to the last byte of its answer: counted, and logged where a log is kept.

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};
use std::time::Instant;

use axum::body::Body;
use axum::http::Method;
use axum::http::header::USER_AGENT;
use axum::http::request::Parts;
use axum::response::Response;
use bytes::Bytes;
use hyper::body::{Body as _, Frame, SizeHint};

use crate::server::connection::Busy;
use crate::server::pace::Seen;
use crate::server::report::{Line, Metrics, Series};
use crate::server::route::Entry;
use crate::server::state::Shared;
use crate::server::token::Secret;

/// A request that is being answered; it ends when this is dropped.
pub(in crate::server) struct Trace {
    metrics: Arc<Metrics>,
    series: Arc<Series>,
    began: Instant,
    line: Option<Box<Line>>,
    status: u16,
    sent: u64,
    whole: bool,
    pub(in crate::server) token: Option<String>,
    pub(in crate::server) seen: Option<Arc<Seen>>,
    _busy: Option<Arc<Busy>>,
}

impl Trace {
    pub(in crate::server) fn begin(
        state: &Shared,
        head: &Parts,
        client: Option<SocketAddr>,
        entry: Option<&Entry>,
        busy: Option<Arc<Busy>>,
    ) -> Self {
        let metrics = Arc::clone(&state.shell.metrics);
        metrics.in_flight.fetch_add(1, Ordering::Relaxed);
        let series = entry.map_or(state.shell.table.others(), |entry| &entry.series);
        let line =
            metrics.log.is_on().then(|| Box::new(line(state.store.now(), head, client, entry)));
        Self {
            series: Arc::clone(series),
            metrics,
            began: Instant::now(),
            line,
            // What a client that goes away before its answer leaves behind.
            status: 499,
            sent: 0,
            whole: head.method == Method::HEAD,
            token: None,
            seen: None,
            _busy: busy,
        }
    }

    /// Returns `response` so that the request lasts as long as its body.
    pub(in crate::server) fn watch(mut self, response: Response) -> Response {
        self.status = response.status().as_u16();
        let is_empty = response.body().is_end_stream();
        self.whole |= is_empty;
        match is_empty {
            true => response,
            false => response.map(|body| Body::new(Traced { body, trace: self })),
        }
    }
}

fn line(now: i64, head: &Parts, client: Option<SocketAddr>, entry: Option<&Entry>) -> Line {
    let path = head.uri.path();
    // The one header that is kept, and a path, may hold what does not belong there.
    let clean = |text: &str| match Secret::is_within(text) {
        true => "(it holds a token)".to_owned(),
        false => text.chars().take(1000).collect(),
    };
    let agent = head.headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok());
    Line {
        time: now,
        client: match client {
            // Of whom a proxy speaks for the port is not known.
            Some(client) if client.port() == 0 => client.ip().to_string(),
            other => other.map(|client| client.to_string()).unwrap_or_default(),
        },
        method: head.method.to_string().chars().take(20).collect(),
        path: clean(path),
        route: entry.map(|entry| entry.path.clone()),
        status: 0,
        token: None,
        agent: agent.map(clean),
        bytes_in: 0,
        bytes_out: 0,
        millis: 0.0,
        whole: false,
    }
}

impl Drop for Trace {
    fn drop(&mut self) {
        let took = self.began.elapsed();
        self.metrics.in_flight.fetch_sub(1, Ordering::Relaxed);
        self.series.count_one(self.status, took);
        if let Some(line) = self.line.take() {
            self.metrics.log.write(&Line {
                status: self.status,
                token: self.token.take(),
                bytes_in: self.seen.as_ref().map_or(0, |seen| seen.bytes()),
                bytes_out: self.sent,
                millis: took.as_micros() as f64 / 1000.0,
                whole: self.whole,
                ..*line
            });
        }
    }
}

/// The body of an answer.
struct Traced {
    body: Body,
    trace: Trace,
}

impl hyper::body::Body for Traced {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = &mut *self;
        let polled = Pin::new(&mut this.body).poll_frame(cx);
        match &polled {
            Poll::Ready(Some(Ok(frame))) => {
                this.trace.sent += frame.data_ref().map_or(0, Bytes::len) as u64;
                this.trace.whole = this.body.is_end_stream();
            }
            Poll::Ready(None) => this.trace.whole = true,
            _ => {}
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
