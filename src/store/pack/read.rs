//! Reading a pack.

use std::fs::File;
use std::io::{self, Write as _};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, Mode, OFlags};

use super::table::{Table, damaged};
use super::{
    ENTRY, Entry, FRAME_HEAD, FRAME_MAGIC, Frame, HEAD, HEAD_MAGIC, MAX_SIZE, Part, TRAILER,
    TRAILER_MAGIC, VERSION,
};
use crate::base::Digest;
use crate::store::codec::{self, Codec};
use crate::store::object::MAX_OBJECT;
use crate::store::{Error, Kind, Link};

/// An open pack. It can be read to the end even when it is removed meanwhile.
#[derive(Debug)]
pub(crate) struct Pack {
    pub(crate) digest: Digest,
    pub(crate) size: u64,
    path: PathBuf,
    file: File,
    table: Table,
}

impl Pack {
    /// Opens the pack `path`, whose file name is its digest.
    ///
    /// Checks head and trailer only; [`Pack::check_bytes`] reads it all.
    pub(crate) fn open(path: PathBuf, digest: Digest) -> Result<Self, Error> {
        let file = open_regular(&path)?;
        let size = file.metadata().map_err(Error::io("look at", &path))?.len();
        let table = read_trailer(&file, size).map_err(|error| wrap(&path, error))?;
        Ok(Self { digest, size, path, file, table })
    }

