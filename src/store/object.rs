//! The bytes of nodes: DAG-CBOR, one canonical form, links as CIDs.

use ipld_core::cid::Cid;
use ipld_core::codec::Links as _;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_ipld_dagcbor::codec::DagCborCodec;

use crate::base::Digest;
use crate::store::{Error, Link};

/// No node and no chunk is larger: a reader can bound what it allocates before it reads.
pub const MAX_OBJECT: usize = (16 << 20) - 1;

/// Encodes `value` as the bytes of a node.
pub fn encode<T: Serialize>(value: &T) -> Result<Vec<u8>, Error> {
    let bytes = serde_ipld_dagcbor::to_vec(value)
        .map_err(|error| Error::damaged("a value to be stored", error.to_string()))?;
    match bytes.len() > MAX_OBJECT {
        true => Err(Error::TooLarge {
            what: "a record".to_owned(),
            size: bytes.len() as u64,
            limit: MAX_OBJECT as u64,
        }),
        false => Ok(bytes),
    }
}

/// Decodes the bytes of a node.
pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Error> {
    serde_ipld_dagcbor::from_slice(bytes).map_err(|error| malformed(bytes, error.to_string()))
}

/// Returns the links in the bytes of a node, in their order, without building it.
pub fn links(bytes: &[u8]) -> Result<Vec<Link>, Error> {
    let cids = DagCborCodec::links(bytes).map_err(|error| malformed(bytes, error.to_string()))?;
    cids.map(|cid: Cid| Link::try_from(cid).map_err(|error| malformed(bytes, error.to_string())))
        .collect()
}

fn malformed(bytes: &[u8], reason: String) -> Error {
    Error::Malformed { link: Link::node(Digest::of(bytes)), wanted: "node", reason }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Sample {
        name: String,
        parts: Vec<Link>,
        at: i64,
    }

    #[test]
    fn a_node_reads_back_and_shows_its_links() {
        let parts = vec![Link::blob(Digest::of(b"a")), Link::node(Digest::of(b"b"))];
        let sample = Sample { name: "x".to_owned(), parts: parts.clone(), at: -3 };
        let bytes = encode(&sample).unwrap();
        assert_eq!(decode::<Sample>(&bytes).unwrap(), sample);
        assert_eq!(links(&bytes).unwrap(), parts);
    }

    #[test]
    fn x12_one_record_has_one_encoding() {
        let sample = Sample { name: "x".to_owned(), parts: vec![], at: 1 };
        let bytes = encode(&sample).unwrap();
        let keys: Vec<usize> = ["at", "name", "parts"]
            .map(|key| bytes.windows(key.len()).position(|part| part == key.as_bytes()).unwrap())
            .into();
        assert!(keys.is_sorted(), "keys are sorted by length, then bytes");
    }

    #[test]
    fn bytes_that_are_no_node_are_refused() {
        assert!(links(b"\xff\xff").is_err());
        assert!(decode::<Sample>(b"").is_err());
    }
}
