//! Mirrors `src/store`: calls the library.

mod add;
mod checkout;
mod chunk;
mod codec;
mod fsck;
mod gc;
mod stat_cache;
mod tree;
mod writer;

use std::path::Path;

use mls::base::Clock;
use mls::store::{Change, Context, Expected, Link, Store};
use serde::{Deserialize, Serialize};

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

/// A node for tests.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Note {
    pub(crate) text: String,
    pub(crate) parts: Vec<Link>,
}

/// Commits a node with one blob as `name`.
pub(crate) fn commit(store: &Store, name: &str, text: &str) -> Link {
    let mut writer = store.writer().unwrap();
    let blob = writer.blob(text.as_bytes()).unwrap();
    let note = Note { text: text.to_owned(), parts: vec![blob] };
    let link = writer.node(&note).unwrap();
    let change = Change { name: name.to_owned(), expected: Expected::Any, new: Some(link) };
    writer.commit(vec![change]).unwrap();
    link
}

/// Bytes that look random and that `b3sum --length` makes again from the seed.
pub(crate) fn noise(seed: &str, length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    blake3::Hasher::new().update(seed.as_bytes()).finalize_xof().fill(&mut bytes);
    bytes
}
