//! Verifying a whole pack in one pass: the digest of the file, the heads of the frames, every object.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;

use super::read::wrap;
use super::write::frame_head;
use super::{ENTRY, Entry, FRAME_HEAD, Frame, HEAD, Pack, Part};
use crate::base::Digest;
use crate::store::{Error, Kind, codec, object};

/// No frame has a longer stored form: bytes that cannot be compressed are stored as they are.
const MAX_STORED: u32 = (object::MAX_OBJECT + (1 << 20)) as u32;

impl Pack {
    /// Returns the entries frame by frame, if the frames fill the pack without a gap and their objects fill the frames.
    ///
    /// A pack that came from elsewhere and does not may hide bytes, and is not taken as it is.
    pub(crate) fn tidy_frames(&self) -> Result<Option<Vec<Vec<Entry>>>, Error> {
        Ok(tidy(&self.entries()?, self.size))
    }

    /// Reads every byte once: the file has the digest that names it, and every object is what its entry says.
    ///
    /// `frames` are the pack's [`Pack::tidy_frames`]; `done` is told how many bytes have been read.
    pub(crate) fn verify(
        &self,
        frames: &[Vec<Entry>],
        done: &mut dyn FnMut(u64),
    ) -> Result<(), Error> {
        let mut input = Hashed { file: self.file(), at: 0, hasher: blake3::Hasher::new() };
        let (mut stored, mut raw) = (vec![], vec![]);
        let fail = |error| wrap(self.path(), error);
        input.read(HEAD, &mut stored).map_err(fail)?;
        for frame in frames {
            let first = frame[0];
            if first.stored > MAX_STORED {
                return Err(self.damaged("a frame claims too many bytes"));
            }
            let head = FRAME_HEAD + 4 * frame.len();
            input.read(head + first.stored as usize, &mut stored).map_err(fail)?;
            self.verify_frame(frame, &stored, &mut raw)?;
            done(stored.len() as u64);
        }
        let rest = self.objects() * ENTRY as u64 + super::TRAILER as u64;
        input.read(rest as usize, &mut stored).map_err(fail)?;
        match Digest::from(input.hasher.finalize()) == self.digest {
            true => Ok(()),
            false => Err(self.damaged("its bytes do not have the digest that names it")),
        }
    }

    fn verify_frame(&self, frame: &[Entry], bytes: &[u8], raw: &mut Vec<u8>) -> Result<(), Error> {
        let (head, stored) = bytes.split_at(FRAME_HEAD + 4 * frame.len());
        let first = frame[0];
        let shape = Frame {
            codec: first.codec,
            raw_len: first.raw,
            stored: vec![],
            objects: frame.iter().map(part).collect(),
        };
        if head != frame_head(&shape, first.stored) {
            return Err(self.damaged("the head of a frame is not what its table says"));
        }
        codec::decode_into(first.codec, stored, first.raw as usize, raw)
            .map_err(|error| self.damaged(format!("object {}: {error}", first.link)))?;
        verify_parts(frame, raw).map_err(|error| self.damaged(error.to_string()))
    }
}

/// Returns all entries of a pack of `size` bytes frame by frame, if the frames fill it and their objects fill the frames.
pub(crate) fn tidy(entries: &[Entry], size: u64) -> Option<Vec<Vec<Entry>>> {
    let frames = by_frame(entries);
    let mut at = HEAD as u64;
    for frame in &frames {
        let head = FRAME_HEAD + 4 * frame.len();
        if u64::from(frame[0].offset) != at + head as u64 || !fills(frame) {
            return None;
        }
        at = u64::from(frame[0].offset) + u64::from(frame[0].stored);
    }
    let rest = entries.len() as u64 * ENTRY as u64 + super::TRAILER as u64;
    (at + rest == size).then_some(frames)
}

fn by_frame(entries: &[Entry]) -> Vec<Vec<Entry>> {
    let mut entries = entries.to_vec();
    entries.sort_by_key(|entry| (entry.offset, entry.start));
    entries.chunk_by(|a, b| a.offset == b.offset).map(<[Entry]>::to_vec).collect()
}

/// Checks the objects in the decoded bytes of a frame.
pub(crate) fn verify_parts(frame: &[Entry], raw: &[u8]) -> Result<(), Error> {
    for entry in frame {
        let (start, end) = (entry.start as usize, (entry.start + entry.len) as usize);
        let bytes = raw.get(start..end).filter(|bytes| Digest::of(bytes) == entry.link.digest);
        let Some(bytes) = bytes else {
            return Err(Error::damaged(format!("object {}", entry.link), "it holds other bytes"));
        };
        if entry.link.kind == Kind::Node {
            object::links(bytes)?;
        }
    }
    Ok(())
}

pub(crate) fn part(entry: &Entry) -> Part {
    Part { link: entry.link, start: entry.start, len: entry.len }
}

/// Tells whether the objects of a frame fill it without a gap.
pub(crate) fn fills(frame: &[Entry]) -> bool {
    let first = frame[0];
    let alike = |e: &Entry| (e.codec, e.stored, e.raw) == (first.codec, first.stored, first.raw);
    let mut at = 0;
    for entry in frame {
        if entry.start != at || !alike(entry) {
            return false;
        }
        at += entry.len;
    }
    at == first.raw
}

/// Reads a file from its beginning and hashes what it reads.
struct Hashed<'a> {
    file: &'a File,
    at: u64,
    hasher: blake3::Hasher,
}

impl Hashed<'_> {
    fn read(&mut self, count: usize, buffer: &mut Vec<u8>) -> io::Result<()> {
        buffer.resize(count, 0);
        self.file.read_exact_at(buffer, self.at)?;
        self.at += count as u64;
        self.hasher.update(buffer);
        Ok(())
    }
}
