//! Where an image is carried to.

use super::Place;
use super::files::Files;
use super::origin::Origin;
use super::plain::Plain;
use super::registry::Remote;
use crate::base::Progress;
use crate::image::Error;
use crate::image::manifest::{Descriptor, Manifest};
use crate::remote::registry::{Access, Manifest as Bytes};

/// A place that takes images, what is below them first.
pub(super) trait Target {
    /// Returns whether it has this very manifest under the name that is meant, with all that it needs.
    fn has(&mut self, manifest: &Bytes) -> Result<bool, Error>;

    /// Takes a manifest and the blobs that it needs; under the name that is meant where it is `named`.
    fn take(
        &mut self,
        origin: &dyn Origin,
        manifest: (&Bytes, &Manifest),
        blobs: &[&Descriptor],
        named: bool,
        progress: &dyn Progress,
    ) -> Result<(), Error>;

    /// Says that this was all; returns the bytes of blobs that went.
    fn finish(self: Box<Self>) -> Result<u64, Error>;
}

pub(super) fn open(place: &Place, access: &Access) -> Result<Box<dyn Target>, Error> {
    Ok(match place {
        Place::Registry(reference) => Box::new(Remote::new(reference, access)?),
        Place::Layout { path, name } => Box::new(Files::layout(path, name.as_deref())?),
        Place::OciArchive { path, name } => Box::new(Files::archive(path, name.as_deref())?),
        Place::DockerArchive { path, name } => Box::new(Plain::new(path, name.as_ref())?),
        Place::Store(name) => {
            let reason = "an image comes into a store with `pull` or `load`".to_owned();
            return Err(Error::BadName { name: name.clone(), reason });
        }
    })
}
