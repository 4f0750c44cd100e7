//! Accepting connections, and ending without losing what was acknowledged.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use axum::Router;
use tokio::runtime::{Builder, Runtime};
use tokio_util::sync::CancellationToken;

use crate::server::Error;
use crate::server::access::{AllowedHost, Hosts, Proxies, Rules};
use crate::server::connection::{Certificate, Door, Listening, Roll, Tls, serve};
use crate::server::gate::Shell;
use crate::server::mlflow::Courier;
use crate::server::report::{Lines, Log, Metrics};
use crate::server::route::{Table, router};
use crate::server::state::State;
use crate::server::token::Keys;
use crate::store::Store;

/// How long work for the store may go on after its request was given up.
const LAST_WORK: Duration = Duration::from_secs(10);

/// How a server is run.
#[derive(Debug, Clone)]
pub struct Options {
    /// Port 0 takes any that is free.
    pub address: SocketAddr,
    /// Threads that serve requests.
    pub workers: usize,
    /// Which tokens are asked for; nothing where everybody who can connect may do everything.
    pub keys: Option<Keys>,
    /// The names that it goes by beside loopback ones.
    pub hosts: Vec<AllowedHost>,
    /// Reverse proxies whose word on their clients counts.
    pub proxies: Vec<Proxies>,
    pub tls: Option<Certificate>,
    /// Where a line for each request goes.
    pub log: Option<Lines>,
    /// How many connections there may be at once.
    pub connections: usize,
    /// Whether webhooks may lead to private addresses and speak plain HTTP.
    pub private_webhooks: bool,
    /// How long a webhook that failed is left alone at first.
    pub webhook_pause: Duration,
    /// How long requests may go on once the server is told to end.
    pub patience: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            address: (Ipv4Addr::LOCALHOST, 0).into(),
            workers: 2,
            keys: None,
            hosts: vec![],
            proxies: vec![],
            tls: None,
            log: None,
            connections: 2048,
            private_webhooks: false,
            webhook_pause: Duration::from_secs(1),
            patience: Duration::from_secs(20),
        }
    }
}

/// A running server; ends when it is stopped or dropped.
#[derive(Debug)]
pub struct Hub {
    address: SocketAddr,
    secure: bool,
    stop: CancellationToken,
    thread: Option<JoinHandle<()>>,
}

/// Starts a server over `store`; it answers when this returns.
pub fn start(store: Store, options: &Options) -> Result<Hub, Error> {
    let address = options.address;
    if let Some(keys) = &options.keys {
        keys.prepare(&store)?;
    }
    let tls = options.tls.as_ref().map(Tls::read).transpose()?.map(Arc::new);
    let failed = |source| Error::Listen { address, source };
    let listener = TcpListener::bind(address).map_err(failed)?;
    listener.set_nonblocking(true).map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let runtime = Builder::new_multi_thread()
        .worker_threads(options.workers.max(1))
        .thread_name("mls-hub")
        .enable_all()
        .build()
        .map_err(|source| Error::System { action: "start threads", source })?;
    let metrics = Arc::new(Metrics::new(Log::start(options.log.clone())));
    let roll = Arc::new(Roll::new(options.connections.max(1)));
    let courier = Courier::new(options.private_webhooks, options.webhook_pause);
    let state = Arc::new(State::new(store, shell(options, &metrics, &roll), courier)?);
    // A hub for one command leaves them to the one that stays.
    if !matches!(options.keys, Some(Keys::Passing(_))) {
        let _within = runtime.enter();
        state.courier.resume(&state.store);
    }
    let (secure, patience) = (tls.is_some(), options.patience);
    let listening = Listening { app: router(&state), roll, metrics, tls, patience };
    drop(state);
    let stop = CancellationToken::new();
    let stopped = stop.clone();
    let thread = thread::spawn(move || run(runtime, listener, listening, stopped));
    Ok(Hub { address, secure, stop, thread: Some(thread) })
}

fn shell(options: &Options, metrics: &Arc<Metrics>, roll: &Arc<Roll>) -> Shell {
    let hosts = Hosts::new(options.hosts.clone(), options.address.ip());
    Shell {
        rules: Rules::new(hosts, options.keys.clone(), options.proxies.clone()),
        table: Table::new(metrics),
        roll: Arc::clone(roll),
        metrics: Arc::clone(metrics),
        secure: options.tls.is_some(),
    }
}

impl Hub {
    /// Returns where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns where clients reach it.
    pub fn url(&self) -> String {
        let scheme = if self.secure { "https" } else { "http" };
        format!("{scheme}://{}", self.address)
    }

    /// Ends: takes no more requests and finishes those that it has.
    pub fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        self.stop.cancel();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        self.end();
    }
}

/// Serves to the end. With the last handle of the app goes what has not been written yet: it is written then.
fn run(
    runtime: Runtime,
    listener: TcpListener,
    listening: Listening<Router>,
    stopped: CancellationToken,
) {
    runtime.block_on(async {
        let listener =
            tokio::net::TcpListener::from_std(listener).expect("it is set to be non-blocking");
        serve(Door::Tcp(listener), listening, stopped).await;
    });
    runtime.shutdown_timeout(LAST_WORK);
}
