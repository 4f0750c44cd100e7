//! What an interrupted transfer left in quarantine: whole packs that need not travel again.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use crate::base::fs::remove;
use crate::store::pack::Pack;
use crate::store::{Error, Store, lease};

/// Packs in the folders of writers that have died.
#[derive(Debug, Default)]
pub(crate) struct Leftover {
    pub(crate) packs: Vec<Arc<Pack>>,
    folders: Vec<PathBuf>,
}

/// Finds what dead writers left. Nothing of it is verified but the digest of each file.
pub(crate) fn find(store: &Store) -> Result<Leftover, Error> {
    let mut left = Leftover::default();
    for dead in lease::list(&store.folder().join("incoming"))?.into_iter().filter(|l| !l.alive) {
        let before = left.packs.len();
        for entry in fs::read_dir(&dead.folder).into_iter().flatten().flatten() {
            if entry.path().extension().is_some_and(|extension| extension == "pack") {
                // A pack that was cut off in the middle of a write is no pack.
                left.packs.extend(Pack::open_unnamed(entry.path()).map(Arc::new));
            }
        }
        if left.packs.len() > before {
            left.folders.push(dead.folder);
        }
    }
    Ok(left)
}

impl Leftover {
    /// Says that what was of use has been taken over.
    pub(crate) fn used(self) {
        for folder in self.folders {
            let _ = remove(&folder); // what stays is swept by gc
        }
    }
}
