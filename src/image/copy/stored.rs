//! Images of a store that are carried elsewhere as they are kept.

use std::io::{self, Read};

use super::origin::Origin;
use crate::image::manifest::{Descriptor, MAX_DEPTH};
use crate::image::{Error, Image, catalog, layer};
use crate::remote::registry::{Digest, Manifest as Bytes};
use crate::store::Store;

/// An image with those below it.
pub(super) struct Stored<'a> {
    store: &'a Store,
    /// The one that is meant first.
    images: Vec<Image>,
}

impl<'a> Stored<'a> {
    pub(super) fn new(store: &'a Store, name: &str) -> Result<Self, Error> {
        let (mut open, mut images) = (vec![(catalog::resolve(store, name)?.image, 0)], vec![]);
        while let Some((image, depth)) = open.pop() {
            for child in image.manifests.iter().filter(|_| depth < MAX_DEPTH) {
                open.push((store.read_node(&child.image)?, depth + 1));
            }
            images.push(image);
        }
        Ok(Self { store, images })
    }
}

impl Origin for Stored<'_> {
    fn manifest(&self, digest: Option<&Digest>) -> Result<Bytes, Error> {
        let meant = digest.copied().unwrap_or(self.images[0].digest);
        let image = self.images.iter().find(|image| image.digest == meant);
        let image = image.ok_or(Error::MissingBlob(meant))?;
        let bytes = self.store.read(&image.manifest)?;
        Ok(Bytes { digest: meant, media_type: image.media_type.clone(), bytes })
    }

    fn open(&self, blob: &Descriptor, from: u64) -> Result<Box<dyn Read + Send + '_>, Error> {
        let all = self.images.iter().flat_map(|image| &image.blobs);
        let found = all.into_iter().find(|one| one.digest == blob.digest);
        let mut input = layer::blob(self.store, found.ok_or(Error::MissingBlob(blob.digest))?)?;
        io::copy(&mut (&mut input).take(from), &mut io::sink())
            .map_err(layer::Error::io("read the layer"))?;
        Ok(input)
    }

    fn referrers(&self, _subject: &Digest) -> Result<Vec<Digest>, Error> {
        Ok(vec![])
    }
}
