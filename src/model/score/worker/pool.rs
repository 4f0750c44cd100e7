//! The workers of one model: one call goes to whichever is free, and one that dies is started again.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, unbounded};

use super::process::Worker;
use super::{Error, Health, Launch};

/// How long a worker that failed is left alone: at first, and at most.
const PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// A worker that lived so long starts with the shortest pause again.
const STEADY: Duration = Duration::from_secs(60);

/// Supervised workers; they end with it.
#[derive(Debug)]
pub(in crate::model::score) struct Pool<L: Launch> {
    shared: Arc<Shared<L>>,
    idle: Receiver<Worker>,
    count: usize,
    /// What a worker said of itself when it was ready.
    pub(in crate::model::score) ready: L::Ready,
}

#[derive(Debug)]
struct Shared<L> {
    launch: L,
    idle: Sender<Worker>,
    alive: AtomicUsize,
    ended: AtomicBool,
    pause: Mutex<(Duration, Instant)>,
    restarts: AtomicUsize,
}

impl<L: Launch> Pool<L> {
    /// Starts `count` workers; the first one that cannot be started is the failure.
    pub(in crate::model::score) fn start(launch: L, count: usize) -> Result<Self, Error> {
        let (sender, idle) = unbounded();
        let count = count.max(1);
        let shared = Arc::new(Shared {
            launch,
            idle: sender,
            alive: AtomicUsize::new(0),
            ended: AtomicBool::new(false),
            pause: Mutex::new((PAUSE, Instant::now())),
            restarts: AtomicUsize::new(0),
        });
        let starts: Vec<_> = (0..count)
            .map(|_| {
                let shared = Arc::clone(&shared);
                thread::spawn(move || shared.begin())
            })
            .collect();
        let mut ready = None;
        for start in starts {
            let begun = start.join().unwrap_or(Err(Error::Garbled("it panicked")));
            ready = Some(begun?);
        }
        let ready = ready.ok_or(Error::Busy)?;
        Ok(Self { shared, idle, count, ready })
    }

    /// Asks whichever worker is free first; waits for one as long as a call may take.
    pub(in crate::model::score) fn ask<T>(
        &self,
        head: &[u8],
        body: &[u8],
        read: impl FnOnce(Vec<u8>, Vec<u8>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let bounds = self.shared.launch.bounds();
        let mut worker = self.idle.recv_timeout(bounds.limit).map_err(|_| Error::Busy)?;
        let answer = worker.ask(head, body, bounds.limit, read);
        match &answer {
            Ok(_) | Err(Error::Raised { .. }) if !worker.is_bloated(bounds.memory) => {
                let _ = self.shared.idle.send(worker);
            }
            _ => {
                drop(worker);
                self.shared.alive.fetch_sub(1, Ordering::AcqRel);
                revive(Arc::clone(&self.shared));
            }
        }
        answer
    }

    pub(in crate::model::score) fn health(&self) -> Health {
        Health {
            count: self.count,
            alive: self.shared.alive.load(Ordering::Acquire),
            restarts: self.shared.restarts.load(Ordering::Relaxed),
        }
    }
}

impl<L: Launch> Drop for Pool<L> {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::Release);
    }
}

impl<L: Launch> Shared<L> {
    fn begin(&self) -> Result<L::Ready, Error> {
        let (worker, ready) = Worker::start(&self.launch)?;
        self.alive.fetch_add(1, Ordering::AcqRel);
        let _ = self.idle.send(worker);
        Ok(ready)
    }

    /// Returns how long to wait before the next start: twice as long as last time, unless all went well for a while.
    fn pause(&self) -> Duration {
        let mut state = self.pause.lock().unwrap_or_else(PoisonError::into_inner);
        let (pause, since) = *state;
        let pause = if since.elapsed() > STEADY { PAUSE } else { pause };
        *state = ((pause * 2).min(LONGEST_PAUSE), Instant::now());
        pause
    }
}

/// Starts a worker in place of one that is gone, as often as it takes.
fn revive<L: Launch>(shared: Arc<Shared<L>>) {
    shared.restarts.fetch_add(1, Ordering::Relaxed);
    thread::spawn(move || {
        while !shared.ended.load(Ordering::Acquire) {
            thread::sleep(shared.pause());
            if shared.ended.load(Ordering::Acquire) || shared.begin().is_ok() {
                return;
            }
        }
    });
}
