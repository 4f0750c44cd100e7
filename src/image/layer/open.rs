//! Giving out the tar of a layer.

use std::io::{self, Cursor, Read};

use super::pieces::{Content, Pieces};
use crate::image::layer::{Error, Layer};
use crate::remote::registry::{Digest, Hasher};
use crate::store::{Link, Store};

/// The tar of a layer, byte for byte; its diff id is checked where it ends.
#[derive(Debug)]
pub struct Tar<'a> {
    store: &'a Store,
    pieces: Pieces<'a>,
    current: Content<'a>,
    /// What comes behind the current bytes.
    next: Option<(Link, u64)>,
    size: u64,
    left: u64,
    diff_id: Digest,
    /// Taken where the tar ends.
    hasher: Option<Hasher>,
}

/// Opens the layer at `layer`.
pub fn open<'a>(store: &'a Store, layer: &Link) -> Result<Tar<'a>, Error> {
    let layer: Layer = store.read_node(layer)?;
    let (diff_id, size) = (layer.diff_id, layer.size);
    Ok(Tar {
        store,
        pieces: Pieces::new(store, layer),
        current: Content::Bytes(Cursor::default()),
        next: None,
        size,
        left: size,
        diff_id,
        hasher: Some(diff_id.algorithm().hasher()),
    })
}

impl Tar<'_> {
    /// Returns how long the tar is.
    pub fn size(&self) -> u64 {
        self.size
    }

    fn step(&mut self, to: &mut [u8]) -> Result<usize, Error> {
        loop {
            let length = self.current.read(to).map_err(Error::io("read the layer"))?;
            if length > 0 {
                return self.count(&to[..length]).map(|()| length);
            }
            if let Some((link, length)) = self.next.take() {
                self.current = Content::open(self.store, &link, length)?;
                continue;
            }
            let Some((bytes, content)) = self.pieces.next()? else {
                return self.check().map(|()| 0);
            };
            self.current = Content::Bytes(Cursor::new(bytes.into_vec()));
            self.next = content;
        }
    }

    fn count(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let left = self.left.checked_sub(bytes.len() as u64);
        self.left = left.ok_or_else(|| Error::Malformed("it is longer than it says".to_owned()))?;
        if let Some(hasher) = &mut self.hasher {
            hasher.update(bytes);
        }
        Ok(())
    }

    fn check(&mut self) -> Result<(), Error> {
        let Some(hasher) = self.hasher.take() else { return Ok(()) };
        let (expected, found) = (self.diff_id.to_string(), hasher.finish().to_string());
        match expected == found {
            true => Ok(()),
            false => Err(Error::Mismatch { what: "diff id", expected, found }),
        }
    }
}

impl Read for Tar<'_> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        match to.is_empty() {
            true => Ok(0),
            false => self.step(to).map_err(io::Error::other),
        }
    }
}
