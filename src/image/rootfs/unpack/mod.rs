//! Layers as folders, each unpacked once.
//!
//! ```text
//! cache/layers/
//!   <diff id>/           a layer that says all of itself: the same upon whatever it lies
//!   chain-<id>/          one that leans on those below it (a folder it does not name, a link to their file): of all their ids
//!     fs/                what overlayfs takes as a lower folder
//!     about.json         written last; without it there is nothing
//!   .new-<random>/       in the making; locked by who makes it, swept when nobody does
//! ```
//!
//! A folder gets its name by a rename when it is whole, so that no kill and no second process can leave or see a part. After
//! a power cut it is trusted only where it was synced: what was not carries the id of the boot that made it.

use std::path::{Path, PathBuf};

use crate::base::Progress;
use crate::image::rootfs::Error;
use crate::store::{Link, Store};

/// The folders of layers, ready to be mounted.
#[derive(Debug, Clone, Default)]
pub struct Lowers {
    /// One for each layer, lowest first.
    pub folders: Vec<PathBuf>,
    /// What could not be made as the layers say; only of those layers that this call unpacked.
    pub warnings: Vec<Warning>,
}

/// What a file system has otherwise than the layers say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// In the image.
    pub path: String,
    pub reason: &'static str,
}

/// Unpacks `layers`, lowest first, each once, below `cache` (a store's `cache/layers`).
///
/// What is there already costs a look. Killed at any moment, it leaves nothing that a later call would take for whole; two
/// at once come to the same. Owners, devices and `trusted.*` need root; without, devices are left out with a warning.
pub fn unpack(
    store: &Store,
    layers: &[Link],
    cache: &Path,
    progress: &dyn Progress,
) -> Result<Lowers, Error> {
    let _ = (store, layers, cache, progress);
    unimplemented!()
}
