//! Where a store that was cloned without its content gets what is read.

use std::fmt;
use std::sync::OnceLock;

use crate::store::{Error, Link, Store};

/// Fetches objects into the store, all that are asked for at once; what is not to be had stays missing.
pub type Supply = dyn Fn(&Store, &[Link]) -> Result<(), Error> + Send + Sync;

/// Set once a store is known to lack content.
#[derive(Default)]
pub(super) struct Source(OnceLock<Box<Supply>>);

impl Source {
    pub(super) fn set(&self, fetch: Box<Supply>) {
        let _ = self.0.set(fetch); // the first one stays
    }

    pub(super) fn is_set(&self) -> bool {
        self.0.get().is_some()
    }

    pub(super) fn fetch(&self, store: &Store, links: &[Link]) -> Result<(), Error> {
        self.0.get().map_or(Ok(()), |fetch| fetch(store, links))
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Source").field(&self.is_set()).finish()
    }
}
