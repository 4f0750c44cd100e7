//! The files of a layer, without its tar.

use std::io::{self, Read};

use crate::image::layer::{Entry, Error};
use crate::store::{Link, Store};

/// The entries of a layer in the order of its tar; what comes later wins.
#[derive(Debug)]
pub struct Entries<'a> {
    store: &'a Store,
}

/// Lists the files of the layer at `layer`; reads no content.
pub fn entries<'a>(store: &'a Store, layer: &Link) -> Result<Entries<'a>, Error> {
    let _ = layer;
    Ok(Entries { store })
}

impl Iterator for Entries<'_> {
    type Item = Result<Entry, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let _ = self.store;
        unimplemented!()
    }
}

/// The content of a file of a layer, holes included.
#[derive(Debug)]
pub struct File<'a> {
    store: &'a Store,
}

/// Opens the content of `entry`.
pub fn file<'a>(store: &'a Store, entry: &Entry) -> Result<File<'a>, Error> {
    let _ = entry;
    Ok(File { store })
}

impl Read for File<'_> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let _ = (self.store, to);
        unimplemented!()
    }
}
