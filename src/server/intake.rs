//! Taking in bodies of any size with bounded memory: short ones whole, long ones as a stream that a thread reads.

use std::fmt;
use std::io::{self, Read};
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use http_body_util::BodyExt as _;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::time::timeout;

use crate::server::state::{Shared, State};

/// Short bodies of all requests together are held in so much memory, in KiB.
const MEMORY: usize = 64 << 10;

/// So many long bodies are read at once; each keeps threads busy and holds some MiB. More would only share the cores.
const STREAMS: usize = 6;

/// Pieces between the connection and the thread that reads: enough that neither waits for each.
const AHEAD: usize = 16;

/// A client that sends nothing for so long has gone.
const PATIENCE: Duration = Duration::from_secs(60);

/// What is shared by all bodies that come in.
pub(in crate::server) struct Intake {
    memory: Arc<Semaphore>,
    streams: Arc<Semaphore>,
}

/// Why a body was not taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::server) enum Broken {
    /// It ended before its end, or was no HTTP.
    Off,
    /// Nothing came for too long.
    Stalled,
    /// Others use all that there is.
    Busy,
}

/// A body, or the beginning of one.
pub(in crate::server) enum Taken {
    Whole(Held),
    /// What was read so far, and the rest.
    Long(Held, Body),
}

/// Bytes in memory that are counted for as long as this lives.
pub(in crate::server) struct Held {
    pub(in crate::server) bytes: Vec<u8>,
    permits: Vec<OwnedSemaphorePermit>,
}

impl Default for Intake {
    fn default() -> Self {
        let new = |permits| Arc::new(Semaphore::new(permits));
        Self { memory: new(MEMORY), streams: new(STREAMS) }
    }
}

impl fmt::Debug for Intake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Intake")
    }
}

impl Intake {
    /// Reads a body that has fewer than `limit` bytes; of a longer one, the beginning.
    ///
    /// Memory is counted as it fills: who claims much and sends little takes nothing from others.
    pub(in crate::server) async fn take(
        &self,
        mut body: Body,
        limit: usize,
    ) -> Result<Taken, Broken> {
        let mut held = Held { bytes: vec![], permits: vec![] };
        let mut room = 0;
        while held.bytes.len() < limit {
            let Some(piece) = next(&mut body).await? else { return Ok(Taken::Whole(held)) };
            let need = held.bytes.len() + piece.len();
            if need > room {
                let more = (need - room).div_ceil(1 << 10);
                let permits = Arc::clone(&self.memory).acquire_many_owned(more as u32);
                let permits = timeout(PATIENCE / 6, permits).await.map_err(|_| Broken::Busy)?;
                held.permits.push(permits.expect("it is never closed"));
                room += more << 10;
            }
            held.bytes.extend_from_slice(&piece);
        }
        Ok(Taken::Long(held, body))
    }

    /// Hands a body to `work` on a thread of its own, as something to read.
    ///
    /// A body that breaks off is an error of reading, never an end: `work` must not keep what it has then.
    pub(in crate::server) async fn stream<T: Send + 'static>(
        &self,
        state: &Shared,
        (head, mut body): (Held, Body),
        work: impl FnOnce(&State, Incoming) -> T + Send + 'static,
    ) -> Result<T, Broken> {
        let permit = Arc::clone(&self.streams).acquire_owned().await.expect("it is never closed");
        let (pieces, coming) = mpsc::channel(AHEAD);
        let Held { bytes, permits } = head;
        let incoming = Incoming { coming, at_hand: bytes.into(), ended: false };
        let shared = Arc::clone(state);
        let work = tokio::task::spawn_blocking(move || {
            let _held = (permit, permits);
            work(&shared, incoming)
        });
        let broken = loop {
            match next(&mut body).await {
                Ok(Some(piece)) => {
                    if pieces.send(Piece::Bytes(piece)).await.is_err() {
                        break None; // it has failed, and says why
                    }
                }
                Ok(None) => {
                    let _ = pieces.send(Piece::End).await;
                    break None;
                }
                Err(broken) => break Some(broken),
            }
        };
        drop(pieces);
        let done = match work.await {
            Ok(done) => done,
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        };
        broken.map_or(Ok(done), Err)
    }
}

async fn next(body: &mut Body) -> Result<Option<Bytes>, Broken> {
    loop {
        match timeout(PATIENCE, body.frame()).await {
            Err(_) => return Err(Broken::Stalled),
            Ok(None) => return Ok(None),
            Ok(Some(Err(_))) => return Err(Broken::Off),
            Ok(Some(Ok(frame))) => {
                if let Ok(bytes) = frame.into_data() {
                    return Ok(Some(bytes));
                }
            }
        }
    }
}

enum Piece {
    Bytes(Bytes),
    End,
}

/// A body as a thread reads it.
pub(in crate::server) struct Incoming {
    coming: mpsc::Receiver<Piece>,
    at_hand: Bytes,
    ended: bool,
}

impl Read for Incoming {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        while self.at_hand.is_empty() && !self.ended {
            match self.coming.blocking_recv() {
                Some(Piece::Bytes(bytes)) => self.at_hand = bytes,
                Some(Piece::End) => self.ended = true,
                None => return Err(io::ErrorKind::UnexpectedEof.into()),
            }
        }
        let length = to.len().min(self.at_hand.len());
        to[..length].copy_from_slice(&self.at_hand.split_to(length));
        Ok(length)
    }
}