    /// Opens a finished pack that has no name yet, and finds the digest that will name it; `None` where it is none.
    ///
    /// Whoever wrote it may have died before it was synced, so that is done.
    pub(crate) fn open_unnamed(path: PathBuf) -> Option<Self> {
        let mut pack = Self::open(path, Digest::from_bytes([0; 32])).ok()?;
        pack.file.sync_all().ok()?;
        pack.digest = pack.hash(&mut |_| ()).ok()?;
        Some(pack)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn file(&self) -> &File {
        &self.file
    }

    /// Copies the whole file to where `target` stands.
    pub(crate) fn copy_to(&self, mut target: &File) -> io::Result<()> {
        let mut buffer = vec![0; 1 << 20];
        let mut at = 0;
        while at < self.size {
            let count = buffer.len().min((self.size - at) as usize);
            self.file.read_exact_at(&mut buffer[..count], at)?;
            target.write_all(&buffer[..count])?;
            at += count as u64;
        }
        Ok(())
    }

    /// Returns how many objects the pack holds.
    pub(crate) fn objects(&self) -> u64 {
        self.table.entries
    }

    pub(crate) fn find(&self, link: &Link) -> Result<Option<Entry>, Error> {
        self.table.find(&self.file, link).map_err(|error| wrap(&self.path, error))
    }

    /// Returns the entries whose digest lies between `low` and `high`, both included.
    pub(crate) fn find_range(&self, low: &Digest, high: &Digest) -> Result<Vec<Entry>, Error> {
        self.table.find_range(&self.file, low, high).map_err(|error| wrap(&self.path, error))
    }

    /// Returns all entries in the order of their digests; the table is verified.
    pub(crate) fn entries(&self) -> Result<Vec<Entry>, Error> {
        let bytes = self.table.read(&self.file).map_err(|error| wrap(&self.path, error))?;
        bytes
            .chunks_exact(ENTRY)
            .map(|entry| {
                Entry::decode(entry).ok_or_else(|| self.damaged("its table is out of bounds"))
            })
            .collect()
    }

    /// Reads the decoded bytes of the frame that `entry` lies in. Not verified yet: see [`Pack::read`].
    pub(crate) fn frame(&self, entry: &Entry) -> Result<Vec<u8>, Error> {
        let mut raw = vec![];
        self.frame_into(entry, &mut vec![], &mut raw)?;
        Ok(raw)
    }

    /// As [`Pack::frame`], with buffers that can be used again.
    pub(crate) fn frame_into(
        &self,
        entry: &Entry,
        stored: &mut Vec<u8>,
        raw: &mut Vec<u8>,
    ) -> Result<(), Error> {
        self.stored_into(entry, stored)?;
        codec::decode_into(entry.codec, stored, entry.raw as usize, raw)
            .map_err(|error| self.damaged(format!("object {}: {error}", entry.link)))
    }

    /// Reads an object, and checks that it is what its link says.
    pub(crate) fn read(&self, entry: &Entry) -> Result<Vec<u8>, Error> {
        let mut bytes = self.frame(entry)?;
        self.part(&bytes, entry)?;
        bytes.truncate((entry.start + entry.len) as usize);
        bytes.drain(..entry.start as usize);
        Ok(bytes)
    }

    /// Returns the bytes of an object in its decoded frame, and checks that they are what its link says.
    pub(crate) fn part<'a>(&self, frame: &'a [u8], entry: &Entry) -> Result<&'a [u8], Error> {
        let (start, end) = (entry.start as usize, (entry.start + entry.len) as usize);
        match frame.get(start..end) {
            Some(bytes) if Digest::of(bytes) == entry.link.digest => Ok(bytes),
            Some(_) => Err(self.damaged(format!("object {} holds other bytes", entry.link))),
            None => Err(self.damaged(format!("object {} is cut off", entry.link))),
        }
    }

    /// Reads a frame as it is stored, with all objects in it.
    ///
    /// The digests of the objects are taken from `parts`; nothing is verified.
    pub(crate) fn raw_frame(&self, parts: &[Entry]) -> Result<Frame, Error> {
        let first = parts.first().expect("a frame has an object");
        let stored = self.stored(first)?;
        let objects =
            parts.iter().map(|e| Part { link: e.link, start: e.start, len: e.len }).collect();
        Ok(Frame { codec: first.codec, raw_len: first.raw, stored, objects })
    }

    /// Reads the stored bytes of the frame that `entry` lies in; nothing is verified.
    pub(crate) fn stored(&self, entry: &Entry) -> Result<Vec<u8>, Error> {
        let mut bytes = vec![];
        self.stored_into(entry, &mut bytes)?;
        Ok(bytes)
    }

    fn stored_into(&self, entry: &Entry, bytes: &mut Vec<u8>) -> Result<(), Error> {
        let end = u64::from(entry.offset) + u64::from(entry.stored);
        if end > self.table.offset {
            return Err(self.damaged(format!("object {} lies outside", entry.link)));
        }
        bytes.resize(entry.stored as usize, 0);
        self.file
            .read_exact_at(bytes, u64::from(entry.offset))
            .map_err(|error| wrap(&self.path, error))
    }

    /// Reads the whole file and compares it with its name; `done` is told how many bytes have been read.
    pub(crate) fn check_bytes(&self, done: &mut dyn FnMut(u64)) -> Result<(), Error> {
        let error = Error::io("read", &self.path);
        match self.hash(done) {
            Ok(digest) if digest == self.digest => Ok(()),
            Ok(_) => Err(self.damaged("its bytes do not have the digest that names it")),
            Err(source) => Err(error(source)),
        }
    }

    fn hash(&self, done: &mut dyn FnMut(u64)) -> io::Result<Digest> {
        let mut hasher = blake3::Hasher::new();
        // Stays in the cache of a core.
        let mut buffer = vec![0; 128 << 10];
        let mut at = 0;
        loop {
            match self.file.read_at(&mut buffer, at)? {
                0 => return Ok(hasher.finalize().into()),
                count => {
                    hasher.update(&buffer[..count]);
                    at += count as u64;
                    done(count as u64);
                }
            };
        }
    }

    pub(super) fn damaged(&self, reason: impl Into<String>) -> Error {
        Error::damaged(format!("pack `{}`", self.path.display()), reason)
    }
}

/// The head of a frame: what [`super::salvage`] needs to know its objects again.
#[derive(Debug)]
pub(crate) struct Head {
    pub(crate) codec: Codec,
    pub(crate) offset: u64,
    pub(crate) stored: u32,
    pub(crate) raw: u32,
    pub(crate) parts: Vec<(Kind, u32)>,
}

/// Walks the heads of the frames in a file.
#[derive(Debug)]
pub(crate) struct Heads<'a> {
    file: &'a File,
    at: u64,
    end: u64,
}

impl<'a> Heads<'a> {
    /// Walks a file whose table cannot be trusted.
    pub(crate) fn of_file(file: &'a File, size: u64) -> Self {
        Self { file, at: HEAD as u64, end: size }
    }

    fn read(&self, at: u64) -> Option<Head> {
        let mut head = [0; FRAME_HEAD];
        self.file.read_exact_at(&mut head, at).ok()?;
        if &head[..4] != FRAME_MAGIC {
            return None;
        }
        let number = |at: usize| u32::from_le_bytes(head[at..at + 4].try_into().expect("4 bytes"));
        let count = usize::from(u16::from_le_bytes([head[6], head[7]]));
        let mut lengths = vec![0; 4 * count];
        self.file.read_exact_at(&mut lengths, at + FRAME_HEAD as u64).ok()?;
        let parts: Option<Vec<_>> = lengths.chunks_exact(4).map(part).collect();
        let offset = at + (FRAME_HEAD + lengths.len()) as u64;
        let head = Head {
            codec: Codec::from_number(head[4])?,
            offset,
            stored: number(8),
            raw: number(12),
            parts: parts?,
        };
        let whole: u64 = head.parts.iter().map(|(_, len)| u64::from(*len)).sum();
        let fits = whole == u64::from(head.raw)
            && head.raw as usize <= MAX_OBJECT
            && offset + u64::from(head.stored) <= self.end;
        fits.then_some(head)
    }
}

