//! A blob on its way through: opened at its origin, as often as its target needs.

use std::io::{self, Read};
use std::sync::{Mutex, PoisonError};

use super::origin::Origin;
use crate::image::manifest::Descriptor;
use crate::image::{Error, layer};
use crate::remote::registry::Source;

/// A blob of an origin, as registries take it.
pub(super) struct Stream<'a> {
    origin: &'a dyn Origin,
    blob: &'a Descriptor,
    /// Why it could not be opened.
    failed: Mutex<Option<Error>>,
}

impl<'a> Stream<'a> {
    pub(super) fn new(origin: &'a dyn Origin, blob: &'a Descriptor) -> Self {
        Self { origin, blob, failed: Mutex::default() }
    }

    /// Returns what its origin says of a failure, else what its target says.
    pub(super) fn blame(&self, error: Error) -> Error {
        let own = self.failed.lock().unwrap_or_else(PoisonError::into_inner).take();
        own.or_else(|| self.origin.cause(&self.blob.digest)).unwrap_or(error)
    }
}

impl Source for Stream<'_> {
    fn open(&self, from: u64) -> io::Result<Box<dyn Read + Send + '_>> {
        self.origin.open(self.blob, from).map_err(|error| {
            let words = error.to_string();
            *self.failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
            io::Error::other(words)
        })
    }
}

/// Opens a blob whose digest is held against its bytes where they end.
pub(super) fn checked<'a>(
    origin: &'a dyn Origin,
    blob: &Descriptor,
) -> Result<impl Read + Send + 'a, Error> {
    Ok(layer::Checked::new(origin.open(blob, 0)?, blob.digest))
}
