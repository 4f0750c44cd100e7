//! Reading: whole small files into one buffer, and large ones piece by piece, cut as they come.

use std::io::{self, Read};

use crossbeam_channel::{Receiver, Sender};

use super::group::Pending;
use super::guess::Guess;
use super::root::Root;
use crate::base::Digest;
use crate::store::chunk::{self, Cutter};
use crate::store::codec::Hint;
use crate::store::stamp::Stamp;
use crate::store::{Error, Link, Store};

/// How large every buffer is: what must be there before the first cut, and one chunk that is carried over.
pub(super) const BUFFER: usize = chunk::HEAD + chunk::MAX;

/// How much is read at once.
const READ: usize = 128 << 10;

/// Memory that goes round: for input, and for what is stored of it.
#[derive(Debug, Default)]
pub(super) struct Buffer {
    /// Empty or [`BUFFER`] bytes long.
    pub(super) bytes: Vec<u8>,
    pub(super) spare: Vec<Vec<u8>>,
}

impl Buffer {
    /// Makes the bytes be there. Zeroed memory comes from the kernel without a copy, page by page as it is used.
    pub(super) fn filled(mut self) -> Self {
        if self.bytes.is_empty() {
            self.bytes = vec![0; BUFFER];
        }
        self
    }

    /// Keeps memory that held a chunk; there are about so many in a buffer.
    pub(super) fn keep(&mut self, memory: Vec<u8>) {
        if self.spare.len() < 2 * BUFFER / (64 << 10) && memory.capacity() <= 2 * chunk::MAX {
            self.spare.push(memory);
        }
    }
}

/// What there is to add.
pub(super) enum Source<'a> {
    Files(&'a Root, Vec<Vec<Pending>>),
    Stream(&'a mut (dyn Read + Send)),
}

/// Work for one thread.
#[derive(Debug)]
pub(super) enum Job {
    /// Files to be read into the buffer.
    Group(Vec<Pending>, Buffer),
    /// Some chunks of a file that is cut.
    Segment(Segment),
}

#[derive(Debug)]
pub(super) struct Segment {
    pub(super) buffer: Buffer,
    /// Where in its file the buffer begins.
    pub(super) offset: u64,
    /// Chunks, from the beginning of the buffer on.
    pub(super) chunks: Vec<Piece>,
    pub(super) end: Option<End>,
}

/// A chunk in a buffer.
#[derive(Debug)]
pub(super) struct Piece {
    pub(super) length: usize,
    pub(super) hint: Hint,
    /// Where it has been hashed already.
    pub(super) link: Option<Link>,
}

/// What is known of a file once it has been read.
#[derive(Debug)]
pub(super) struct End {
    /// `None` for a stream.
    pub(super) file: Option<Pending>,
    pub(super) digest: Digest,
}

/// Hands out jobs, in an order that depends on the input alone, until all is read or the other side has given up.
pub(super) fn feed(
    store: &Store,
    source: Source<'_>,
    buffers: &Receiver<Buffer>,
    jobs: &Sender<(u64, Result<Job, Error>)>,
) {
    let mut feeder = Feeder { store, buffers, jobs, number: 0 };
    // An error ends the reading: what comes after it would be thrown away.
    if let Err(Stop::Failed(error)) = feeder.feed(source) {
        let _ = jobs.send((feeder.number, Err(error)));
    }
}

struct Feeder<'a> {
    store: &'a Store,
    buffers: &'a Receiver<Buffer>,
    jobs: &'a Sender<(u64, Result<Job, Error>)>,
    number: u64,
}

/// Why reading ends before the end.
enum Stop {
    Failed(Error),
    NobodyListens,
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl Feeder<'_> {
    fn feed(&mut self, source: Source<'_>) -> Result<(), Stop> {
        match source {
            Source::Stream(stream) => {
                self.cut(stream, None, |_| Ok(None), &|error| Error::io("read", "the input")(error))
            }
            Source::Files(root, groups) => groups.into_iter().try_for_each(|group| {
                match group.first().is_some_and(|file| file.stamp.size >= chunk::CUT_FROM) {
                    true => group.into_iter().try_for_each(|file| self.cut_file(root, file)),
                    false => {
                        let buffer = self.buffer()?;
                        self.send(Job::Group(group, buffer))
                    }
                }
            }),
        }
    }