impl Iterator for Heads<'_> {
    type Item = Head;

    /// Goes on at the next place that looks like a frame where one is damaged.
    fn next(&mut self) -> Option<Head> {
        while self.at + FRAME_HEAD as u64 <= self.end {
            if let Some(head) = self.read(self.at) {
                self.at = head.offset + u64::from(head.stored);
                return Some(head);
            }
            self.at = next_magic(self.file, self.at + 1, self.end)?;
        }
        None
    }
}

fn part(bytes: &[u8]) -> Option<(Kind, u32)> {
    let kind = match bytes[3] {
        0 => Kind::Blob,
        1 => Kind::Node,
        _ => return None,
    };
    Some((kind, u32::from_le_bytes([bytes[0], bytes[1], bytes[2], 0])))
}

fn next_magic(file: &File, mut at: u64, end: u64) -> Option<u64> {
    let mut buffer = vec![0; 64 << 10];
    while at < end {
        let count = buffer.len().min(usize::try_from(end - at).unwrap_or(usize::MAX));
        file.read_exact_at(&mut buffer[..count], at).ok()?;
        let found = buffer[..count].windows(4).position(|four| four == FRAME_MAGIC);
        match found {
            Some(place) => return Some(at + place as u64),
            None if count < 4 => return None,
            None => at += count as u64 - 3,
        }
    }
    None
}

/// Opens a file for reading only if it is a regular one: no link is followed, no device touched, no pipe waited for.
pub(crate) fn open_regular(path: &Path) -> Result<File, Error> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = match rustix::fs::openat(CWD, path, flags, Mode::empty()) {
        Ok(file) => File::from(file),
        Err(rustix::io::Errno::LOOP) => return Err(wrong_type(path, "a symbolic link")),
        Err(error) => return Err(Error::io("open", path)(error.into())),
    };
    let meta = file.metadata().map_err(Error::io("look at", path))?;
    match meta.is_file() {
        true => Ok(file),
        false => Err(wrong_type(path, "no regular file")),
    }
}

fn wrong_type(path: &Path, found: &'static str) -> Error {
    Error::WrongFileType { path: path.to_owned(), found, wanted: "a regular file" }
}

fn read_trailer(file: &File, size: u64) -> io::Result<Table> {
    if size < (HEAD + TRAILER) as u64 || size > MAX_SIZE {
        return Err(damaged("its size is not that of a pack"));
    }
    let (mut head, mut trailer) = ([0; HEAD], [0; TRAILER]);
    file.read_exact_at(&mut head, 0)?;
    file.read_exact_at(&mut trailer, size - TRAILER as u64)?;
    if &head[..8] != HEAD_MAGIC || &trailer[56..] != TRAILER_MAGIC {
        return Err(damaged("it does not begin and end as a pack does"));
    }
    if head[8..12] != VERSION.to_le_bytes() || trailer[48..52] != VERSION.to_le_bytes() {
        return Err(damaged("it is of another version"));
    }
    let offset = u64::from_le_bytes(trailer[..8].try_into().expect("8 bytes"));
    let entries = u64::from_le_bytes(trailer[8..16].try_into().expect("8 bytes"));
    let digest = Digest::from_bytes(trailer[16..48].try_into().expect("32 bytes"));
    let end = entries.checked_mul(ENTRY as u64).and_then(|table| table.checked_add(offset));
    match end == Some(size - TRAILER as u64) && offset >= HEAD as u64 {
        true => Ok(Table::new(offset, entries, digest)),
        false => Err(damaged("its table does not lie where its trailer says")),
    }
}

/// Tells damage from a disk that does not answer.
pub(super) fn wrap(path: &Path, error: io::Error) -> Error {
    let damage = [io::ErrorKind::InvalidData, io::ErrorKind::UnexpectedEof];
    match damage.contains(&error.kind()) {
        true => Error::damaged(format!("pack `{}`", path.display()), error.to_string()),
        false => Error::io("read", path)(error),
    }
}
