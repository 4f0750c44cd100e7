//! What is done beside the answers: ended runs are sealed, many at once, and the index follows what clients log.

use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crossbeam_channel::{RecvTimeoutError, Sender, bounded};

use crate::store::Store;
use crate::track::{index, live};

/// How often it looks. With the quiet below, a run is sealed within about a second of its end.
const TICK: Duration = Duration::from_millis(400);

/// Milliseconds without a write after which an ended run is sealed: clients log models and tags after the end too.
const QUIET: i64 = 500;

/// A thread that works until this is dropped, and then seals what has ended.
#[derive(Debug)]
pub(in crate::server) struct Keeper {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Keeper {
    pub(in crate::server) fn start(store: Arc<Store>) -> Self {
        let (stop, stopped) = bounded(0);
        let thread = thread::spawn(move || {
            while stopped.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
                keep(&store, QUIET);
            }
            keep(&store, 0);
        });
        Self { stop: Some(stop), thread: Some(thread) }
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn keep(store: &Store, quiet: i64) {
    // All of it is durable as rows already; what cannot be done now, as on a full disk, is done another time.
    let _ = live::seal_ended(store, quiet);
    let _ = index::refresh(store);
}
