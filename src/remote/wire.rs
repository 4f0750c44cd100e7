//! What a hub and its client say to each other: records in DAG-CBOR, lists of ids as plain bytes, failures in JSON.
//!
//! ```text
//! client                                                                         hub
//!   GET  /mls/v1/refs?from=0            ──►  version, head, 16,384 refs, and whether more follow
//!                                                                                        ── push ──
//!   POST /mls/v1/have                   ──►  ids [33]×n, n ≤ 16,384, sorted  →  one bit for each
//!   POST /mls/v1/uploads/CLIENT/DIGEST  ──►  from which byte on this pack is missing; who wrote it before may not go on
//!   PUT  /mls/v1/uploads/CLIENT/DIGEST?offset=N&size=S    in parallel; the last byte answers: every object verified
//!   POST /mls/v1/refs                   ──►  push id, packs, moves: all of them or none
//!                                                                                        ── fetch ──
//!   POST /mls/v1/objects                ──►  records to decide by: id [33], length u32, bytes; and so on
//!   POST /mls/v1/plan                   ──►  where all that is needed lies: pack [32], size u64, objects u64,
//!                                            count u32, entries [56]×count; and so on
//!   GET  /mls/v1/packs/DIGEST           ──►  a pack, or the range of it that is asked for
//! ```
//!
//! An id is a digest [32] and a kind [1]. A list that is cut off lacks its end mark. `CLIENT` names whoever uploads, so
//! that the next process of the same store finds what the last one left. The first answer says which version of this
//! drawing the hub speaks; a client of another version ends there.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use crate::base::Digest;
use crate::remote::{Reason, Refusal};
use crate::store::{Kind, Link};

/// The version of all this.
pub(crate) const VERSION: u32 = 1;

/// Bytes of an id.
pub(crate) const ID: usize = 33;

/// Ids in one question.
pub(crate) const BATCH: usize = 16_384;

/// Refs in one answer.
pub(crate) const PAGE: usize = 16_384;

/// Refs that one push may move.
pub(crate) const MAX_MOVES: usize = 200_000;

/// Bytes of records in one answer.
pub(crate) const MAX_RECORDS: usize = 64 << 20;

/// Ends a list.
pub(crate) const END: [u8; ID] = [0xff; ID];
/// Ends a list of records that goes on in the answer to the next question.
pub(crate) const MORE: [u8; ID] = [0xfe; ID];

/// The answer to `GET refs`.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Refs {
    pub(crate) version: u32,
    /// The last operation; pages that disagree about it are no one moment.
    pub(crate) head: u64,
    pub(crate) names: Vec<String>,
    /// Ids, as many as there are names.
    pub(crate) targets: ByteBuf,
    pub(crate) more: bool,
}

/// The question of `POST plan`.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Wants {
    pub(crate) roots: ByteBuf,
    /// What the client has with all that it leads to.
    pub(crate) complete: ByteBuf,
    pub(crate) blobs: bool,
}

/// The question of `POST objects`.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Records {
    pub(crate) links: ByteBuf,
    /// Whether the versions before them are wanted too.
    pub(crate) history: bool,
}

/// The question of `POST refs`.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Swap {
    /// Chosen by the client, the same when it asks again because it heard no answer.
    pub(crate) push: String,
    pub(crate) client: String,
    pub(crate) actor: String,
    pub(crate) command: String,
    /// Digests of uploaded packs.
    pub(crate) packs: ByteBuf,
    pub(crate) moves: Vec<Move>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Move {
    pub(crate) name: String,
    pub(crate) old: Option<ByteBuf>,
    pub(crate) new: Option<ByteBuf>,
    /// Whether the user insisted.
    pub(crate) forced: bool,
}

/// A failure, as JSON.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Problem {
    pub(crate) error: Told,
}

#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Told {
    /// One of [`code`].
    pub(crate) code: String,
    pub(crate) message: String,
    /// The object that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) object: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) kind: Option<u8>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) refs: Vec<(String, String)>,
}

/// What went wrong, for programs.
pub(crate) mod code {
    /// Refs may not move so; `refs` says which and why.
    pub(crate) const REFUSED: &str = "refused";
    /// `object` is missing, which a ref would need.
    pub(crate) const INCOMPLETE: &str = "incomplete";
    /// What was sent is not what it says.
    pub(crate) const DAMAGED: &str = "damaged";
    /// The bytes that are there end elsewhere.
    pub(crate) const OFFSET: &str = "offset";
    pub(crate) const MALFORMED: &str = "malformed";
    pub(crate) const TOO_LARGE: &str = "too_large";
    pub(crate) const NO_SPACE: &str = "no_space";
    pub(crate) const NOT_FOUND: &str = "not_found";
    pub(crate) const BUSY: &str = "busy";
    pub(crate) const FAILED: &str = "failed";
}

pub(crate) fn encode<T: Serialize>(value: &T) -> Vec<u8> {
    serde_ipld_dagcbor::to_vec(value).expect("plain records can be written")
}

pub(crate) fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    serde_ipld_dagcbor::from_slice(bytes).ok()
}

pub(crate) fn id(link: &Link) -> [u8; ID] {
    let mut id = [0; ID];
    id[..32].copy_from_slice(link.digest.as_bytes());
    id[32] = link.kind as u8;
    id
}

pub(crate) fn ids<'a>(links: impl IntoIterator<Item = &'a Link>) -> ByteBuf {
    ByteBuf::from(links.into_iter().flat_map(id).collect::<Vec<u8>>())
}

pub(crate) fn link(id: &[u8]) -> Option<Link> {
    let (digest, kind) = id.split_at_checked(32)?;
    let digest = Digest::from_bytes(digest.try_into().ok()?);
    match kind {
        [0] => Some(Link { digest, kind: Kind::Blob }),
        [1] => Some(Link { digest, kind: Kind::Node }),
        _ => None,
    }
}

/// Reads a list of ids; nothing where it is none.
pub(crate) fn links(bytes: &[u8]) -> Option<Vec<Link>> {
    let ids = bytes.chunks_exact(ID);
    ids.remainder().is_empty().then(|| ids.map(link).collect())?
}

pub(crate) fn refusals(refs: &[(String, String)]) -> Vec<Refusal> {
    refs.iter()
        .map(|(name, reason)| Refusal {
            name: name.chars().take(200).collect(),
            reason: Reason::from_word(reason),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_come_back_and_what_is_none_is_refused() {
        let two = [Link::blob(Digest::of(b"a")), Link::node(Digest::of(b"b"))];
        assert_eq!(links(&ids(&two)), Some(two.to_vec()));
        assert_eq!(links(&[0; 34]), None);
        assert_eq!(links(&[2; 33]), None);
        assert_eq!(link(&END), None);
    }
}
