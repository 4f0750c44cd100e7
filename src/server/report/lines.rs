//! The access log: one JSON line for each request. No header and no query is in it, and so no token.

use std::fmt;
use std::io::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use crossbeam_channel::{Sender, bounded};
use serde::Serialize;

use crate::base::time;

/// So many lines wait for a slow disk; what comes then is counted and not kept.
const QUEUE: usize = 8192;

/// Where lines go.
#[derive(Clone)]
pub struct Lines(Arc<Mutex<dyn Write + Send>>);

impl Lines {
    pub fn new(out: impl Write + Send + 'static) -> Self {
        Self(Arc::new(Mutex::new(out)))
    }
}

impl fmt::Debug for Lines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Lines")
    }
}

/// One request, once it is answered to its last byte.
#[derive(Debug, Serialize)]
pub(in crate::server) struct Line {
    #[serde(serialize_with = "as_time")]
    pub(in crate::server) time: i64,
    pub(in crate::server) client: String,
    pub(in crate::server) method: String,
    pub(in crate::server) path: String,
    /// The path as the table of routes has it.
    pub(in crate::server) route: Option<String>,
    pub(in crate::server) status: u16,
    /// The name of the token.
    pub(in crate::server) token: Option<String>,
    pub(in crate::server) agent: Option<String>,
    pub(in crate::server) bytes_in: u64,
    pub(in crate::server) bytes_out: u64,
    pub(in crate::server) millis: f64,
    /// Whether the client has the whole answer.
    pub(in crate::server) whole: bool,
}

/// Writes lines in a thread of its own: no request waits for the log.
#[derive(Debug)]
pub(in crate::server) struct Log {
    queue: Option<Sender<String>>,
    thread: Option<JoinHandle<()>>,
    pub(in crate::server) lost: AtomicU64,
}

impl Log {
    pub(in crate::server) fn start(lines: Option<Lines>) -> Self {
        let Some(Lines(out)) = lines else {
            return Self { queue: None, thread: None, lost: AtomicU64::new(0) };
        };
        let (queue, waiting) = bounded::<String>(QUEUE);
        let write = move || {
            for line in waiting {
                let mut out = out.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                // A log that cannot be written must not end the server.
                let _ = out.write_all(line.as_bytes()).and_then(|()| out.flush());
            }
        };
        let thread = Some(thread::spawn(write));
        Self { queue: Some(queue), thread, lost: AtomicU64::new(0) }
    }

    pub(in crate::server) fn is_on(&self) -> bool {
        self.queue.is_some()
    }

    pub(in crate::server) fn write(&self, line: &impl Serialize) {
        let Some(queue) = &self.queue else { return };
        let text = serde_json::to_string(line).unwrap_or_default() + "\n";
        if queue.try_send(text).is_err() {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        drop(self.queue.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn as_time<S: serde::Serializer>(millis: &i64, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&time::rfc3339(*millis))
}
