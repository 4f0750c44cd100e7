//! Collecting the pieces of a layer into parts of bounded size.

use std::mem;

use serde_bytes::ByteBuf;

use crate::base::Digest;
use crate::image::layer::{Error, Layer, Part};
use crate::remote::registry::Digest as RegistryDigest;
use crate::store::{Link, Writer};

/// A part is not larger than this by more than one entry.
const MAX_BYTES: usize = 1 << 20;

const MAX_PIECES: usize = 4096;

/// A part is not closed by a digest before it has so many entries.
const MIN_ENTRIES: usize = 64;

/// What is known of the parts so far.
///
/// A part ends behind an entry that a hash of its header picks, so that an edit changes one part and not all behind it.
#[derive(Debug, Default)]
pub(super) struct Parts {
    pieces: Vec<(ByteBuf, Option<(Link, u64)>)>,
    /// Bytes of the tar whose content has not come.
    inline: Vec<u8>,
    /// Bytes in the pieces.
    bytes: usize,
    /// Entries in the part.
    entries: usize,
    links: Vec<Link>,
    size: u64,
    content: u64,
}

impl Parts {
    /// Adds bytes of the tar.
    pub(super) fn inline(&mut self, bytes: &[u8]) {
        self.inline.extend_from_slice(bytes);
        self.size += bytes.len() as u64;
    }

    /// Adds bytes that stand for themselves elsewhere.
    pub(super) fn content(&mut self, link: Link, length: u64) {
        self.push(Some((link, length)));
        self.size += length;
        self.content += length;
    }

    fn push(&mut self, content: Option<(Link, u64)>) {
        let inline = mem::take(&mut self.inline);
        self.bytes += inline.len();
        self.pieces.push((ByteBuf::from(inline), content));
    }

    /// Says that an entry ends here, with what stands for it.
    pub(super) fn entry(&mut self, writer: &mut Writer<'_>, header: &[u8]) -> Result<(), Error> {
        self.entries += 1;
        let full = self.pieces.len() >= MAX_PIECES || self.bytes + self.inline.len() >= MAX_BYTES;
        let picked = || Digest::of(header).as_bytes()[0] == 0;
        match full || (self.entries >= MIN_ENTRIES && picked()) {
            true => self.close(writer),
            false => Ok(()),
        }
    }

    /// Closes the part if it is full, though no entry ends here: headers that speak of others may come without end.
    pub(super) fn header(&mut self, writer: &mut Writer<'_>) -> Result<(), Error> {
        match self.bytes + self.inline.len() >= MAX_BYTES {
            true => self.close(writer),
            false => Ok(()),
        }
    }

    fn close(&mut self, writer: &mut Writer<'_>) -> Result<(), Error> {
        if !self.inline.is_empty() {
            self.push(None);
        }
        if !self.pieces.is_empty() {
            let part = Part { pieces: mem::take(&mut self.pieces) };
            self.links.push(writer.node(&part)?);
        }
        (self.bytes, self.entries) = (0, 0);
        Ok(())
    }

    /// Writes what is left, and the layer.
    pub(super) fn finish(
        mut self,
        writer: &mut Writer<'_>,
        diff_id: RegistryDigest,
        entries: u64,
    ) -> Result<(Link, Layer), Error> {
        self.close(writer)?;
        let Self { size, content, links: parts, .. } = self;
        let layer = Layer { diff_id, size, entries, content, parts };
        Ok((writer.node(&layer)?, layer))
    }
}
