//! Writing a pack: frames one after the other, then the table.

use std::fs::{File, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use super::{
    ENTRY, Entry, FRAME_HEAD, FRAME_MAGIC, Frame, HEAD, HEAD_MAGIC, TRAILER_MAGIC, VERSION,
};
use crate::base::{Digest, fs};
use crate::store::Error;

/// A pack that is being written, still without a name.
#[derive(Debug)]
pub(crate) struct PackWriter {
    out: Hashing,
    path: PathBuf,
    entries: Vec<Entry>,
}

/// A finished pack: synced, and still in the folder where it was written.
#[derive(Debug)]
pub(crate) struct Sealed {
    pub(crate) digest: Digest,
    pub(crate) path: PathBuf,
}

impl PackWriter {
    /// Begins a pack in the file `path`, which must not be there.
    pub(crate) fn create(path: PathBuf) -> Result<Self, Error> {
        let file = fs::create_new(&path).map_err(Error::io("create", &path))?;
        let mut out = Hashing::new(file);
        let mut head = [0; HEAD];
        head[..8].copy_from_slice(HEAD_MAGIC);
        head[8..12].copy_from_slice(&VERSION.to_le_bytes());
        out.write_all(&head).map_err(Error::io("write", &path))?;
        Ok(Self { out, path, entries: vec![] })
    }

    /// Returns how many bytes the pack holds.
    pub(crate) fn size(&self) -> u64 {
        self.out.written
    }

    /// Returns how many objects the pack holds.
    pub(crate) fn objects(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn add(&mut self, frame: &Frame) -> Result<(), Error> {
        let head = frame_head(frame, frame.stored.len() as u32);
        let offset = self.out.written + head.len() as u64;
        self.out
            .write_all(&head)
            .and_then(|()| self.out.write_all(&frame.stored))
            .map_err(Error::io("write", &self.path))?;
        let offset = u32::try_from(offset).expect("a pack is closed long before 4 GiB");
        self.entries.extend(frame.objects.iter().map(|part| Entry {
            link: part.link,
            pack: 0,
            offset,
            stored: frame.stored.len() as u32,
            raw: frame.raw_len,
            start: part.start,
            len: part.len,
            codec: frame.codec,
        }));
        Ok(())
    }

    /// Writes the table and syncs; after this a power cut loses nothing of the file.
    pub(crate) fn seal(mut self) -> Result<Sealed, Error> {
        match self.finish() {
            Ok(digest) => Ok(Sealed { digest, path: self.path }),
            Err(source) => Err(Error::io("write", self.path)(source)),
        }
    }

    fn finish(&mut self) -> io::Result<Digest> {
        let offset = self.out.written;
        // One row for each object, in the order of links: of those that are the same, either will do.
        self.entries.sort_unstable_by_key(|entry| entry.link);
        self.entries.dedup_by_key(|entry| entry.link);
        let (mut table, mut rows) = (blake3::Hasher::new(), Vec::with_capacity(BLOCK));
        for entries in self.entries.chunks(BLOCK / ENTRY) {
            rows.clear();
            entries.iter().for_each(|entry| rows.extend_from_slice(&entry.encode()));
            table.update(&rows);
            self.out.write_all(&rows)?;
        }
        self.out.write_all(&offset.to_le_bytes())?;
        self.out.write_all(&(self.entries.len() as u64).to_le_bytes())?;
        self.out.write_all(table.finalize().as_bytes())?;
        self.out.write_all(&VERSION.to_le_bytes())?;
        self.out.write_all(&[0; 4])?;
        self.out.write_all(TRAILER_MAGIC)?;
        self.out.flush()?;
        let file = &self.out.file;
        // Never written again; who may read it is what the umask let.
        let mode = file.metadata()?.permissions().mode();
        file.set_permissions(Permissions::from_mode(mode & 0o444))?;
        file.sync_all()?;
        Ok(self.out.hasher.finalize().into())
    }
}

impl Sealed {
    /// Gives the pack its name in `packs`. The caller syncs that folder before anything refers to the pack.
    pub(crate) fn publish(&self, packs: &Path) -> Result<(), Error> {
        let name = packs.join(format!("{}.pack", self.digest));
        fs::rename(&self.path, &name).map_err(Error::io("rename", &self.path))
    }
}

/// Returns the head of a frame with so many stored bytes.
pub(super) fn frame_head(frame: &Frame, stored: u32) -> Vec<u8> {
    let parts = u16::try_from(frame.objects.len()).expect("a frame has at most 65,535 objects");
    let mut head = Vec::with_capacity(FRAME_HEAD + 4 * frame.objects.len());
    head.extend_from_slice(FRAME_MAGIC);
    head.extend_from_slice(&[frame.codec as u8, 0]);
    head.extend_from_slice(&parts.to_le_bytes());
    head.extend_from_slice(&stored.to_le_bytes());
    head.extend_from_slice(&frame.raw_len.to_le_bytes());
    for part in &frame.objects {
        head.extend_from_slice(&(part.len | (part.link.kind as u32) << 24).to_le_bytes());
    }
    head
}

/// Written and hashed at once: a power of two, so that the hash sees whole subtrees whatever the frames' lengths.
const BLOCK: usize = 256 << 10;

/// Counts and hashes what passes through to a file.
#[derive(Debug)]
struct Hashing {
    file: File,
    block: Vec<u8>,
    hasher: blake3::Hasher,
    written: u64,
}

impl Hashing {
    fn new(file: File) -> Self {
        Self { file, block: Vec::with_capacity(BLOCK), hasher: blake3::Hasher::new(), written: 0 }
    }
}

impl Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let length = bytes.len().min(BLOCK - self.block.len());
        self.block.extend_from_slice(&bytes[..length]);
        self.written += length as u64;
        if self.block.len() == BLOCK {
            self.flush()?;
        }
        Ok(length)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.write_all(&self.block)?;
        self.hasher.update(&self.block);
        self.block.clear();
        Ok(())
    }
}
