//! Layers that are here become an image: a config and a manifest in OCI's words, and the node that has them.

use std::collections::HashSet;

use crate::image::config::{Config, RootFs};
use crate::image::layer::Added;
use crate::image::manifest::{Descriptor, ImageManifest, media};
use crate::image::{Blob, Content, Error, Image};
use crate::remote::registry::Digest;
use crate::store::{Link, Writer, add};

/// A layer of an image that is made here, as it travels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    pub link: Link,
    pub diff_id: Digest,
    /// Of the bytes as they travel.
    pub digest: Digest,
    pub size: u64,
    pub content: Content,
    /// As the base's manifest calls it; a plain tar where nothing is said.
    pub media_type: Option<String>,
}

impl Held {
    /// Returns what a manifest says of it.
    pub fn descriptor(&self) -> Descriptor {
        let media_type = self.media_type.as_deref().map_or(media::LAYER, media::oci_layer);
        Descriptor::new(media_type, self.digest, self.size)
    }

    fn blob(&self) -> Blob {
        Blob { digest: self.digest, size: self.size, content: self.content.clone() }
    }
}

/// A layer that was made here is a plain tar.
impl From<Added> for Held {
    fn from(added: Added) -> Self {
        let diff_id = added.layer.diff_id;
        let Added { link, digest, size, content, .. } = added;
        Self { link, diff_id, digest, size, content, media_type: None }
    }
}

/// An image that is made here and not written yet.
#[derive(Debug)]
pub struct Assembled {
    /// Of the config: what Docker calls the image.
    pub id: Digest,
    /// Of the manifest.
    pub digest: Digest,
    pub(super) config: Vec<u8>,
    pub(super) manifest: Vec<u8>,
    blobs: Vec<Blob>,
}

impl Assembled {
    /// Makes config and manifest of an image with these layers, lowest first; everything else that the config says stays.
    pub fn new(mut config: Config, layers: &[Held]) -> Self {
        config.rootfs = rootfs(layers);
        let config = config.encode();
        let id = Digest::of(&config);
        let descriptor = Descriptor::new(media::CONFIG, id, config.len() as u64);
        let descriptors = layers.iter().map(Held::descriptor).collect();
        let manifest = ImageManifest::new(descriptor, descriptors).encode();
        let mut seen = HashSet::new();
        let once = layers.iter().filter(|layer| seen.insert(layer.digest));
        let blobs = once.map(Held::blob).collect();
        Self { id, digest: Digest::of(&manifest), config, manifest, blobs }
    }

    /// Writes it; no name leads to it yet.
    pub fn write(&self, writer: &mut Writer<'_>) -> Result<Link, Error> {
        let content = Content::File(add::bytes(writer, &self.config)?.link);
        let mut blobs = vec![Blob { digest: self.id, size: self.config.len() as u64, content }];
        blobs.extend_from_slice(&self.blobs);
        let manifest = writer.blob(&self.manifest)?;
        Ok(writer.node(&Image {
            digest: self.digest,
            media_type: media::MANIFEST.to_owned(),
            manifest,
            blobs,
            manifests: vec![],
            made: true,
            came_as: None,
        })?)
    }
}

/// Returns what a config says of layers.
pub fn rootfs(layers: &[Held]) -> RootFs {
    let diff_ids = layers.iter().map(|layer| layer.diff_id).collect();
    RootFs { diff_ids, ..RootFs::default() }
}
