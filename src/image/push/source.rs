//! Where the bytes of a blob come from that is sent: the store, or a layer that is compressed anew each time.

use std::io::{self, Read};

use crate::image::Blob;
use crate::image::layer::{self, Compressed, Compression};
use crate::remote::registry::Source;
use crate::store::{Link, Store};

/// A blob as it travels.
#[derive(Debug)]
pub(in crate::image) struct Stored<'a> {
    pub(in crate::image) store: &'a Store,
    pub(in crate::image) blob: &'a Blob,
}

/// The tar of a layer, compressed.
#[derive(Debug)]
pub(super) struct Packed<'a> {
    pub(super) store: &'a Store,
    pub(super) layer: Link,
    pub(super) compression: Compression,
    pub(super) level: i32,
}

impl Source for Stored<'_> {
    fn open(&self, from: u64) -> io::Result<Box<dyn Read + Send + '_>> {
        let input = layer::blob(self.store, self.blob).map_err(io::Error::other)?;
        skip(input, from)
    }
}

impl Source for Packed<'_> {
    fn open(&self, from: u64) -> io::Result<Box<dyn Read + Send + '_>> {
        let tar = layer::open(self.store, &self.layer).map_err(io::Error::other)?;
        skip(Box::new(Compressed::new(tar, self.compression, self.level)), from)
    }
}

fn skip<'a>(
    mut input: Box<dyn Read + Send + 'a>,
    from: u64,
) -> io::Result<Box<dyn Read + Send + 'a>> {
    let skipped = io::copy(&mut (&mut input).take(from), &mut io::sink())?;
    match skipped == from {
        true => Ok(input),
        false => Err(io::Error::other("it is shorter than it was")),
    }
}
