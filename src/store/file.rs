//! Files as nodes: the chunks of what is larger than one, and reading them again. `add` writes them.
//!
//! ```text
//! { "type": "file", "size": u64, "digest": BLAKE3 of the whole, "chunks": [ [link, length], … ] }
//! { "type": "chunks", "chunks": [ [link, length], … ] }      behind a link that is a node: more of the list
//! ```
//!
//! A file of one chunk has no node: its link is the blob itself.

use std::io::{self, Read, Seek, SeekFrom};

use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use crate::base::Digest;
use crate::store::{Error, Kind, Link, Store, object};

/// A list may lie in lists; hostile ones would go on for ever.
const MAX_LEVELS: u32 = 4;

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename = "file")]
pub(super) struct Node {
    pub(super) size: u64,
    pub(super) digest: ByteBuf,
    pub(super) chunks: Vec<(Link, u64)>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename = "chunks")]
pub(super) struct Chunks {
    pub(super) chunks: Vec<(Link, u64)>,
}

/// A file in the store, open for reading. Every chunk is verified before a byte of it is returned.
#[derive(Debug)]
pub struct File<'a> {
    store: &'a Store,
    chunks: Vec<Chunk>,
    size: u64,
    digest: Digest,
    at: u64,
    current: Option<(usize, Vec<u8>)>,
}

/// A chunk and where it begins in its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chunk {
    pub link: Link,
    pub start: u64,
    pub length: u64,
}

/// Opens a blob or a file node.
pub fn open<'a>(store: &'a Store, link: &Link) -> Result<File<'a>, Error> {
    let (digest, size, listed) = match link.kind {
        Kind::Blob => {
            let size = store.size(link)?;
            (link.digest, size, vec![(*link, size)])
        }
        Kind::Node => {
            let node: Node = store.read_node(link)?;
            let digest = <[u8; 32]>::try_from(node.digest.as_slice())
                .map_err(|_| malformed(link, "its digest is not of 32 bytes"))?;
            (Digest::from_bytes(digest), node.size, node.chunks)
        }
    };
    let chunks = expand(store, link, listed)?;
    match chunks.last().map_or(0, |chunk| chunk.start + chunk.length) == size {
        true => Ok(File { store, chunks, size, digest, at: 0, current: None }),
        false => Err(malformed(link, "its chunks do not add up to its size")),
    }
}

/// Replaces lists by what they list, in order.
fn expand(store: &Store, file: &Link, listed: Vec<(Link, u64)>) -> Result<Vec<Chunk>, Error> {
    let (mut chunks, mut start) = (vec![], 0_u64);
    let mut stack: Vec<(Link, u64, u32)> =
        listed.into_iter().rev().map(|(link, length)| (link, length, 0)).collect();
    while let Some((link, length, level)) = stack.pop() {
        if link.kind == Kind::Blob {
            if length > object::MAX_OBJECT as u64 {
                return Err(malformed(file, "one of its chunks is too long"));
            }
            chunks.push(Chunk { link, start, length });
            start += length;
            continue;
        }
        if level == MAX_LEVELS {
            return Err(malformed(file, "its lists are nested too deep"));
        }
        let list: Chunks = store.read_node(&link)?;
        stack.extend(list.chunks.into_iter().rev().map(|(l, length)| (l, length, level + 1)));
    }
    Ok(chunks)
}

impl File<'_> {
    /// Returns how many bytes the file has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Returns the BLAKE3 of the whole file, as its writer found it.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// Returns the chunks in their order.
    pub fn chunks(&self) -> &[Chunk] {
        &self.chunks
    }

    /// Reads the whole file; refuses one of more than `limit` bytes.
    pub fn read_all(&mut self, limit: u64) -> Result<Vec<u8>, Error> {
        if self.size > limit {
            return Err(Error::TooLarge { what: "a file".to_owned(), size: self.size, limit });
        }
        let mut bytes = Vec::with_capacity(self.size.min(object::MAX_OBJECT as u64) as usize);
        for chunk in &self.chunks {
            bytes.extend_from_slice(&self.fetch(chunk)?);
        }
        Ok(bytes)
    }

    /// Reads up to `length` bytes from `start` on: fewer at the end of the file.
    pub fn read_range(&mut self, start: u64, length: usize) -> Result<Vec<u8>, Error> {
        let end = self.size.min(start.saturating_add(length as u64));
        let mut bytes = vec![];
        let mut at = start;
        while at < end {
            let part = self.rest_of_chunk(at)?;
            let wanted = part.len().min((end - at) as usize);
            bytes.extend_from_slice(&part[..wanted]);
            at += wanted as u64;
        }
        Ok(bytes)
    }

    /// Returns the bytes from `at`, which is inside of the file, to the end of the chunk there.
    fn rest_of_chunk(&mut self, at: u64) -> Result<&[u8], Error> {
        let index = self.chunks.partition_point(|chunk| chunk.start + chunk.length <= at);
        let chunk = self.chunks[index];
        if self.current.as_ref().is_none_or(|(current, _)| *current != index) {
            self.current = Some((index, self.fetch(&chunk)?));
        }
        let (_, bytes) = self.current.as_ref().expect("filled above");
        Ok(&bytes[(at - chunk.start) as usize..])
    }

    fn fetch(&self, chunk: &Chunk) -> Result<Vec<u8>, Error> {
        let bytes = self.store.read(&chunk.link)?;
        match bytes.len() as u64 == chunk.length {
            true => Ok(bytes),
            false => Err(malformed(&chunk.link, "it is not as long as the file says")),
        }
    }
}

impl Read for File<'_> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        if self.at >= self.size {
            return Ok(0);
        }
        let part = self.rest_of_chunk(self.at).map_err(io::Error::other)?;
        let length = part.len().min(to.len());
        to[..length].copy_from_slice(&part[..length]);
        self.at += length as u64;
        Ok(length)
    }
}

impl Seek for File<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.size.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}

fn malformed(link: &Link, reason: &str) -> Error {
    Error::Malformed { link: *link, wanted: "file", reason: reason.to_owned() }
}
