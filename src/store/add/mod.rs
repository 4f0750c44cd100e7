//! Putting files and folders into a store: each input byte is read once, memory is bounded, an unchanged file is not read.
//!
//! `walk.rs` looks at a folder and asks `stat_cache.rs` what it knows; `pipe.rs` reads what is left, in parallel.

mod files;
mod group;
mod guess;
mod node;
mod pipe;
mod read;
mod root;
mod walk;
mod work;

use std::io::{Cursor, Read};
use std::path::Path;

pub(crate) use files::{File, files};

use crate::base::{Clock, Digest, Progress, Silent, Task};
use crate::store::codec::{self, Hint};
use crate::store::{Error, Frame, Link, Part, Writer, chunk};

/// How to add.
#[derive(Debug, Clone)]
pub struct Options {
    /// Whether files that have not changed since they were last added may be taken as read.
    pub cached: bool,
    /// The clock that file times are compared with. Not that of the store, which may be off on purpose.
    pub clock: Clock,
}

impl Default for Options {
    fn default() -> Self {
        Self { cached: true, clock: Clock::System }
    }
}

/// What was added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Added {
    /// A blob, a file node, or a tree.
    pub link: Link,
    pub kind: Kind,
    /// Bytes of the file, or of all files in the folder.
    pub size: u64,
    pub files: u64,
    /// What `b3sum` says of a file. A cached file of several chunks tells it through `file::open`.
    pub digest: Option<Digest>,
}

/// A file or a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    File,
    Tree,
}

/// Adds the file or folder at `path`. Symlinks below it are kept as such; `path` itself may be one, and is followed.
pub fn path(
    writer: &mut Writer<'_>,
    path: &Path,
    options: &Options,
    progress: &dyn Progress,
) -> Result<Added, Error> {
    walk::add(writer, path, options, progress)
}

/// Adds `bytes` as a file.
pub fn bytes(writer: &mut Writer<'_>, bytes: &[u8]) -> Result<Added, Error> {
    match (bytes.len() as u64) < chunk::CUT_FROM {
        true => small(writer, bytes),
        false => large(writer, &mut Cursor::new(bytes), &Silent),
    }
}

/// Adds what `input` gives as a file.
pub fn reader(
    writer: &mut Writer<'_>,
    mut input: impl Read + Send,
    progress: &dyn Progress,
) -> Result<Added, Error> {
    let mut head = vec![];
    (&mut input)
        .take(chunk::CUT_FROM)
        .read_to_end(&mut head)
        .map_err(Error::io("read", "the input"))?;
    match (head.len() as u64) < chunk::CUT_FROM {
        true => {
            progress.advance(Task::Add, head.len() as u64);
            small(writer, &head)
        }
        false => large(writer, &mut Cursor::new(head).chain(input), progress),
    }
}

fn small(writer: &mut Writer<'_>, bytes: &[u8]) -> Result<Added, Error> {
    let digest = Digest::of(bytes);
    let link = Link::blob(digest);
    let size = bytes.len() as u64;
    match size > group::SMALL {
        false => drop(writer.put(link, bytes)?),
        true if writer.has(&link)? => {}
        true => {
            let (codec, stored) = codec::encode(bytes, Hint::Any);
            let objects = vec![Part { link, start: 0, len: bytes.len() as u32 }];
            writer.frame(&Frame { codec, raw_len: bytes.len() as u32, stored, objects })?;
        }
    }
    Ok(Added { link, kind: Kind::File, size, files: 1, digest: Some(digest) })
}

fn large(
    writer: &mut Writer<'_>,
    input: &mut (dyn Read + Send),
    progress: &dyn Progress,
) -> Result<Added, Error> {
    let mut counted = Counted { input, count: 0 };
    let mut added = None;
    let source = read::Source::Stream(&mut counted);
    pipe::run(writer, source, progress, &mut |_, link, digest| added = Some((link, digest)))?;
    let (link, digest) = added.expect("a stream ends as one file");
    Ok(Added { link, kind: Kind::File, size: counted.count, files: 1, digest: Some(digest) })
}

/// Counts the bytes that pass.
struct Counted<'a> {
    input: &'a mut (dyn Read + Send),
    count: u64,
}

impl Read for Counted<'_> {
    fn read(&mut self, to: &mut [u8]) -> std::io::Result<usize> {
        let length = self.input.read(to)?;
        self.count += length as u64;
        Ok(length)
    }
}
