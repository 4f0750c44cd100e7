//! Loading what is asked for, and serving it to the end.

use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::FileTypeExt as _;
use std::os::unix::net::UnixListener;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, bounded, unbounded};
use tokio::runtime::{Builder, Runtime};
use tokio_util::sync::CancellationToken;

use super::batch::Options as Batching;
use super::error::Error;
use super::follow;
use super::lane::Pace;
use super::load::Loading;
use super::metrics::Ledger;
use super::service::{Desk, PATIENCE, Service};
use super::slot::{Beside, Maker, Shelf};
use crate::base::Digest;
use crate::model::Reference;
use crate::server;
use crate::server::access::{AllowedHost, Hosts, Rules};
use crate::server::connection::{Certificate, Door, Listening, Roll, Tls, serve};
use crate::server::report::{Lines, Log, Metrics};
use crate::store::Store;

/// After so many requests a thread looks who else has asked: with more, who asks just after a look waits for two rounds.
const EVENTS: u32 = 8;

/// How models are served.
#[derive(Debug, Clone)]
pub struct Options {
    pub place: Place,
    /// Threads that serve requests.
    pub threads: usize,
    /// Answers that one model works at once, beside those that cost next to nothing.
    pub at_once: usize,
    pub loading: Loading,
    pub batching: Batching,
    pub beside: Beside,
    /// Whether what an alias comes to mean takes over.
    pub follow: bool,
    /// The tokens that are taken; none where nobody is asked for one.
    pub tokens: Option<Vec<String>>,
    /// Names that it goes by beside loopback ones; they count only on loopback.
    pub hosts: Vec<AllowedHost>,
    pub tls: Option<Certificate>,
    pub log: Option<Lines>,
    pub connections: usize,
    /// No body is longer.
    pub most: u64,
    /// How long one answer may take.
    pub limit: Duration,
}

/// Where a server listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// Port 0 takes any that is free.
    Address(SocketAddr),
    Socket(PathBuf),
}

/// Models that are served; it ends when it is stopped or dropped.
#[derive(Debug)]
pub struct Serving {
    url: String,
    models: Vec<String>,
    stop: CancellationToken,
    thread: Option<JoinHandle<()>>,
    socket: Option<PathBuf>,
    news: Receiver<String>,
    /// Followers end when it is gone.
    following: Option<Sender<()>>,
}

/// Loads `models` and answers for them when this returns. `tell` hears what takes long.
pub fn start(
    store: Store,
    models: &[Reference],
    options: &Options,
    tell: &dyn Fn(&str),
) -> Result<Serving, Error> {
    let tls = options.tls.as_ref().map(Tls::read).transpose()?.map(Arc::new);
    // The port first: who cannot have it need not wait for models.
    let (door, url) = open(&options.place, tls.is_some())?;
    let maker = Arc::new(Maker {
        store,
        loading: options.loading.clone(),
        pace: Pace {
            at_once: options.at_once,
            limit: options.limit,
            batch: options.batching.clone(),
        },
        ledger: Arc::default(),
    });
    let shelf = Arc::new(Shelf::load(&maker, models, &options.beside, tell)?);
    let models = shelf.lanes().iter().map(|lane| lane.loaded.reference()).collect();
    let system = |action| move |source| server::Error::System { action, source };
    // A thread alone takes requests in the order in which they came, and hands none over.
    let mut builder = match options.threads {
        0 | 1 => Builder::new_current_thread(),
        _ => Builder::new_multi_thread(),
    };
    let runtime = builder
        .worker_threads(options.threads.max(1))
        .event_interval(EVENTS)
        .thread_name("mls-serve")
        .enable_all()
        .build()
        .map_err(system("start threads"))?;
    let listening = Listening {
        app: Service(Arc::new(desk(options, &shelf, &maker.ledger))),
        roll: Arc::new(Roll::new(options.connections.max(1))),
        metrics: Arc::new(Metrics::new(Log::start(None))),
        tls,
        patience: PATIENCE,
    };
    let stop = CancellationToken::new();
    let stopped = stop.clone();
    let thread = Some(thread::spawn(move || run(runtime, door, listening, stopped)));
    let socket = match &options.place {
        Place::Socket(path) => Some(path.clone()),
        Place::Address(_) => None,
    };
    let (tell, news) = unbounded();
    let (following, ended) = bounded(0);
    if options.follow {
        follow::start(&shelf, &maker, &ended, &tell);
    }
    Ok(Serving { url, models, stop, thread, socket, news, following: Some(following) })
}

fn desk(options: &Options, shelf: &Arc<Shelf>, ledger: &Arc<Ledger>) -> Desk {
    let tokens = options.tokens.as_ref();
    // A page elsewhere can give its own name only an address that its visitor reaches: on loopback that is this machine.
    let rules = match &options.place {
        Place::Address(address) if address.ip().is_loopback() => {
            Some(Rules::new(Hosts::new(options.hosts.clone(), address.ip()), None, vec![]))
        }
        _ => None,
    };
    Desk {
        shelf: Arc::clone(shelf),
        ledger: Arc::clone(ledger),
        rules,
        tokens: tokens.map(|all| all.iter().map(|one| Digest::of(one.as_bytes())).collect()),
        most: options.most,
        log: Log::start(options.log.clone()),
    }
}

enum Bound {
    Tcp(TcpListener),
    Unix(UnixListener),
}

fn open(place: &Place, secure: bool) -> Result<(Bound, String), Error> {
    let scheme = if secure { "https" } else { "http" };
    match place {
        Place::Address(address) => {
            let failed = |source| server::Error::Listen { address: *address, source };
            let listener = TcpListener::bind(address).map_err(failed)?;
            listener.set_nonblocking(true).map_err(failed)?;
            let url = format!("{scheme}://{}", listener.local_addr().map_err(failed)?);
            Ok((Bound::Tcp(listener), url))
        }
        Place::Socket(path) => {
            let failed = |source| Error::Io { action: "listen on", path: path.clone(), source };
            // A socket that a server has left behind is in the way; anything else is somebody's file.
            if std::fs::symlink_metadata(path).is_ok_and(|found| found.file_type().is_socket())
                && std::os::unix::net::UnixStream::connect(path).is_err()
            {
                std::fs::remove_file(path).map_err(failed)?;
            }
            let listener = UnixListener::bind(path).map_err(failed)?;
            listener.set_nonblocking(true).map_err(failed)?;
            Ok((Bound::Unix(listener), format!("unix:{}", path.display())))
        }
    }
}

fn run(runtime: Runtime, bound: Bound, listening: Listening<Service>, stopped: CancellationToken) {
    runtime.block_on(async {
        let registered = "it is set to be non-blocking";
        let door = match bound {
            Bound::Tcp(listener) => {
                Door::Tcp(tokio::net::TcpListener::from_std(listener).expect(registered))
            }
            Bound::Unix(listener) => {
                Door::Unix(tokio::net::UnixListener::from_std(listener).expect(registered))
            }
        };
        serve(door, listening, stopped).await;
    });
    runtime.shutdown_timeout(Duration::from_secs(2));
}

impl Serving {
    /// Returns where clients reach it.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns the versions that are served.
    pub fn models(&self) -> &[String] {
        &self.models
    }

    /// Returns what is told while it serves: which version took over, and which did not.
    pub fn news(&self) -> &Receiver<String> {
        &self.news
    }

    /// Ends: takes no more requests and finishes those that it has.
    pub fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        self.stop.cancel();
        self.following.take();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
        if let Some(socket) = self.socket.take() {
            let _ = std::fs::remove_file(socket);
        }
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.end();
    }
}
