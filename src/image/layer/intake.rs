//! The threads that take a layer in: one reads, hashes and decompresses, another hashes the tar on its way to the caller.
//!
//! ```text
//! input ──▶ [ digest, a file of the bytes as they come ] ──▶ decompressed ──▶ blocks ──▶ diff id ──▶ caller
//! ```
//!
//! Of a plain layer the diff id is the digest: it is hashed once.

use std::cell::{Cell, RefCell};
use std::fs::File;
use std::io::{self, Cursor, Read, Write};
use std::thread::{Scope, ScopedJoinHandle};

use crossbeam_channel::{Receiver, Sender, bounded};

use super::decode::{Decoder, HEAD, TooManyMembers, sniff};
use crate::image::layer::{Compression, Error, Options};
use crate::remote::registry::{Algorithm, Digest, Hasher};

/// Bytes of the tar that change hands at once.
const BLOCK: usize = 256 << 10;

/// Blocks under way between two threads.
const AHEAD: usize = 8;

/// What is known of a layer once all of it has come.
#[derive(Debug)]
pub(super) struct Summary {
    pub(super) digest: Digest,
    pub(super) size: u64,
    pub(super) diff_id: Digest,
    pub(super) compression: Compression,
}

/// The threads at work.
pub(super) struct Intake<'scope> {
    reader: ScopedJoinHandle<'scope, Result<Option<Came>, Error>>,
    hasher: ScopedJoinHandle<'scope, Digest>,
}

/// What the thread that reads knows in the end.
struct Came {
    /// `None` where the diff id is the digest.
    digest: Option<Digest>,
    size: u64,
    compression: Compression,
}

/// Starts the threads; returns them and the tar. Compressed bytes are kept in `spool`.
pub(super) fn start<'scope, 'env>(
    scope: &'scope Scope<'scope, 'env>,
    input: impl Read + Send + 'scope,
    spool: &'env File,
    options: &'env Options,
) -> (Intake<'scope>, Blocks) {
    let (blocks, read) = bounded(AHEAD);
    let (hashed, tar) = bounded(AHEAD);
    let (spare, empty) = bounded(2 * AHEAD);
    let algorithm = options.diff_id.map_or(Algorithm::Sha256, |id| id.algorithm());
    let reader = scope.spawn(move || read_all(input, spool, options, &Out { blocks, empty }));
    let hasher = scope.spawn(move || {
        let mut hasher = algorithm.hasher();
        for block in read {
            let block: Vec<u8> = block;
            hasher.update(&block);
            if hashed.send(block).is_err() {
                break;
            }
        }
        hasher.finish()
    });
    (Intake { reader, hasher }, Blocks { tar, spare, current: vec![], at: 0 })
}

impl Intake<'_> {
    /// Returns what came, once the tar was read to its end or dropped; `None` if it was dropped before its end.
    pub(super) fn finish(self) -> Result<Option<Summary>, Error> {
        let diff_id = self.hasher.join().map_err(|_| panicked())?;
        let Some(came) = self.reader.join().map_err(|_| panicked())?? else { return Ok(None) };
        let Came { digest, size, compression } = came;
        Ok(Some(Summary { digest: digest.unwrap_or(diff_id), size, diff_id, compression }))
    }
}

fn panicked() -> Error {
    Error::io("take in the layer")(io::Error::other("a thread panicked"))
}

/// Where blocks go, and come back from.
struct Out {
    blocks: Sender<Vec<u8>>,
    empty: Receiver<Vec<u8>>,
}

fn read_all(
    mut input: impl Read,
    spool: &File,
    options: &Options,
    out: &Out,
) -> Result<Option<Came>, Error> {
    let mut head = vec![];
    (&mut input).take(HEAD as u64).read_to_end(&mut head).map_err(Error::io("read the layer"))?;
    let compression = sniff(&head, options.compression);
    if let Some(expected) = options.compression.filter(|expected| *expected != compression) {
        return Err(Error::WrongCompression { expected, found: compression });
    }
    let plain = compression == Compression::None;
    let wanted = options.digest.map_or(Algorithm::Sha256, |digest| digest.algorithm());
    let same = options.diff_id.map_or(Algorithm::Sha256, |id| id.algorithm()) == wanted;
    let (size, failed) = (Cell::new(0), RefCell::new(None));
    let mut outer = Outer {
        input: Cursor::new(head).chain(input),
        hasher: (!plain || !same).then(|| wanted.hasher()),
        spool: (!plain).then_some(spool),
        size: &size,
        limit: options.size,
        failed: &failed,
    };
    let whole = decode(&mut outer, compression, options, out);
    let hasher = outer.hasher.take();
    match (failed.take(), whole) {
        (Some(error), _) => Err(error),
        (None, whole) => Ok(whole?.then(|| Came {
            digest: hasher.map(Hasher::finish),
            size: size.get(),
            compression,
        })),
    }
}

