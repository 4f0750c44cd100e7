//! Where an image is carried from.

use std::io::Read;

use super::Place;
use super::archived::Archived;
use super::registry::Remote;
use super::stored::Stored;
use crate::image::Error;
use crate::image::manifest::Descriptor;
use crate::remote::registry::{Access, Digest, Manifest};
use crate::store::Store;

/// A place that gives one image, and what is below it.
pub(super) trait Origin: Sync {
    /// Returns the manifest that was named, or the one with this digest; it has been verified.
    fn manifest(&self, digest: Option<&Digest>) -> Result<Manifest, Error>;

    /// Opens a blob at `from`. Whoever reads it holds it against its digest.
    fn open(&self, blob: &Descriptor, from: u64) -> Result<Box<dyn Read + Send + '_>, Error>;

    /// Returns why reading a blob has failed, where that is known better here.
    fn cause(&self, _blob: &Digest) -> Option<Error> {
        None
    }

    /// Returns the manifests that name `subject` as theirs.
    fn referrers(&self, subject: &Digest) -> Result<Vec<Digest>, Error>;

    /// Returns the registry and the repository, where it is one.
    fn repository(&self) -> Option<(&str, &str)> {
        None
    }
}

pub(super) fn open<'a>(
    store: Option<&'a Store>,
    place: &Place,
    access: &Access,
) -> Result<Box<dyn Origin + 'a>, Error> {
    Ok(match place {
        Place::Registry(reference) => Box::new(Remote::new(reference, access)?),
        Place::Layout { path, name } | Place::OciArchive { path, name } => {
            Box::new(Archived::layout(path, name.as_deref())?)
        }
        Place::DockerArchive { path, name } => Box::new(Archived::docker(path, name.as_ref())?),
        Place::Store(name) => match store {
            Some(store) => Box::new(Stored::new(store, name)?),
            None => return Err(Error::NoImage { name: name.clone(), near: vec![] }),
        },
    })
}
