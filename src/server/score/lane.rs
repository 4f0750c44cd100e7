//! The way of a request into one version: read, checked, answered where it holds nobody up.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::http::HeaderValue;
use bytes::Bytes;
use tokio::sync::{Semaphore, TryAcquireError};

use super::failure::Failure;
use super::load::{Loaded, Runner};
use super::metrics::Numbers;
use super::wire::request::{self, CHANGED};
use super::wire::write::Form;
use super::wire::{Asked, Read, Takes, csv, parquet, write};
use crate::model::score::{Input, Output, Stop, python};

/// What costs less than this is answered by the thread that read it: handing it over would cost more.
const QUICK: u64 = 200_000;

/// Bodies up to this are read by the thread that received them.
const SHORT: usize = 64 << 10;

/// How many requests may wait for each that is worked at.
const WAITING: usize = 64;

/// One version with its queue and its numbers.
#[derive(Debug)]
pub(in crate::server::score) struct Lane {
    pub(in crate::server::score) loaded: Loaded,
    pub(in crate::server::score) numbers: Numbers,
    /// What answers say of the version: `iris@v3`, and the id of what it is.
    pub(in crate::server::score) header: HeaderValue,
    pub(in crate::server::score) object: HeaderValue,
    /// How many may be worked at, and how many may be there at all.
    work: Arc<Semaphore>,
    room: Semaphore,
    limit: Duration,
}

/// What a client gets.
#[derive(Debug)]
pub(in crate::server::score) struct Answer {
    pub(in crate::server::score) status: u16,
    pub(in crate::server::score) media: String,
    pub(in crate::server::score) body: Vec<u8>,
}

impl Answer {
    fn json(body: Vec<u8>) -> Self {
        Self { status: 200, media: JSON.to_owned(), body }
    }
}

const JSON: &str = "application/json";

/// What the body of a request is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::server::score) enum Media {
    Json,
    Csv,
    Parquet,
}

impl Media {
    /// Reads a content type as MLflow does.
    pub(in crate::server::score) fn parse(text: Option<&str>) -> Result<Self, Failure> {
        if text == Some(JSON) {
            return Ok(Self::Json);
        }
        let whole = text.unwrap_or_default();
        let mut parts = whole.split(';').map(str::trim);
        let kind = parts.next().unwrap_or_default();
        for part in parts {
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            match key {
                "charset" if value.eq_ignore_ascii_case("utf-8") => {}
                "charset" => {
                    return Err(Failure::unsupported("The scoring server only supports UTF-8"));
                }
                other => {
                    return Err(Failure::unsupported(format!(
                        "Unrecognized content type parameters: {other}. {CHANGED}"
                    )));
                }
            }
        }
        match kind {
            JSON => Ok(Self::Json),
            "text/csv" => Ok(Self::Csv),
            "application/vnd.apache.parquet" => Ok(Self::Parquet),
            _ => Err(Failure::unsupported(format!(
                "This predictor only supports the following content types: Types: ['text/csv', 'application/json', \
                 'application/vnd.apache.parquet']. Got '{whole}'."
            ))),
        }
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::Json => JSON,
            Self::Csv => "text/csv",
            Self::Parquet => "application/vnd.apache.parquet",
        }
    }
}

impl Lane {
    pub(in crate::server::score) fn new(loaded: Loaded, at_once: usize, limit: Duration) -> Self {
        let numbers = Numbers::new(&loaded.name, loaded.number);
        let (work, room) =
            (Arc::new(Semaphore::new(at_once)), Semaphore::new(at_once * (1 + WAITING)));
        // A name may hold what no header does.
        let shown =
            percent_encoding::utf8_percent_encode(&loaded.reference(), percent_encoding::CONTROLS)
                .to_string();
        let unknown = || HeaderValue::from_static("unknown");
        let header = HeaderValue::try_from(shown).unwrap_or_else(|_| unknown());
        let object = HeaderValue::try_from(loaded.id.to_string()).unwrap_or_else(|_| unknown());
        Self { loaded, numbers, header, object, work, room, limit }
    }

