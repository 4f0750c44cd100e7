//! The node of an image: one manifest of the image specification, or of Docker, and where its content is.

use serde::{Deserialize, Serialize};

use crate::remote::registry::Digest;
use crate::store::Link;

/// A manifest or an index. Never changes: a tag that moves points at another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename = "image")]
pub struct Image {
    /// Of the manifest's bytes: what a registry calls the image.
    pub digest: Digest,
    /// As it was received with, and as it is given out with.
    pub media_type: String,
    /// A blob: the manifest byte for byte.
    pub manifest: Link,
    /// The config and the layers that are here, in the manifest's order. One that the manifest names twice is here once;
    /// one that may not be distributed, or lies behind a URL, may be missing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blobs: Vec<Blob>,
    /// The images of an index that are here, in its order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub manifests: Vec<Child>,
    /// Whether the manifest was written here: its layers may then be compressed on their way to a registry. What others wrote
    /// goes as it came, so that its digest stays.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub made: bool,
    /// What its manifest was before its layers' compressed bytes were let go ([`crate::image::drop_compressed`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub came_as: Option<Digest>,
}

/// What a manifest names by digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Blob {
    pub digest: Digest,
    /// Bytes as they travel.
    pub size: u64,
    pub content: Content,
}

/// How a blob is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Content {
    /// As a file: a config, or anything that is no layer.
    File(Link),
    /// A layer that travels uncompressed: its tar is the blob.
    Tar(Link),
    /// A layer whose compressed bytes cannot be made again, or not yet: `bytes` is a file.
    Kept { layer: Link, bytes: Link },
    /// A layer whose compressed bytes come out of our own compressor again; `by` names it with its version and level.
    Made { layer: Link, by: String },
    /// A layer whose compressed bytes come out of the tar and a record of how another compressor chose ([`crate::image::squeeze`]).
    Record { layer: Link, record: Link },
}

/// An image of an index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Child {
    pub digest: Digest,
    pub image: Link,
}

impl Content {
    /// Returns the layer, where it is one.
    pub const fn layer(&self) -> Option<Link> {
        match self {
            Self::File(_) => None,
            Self::Tar(layer)
            | Self::Kept { layer, .. }
            | Self::Made { layer, .. }
            | Self::Record { layer, .. } => Some(*layer),
        }
    }

    /// Returns all that must be in the store for it to be given out.
    pub fn links(&self) -> Vec<Link> {
        match self {
            Self::File(link) | Self::Tar(link) => vec![*link],
            Self::Kept { layer, bytes } => vec![*layer, *bytes],
            Self::Made { layer, .. } => vec![*layer],
            Self::Record { layer, record } => vec![*layer, *record],
        }
    }
}
