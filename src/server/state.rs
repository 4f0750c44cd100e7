//! What every handler is handed.

use std::sync::Arc;

use tokio::sync::Mutex;
use tokio::task;

use crate::server::budget::Budget;
use crate::server::gate::Shell;
use crate::server::intake::Intake;
use crate::server::keeper::Keeper;
use crate::server::mlflow::Courier;
use crate::server::oci;
use crate::server::scribe::Scribe;
use crate::server::sync::Desk;
use crate::store::Store;
use crate::track::{self, index, live};

/// The one store behind all faces, and what they share.
#[derive(Debug)]
pub(in crate::server) struct State {
    pub(in crate::server) store: Arc<Store>,
    /// Writes what many clients write at once.
    pub(in crate::server) scribe: Scribe,
    pub(in crate::server) intake: Intake,
    /// Bytes of artifacts that were staged; held by the one who moves them into packs.
    pub(in crate::server) settling: Arc<Mutex<u64>>,
    /// What answers may take of the memory.
    pub(in crate::server) budget: Budget,
    /// What stands around the faces.
    pub(in crate::server) shell: Shell,
    /// Tells webhooks what happens.
    pub(in crate::server) courier: Courier,
    /// Transfers from and to other stores.
    pub(in crate::server) desk: Desk,
    /// What requests of the registry share.
    pub(in crate::server) registry: oci::Desk,
    /// Dropped after the scribe, so that it seals all that was ended.
    _keeper: Keeper,
}

impl State {
    /// Makes the tables that handlers count on, and starts what works beside them.
    pub(in crate::server) fn new(
        store: Store,
        shell: Shell,
        courier: Courier,
    ) -> Result<Self, track::Error> {
        live::prepare(&store)?;
        index::refresh(&store)?;
        let store = Arc::new(store);
        let scribe = Scribe::start(Arc::clone(&store));
        let keeper = Keeper::start(Arc::clone(&store));
        let (intake, settling, budget) = (Intake::default(), Arc::default(), Budget::default());
        let (desk, registry) = (Desk::default(), oci::Desk::default());
        Ok(Self {
            store,
            scribe,
            intake,
            settling,
            budget,
            shell,
            courier,
            desk,
            registry,
            _keeper: keeper,
        })
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
