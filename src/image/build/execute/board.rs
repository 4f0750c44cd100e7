//! Which stages are done, which may begin: so many threads take what is ready.

use std::num::NonZero;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;

use super::Finished;
use crate::image::Error;
use crate::image::build;
use crate::image::build::plan::Plan;

/// More stages than this at once only wait for the same disk.
const MAX_THREADS: usize = 8;

/// The state of all stages.
#[derive(Debug)]
pub(super) struct Board<'a> {
    plan: &'a Plan,
    inner: Mutex<Inner>,
    news: Condvar,
}

#[derive(Debug, Default)]
struct Inner {
    started: Vec<bool>,
    done: Vec<Option<Arc<Finished>>>,
    failed: Option<Error>,
}

/// What does one stage, by its place in the plan.
pub(super) type Work<'w> = dyn Fn(usize, &Board<'_>) -> Result<Finished, Error> + Sync + 'w;

impl<'a> Board<'a> {
    pub(super) fn new(plan: &'a Plan) -> Self {
        let count = plan.stages.len();
        let inner =
            Inner { started: vec![false; count], done: vec![None; count], ..Inner::default() };
        Self { plan, inner: Mutex::new(inner), news: Condvar::new() }
    }

    /// Does all stages; the first failure ends what has not begun.
    pub(super) fn run(self, work: &Work<'_>) -> Result<Vec<Arc<Finished>>, Error> {
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        let threads = (cores * 2).min(MAX_THREADS).min(self.plan.stages.len());
        match threads {
            0 | 1 => self.work(work),
            _ => thread::scope(|scope| {
                (0..threads).for_each(|_| drop(scope.spawn(|| self.work(work))));
            }),
        }
        let inner = self.inner.into_inner().unwrap_or_else(PoisonError::into_inner);
        match inner.failed {
            Some(error) => Err(error),
            None => inner.done.into_iter().map(|done| done.ok_or(lost())).collect(),
        }
    }

    /// Returns what a stage came to that this one reads, and that is done therefore.
    pub(super) fn finished(&self, place: usize) -> Arc<Finished> {
        let inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(inner.done[place].as_ref().expect("a stage begins after those it reads"))
    }

    /// Tells whether another stage has failed.
    pub(super) fn has_failed(&self) -> bool {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner).failed.is_some()
    }

    fn work(&self, work: &Work<'_>) {
        let _alarm = Alarm(self);
        while let Some(place) = self.next() {
            let result = work(place, self);
            let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
            match result {
                Ok(finished) => inner.done[place] = Some(Arc::new(finished)),
                // The first that failed says why; others were only given up.
                Err(error) => {
                    inner.failed.get_or_insert(error);
                }
            }
            self.news.notify_all();
        }
    }

    /// Waits for a stage that can begin; nothing when there is none left.
    fn next(&self) -> Option<usize> {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if inner.failed.is_some() || inner.started.iter().all(|started| *started) {
                return None;
            }
            let ready = (0..inner.started.len()).find(|place| {
                let reads = &self.plan.stages[*place].reads;
                !inner.started[*place] && reads.iter().all(|read| inner.done[*read].is_some())
            });
            match ready {
                Some(place) => {
                    inner.started[place] = true;
                    return Some(place);
                }
                None => inner = self.news.wait(inner).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }
}

/// Wakes the others when a thread panics: they would wait for its stage for ever.
struct Alarm<'a>(&'a Board<'a>);

impl Drop for Alarm<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            let mut inner = self.0.inner.lock().unwrap_or_else(PoisonError::into_inner);
            inner.failed.get_or_insert_with(lost);
            self.0.news.notify_all();
        }
    }
}

fn lost() -> Error {
    build::Error::Cancelled.into()
}
