//! Layers: tar archives whose files are shared with everything else in the store, and which come back byte for byte.
//!
//! ```text
//! layer   diff id, size, parts ──► layer-part   pieces: bytes of the tar, and the content of a file behind them, by link
//! ```
//!
//! What a tar says of a file (header, PAX records, padding) stays inline as it was; its content is a blob or a file node,
//! the same as in an artifact or a model.

mod error;

use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use crate::remote::registry::Digest;
use crate::store::Link;

pub use error::Error;

/// A layer; its tar is the concatenation of its parts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename = "layer")]
pub struct Layer {
    /// The digest of the uncompressed tar (`rootfs.diff_ids` of a config).
    pub diff_id: Digest,
    /// Bytes of the tar.
    pub size: u64,
    /// Entries that are no mere headers.
    pub entries: u64,
    /// Bytes of all files.
    pub content: u64,
    /// [`Part`]s in their order.
    pub parts: Vec<Link>,
}

/// A piece of a layer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename = "layer-part")]
pub struct Part {
    /// Bytes of the tar, and the content that comes behind them with its length.
    pub pieces: Vec<(ByteBuf, Option<(Link, u64)>)>,
}
