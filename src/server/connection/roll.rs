//! The connections that there are, and which of them waits for what.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

/// How long the head of a request may take.
const HEAD: Duration = Duration::from_secs(10);

/// How long a connection is kept for its next request; longer than what stands before servers usually keeps one.
pub(super) const IDLE: Duration = Duration::from_secs(75);

/// All connections of a server.
#[derive(Debug)]
pub(in crate::server) struct Roll {
    began: Instant,
    most: usize,
    next: AtomicU64,
    all: Mutex<HashMap<u64, Arc<Connection>>>,
}

/// One connection. Times are milliseconds since the server began.
#[derive(Debug)]
pub(in crate::server) struct Connection {
    number: u64,
    began: Instant,
    /// How many requests of it are being answered.
    busy: AtomicU32,
    /// Since when there is none.
    quiet: AtomicU64,
    /// When the first byte came since then; 0 for none.
    heard: AtomicU64,
    served: AtomicBool,
    /// Whether it is HTTP/2, where bytes come that belong to no request.
    framed: AtomicBool,
    /// Told when it has to make room.
    pub(super) room: Notify,
}

/// A place on the roll; given back when it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    roll: Arc<Roll>,
    pub(super) connection: Arc<Connection>,
}

/// A request that is being answered; until this is dropped.
#[derive(Debug)]
pub(in crate::server) struct Busy(Arc<Connection>);

impl Roll {
    pub(in crate::server) fn new(most: usize) -> Self {
        Self { began: Instant::now(), most, next: AtomicU64::new(1), all: Mutex::default() }
    }

    /// Takes a connection in, where need be for the one that has waited longest without a request; nothing where all
    /// are being answered.
    pub(super) fn admit(self: &Arc<Self>) -> Option<Place> {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= self.most {
            let waiting = all.values().filter(|one| one.busy.load(Ordering::Acquire) == 0);
            let longest = waiting.min_by_key(|one| one.quiet.load(Ordering::Acquire))?.number;
            let gone = all.remove(&longest)?;
            gone.room.notify_one();
        }
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let connection = Arc::new(Connection::new(number, self.began));
        all.insert(number, Arc::clone(&connection));
        Some(Place { roll: Arc::clone(self), connection })
    }

    /// Returns how many connections there are.
    pub(in crate::server) fn len(&self) -> usize {
        self.all.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut all = self.roll.all.lock().unwrap_or_else(PoisonError::into_inner);
        all.remove(&self.connection.number);
    }
}

impl Connection {
    fn new(number: u64, began: Instant) -> Self {
        let now = began.elapsed().as_millis() as u64;
        Self {
            number,
            began,
            busy: AtomicU32::new(0),
            quiet: AtomicU64::new(now),
            heard: AtomicU64::new(0),
            served: AtomicBool::new(false),
            framed: AtomicBool::new(false),
            room: Notify::new(),
        }
    }

    /// Notes that a request has begun.
    pub(super) fn begin(self: &Arc<Self>, framed: bool) -> Busy {
        self.busy.fetch_add(1, Ordering::AcqRel);
        self.served.store(true, Ordering::Release);
        self.framed.store(framed, Ordering::Release);
        self.heard.store(0, Ordering::Release);
        Busy(Arc::clone(self))
    }

    /// Notes that bytes came.
    pub(super) fn hear(&self) {
        if self.busy.load(Ordering::Acquire) == 0 && self.heard.load(Ordering::Acquire) == 0 {
            self.heard.store(self.now().max(1), Ordering::Release);
        }
    }

    /// Returns until when bytes must come; nothing while a request is being answered.
    pub(super) fn deadline(&self) -> Option<Instant> {
        if self.busy.load(Ordering::Acquire) > 0 {
            return None;
        }
        let quiet = self.quiet.load(Ordering::Acquire);
        let heard = self.heard.load(Ordering::Acquire);
        let (from, patience) = match (self.served.load(Ordering::Acquire), heard) {
            (false, _) => (quiet, HEAD),
            (true, 0) => (quiet, IDLE),
            (true, _) if self.framed.load(Ordering::Acquire) => (quiet, IDLE),
            (true, heard) => (heard, HEAD),
        };
        Some(self.began + Duration::from_millis(from) + patience)
    }

    fn now(&self) -> u64 {
        self.began.elapsed().as_millis() as u64
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        let connection = &self.0;
        connection.quiet.store(connection.now(), Ordering::Release);
        connection.heard.store(0, Ordering::Release);
        connection.busy.fetch_sub(1, Ordering::AcqRel);
    }
}
