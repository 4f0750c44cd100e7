//! Layers that are made here: the same files make the same bytes, on every machine.

use std::io::Read;

use crate::image::layer::{Added, Entry, Error};
use crate::store::{Link, Writer};

/// Makes a layer from entries, in the order in which they come; the caller sorts them (see [`sort`]).
///
/// ustar where it can say all, PAX where it cannot; whole seconds; no names of users and groups.
#[derive(Debug)]
pub struct Maker<'m, 's> {
    writer: &'m mut Writer<'s>,
    epoch: Option<i64>,
}

impl<'m, 's> Maker<'m, 's> {
    /// Begins a layer. No time in it will be later than `epoch` (`SOURCE_DATE_EPOCH`), in seconds.
    pub fn begin(writer: &'m mut Writer<'s>, epoch: Option<i64>) -> Self {
        Self { writer, epoch }
    }

    /// Returns the writer, for what else the caller puts into the store.
    pub fn writer(&mut self) -> &mut Writer<'s> {
        self.writer
    }

    /// Adds an entry whose content, if any, is in the store: `entry.content`, of `entry.size` bytes.
    pub fn stored(&mut self, entry: &Entry) -> Result<(), Error> {
        let _ = (entry, self.epoch);
        unimplemented!()
    }

    /// Adds a file whose content is read from `content`, which must have `entry.size` bytes; returns where it is.
    pub fn file(
        &mut self,
        entry: &Entry,
        content: impl Read + Send,
    ) -> Result<Option<Link>, Error> {
        let _ = (entry, content);
        unimplemented!()
    }

    /// Writes the layer.
    pub fn finish(self) -> Result<Added, Error> {
        unimplemented!()
    }
}

/// Sorts entries as layers are sorted: by path, part by part, a folder before what is in it, a hard link's target before it.
pub fn sort(entries: &mut [Entry]) {
    let _ = entries;
}
