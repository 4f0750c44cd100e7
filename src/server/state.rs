//! What every handler is handed.

use std::sync::Arc;

use tokio::task;

use crate::store::Store;

/// The one store behind all faces, and what they share.
#[derive(Debug)]
pub(in crate::server) struct State {
    pub(in crate::server) store: Store,
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
