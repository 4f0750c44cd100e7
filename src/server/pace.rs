//! The body of a request as it comes in: not more than its route takes, and not slower than is fair.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::BoxError;
use axum::body::Body;
use bytes::Bytes;
use hyper::body::{Body as _, Frame, SizeHint};
use tokio::time::Instant;

use crate::server::connection::Alarm;

/// How much of a body a route takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::server) enum Limit {
    /// Bodies that are held in memory.
    UpTo(u64),
    /// Bodies of any length, whose handler reads them piece by piece.
    Stream,
}

/// MLflow takes a batch of 1,000,000 characters, which can be four bytes each.
pub(in crate::server) const USUAL: Limit = Limit::UpTo(4 << 20);

/// How long no byte may come.
const STALL: Duration = Duration::from_secs(30);

/// How long the first bytes may take, and how many must follow in a second.
const START: Duration = Duration::from_secs(10);
const LEAST_RATE: u64 = 1024;

/// What became of a body; outlives it.
#[derive(Debug, Default)]
pub(in crate::server) struct Seen {
    bytes: AtomicU64,
    /// Why it was cut off: 0 for not.
    cut: AtomicU8,
}

/// Why a body was cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(in crate::server) enum Cut {
    #[error("the body is longer than this route takes")]
    TooLarge,
    #[error("the body comes too slowly")]
    TooSlow,
}

impl Seen {
    pub(in crate::server) fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    pub(in crate::server) fn cut(&self) -> Option<Cut> {
        match self.cut.load(Ordering::Relaxed) {
            1 => Some(Cut::TooLarge),
            2 => Some(Cut::TooSlow),
            _ => None,
        }
    }
}

/// Returns `body` so that it keeps to `limit`, and what becomes of it; one that says itself that it is too long is
/// not even begun.
pub(in crate::server) fn watch(body: Body, limit: Limit) -> Result<(Body, Arc<Seen>), Cut> {
    let seen = Arc::new(Seen::default());
    if body.is_end_stream() {
        return Ok((body, seen));
    }
    let most = match limit {
        Limit::UpTo(most) if body.size_hint().lower() > most => return Err(Cut::TooLarge),
        Limit::UpTo(most) => most,
        Limit::Stream => u64::MAX,
    };
    let watched = Watched {
        body,
        most,
        seen: Arc::clone(&seen),
        alarm: Alarm::default(),
        since: None,
        waited: Duration::ZERO,
    };
    Ok((Body::new(watched), seen))
}

struct Watched {
    body: Body,
    most: u64,
    seen: Arc<Seen>,
    alarm: Alarm,
    /// Since when the next bytes are waited for. What a handler takes for itself does not count.
    since: Option<Instant>,
    waited: Duration,
}

impl Watched {
    fn fail(&self, cut: Cut) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        self.seen.cut.store(if cut == Cut::TooLarge { 1 } else { 2 }, Ordering::Relaxed);
        Poll::Ready(Some(Err(cut.into())))
    }
}

impl hyper::body::Body for Watched {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = &mut *self;
        match Pin::new(&mut this.body).poll_frame(cx) {
            Poll::Ready(Some(Ok(frame))) => {
                if let Some(since) = this.since.take() {
                    this.waited += since.elapsed();
                }
                let count = frame.data_ref().map_or(0, Bytes::len) as u64;
                let bytes = this.seen.bytes.fetch_add(count, Ordering::Relaxed) + count;
                match bytes > this.most {
                    true => this.fail(Cut::TooLarge),
                    false => Poll::Ready(Some(Ok(frame))),
                }
            }
            Poll::Ready(Some(Err(error))) => Poll::Ready(Some(Err(error.into()))),
            Poll::Ready(None) => Poll::Ready(None),
            Poll::Pending => {
                let since = *this.since.get_or_insert_with(Instant::now);
                let fair = START + Duration::from_secs(this.seen.bytes() / LEAST_RATE);
                let left = fair.saturating_sub(this.waited).min(STALL);
                match this.alarm.poll(cx, since + left) {
                    Poll::Ready(()) => this.fail(Cut::TooSlow),
                    Poll::Pending => Poll::Pending,
                }
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
