//! A stream whose other end may not take for ever.

use std::future::Future as _;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

use super::roll::IDLE;
use crate::server::connection::Connection;
use crate::server::report::Metrics;

/// How long no byte of an answer may be taken.
const STALL: Duration = Duration::from_secs(30);

/// What a client must take in a second, on average, after a first [`STALL`].
const LEAST_RATE: u64 = 1024;

/// A stream that fails when its client is too slow; see the table of the room `connection`.
pub(super) struct Guarded<S> {
    inner: S,
    connection: Arc<Connection>,
    metrics: Arc<Metrics>,
    reading: Alarm,
    writing: Alarm,
    /// Since when the client takes nothing.
    stuck: Option<Instant>,
    /// How long it has taken nothing, in all.
    waited: Duration,
    written: u64,
}

impl<S> Guarded<S> {
    pub(super) fn new(inner: S, connection: Arc<Connection>, metrics: Arc<Metrics>) -> Self {
        Self {
            inner,
            connection,
            metrics,
            reading: Alarm::default(),
            writing: Alarm::default(),
            stuck: None,
            waited: Duration::ZERO,
            written: 0,
        }
    }

    /// Notes what became of a write.
    fn wrote(
        &mut self,
        cx: &mut Context<'_>,
        result: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        match result {
            Poll::Ready(Ok(count)) => {
                if let Some(since) = self.stuck.take() {
                    self.waited += since.elapsed();
                }
                self.written += count as u64;
                self.metrics.bytes_out.fetch_add(count as u64, Ordering::Relaxed);
                Poll::Ready(Ok(count))
            }
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending => {
                let since = *self.stuck.get_or_insert_with(Instant::now);
                let fair = STALL + Duration::from_secs(self.written / LEAST_RATE);
                let left = fair.saturating_sub(self.waited).min(STALL);
                ready!(self.writing.poll(cx, since + left));
                Poll::Ready(Err(slow()))
            }
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Guarded<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let before = buffer.filled().len();
        match Pin::new(&mut this.inner).poll_read(cx, buffer) {
            Poll::Ready(Ok(())) => {
                let count = buffer.filled().len() - before;
                if count > 0 {
                    this.connection.hear();
                    this.metrics.bytes_in.fetch_add(count as u64, Ordering::Relaxed);
                }
                Poll::Ready(Ok(()))
            }
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending => match this.connection.deadline() {
                // The body's own pace is watched where it is read. Once the answer is away, nobody may ask again: what was
                // found empty is not read until bytes come. So this is looked at again in time.
                None => {
                    this.reading.arm(cx, Instant::now() + IDLE);
                    Poll::Pending
                }
                Some(deadline) => {
                    ready!(this.reading.poll(cx, deadline));
                    Poll::Ready(Err(slow()))
                }
            },
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Guarded<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.inner).poll_write(cx, bytes);
        self.wrote(cx, result)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.inner).poll_write_vectored(cx, slices);
        self.wrote(cx, result)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.inner).poll_flush(cx).map_ok(|()| 0);
        self.wrote(cx, flushed).map_ok(|_| ())
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let ended = Pin::new(&mut self.inner).poll_shutdown(cx).map_ok(|()| 0);
        self.wrote(cx, ended).map_ok(|_| ())
    }
}

fn slow() -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, "the client is too slow")
}

/// A timer that is set only when it must be: a deadline that moves on costs nothing until the old one is reached.
#[derive(Default)]
pub(in crate::server) struct Alarm(Option<Pin<Box<Sleep>>>);

impl Alarm {
    /// Has the task woken at `deadline`, if it is not going to be woken earlier.
    fn arm(&mut self, cx: &mut Context<'_>, deadline: Instant) {
        if self.0.as_ref().is_none_or(|sleep| sleep.is_elapsed()) {
            let _ = self.poll(cx, deadline);
        }
    }

    /// Is ready when `deadline` is reached.
    pub(in crate::server) fn poll(&mut self, cx: &mut Context<'_>, deadline: Instant) -> Poll<()> {
        let sleep = self.0.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        if sleep.deadline() > deadline {
            sleep.as_mut().reset(deadline);
        }
        while sleep.as_mut().poll(cx).is_ready() {
            if Instant::now() >= deadline {
                return Poll::Ready(());
            }
            sleep.as_mut().reset(deadline);
        }
        Poll::Pending
    }
}