    fn takes(&self) -> Takes<'_> {
        Takes { signature: self.loaded.signature.as_ref(), python: self.loaded.is_python() }
    }

    /// Answers a request of MLflow's protocol.
    pub(in crate::server::score) async fn invoke(
        self: &Arc<Self>,
        media: Media,
        body: Bytes,
    ) -> Result<Answer, Failure> {
        if media == Media::Json && body.len() <= SHORT && self.is_quick(&body) {
            return self.answer(media, &body, &Stop::default());
        }
        self.aside(move |lane, stop| lane.answer(media, &body, stop)).await
    }

    /// Tells whether a request costs so little that nobody else need do it.
    fn is_quick(&self, body: &[u8]) -> bool {
        match &self.loaded.runner {
            // A row takes at least some bytes.
            Runner::Native(engine) => {
                engine.cost().saturating_mul(1 + body.len() as u64 / 64) <= QUICK
            }
            Runner::Python { .. } => false,
        }
    }

    /// Does work where it may block, once there is room; tells it to stop when the client has gone.
    pub(in crate::server::score) async fn aside<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Self, &Stop) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let _room = match self.room.try_acquire() {
            Ok(room) => room,
            Err(TryAcquireError::NoPermits | TryAcquireError::Closed) => {
                return Err(Failure::busy(429, "Too many requests wait for this model"));
            }
        };
        let deadline = Instant::now() + self.limit;
        let stop = Told(Stop::at(deadline));
        let waited = tokio::time::timeout(self.limit, Arc::clone(&self.work).acquire_owned()).await;
        let place = waited
            .map_err(|_| Failure::busy(503, "The model is busy"))?
            .map_err(|_| Failure::busy(503, "The model is gone"))?;
        let (lane, told) = (Arc::clone(self), stop.0.clone());
        let work = tokio::task::spawn_blocking(move || {
            let _place = place;
            work(&lane, &told)
        });
        match tokio::time::timeout(self.limit, work).await {
            Ok(Ok(done)) => done,
            Ok(Err(_)) => Err(Failure::internal("the engine failed")),
            Err(_) => Err(Failure::too_slow()),
        }
    }

    /// Reads, checks and answers.
    fn answer(&self, media: Media, body: &[u8], stop: &Stop) -> Result<Answer, Failure> {
        match self.read(media, body)? {
            Read::Asked(asked) => self.predict(&asked, stop).map(Answer::json),
            Read::Raw => self.raw(media, body),
        }
    }

    fn read(&self, media: Media, body: &[u8]) -> Result<Read, Failure> {
        let takes = self.takes();
        let unread = |kind: &str, to: &str, error: &str| {
            Failure::bad(format!(
                "Failed to parse input as a Pandas DataFrame. Ensure that the input is a valid {kind} Pandas DataFrame \
                 produced using the `pandas.DataFrame.{to}()` method. Error: '{error}'"
            ))
        };
        let python_only = takes.python && takes.signature.is_none();
        match media {
            Media::Json => {
                let Runner::Python { model, .. } = &self.loaded.runner else {
                    return request::read(body, &takes);
                };
                let signature = takes.signature.filter(|_| !model.reads_itself());
                request::read(body, &Takes { signature, ..takes })
            }
            _ if python_only => Ok(Read::Raw),
            Media::Csv => {
                let text = std::str::from_utf8(body).map_err(|error| {
                    Failure::input(format!(
                        "Ensure that input is a valid UTF-8 encoded string. Error: '{error}'"
                    ))
                })?;
                let bad = |error: String| unread("CSV-formatted", "to_csv", &error);
                let mut reader = csv::Reader::new(text.as_bytes(), &takes).map_err(bad)?;
                let frame = reader.next(usize::MAX).map_err(bad)?;
                frame.unwrap_or_default().check(&takes)
            }
            Media::Parquet => {
                let bad = |error: String| unread("Parquet", "to_parquet", &error);
                let mut reader = parquet::Reader::new(Bytes::copy_from_slice(body)).map_err(bad)?;
                let frame = reader.next(usize::MAX).map_err(bad)?;
                frame.unwrap_or_default().check(&takes)
            }
        }
    }

    /// Asks the engine, and writes what it says as MLflow does.
    pub(in crate::server::score) fn predict(
        &self,
        asked: &Asked,
        stop: &Stop,
    ) -> Result<Vec<u8>, Failure> {
        let form = match &asked.input {
            Input::Table(_) => self.loaded.forms.0,
            Input::Tensors(_) => self.loaded.forms.1,
        };
        let mut out = Vec::with_capacity(64);
        match self.ask(asked, stop)? {
            python::Answer::Output(output) => {
                // What Python gives a name keeps it.
                let named = matches!(&output, Output::Values(all) if all.iter().any(|(name, _)| !name.is_empty()));
                let form = if self.loaded.is_python() && named { Form::Named } else { form };
                write::predictions(&mut out, &output, form);
            }
            python::Answer::Json(text) => {
                out.extend_from_slice(b"{\"predictions\": ");
                out.extend_from_slice(&text);
                out.push(b'}');
            }
            python::Answer::Raw { body, .. } => out = body,
        }
        Ok(out)
    }

    /// Asks the engine.
    pub(in crate::server::score) fn ask(
        &self,
        asked: &Asked,
        stop: &Stop,
    ) -> Result<python::Answer, Failure> {
        stop.check()?;
        let rows = match &asked.input {
            Input::Table(table) => table.rows(),
            Input::Tensors(all) => {
                all.first().and_then(|(_, one)| one.shape().first().copied()).unwrap_or(1)
            }
        };
        self.numbers.rows(rows as u64);
        match &self.loaded.runner {
            Runner::Native(engine) => {
                let output: Output = engine.predict(&asked.input, stop)?;
                Ok(python::Answer::Output(output))
            }
            Runner::Python { model, .. } => {
                Ok(model.predict(&asked.input, asked.params.as_ref(), asked.positional)?)
            }
        }
    }

    fn raw(&self, media: Media, body: &[u8]) -> Result<Answer, Failure> {
        let Runner::Python { model, .. } = &self.loaded.runner else {
            return Err(Failure::internal("only Python reads requests for itself"));
        };
        match model.invoke(media.as_str(), body)? {
            python::Answer::Raw { status, media, body } => Ok(Answer { status, media, body }),
            _ => Err(Failure::internal("the worker gave another answer")),
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
