//! Files that images would be carried to: what would be written is counted, and nothing is read or written for it.

use std::collections::HashSet;
use std::path::PathBuf;

use super::Place;
use super::files::{listed, new_tar};
use super::origin::Origin;
use super::plain::runnable;
use super::registry::Remote;
use super::target::{self, Target};
use crate::base::Progress;
use crate::image::Error;
use crate::image::archive::blob_path;
use crate::image::manifest::{Descriptor, Manifest};
use crate::remote::registry::{Access, Digest, Manifest as Bytes};

/// A place that takes nothing, and counts what it is given.
struct Counted {
    /// A layout, which may have some of it.
    folder: Option<PathBuf>,
    /// Whether only layers go, of an image that runs.
    is_plain: bool,
    seen: HashSet<Digest>,
    sent: u64,
}

/// Opens a place as [`target::open`] does, and leaves it as it is.
pub(super) fn open(place: &Place, access: &Access) -> Result<Box<dyn Target>, Error> {
    let counted =
        |folder, is_plain| Box::new(Counted { folder, is_plain, seen: HashSet::new(), sent: 0 });
    Ok(match place {
        Place::Registry(reference) => Box::new(Remote::new(reference, access)?.rehearsed()),
        Place::Layout { path, .. } => {
            // One that is not there would be made.
            if path.exists() {
                listed(path)?;
            }
            counted(Some(path.clone()), false)
        }
        Place::OciArchive { path, .. } => {
            new_tar(path)?;
            counted(None, false)
        }
        Place::DockerArchive { path, .. } => {
            new_tar(path)?;
            counted(None, true)
        }
        Place::Store(_) => target::open(place, access)?,
    })
}

impl Target for Counted {
    fn has(&mut self, _manifest: &Bytes) -> Result<bool, Error> {
        Ok(false)
    }

    fn take(
        &mut self,
        _origin: &dyn Origin,
        (_, manifest): (&Bytes, &Manifest),
        blobs: &[&Descriptor],
        _named: bool,
        _progress: &dyn Progress,
    ) -> Result<(), Error> {
        let layers: Vec<&Descriptor>;
        let blobs = match self.is_plain {
            true => {
                layers = runnable(manifest)?.layers.iter().collect();
                &layers
            }
            false => blobs,
        };
        for blob in blobs {
            let there = self
                .folder
                .as_ref()
                .and_then(|folder| std::fs::metadata(folder.join(blob_path(&blob.digest))).ok());
            let is_there = there.is_some_and(|there| there.len() == blob.size);
            if self.seen.insert(blob.digest) && !is_there {
                self.sent += blob.size;
            }
        }
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<u64, Error> {
        Ok(self.sent)
    }
}
