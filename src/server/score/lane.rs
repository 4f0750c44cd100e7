//! The way of a request into one version: read, checked, answered where it holds nobody up.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::http::HeaderValue;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, SemaphorePermit};

use super::batch::{self, Batches};
use super::call::{Answer, Call};
use super::failure::Failure;
use super::load::{Loaded, Runner};
use super::metrics::Numbers;
use super::wire::{Asked, Read};
use crate::model::score::{Input, Output, Stop, python};

/// What costs less than this is answered by the thread that read it: handing it over would cost more.
const QUICK: u64 = 200_000;

/// How many requests may wait for each that is worked at.
const WAITING: usize = 64;

/// How a version is worked at.
#[derive(Debug, Clone)]
pub(in crate::server::score) struct Pace {
    /// Answers that are worked at once.
    pub(in crate::server::score) at_once: usize,
    /// How long one answer may take.
    pub(in crate::server::score) limit: Duration,
    /// Rows that are asked at once, from several requests, and how long the first of them waits for others.
    pub(in crate::server::score) batch: batch::Options,
}

/// One version with its queue and its numbers.
#[derive(Debug)]
pub(in crate::server::score) struct Lane {
    pub(in crate::server::score) loaded: Loaded,
    pub(in crate::server::score) numbers: Arc<Numbers>,
    /// What answers say of the version: `iris@v3`, and the id of what it is.
    pub(in crate::server::score) header: HeaderValue,
    pub(in crate::server::score) object: HeaderValue,
    /// How many may be worked at, and how many may be there at all.
    work: Arc<Semaphore>,
    room: Semaphore,
    limit: Duration,
    batches: Option<Batches>,
}

impl Lane {
    pub(in crate::server::score) fn new(
        loaded: Loaded,
        numbers: Arc<Numbers>,
        pace: &Pace,
    ) -> Self {
        let work = Arc::new(Semaphore::new(pace.at_once));
        let places = pace.at_once * (1 + WAITING).max(pace.batch.rows);
        // A name may hold what no header does.
        let shown =
            percent_encoding::utf8_percent_encode(&loaded.reference(), percent_encoding::CONTROLS)
                .to_string();
        let unknown = || HeaderValue::from_static("unknown");
        let header = HeaderValue::try_from(shown).unwrap_or_else(|_| unknown());
        let object = HeaderValue::try_from(loaded.id.to_string()).unwrap_or_else(|_| unknown());
        let batches = Batches::new(&pace.batch, &loaded);
        let (room, limit) = (Semaphore::new(places), pace.limit);
        Self { loaded, numbers, header, object, work, room, limit, batches }
    }

    /// Tells whether there is somebody to answer.
    pub(in crate::server::score) fn is_ready(&self) -> bool {
        self.loaded.workers().is_none_or(|workers| workers.alive > 0)
    }

    /// Answers a request.
    pub(in crate::server::score) async fn answer(
        self: &Arc<Self>,
        call: &Arc<Call>,
    ) -> Result<Answer, Failure> {
        if call.is_light() && self.is_quick(call.len()) {
            return self.whole(call, &Stop::default());
        }
        let _room = self.enter()?;
        if let Some(batches) = self.batches.as_ref().filter(|_| call.is_light()) {
            let (read, reply) = call.read(&self.loaded)?;
            if let Read::Asked(asked) = read {
                let answer = match batches.takes(&asked) {
                    true => batches.ask(self, asked).await?,
                    false => self.aside(move |lane, stop| lane.ask(&asked, stop)).await?,
                };
                return reply.write(answer, &self.loaded);
            }
        }
        let call = Arc::clone(call);
        self.aside(move |lane, stop| lane.whole(&call, stop)).await
    }

    /// Tells whether a request costs so little that nobody else need do it.
    fn is_quick(&self, bytes: usize) -> bool {
        match &self.loaded.runner {
            // A row takes at least some bytes.
            Runner::Native(engine) if engine.workers().is_none() => {
                engine.cost().saturating_mul(1 + bytes as u64 / 64) <= QUICK
            }
            Runner::Native(_) | Runner::Python(_) => false,
        }
    }

    /// Returns a place among those that wait.
    fn enter(&self) -> Result<SemaphorePermit<'_>, Failure> {
        self.room
            .try_acquire()
            .map_err(|_| Failure::busy(429, "Too many requests wait for this model"))
    }

    /// Returns a place among those that are worked at.
    pub(in crate::server::score) async fn place(&self) -> Result<OwnedSemaphorePermit, Failure> {
        let waited = tokio::time::timeout(self.limit, Arc::clone(&self.work).acquire_owned()).await;
        waited
            .map_err(|_| Failure::busy(503, "The model is busy"))?
            .map_err(|_| Failure::busy(503, "The model is gone"))
    }

    /// Does work where it may block, once there is room; tells it to stop when the client has gone.
    async fn aside<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Self, &Stop) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let stop = Told(self.stop());
        let waits = self.numbers.wait();
        let place = self.place().await?;
        drop(waits);
        let (lane, told) = (Arc::clone(self), stop.0.clone());
        let work = tokio::task::spawn_blocking(move || {
            let _place = place;
            work(&lane, &told)
        });
        match self.within(work).await? {
            Ok(done) => done,
            Err(_) => Err(Failure::internal("the engine failed")),
        }
    }

    pub(in crate::server::score) const fn batches(&self) -> Option<&Batches> {
        self.batches.as_ref()
    }

    /// Returns what tells that an answer comes too late.
    pub(in crate::server::score) fn stop(&self) -> Stop {
        Stop::at(Instant::now() + self.limit)
    }

    /// Waits as long as one answer may take.
    pub(in crate::server::score) async fn within<T>(
        &self,
        work: impl Future<Output = T>,
    ) -> Result<T, Failure> {
        tokio::time::timeout(self.limit, work).await.map_err(|_| Failure::too_slow())
    }

    /// Reads, checks and answers.
    pub(in crate::server::score) fn whole(
        &self,
        call: &Call,
        stop: &Stop,
    ) -> Result<Answer, Failure> {
        match call.read(&self.loaded)? {
            (Read::Asked(asked), reply) => reply.write(self.ask(&asked, stop)?, &self.loaded),
            (Read::Raw, _) => call.raw(&self.loaded),
        }
    }

    /// Asks the engine.
    pub(in crate::server::score) fn ask(
        &self,
        asked: &Asked,
        stop: &Stop,
    ) -> Result<python::Answer, Failure> {
        stop.check()?;
        self.numbers.rows(asked.rows() as u64);
        match &self.loaded.runner {
            Runner::Native(engine) => {
                let output: Output = engine.predict(&asked.input, stop)?;
                Ok(python::Answer::Output(output))
            }
            Runner::Python(model) => {
                Ok(model.predict(&asked.input, asked.params.as_ref(), asked.positional)?)
            }
        }
    }
}

impl Asked {
    /// Returns how many rows there are to answer.
    pub(in crate::server::score) fn rows(&self) -> usize {
        match &self.input {
            Input::Table(table) => table.rows(),
            Input::Tensors(all) => {
                all.first().and_then(|(_, one)| one.shape().first().copied()).unwrap_or(1)
            }
        }
    }
}

/// Tells the work to stop once nobody waits for it.
struct Told(Stop);

impl Drop for Told {
    fn drop(&mut self) {
        self.0.tell();
    }
}
