//! The nodes of a layer.

use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use crate::remote::registry::Digest;
use crate::store::Link;

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
