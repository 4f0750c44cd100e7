//! Accepting connections, and ending without losing what was acknowledged.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use axum::Router;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;

use crate::server::Error;
use crate::server::route::router;
use crate::server::state::State;
use crate::store::Store;

/// How a server is run.
#[derive(Debug, Clone)]
pub struct Options {
    /// Port 0 takes any that is free.
    pub address: SocketAddr,
    /// Threads that serve requests.
    pub workers: usize,
}

/// A running server; ends when it is stopped or dropped.
#[derive(Debug)]
pub struct Hub {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    thread: Option<JoinHandle<()>>,
}

/// Starts a server over `store`; it answers when this returns.
pub fn start(store: Store, options: &Options) -> Result<Hub, Error> {
    let address = options.address;
    let failed = |source| Error::Listen { address, source };
    let listener = TcpListener::bind(address).map_err(failed)?;
    listener.set_nonblocking(true).map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let runtime = Builder::new_multi_thread()
        .worker_threads(options.workers.max(1))
        .enable_all()
        .build()
        .map_err(|source| Error::System { action: "start threads", source })?;
    let app = router(Arc::new(State::new(store)));
    let (stop, stopped) = watch::channel(false);
    let thread = thread::spawn(move || run(&runtime, listener, app, stopped));
    Ok(Hub { address, stop, thread: Some(thread) })
}

impl Hub {
    /// Returns where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns where clients reach it.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Ends: takes no more requests and finishes those that it has.
    pub fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        let _ = self.stop.send(true);
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

fn run(runtime: &Runtime, listener: TcpListener, app: Router, mut stopped: watch::Receiver<bool>) {
    runtime.block_on(async {
        let listener =
            tokio::net::TcpListener::from_std(listener).expect("it is set to be non-blocking");
        loop {
            tokio::select! {
                accepted = listener.accept() => {
                    let Ok((stream, _)) = accepted else { continue };
                    let service = TowerToHyperService::new(app.clone());
                    tokio::spawn(async move {
                        let connection = auto::Builder::new(TokioExecutor::new());
                        // A connection that breaks is the client's business.
                        let _ = connection.serve_connection(TokioIo::new(stream), service).await;
                    });
                }
                _ = stopped.changed() => return,
            }
        }
    });
}
