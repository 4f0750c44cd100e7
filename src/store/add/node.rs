//! The node of a file, made while its chunks arrive: what is held is bounded, however long the file.

use std::mem;

use serde_bytes::ByteBuf;

use crate::base::Digest;
use crate::store::file::{Chunks, Node};
use crate::store::{Error, Link, Writer, chunk};

/// A node never lists more chunks.
const MAX_ENTRIES: usize = 4096;

/// A part of a list is not closed by a digest before it has so many entries.
const MIN_ENTRIES: usize = 256;

type Listed = (Link, u64);

/// Collects the chunks of one file.
///
/// A long list is cut behind chunks that a hash picks, so that an edit changes one part and not all behind it.
#[derive(Debug, Default)]
pub(super) struct List {
    /// Closed parts that may still turn out to fit one node.
    closed: Vec<Vec<Listed>>,
    open: Vec<Listed>,
    /// Links of parts, once the list is too long for one node.
    parts: Vec<Listed>,
    count: usize,
    size: u64,
}

impl List {
    pub(super) fn push(
        &mut self,
        writer: &mut Writer<'_>,
        link: Link,
        length: u64,
    ) -> Result<(), Error> {
        self.open.push((link, length));
        self.count += 1;
        self.size += length;
        let picked = self.open.len() >= MIN_ENTRIES && chunk::picks(link.digest.as_bytes());
        if picked || self.open.len() == MAX_ENTRIES {
            self.closed.push(mem::take(&mut self.open));
        }
        match self.count > MAX_ENTRIES {
            true => self.write_closed(writer),
            false => Ok(()),
        }
    }

    fn write_closed(&mut self, writer: &mut Writer<'_>) -> Result<(), Error> {
        for chunks in self.closed.drain(..) {
            self.parts.push(write_part(writer, chunks)?);
        }
        Ok(())
    }

    /// Writes the node; returns the chunk itself where there is only one.
    pub(super) fn finish(mut self, writer: &mut Writer<'_>, digest: Digest) -> Result<Link, Error> {
        if let ([], [(link, _)]) = (&self.closed[..], &self.open[..])
            && self.count == 1
        {
            return Ok(*link);
        }
        self.closed.push(mem::take(&mut self.open));
        let mut chunks = match self.count > MAX_ENTRIES {
            true => {
                self.closed.retain(|part| !part.is_empty());
                self.write_closed(writer)?;
                self.parts
            }
            false => self.closed.concat(),
        };
        while chunks.len() > MAX_ENTRIES {
            let parts = chunks.chunks(MAX_ENTRIES);
            chunks =
                parts.map(|part| write_part(writer, part.to_vec())).collect::<Result<_, _>>()?;
        }
        let digest = ByteBuf::from(digest.as_bytes());
        writer.node(&Node { size: self.size, digest, chunks })
    }
}

fn write_part(writer: &mut Writer<'_>, chunks: Vec<Listed>) -> Result<Listed, Error> {
    let length = chunks.iter().map(|(_, length)| length).sum();
    Ok((writer.node(&Chunks { chunks })?, length))
}
