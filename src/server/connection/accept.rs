//! The loop that takes connections in, and their life.

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, Response, Version};
use axum::{BoxError, Router};
use bytes::Bytes;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower_service::Service as _;

use super::roll::{Busy, Place, Roll};
use super::stream::Guarded;
use super::tls::{LOOK, Tls};
use crate::server::connection::Peer;
use crate::server::report::Metrics;

/// How long a handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// What the address and the headers of a request may have together: as much as MLflow's own server takes. So much of an
/// answer that its client does not read is held at least.
const HEAD_BYTES: usize = 64 << 10;

/// No client sends more headers than this.
const HEADERS: usize = 100;

/// What a connection is told that there is no room for.
const FULL: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";

/// What answers requests.
pub(in crate::server) trait Face: Clone + Send + Sync + 'static {
    type Body: hyper::body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static;

    /// Answers one request; `busy` is held until its answer is away.
    fn answer(
        &self,
        request: Request<Incoming>,
        peer: &Peer,
        busy: Busy,
    ) -> impl Future<Output = Result<Response<Self::Body>, Infallible>> + Send + 'static;
}

impl Face for Router {
    type Body = Body;

    fn answer(
        &self,
        request: Request<Incoming>,
        peer: &Peer,
        busy: Busy,
    ) -> impl Future<Output = Result<Response<Body>, Infallible>> + Send + 'static {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(peer.clone());
        request.extensions_mut().insert(Arc::new(busy));
        self.clone().call(request)
    }
}

/// Where connections come in.
#[derive(Debug)]
pub(in crate::server) enum Door {
    Tcp(TcpListener),
    Unix(UnixListener),
}

/// A connection as it came in.
enum Caller {
    Tcp(TcpStream, SocketAddr),
    Unix(UnixStream),
}

impl Door {
    async fn accept(&self) -> io::Result<Caller> {
        match self {
            Self::Tcp(listener) => {
                listener.accept().await.map(|(stream, address)| Caller::Tcp(stream, address))
            }
            Self::Unix(listener) => listener.accept().await.map(|(stream, _)| Caller::Unix(stream)),
        }
    }
}

/// What is served, and how.
#[derive(Debug, Clone)]
pub(in crate::server) struct Listening<A> {
    pub(in crate::server) app: A,
    pub(in crate::server) roll: Arc<Roll>,
    pub(in crate::server) metrics: Arc<Metrics>,
    pub(in crate::server) tls: Option<Arc<Tls>>,
    /// How long requests may go on once the server is told to end.
    pub(in crate::server) patience: Duration,
}

/// Serves until told to stop, and finishes what it has begun.
pub(in crate::server) async fn serve<A: Face>(
    door: Door,
    listening: Listening<A>,
    stop: CancellationToken,
) {
    let tasks = TaskTracker::new();
    let listening = Arc::new(listening);
    let mut look = interval(LOOK);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            biased;
            () = stop.cancelled() => break,
            _ = look.tick(), if listening.tls.is_some() => refresh(&listening),
            accepted = door.accept() => match accepted {
                Ok(caller) => take(&listening, &tasks, caller, &stop),
                // Out of file descriptors: trying at once would only burn time.
                Err(error) if is_scarce(&error) => sleep(Duration::from_millis(20)).await,
                Err(_) => {}
            },
        }
    }
    drop(door);
    tasks.close();
    // What is longer than that is cut off; it was not acknowledged.
    let _ = timeout(listening.patience, tasks.wait()).await;
}

/// Another certificate counts for connections from here on.
fn refresh<A: Face>(listening: &Arc<Listening<A>>) {
    let listening = Arc::clone(listening);
    tokio::task::spawn_blocking(move || {
        if let Some(Err(error)) = listening.tls.as_ref().map(|tls| tls.refresh()) {
            listening.metrics.note(&error.to_string());
        }
    });
}

fn take<A: Face>(
    listening: &Arc<Listening<A>>,
    tasks: &TaskTracker,
    caller: Caller,
    stop: &CancellationToken,
) {
    let place = listening.roll.admit();
    let (listening, stop) = (Arc::clone(listening), stop.clone());
    match (place, caller) {
        (Some(place), Caller::Tcp(stream, address)) => {
            // Answers are small, and their clients wait for them.
            let _ = stream.set_nodelay(true);
            tasks.spawn(live(listening, place, stream, address, stop));
        }
        // Whoever comes through the file system has no address of the network.
        (Some(place), Caller::Unix(stream)) => {
            let address = (Ipv4Addr::LOCALHOST, 0).into();
            tasks.spawn(live(listening, place, stream, address, stop));
        }
        (None, Caller::Tcp(stream, _)) => drop(stream.try_write(FULL)),
        (None, Caller::Unix(stream)) => drop(stream.try_write(FULL)),
    }
}

/// One connection from its first byte to its last.
async fn live<A: Face, S>(
    listening: Arc<Listening<A>>,
    place: Place,
    stream: S,
    address: SocketAddr,
    stop: CancellationToken,
) where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let peer = Peer { address, connection: Arc::clone(&place.connection) };
    tokio::select! {
        () = place.connection.room.notified() => {}
        () = secure(&listening, peer, stream, stop) => {}
    }
}

async fn secure<A: Face, S>(
    listening: &Listening<A>,
    peer: Peer,
    stream: S,
    stop: CancellationToken,
) where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let Some(tls) = &listening.tls else { return talk(listening, peer, stream, stop).await };
    tokio::select! {
        // Nothing has been asked yet.
        () = stop.cancelled() => {}
        done = timeout(HANDSHAKE, tls.acceptor().accept(stream)) => {
            if let Ok(Ok(stream)) = done {
                talk(listening, peer, stream, stop).await;
            }
        }
    }
}

async fn talk<A: Face, S>(listening: &Listening<A>, peer: Peer, stream: S, stop: CancellationToken)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let connection = Arc::clone(&peer.connection);
    let stream = Guarded::new(stream, connection, Arc::clone(&listening.metrics));
    let service = service_fn(|request: Request<Incoming>| {
        let busy = peer.connection.begin(request.version() == Version::HTTP_2);
        listening.app.answer(request, &peer, busy)
    });
    let builder = builder();
    let talk = builder.serve_connection(TokioIo::new(stream), service);
    tokio::pin!(talk);
    tokio::select! {
        // A connection that breaks is the client's business.
        _ = talk.as_mut() => return,
        () = stop.cancelled() => talk.as_mut().graceful_shutdown(),
    }
    let _ = talk.await;
}

fn builder() -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    // The pace of a head is watched in `Guarded`, which can tell a slow head from a connection that is kept.
    builder.http1().max_buf_size(HEAD_BYTES).max_headers(HEADERS).header_read_timeout(None);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(128)
        .max_header_list_size(HEAD_BYTES as u32)
        // A client that opens and resets streams without end is cut off (CVE-2023-44487).
        .max_pending_accept_reset_streams(Some(20))
        .initial_stream_window_size(1 << 20)
        .initial_connection_window_size(4 << 20)
        .keep_alive_interval(Some(Duration::from_secs(20)))
        .keep_alive_timeout(Duration::from_secs(20));
    builder
}

fn is_scarce(error: &io::Error) -> bool {
    use rustix::io::Errno;
    let scarce = [Errno::MFILE, Errno::NFILE, Errno::NOBUFS, Errno::NOMEM];
    error.raw_os_error().is_some_and(|code| scarce.iter().any(|one| one.raw_os_error() == code))
}
