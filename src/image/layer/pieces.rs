//! The pieces of a layer in their order, part by part.

use std::io::{self, Read};
use std::vec;

use serde_bytes::ByteBuf;

use crate::image::layer::{Error, Layer, Part};
use crate::store::{self, Kind, Link, Store, file};

/// Reads the parts of a layer, one at a time.
#[derive(Debug)]
pub(super) struct Pieces<'a> {
    store: &'a Store,
    parts: vec::IntoIter<Link>,
    pieces: vec::IntoIter<(ByteBuf, Option<(Link, u64)>)>,
}

/// Bytes of the tar, and what comes behind them.
pub(super) type Piece = (ByteBuf, Option<(Link, u64)>);

impl<'a> Pieces<'a> {
    pub(super) fn new(store: &'a Store, layer: Layer) -> Self {
        Self { store, parts: layer.parts.into_iter(), pieces: vec![].into_iter() }
    }

    pub(super) fn next(&mut self) -> Result<Option<Piece>, Error> {
        loop {
            if let Some(piece) = self.pieces.next() {
                return Ok(Some(piece));
            }
            let Some(part) = self.parts.next() else { return Ok(None) };
            let part: Part = self.store.read_node(&part)?;
            self.pieces = part.pieces.into_iter();
        }
    }
}

/// Content of a piece: at once where it is one object, chunk by chunk where it is a file.
#[derive(Debug)]
pub(super) enum Content<'a> {
    Bytes(io::Cursor<Vec<u8>>),
    File(Box<file::File<'a>>),
}

impl<'a> Content<'a> {
    /// Opens `link`, which must be of `length` bytes.
    pub(super) fn open(store: &'a Store, link: &Link, length: u64) -> Result<Self, Error> {
        let (content, found) = match link.kind {
            Kind::Blob => {
                let bytes = store.read(link)?;
                let found = bytes.len() as u64;
                (Self::Bytes(io::Cursor::new(bytes)), found)
            }
            Kind::Node => {
                let file = file::open(store, link)?;
                let found = file.size();
                (Self::File(Box::new(file)), found)
            }
        };
        match found == length {
            true => Ok(content),
            false => {
                let reason = "it is not as long as its layer says".to_owned();
                Err(store::Error::Malformed { link: *link, wanted: "file", reason }.into())
            }
        }
    }
}

impl Read for Content<'_> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Bytes(bytes) => bytes.read(to),
            Self::File(file) => file.read(to),
        }
    }
}
