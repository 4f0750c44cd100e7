//! Where a stage stands: the layers under it, and how they came to be.

use crate::base;
use crate::image::build::cache::Key;
use crate::image::config;
use crate::image::manifest::{Descriptor, media};
use crate::image::{Blob, Content};
use crate::remote::registry::Digest;
use crate::store::Link;

/// A layer of an image that is built, as it travels.
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

/// What a stage has come to so far.
#[derive(Debug, Clone, Default)]
pub struct State {
    pub layers: Vec<Held>,
    pub history: Vec<config::Step>,
}

impl State {
    /// Returns what stands for the content of all layers.
    pub fn id(&self) -> base::Digest {
        let mut key = Key::new("layers");
        self.layers.iter().for_each(|layer| key.text(&layer.diff_id.to_string()));
        key.finish()
    }

    /// Returns the layers, lowest first.
    pub fn links(&self) -> Vec<Link> {
        self.layers.iter().map(|layer| layer.link).collect()
    }
}

impl Held {
    /// Returns what a manifest says of it.
    pub fn descriptor(&self) -> Descriptor {
        let media_type = self.media_type.as_deref().map_or(media::LAYER, media::oci_layer);
        Descriptor::new(media_type, self.digest, self.size)
    }

    pub fn blob(&self) -> Blob {
        Blob { digest: self.digest, size: self.size, content: self.content.clone() }
    }
}
