//! What is there already, by digest: what need not be fetched, unpacked or sent.

use std::collections::HashMap;

use crate::image::layer::Layer;
use crate::image::name::FOLDER;
use crate::image::{Blob, Error, Image};
use crate::remote::registry::Digest;
use crate::store::{Link, Store, refs};

/// Blobs and layers of all images of a store.
///
/// What it names was there when it was made; a [`crate::store::Writer`] that has begun before keeps it there.
#[derive(Debug, Clone, Default)]
pub struct BlobIndex {
    blobs: HashMap<Digest, Blob>,
    layers: HashMap<Digest, Link>,
}

impl BlobIndex {
    /// Returns the blob with this digest, as it travels.
    pub fn blob(&self, digest: &Digest) -> Option<&Blob> {
        self.blobs.get(digest)
    }

    /// Returns the layer whose tar has this digest.
    pub fn layer(&self, diff_id: &Digest) -> Option<Link> {
        self.layers.get(diff_id).copied()
    }
}

/// Looks at all images, those of other stores included that were seen and are here.
pub fn blob_index(store: &Store) -> Result<BlobIndex, Error> {
    let mut index = BlobIndex::default();
    let mut open: Vec<Link> =
        refs::list(store, FOLDER)?.into_iter().map(|found| found.target).collect();
    let mut seen = std::collections::HashSet::new();
    while let Some(link) = open.pop() {
        if !seen.insert(link) {
            continue;
        }
        let image: Image = store.read_node(&link)?;
        open.extend(image.manifests.iter().map(|child| child.image));
        for blob in image.blobs {
            if let Some(layer) = blob.content.layer()
                && seen.insert(layer)
            {
                index.layers.insert(store.read_node::<Layer>(&layer)?.diff_id, layer);
            }
            index.blobs.entry(blob.digest).or_insert(blob);
        }
    }
    Ok(index)
}
