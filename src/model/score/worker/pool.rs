//! The workers of one model: one call goes to whichever is free, and one that dies is started again.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::process::Worker;
use super::starts::Starts;
use super::{Error, Health, Launch, left};

/// Supervised workers; they end with it.
#[derive(Debug)]
pub(in crate::model::score) struct Pool<L: Launch> {
    shared: Arc<Shared<L>>,
    count: usize,
    /// What a worker said of itself when it was ready.
    pub(in crate::model::score) ready: L::Ready,
}

#[derive(Debug)]
struct Shared<L> {
    launch: L,
    state: Mutex<State>,
    /// Told when a worker has become free, and when none will be for a while.
    news: Condvar,
    /// Told when the pool has ended.
    over: Condvar,
}

#[derive(Debug)]
struct State {
    idle: Vec<(u64, Worker)>,
    /// How many are free or at work.
    alive: usize,
    /// The number of the next one.
    next: u64,
    starts: Starts,
    /// How often one was started in place of another.
    restarts: usize,
    ended: bool,
}

impl<L: Launch> Pool<L> {
    /// Starts `count` workers; the first one that cannot be started is the failure.
    pub(in crate::model::score) fn start(launch: L, count: usize) -> Result<Self, Error> {
        let count = count.max(1);
        let shared = Arc::new(Shared::new(launch, count));
        let starts: Vec<_> = (0..count)
            .map(|_| {
                let shared = Arc::clone(&shared);
                thread::spawn(move || shared.begin())
            })
            .collect();
        let mut ready = Err(Error::Busy);
        for start in starts {
            ready = start.join().unwrap_or(Err(Error::Garbled("it panicked")));
            if ready.is_err() {
                shared.end();
                break;
            }
        }
        Ok(Self { shared, count, ready: ready? })
    }

    /// Asks whichever worker is free first; waits for one as long as a call may take.
    ///
    /// Fails at once where all have died and none is started for a while.
    pub(in crate::model::score) fn ask<T>(
        &self,
        head: &[u8],
        body: &[u8],
        read: impl FnOnce(Vec<u8>, Vec<u8>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let bounds = self.shared.launch.bounds();
        let (number, mut worker) = self.shared.free(bounds.limit)?;
        let answer = worker.ask(head, body, bounds.limit, read);
        let is_well = matches!(&answer, Ok(_) | Err(Error::Raised { .. }));
        if is_well && !worker.is_bloated(bounds.memory) {
            self.shared.give_back(self.shared.lock(), number, worker);
        } else {
            drop(worker);
            self.shared.replace(self.shared.lock(), is_well);
        }
        answer
    }

    pub(in crate::model::score) fn health(&self) -> Health {
        let state = self.shared.lock();
        Health { count: self.count, alive: state.alive, restarts: state.restarts }
    }
}

impl<L: Launch> Drop for Pool<L> {
    fn drop(&mut self) {
        self.shared.end();
    }
}

impl<L: Launch> Shared<L> {
    /// Returns the state in which so many workers are about to be started.
    fn new(launch: L, count: usize) -> Self {
        let state = State {
            idle: vec![],
            alive: 0,
            next: 0,
            starts: Starts::new(count),
            restarts: 0,
            ended: false,
        };
        Self { launch, state: Mutex::new(state), news: Condvar::new(), over: Condvar::new() }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns a worker that is free, and its number.
    fn free(&self, limit: Duration) -> Result<(u64, Worker), Error> {
        let deadline = Instant::now() + limit;
        let mut state = self.lock();
        loop {
            if let Some(free) = state.idle.pop() {
                return Ok(free);
            }
            if let Some(rest) = state.starts.rest().filter(|_| state.alive == 0) {
                return Err(Error::Resting(rest));
            }
            let left = left(deadline).ok_or(Error::Busy)?;
            let woken = self.news.wait_timeout(state, left);
            (state, _) = woken.unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Lets a worker be asked, unless it has ended since.
    fn give_back(self: &Arc<Self>, mut state: MutexGuard<'_, State>, number: u64, worker: Worker) {
        if worker.has_ended() {
            self.replace(state, false);
        } else if !state.ended {
            state.idle.push((number, worker));
            self.news.notify_one();
        }
    }

    /// Starts a worker, whose start has been counted.
    fn begin(self: &Arc<Self>) -> Result<L::Ready, Error> {
        let began = Instant::now();
        let begun = Worker::start(&self.launch);
        let mut state = self.lock();
        state.starts.is_over(begun.is_ok().then(|| began.elapsed()));
        let (worker, ready) = begun?;
        let number = state.next;
        state.next += 1;
        state.alive += 1;
        let shared = Arc::downgrade(self);
        let tell = move || {
            if let Some(shared) = shared.upgrade() {
                shared.lost(number);
            }
        };
        // It is heard only once the worker is in its place.
        worker.watch(Box::new(tell));
        self.give_back(state, number, worker);
        Ok(ready)
    }

    /// Hears that a worker has ended: where it was at a call, whoever waits for the answer has heard it, too.
    fn lost(self: &Arc<Self>, number: u64) {
        let mut state = self.lock();
        if let Some(place) = state.idle.iter().position(|(own, _)| *own == number) {
            let gone = state.idle.swap_remove(place);
            self.replace(state, false);
            drop(gone);
        }
    }

    /// Has a worker started in place of one that is gone: at once where it was well, else after a while.
    fn replace(self: &Arc<Self>, mut state: MutexGuard<'_, State>, was_well: bool) {
        state.alive -= 1;
        state.restarts += 1;
        let due = state.starts.next(was_well);
        drop(state);
        // Who waits may have nothing to wait for any more.
        self.news.notify_all();
        let shared = Arc::clone(self);
        thread::spawn(move || shared.start_again(due));
    }

    fn start_again(self: &Arc<Self>, mut due: Instant) {
        while self.sleep(due) && self.begin().is_err() {
            due = self.lock().starts.next(false);
            self.news.notify_all();
        }
    }

    /// Waits until a start is due, and counts it as begun; tells whether it is still wanted.
    fn sleep(&self, due: Instant) -> bool {
        let mut state = self.lock();
        while !state.ended {
            let Some(left) = left(due) else {
                state.starts.begins(due);
                return true;
            };
            let woken = self.over.wait_timeout(state, left);
            (state, _) = woken.unwrap_or_else(PoisonError::into_inner);
        }
        false
    }

    /// Ends all workers; those that are at work end with their calls.
    fn end(&self) {
        let mut state = self.lock();
        state.ended = true;
        let idle = std::mem::take(&mut state.idle);
        drop(state);
        self.over.notify_all();
        self.news.notify_all();
        drop(idle);
    }
}
