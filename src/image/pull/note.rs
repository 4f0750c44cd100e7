//! Notes in `cache/` of what has been worked out once: which layer a digest is, what a layer is once it is compressed.
//!
//! A note that is gone costs work and nothing else.

use std::path::PathBuf;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::base::fs;
use crate::store::Store;

/// A note by its name.
#[derive(Debug)]
pub(crate) struct Note {
    path: PathBuf,
}

impl Note {
    /// Returns the note `name` of the kind `kind`; both are names of files.
    pub(crate) fn new(store: &Store, kind: &str, name: &str) -> Self {
        Self { path: store.folder().join("cache").join(kind).join(name) }
    }

    pub(crate) fn read<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_slice(&std::fs::read(&self.path).ok()?).ok()
    }

    /// Writes the note, where that can be done.
    pub(crate) fn write<T: Serialize>(&self, value: &T) {
        let Ok(bytes) = serde_json::to_vec(value) else { return };
        if let Some(folder) = self.path.parent() {
            let _ = std::fs::create_dir_all(folder); // what cannot be noted is worked out again
        }
        let _ = fs::write_derived(&self.path, &bytes);
    }

    pub(crate) fn remove(&self) {
        let _ = fs::remove(&self.path); // it would only be looked at in vain
    }
}
