//! Mirrors `src/store`: calls the library.

mod chunk;
mod codec;
mod writer;

use std::path::Path;

use mls::base::Clock;
use mls::store::{Context, Store};

/// A fixed moment: 2026-11-22T12:36:46.429Z.
pub(crate) const NOW: i64 = 1_795_351_006_429;

/// Returns what a test asks a store with.
pub(crate) fn context() -> Context {
    Context {
        actor: "ada@lab".to_owned(),
        command: "mls test".to_owned(),
        clock: Clock::Fixed(NOW),
    }
}

/// Makes a store in `folder`.
pub(crate) fn store(folder: &Path) -> Store {
    Store::init(&folder.join(".mlstore"), context()).unwrap()
}
