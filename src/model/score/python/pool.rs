//! The workers of one model: one call goes to whichever is free, and one that dies is started again.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, unbounded};

use super::Error;
use super::frame::Head;
use super::worker::{Launch, Worker};

/// How long a worker that failed is left alone: at first, and at most.
const PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// A worker that lived so long starts with the shortest pause again.
const STEADY: Duration = Duration::from_secs(60);

/// Supervised workers; they end with it.
#[derive(Debug)]
pub struct Pool {
    shared: Arc<Shared>,
    idle: Receiver<Worker>,
    /// What a worker said of itself when it was ready.
    pub(super) ready: Head,
}

#[derive(Debug)]
struct Shared {
    launch: Launch,
    idle: Sender<Worker>,
    alive: AtomicUsize,
    ended: AtomicBool,
    pause: Mutex<(Duration, Instant)>,
    restarts: AtomicUsize,
}

impl Pool {
    /// Starts `count` workers; the first one that cannot be started is the failure.
    pub fn start(launch: Launch, count: usize) -> Result<Self, Error> {
        let (sender, idle) = unbounded();
        let shared = Arc::new(Shared {
            launch,
            idle: sender,
            alive: AtomicUsize::new(0),
            ended: AtomicBool::new(false),
            pause: Mutex::new((PAUSE, Instant::now())),
            restarts: AtomicUsize::new(0),
        });
        let starts: Vec<_> = (0..count.max(1))
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
        Ok(Self { shared, idle, ready })
    }

    /// Asks whichever worker is free first; waits for one as long as a call may take.
    pub(super) fn ask(&self, head: &[u8], body: &[u8]) -> Result<(Head, Vec<u8>), Error> {
        let limit = self.shared.launch.limit;
        let mut worker = self.idle.recv_timeout(limit).map_err(|_| Error::Busy)?;
        let answer = worker.ask(head, body, limit);
        match &answer {
            Ok(_) | Err(Error::Raised { .. }) if !worker.is_bloated(self.shared.launch.memory) => {
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

    /// Returns how many workers are ready or at work.
    pub fn alive(&self) -> usize {
        self.shared.alive.load(Ordering::Acquire)
    }

    /// Returns how often a worker had to be started again.
    pub fn restarts(&self) -> usize {
        self.shared.restarts.load(Ordering::Relaxed)
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::Release);
    }
}

impl Shared {
    fn begin(&self) -> Result<Head, Error> {
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
fn revive(shared: Arc<Shared>) {
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