/// Hands out the tar; returns whether anyone took all of it.
fn decode<R: Read>(
    outer: &mut Outer<'_, R>,
    compression: Compression,
    options: &Options,
    out: &Out,
) -> Result<bool, Error> {
    let (limits, size) = (&options.limits, outer.size);
    let undecoded = |error: io::Error| match error.get_ref().and_then(|e| e.downcast_ref()) {
        Some(TooManyMembers(limit)) => Error::TooMuch { what: "gzip members", limit: *limit },
        None => Error::Malformed(format!("it is no sound {compression}: {error}")),
    };
    let mut decoder = Decoder::new(outer, compression, limits).map_err(undecoded)?;
    let mut total = 0_u64;
    loop {
        let mut block = out.empty.try_recv().unwrap_or_else(|_| Vec::with_capacity(BLOCK));
        block.clear();
        let length =
            (&mut decoder).take(BLOCK as u64).read_to_end(&mut block).map_err(undecoded)?;
        if length == 0 {
            return Ok(true);
        }
        total += length as u64;
        if total > limits.bytes {
            return Err(Error::TooMuch { what: "bytes", limit: limits.bytes });
        }
        let allowed = size.get().saturating_mul(limits.ratio).max(limits.free);
        if total > allowed && compression != Compression::None {
            return Err(Error::TooMuch { what: "bytes for each that came", limit: limits.ratio });
        }
        if out.blocks.send(block).is_err() {
            return Ok(false);
        }
    }
}

/// The bytes as they come: counted, hashed and kept.
struct Outer<'a, R> {
    input: R,
    hasher: Option<Hasher>,
    spool: Option<&'a File>,
    size: &'a Cell<u64>,
    limit: Option<u64>,
    /// What was wrong with the input itself, whatever a decoder makes of it.
    failed: &'a RefCell<Option<Error>>,
}

impl<R: Read> Outer<'_, R> {
    fn take_in(&mut self, to: &mut [u8]) -> Result<usize, Error> {
        let length = loop {
            match self.input.read(to) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other.map_err(Error::io("read the layer"))?,
            }
        };
        let size = self.size.get() + length as u64;
        self.size.set(size);
        if let Some(expected) = self.limit.filter(|expected| size > *expected) {
            let (expected, found) = (expected.to_string(), format!("{size} or more"));
            return Err(Error::Mismatch { what: "size", expected, found });
        }
        if let Some(hasher) = &mut self.hasher {
            hasher.update(&to[..length]);
        }
        if let Some(mut spool) = self.spool {
            spool.write_all(&to[..length]).map_err(Error::io("keep the layer's bytes"))?;
        }
        Ok(length)
    }
}

impl<R: Read> Read for Outer<'_, R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        self.take_in(to).map_err(|error| {
            self.failed.replace(Some(error));
            io::Error::other("the input failed")
        })
    }
}

/// The tar, block by block. Ends where the layer ends, and where taking it in failed.
pub(super) struct Blocks {
    tar: Receiver<Vec<u8>>,
    spare: Sender<Vec<u8>>,
    current: Vec<u8>,
    at: usize,
}

impl Read for Blocks {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        if self.at == self.current.len() {
            let Ok(block) = self.tar.recv() else { return Ok(0) };
            // Full where nobody needs it.
            let _ = self.spare.try_send(std::mem::replace(&mut self.current, block));
            self.at = 0;
        }
        let length = to.len().min(self.current.len() - self.at);
        to[..length].copy_from_slice(&self.current[self.at..self.at + length]);
        self.at += length;
        Ok(length)
    }
}
