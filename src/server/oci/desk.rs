//! What requests of the registry share: who writes which upload, and how many work hard at once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Mutex as Turn, OwnedMutexGuard, Semaphore};
use tokio::time::timeout;

use super::failure::Failure;

/// How long a request waits for another one that writes the same upload: a connection that died is noticed late.
const PATIENCE: Duration = Duration::from_secs(20);

/// Bodies that a thread makes while they go out, rather than reads piece by piece.
const STREAMS: usize = 32;

#[derive(Debug)]
pub(in crate::server) struct Desk {
    uploads: Mutex<HashMap<String, Arc<Turn<()>>>>,
    /// Taken by what takes in a blob.
    pub(super) work: Arc<Semaphore>,
    pub(super) streams: Arc<Semaphore>,
}

impl Default for Desk {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let new = |permits| Arc::new(Semaphore::new(permits));
        Self { uploads: Mutex::default(), work: new(cores), streams: new(STREAMS) }
    }
}

impl Desk {
    /// Waits until nobody else writes an upload.
    pub(super) async fn turn(&self, id: &str) -> Result<OwnedMutexGuard<()>, Failure> {
        let turn = {
            let mut uploads = self.uploads.lock().unwrap_or_else(PoisonError::into_inner);
            if uploads.len() >= 1024 {
                uploads.retain(|_, turn| Arc::strong_count(turn) > 1);
            }
            Arc::clone(uploads.entry(id.to_owned()).or_default())
        };
        let turn = timeout(PATIENCE, turn.lock_owned()).await;
        turn.map_err(|_| Failure::busy("another request writes this upload"))
    }
}
