//! A root file system to run in: layers below, a fresh folder on top that takes all that is changed.

use std::path::{Path, PathBuf};

use crate::image::rootfs::{Error, Lowers};

/// How the folders were put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// The kernel's overlayfs.
    Overlay,
    /// `fuse-overlayfs`, where the kernel refuses.
    Fuse,
    /// One folder with a copy of all, where nothing else goes.
    Copy,
}

/// A mounted root file system; unmounted and removed when dropped.
///
/// One whose process is killed stays mounted until the next [`Mounted::new`] in the same scratch folder.
#[derive(Debug)]
pub struct Mounted {
    folder: PathBuf,
    how: How,
}

impl Mounted {
    /// Mounts `lowers` with a fresh upper folder in `scratch` (a store's `cache/mounts`), which is made if it is not there.
    ///
    /// In a user namespace this needs a mount namespace of its own, as `container::enter_namespace_if_rootless` makes it.
    pub fn new(lowers: &Lowers, scratch: &Path) -> Result<Self, Error> {
        let _ = (lowers, scratch);
        unimplemented!()
    }

    /// Returns the merged root folder.
    pub fn path(&self) -> &Path {
        unimplemented!()
    }

    /// Returns how it was made.
    pub fn how(&self) -> How {
        self.how
    }

    /// Returns the folder that lies beside the root and goes with it: room for what a container needs on disk.
    pub fn scratch(&self) -> &Path {
        &self.folder
    }

    /// Unmounts and removes it, and says what went wrong, which dropping cannot.
    pub fn close(self) -> Result<(), Error> {
        unimplemented!()
    }
}
