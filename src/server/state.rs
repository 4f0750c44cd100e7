//! What every handler is handed.

use std::sync::Arc;

use tokio::sync::Mutex;
use tokio::task;

use crate::server::gate::Shell;
use crate::server::intake::Intake;
use crate::server::scribe::Scribe;
use crate::store::Store;

/// The one store behind all faces, and what they share.
#[derive(Debug)]
pub(in crate::server) struct State {
    pub(in crate::server) store: Arc<Store>,
    /// Writes what many clients write at once.
    pub(in crate::server) scribe: Scribe,
    pub(in crate::server) intake: Intake,
    /// Bytes of artifacts that were staged; held by the one who moves them into packs.
    pub(in crate::server) settling: Arc<Mutex<u64>>,
    /// What stands around the faces.
    pub(in crate::server) shell: Shell,
}

impl State {
    pub(in crate::server) fn new(store: Store, shell: Shell) -> Self {
        let store = Arc::new(store);
        let scribe = Scribe::start(Arc::clone(&store));
        Self { store, scribe, intake: Intake::default(), settling: Arc::default(), shell }
    }
}

pub(in crate::server) type Shared = Arc<State>;

/// Runs work that reads or writes the store where it holds nobody up.
///
/// A panic in it goes on in the handler, which answers for it.
pub(in crate::server) async fn blocking<T: Send + 'static>(
    state: &Shared,
    work: impl FnOnce(&State) -> T + Send + 'static,
) -> T {
    let state = Arc::clone(state);
    match task::spawn_blocking(move || work(&state)).await {
        Ok(value) => value,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => unreachable!("blocking work is never aborted"),
        },
    }
}
