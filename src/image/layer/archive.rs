//! A tar that is written as it is made, and kept nowhere.

use std::io::{self, Read, Write};

use super::tar::{END, encode, padding};
use crate::image::layer::{Entry, Error};

/// Writes a tar, entry by entry, as [`super::Maker`] makes them.
#[derive(Debug)]
pub struct Archive<W> {
    to: W,
}

impl<W: Write> Archive<W> {
    pub fn new(to: W) -> Self {
        Self { to }
    }

    /// Adds an entry; `content` gives the bytes of a file. One that has become shorter meanwhile is filled up with zeros, and
    /// of one that has grown only `entry.size` bytes are taken: the header is written before.
    pub fn add(&mut self, entry: &Entry, content: impl Read) -> Result<(), Error> {
        let failed = || Error::io("write the archive");
        self.to.write_all(&encode(entry)?).map_err(failed())?;
        let length = io::copy(&mut content.take(entry.size), &mut self.to).map_err(failed())?;
        let missing = (entry.size - length).saturating_add(padding(entry.size) as u64);
        io::copy(&mut io::repeat(0).take(missing), &mut self.to).map_err(failed())?;
        Ok(())
    }

    /// Writes its end.
    pub fn finish(mut self) -> Result<W, Error> {
        let failed = || Error::io("write the archive");
        self.to.write_all(&END).map_err(failed())?;
        self.to.flush().map_err(failed())?;
        Ok(self.to)
    }
}
