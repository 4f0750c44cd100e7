//! A link from a node to what it needs: a CID, so that a reader who knows no meaning can follow it.

use std::fmt;

use ipld_core::cid::Cid;
use ipld_core::cid::multihash::Multihash;
use serde::{Deserialize, Serialize};

use crate::base::Digest;

/// The multicodec numbers of the IPLD tables.
const RAW: u64 = 0x55;
const DAG_CBOR: u64 = 0x71;
const BLAKE3: u64 = 0x1e;

/// The two shapes of object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Kind {
    /// Bytes.
    Blob = 0,
    /// A record in DAG-CBOR, which may link to others.
    Node = 1,
}

/// Names an object: what shape it has, and the digest of its bytes.
///
/// The same bytes as a blob and as a node are two objects, so no blob can pass for a node.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "Cid", into = "Cid")]
pub struct Link {
    pub digest: Digest,
    pub kind: Kind,
}

/// Tells that a CID names nothing that a store can hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("link {0} is not BLAKE3 of raw bytes or DAG-CBOR")]
pub struct ForeignCid(Cid);

impl Link {
    /// Names the blob with `digest`.
    pub const fn blob(digest: Digest) -> Self {
        Self { digest, kind: Kind::Blob }
    }

    /// Names the node with `digest`.
    pub const fn node(digest: Digest) -> Self {
        Self { digest, kind: Kind::Node }
    }

    /// Returns the link as a version 1 CID.
    pub fn cid(&self) -> Cid {
        let codec = match self.kind {
            Kind::Blob => RAW,
            Kind::Node => DAG_CBOR,
        };
        let hash = Multihash::wrap(BLAKE3, self.digest.as_bytes()).expect("32 of at most 64 bytes");
        Cid::new_v1(codec, hash)
    }
}

impl TryFrom<Cid> for Link {
    type Error = ForeignCid;

    fn try_from(cid: Cid) -> Result<Self, Self::Error> {
        let kind = match cid.codec() {
            RAW => Kind::Blob,
            DAG_CBOR => Kind::Node,
            _ => return Err(ForeignCid(cid)),
        };
        match <[u8; 32]>::try_from(cid.hash().digest()) {
            Ok(bytes) if cid.hash().code() == BLAKE3 => {
                Ok(Self { kind, digest: Digest::from_bytes(bytes) })
            }
            _ => Err(ForeignCid(cid)),
        }
    }
}

impl From<Link> for Cid {
    fn from(link: Link) -> Self {
        link.cid()
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.digest.fmt(f)
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {}", self.kind, self.digest)
    }
}