    fn cut_file(&mut self, root: &Root, file: Pending) -> Result<(), Stop> {
        let (mut open, before) = root.file(&file.path)?;
        let again = open.try_clone().map_err(Error::io("open", root.full(&file.path)))?;
        let (path, file_before) = (file.path.clone(), file.before);
        let end = move |size| match root.look(&file.path, &again)? {
            after if after == before && size == before.size => {
                Ok(Some(Pending { stamp: before, ..file }))
            }
            _ => Err(Error::ChangedWhileRead(root.full(&file.path))),
        };
        let guess = file_before.and_then(|link| Guess::from(self.store, &link));
        self.cut(&mut open, guess, end, &|error| Error::io("read", root.full(&path))(error))
    }

    fn cut(
        &mut self,
        source: &mut dyn Read,
        mut guess: Option<Guess>,
        end: impl FnOnce(u64) -> Result<Option<Pending>, Error>,
        failed: &dyn Fn(io::Error) -> Error,
    ) -> Result<(), Stop> {
        let (mut buffer, mut held, mut offset) = (self.buffer()?, 0, 0);
        let mut hasher = blake3::Hasher::new();
        let mut cutter = None;
        loop {
            let mut filled = held;
            // Each piece is hashed while it is still in the processor's own cache. All begin at multiples of their
            // length in the file, so that the hash sees whole subtrees.
            let last = loop {
                let Some(room) = buffer.bytes[filled..].first_chunk_mut::<READ>() else {
                    break false;
                };
                let length = fill(source, room).map_err(failed)?;
                hasher.update(&room[..length]);
                filled += length;
                if length < READ {
                    break true;
                }
            };
            let bytes = &buffer.bytes[..filled];
            let (chunks, used) = match last && offset == 0 && (filled as u64) < chunk::CUT_FROM {
                true => (vec![Piece { length: filled, hint: Hint::Any, link: None }], filled),
                false => {
                    let regions = || chunk::regions(&bytes[..chunk::HEAD]);
                    let cutter = cutter.get_or_insert_with(|| Cutter::new(regions()));
                    cut_all(cutter, &mut guess, bytes, last)
                }
            };
            if last {
                let file = end(offset + filled as u64)?;
                let end = Some(End { file, digest: hasher.finalize().into() });
                return self.send(Job::Segment(Segment { buffer, offset, chunks, end }));
            }
            let mut next = self.buffer()?;
            held = filled - used;
            next.bytes[..held].copy_from_slice(&buffer.bytes[used..filled]);
            self.send(Job::Segment(Segment { buffer, offset, chunks, end: None }))?;
            (buffer, offset) = (next, offset + used as u64);
        }
    }

    fn buffer(&self) -> Result<Buffer, Stop> {
        Ok(self.buffers.recv().map_err(|_| Stop::NobodyListens)?.filled())
    }

    fn send(&mut self, job: Job) -> Result<(), Stop> {
        self.jobs.send((self.number, Ok(job))).map_err(|_| Stop::NobodyListens)?;
        self.number += 1;
        Ok(())
    }
}

fn cut_all(
    cutter: &mut Cutter,
    guess: &mut Option<Guess>,
    bytes: &[u8],
    last: bool,
) -> (Vec<Piece>, usize) {
    let (mut chunks, mut used) = (vec![], 0);
    let mut next = |bytes| match guess {
        Some(guess) => {
            let (length, hint, link) = guess.next(cutter, bytes, last)?;
            Some(Piece { length, hint, link: Some(link) })
        }
        None => {
            let (length, hint) = cutter.next(bytes, last)?;
            Some(Piece { length, hint, link: None })
        }
    };
    while let Some(chunk) = next(&bytes[used..]) {
        used += chunk.length;
        chunks.push(chunk);
    }
    (chunks, used)
}

/// Reads until the buffer is full or nothing more comes.
fn fill(source: &mut dyn Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match source.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(length) => filled += length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// Reads a whole small file into the front of `buffer`; returns its length and what it was meanwhile.
pub(super) fn whole(root: &Root, path: &[u8], buffer: &mut [u8]) -> Result<(usize, Stamp), Error> {
    for _ in 0..2 {
        let (mut file, before) = root.file(path)?;
        if before.size >= chunk::CUT_FROM.min(buffer.len() as u64 + 1) {
            break;
        }
        let length = fill(&mut file, &mut buffer[..before.size as usize])
            .map_err(Error::io("read", root.full(path)))?;
        if length as u64 == before.size && root.look(path, &file)? == before {
            return Ok((length, before));
        }
    }
    Err(Error::ChangedWhileRead(root.full(path)))
}
