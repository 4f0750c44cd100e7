//! Filling packs: one after the other, small objects gathered into frames that are compressed together.

use std::mem;
use std::path::{Path, PathBuf};

use super::{Frame, PackWriter, Part, Sealed, TARGET_OBJECTS, TARGET_SIZE};
use crate::base::fs::sync_folder;
use crate::store::{Error, Link, codec};

/// Small objects are compressed together up to so many bytes: enough for zstd to see what they share, little enough
/// that reading one of them stays cheap.
const GROUP: usize = 256 << 10;

/// The most objects in a group; a frame's head counts them in 16 bits.
const GROUP_PARTS: usize = 4096;

/// Writes objects into packs in a folder where nobody looks.
#[derive(Debug)]
pub(crate) struct Builder {
    folder: PathBuf,
    pack: Option<PackWriter>,
    sealed: Vec<Sealed>,
    count: usize,
    bytes: Vec<u8>,
    parts: Vec<Part>,
}

impl Builder {
    /// Begins to write into `folder`.
    pub(crate) fn new(folder: &Path) -> Self {
        let folder = folder.to_owned();
        Self { folder, pack: None, sealed: vec![], count: 0, bytes: vec![], parts: vec![] }
    }

    /// Adds an object, to be compressed with those that come before and after it.
    pub(crate) fn object(&mut self, link: Link, bytes: &[u8]) -> Result<(), Error> {
        if self.bytes.len() + bytes.len() > GROUP || self.parts.len() >= GROUP_PARTS {
            self.flush()?;
        }
        let (start, len) = (self.bytes.len() as u32, bytes.len() as u32);
        self.parts.push(Part { link, start, len });
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    /// Adds a frame as it is.
    pub(crate) fn frame(&mut self, frame: &Frame) -> Result<(), Error> {
        let pack = match &mut self.pack {
            Some(pack) => pack,
            None => {
                self.count += 1;
                let path = self.folder.join(format!("{}.pack", self.count));
                self.pack.insert(PackWriter::create(path)?)
            }
        };
        pack.add(frame)?;
        match pack.size() >= TARGET_SIZE || pack.objects() >= TARGET_OBJECTS {
            true => self.seal(),
            false => Ok(()),
        }
    }

    /// Adds a finished pack.
    pub(crate) fn adopt(&mut self, sealed: Sealed) {
        self.sealed.push(sealed);
    }

    /// Syncs what was added and gives it names in `packs`; returns the packs, which nothing refers to yet.
    pub(crate) fn publish(&mut self, packs: &Path) -> Result<Vec<Sealed>, Error> {
        self.finish()?;
        let sealed = mem::take(&mut self.sealed);
        if sealed.is_empty() {
            return Ok(sealed);
        }
        sealed.iter().try_for_each(|pack| pack.publish(packs))?;
        sync_folder(packs).map_err(Error::io("sync", packs))?;
        Ok(sealed)
    }

    /// Closes the pack that is being filled; nothing is given a name.
    pub(crate) fn finish(&mut self) -> Result<(), Error> {
        self.flush()?;
        self.seal()
    }

    /// Returns the packs that are full, for one who has another use for them than a name.
    pub(crate) fn take_sealed(&mut self) -> Vec<Sealed> {
        mem::take(&mut self.sealed)
    }

    fn flush(&mut self) -> Result<(), Error> {
        if self.parts.is_empty() {
            return Ok(());
        }
        let (codec, stored) = codec::pack(&self.bytes);
        let raw_len = self.bytes.len() as u32;
        let frame = Frame { codec, raw_len, stored, objects: mem::take(&mut self.parts) };
        self.bytes.clear();
        self.frame(&frame)
    }

    fn seal(&mut self) -> Result<(), Error> {
        if let Some(pack) = self.pack.take() {
            self.sealed.push(pack.seal()?);
        }
        Ok(())
    }
}
