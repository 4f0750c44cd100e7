//! Taking a layer in: its tar is cut into what it says of files and their content, while it is hashed.

use std::fs::File;
use std::io::{self, Read, Seek as _};
use std::thread;

use super::intake::{self, Summary};
use super::parts::Parts;
use super::tar::{BLOCK, Walk, Want};
use crate::base::{Progress, Task};
use crate::image::Content;
use crate::image::layer::{Compression, Error, Layer, Limits, Options};
use crate::remote::registry::Digest;
use crate::store::{Link, Writer, add as store_add, chunk};

/// What comes behind the end of an archive stays with its headers up to so many bytes.
const SHORT_REST: usize = 64 << 10;

/// A layer that is in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Added {
    pub link: Link,
    pub layer: Layer,
    /// Of the bytes as they came.
    pub digest: Digest,
    /// Bytes as they came.
    pub size: u64,
    /// How they are kept.
    pub content: Content,
}

/// Adds the layer that `input` gives, plain or compressed; reads to its end.
///
/// All that [`Options`] know of it is verified before this returns. What failed leaves nothing but content that no ref leads to.
/// A tar without its two blocks of zeros at the end counts as cut off, unless a digest vouches for it. Progress is bytes of the
/// tar, as [`Task::Add`].
pub fn add(
    writer: &mut Writer<'_>,
    input: impl Read + Send,
    options: &Options,
    progress: &dyn Progress,
) -> Result<Added, Error> {
    let failed = || Error::io("keep the layer's bytes");
    let mut spool = tempfile::tempfile_in(writer.folder()).map_err(failed())?;
    let (parts, entries, summary) = thread::scope(|scope| {
        let (intake, blocks) = intake::start(scope, input, &spool, options);
        let mut cutter = Cutter::new(writer, blocks, &options.limits, progress);
        let cut = cutter.run();
        let (parts, entries, ended) =
            (cutter.parts, cutter.walk.entries(), cutter.walk.has_ended());
        drop(cutter.tar);
        match intake.finish()? {
            None => Err(cut.err().unwrap_or_else(cut_off)),
            Some(summary) => {
                verify(&summary, options)?;
                cut?;
                let vouched = options.digest.is_some() || options.diff_id.is_some();
                match ended || vouched {
                    true => Ok((parts, entries, summary)),
                    false => Err(cut_off()),
                }
            }
        }
    })?;
    let Summary { digest, size, diff_id, compression } = summary;
    let (link, layer) = parts.finish(writer, diff_id, entries)?;
    let content = match compression {
        Compression::None => Content::Tar(link),
        _ => Content::Kept { layer: link, bytes: keep(writer, &mut spool)? },
    };
    Ok(Added { link, layer, digest, size, content })
}

/// Keeps the bytes as they came.
fn keep(writer: &mut Writer<'_>, spool: &mut File) -> Result<Link, Error> {
    spool.rewind().map_err(Error::io("read the layer's bytes again"))?;
    Ok(store_add::reader(writer, spool, &crate::base::Silent)?.link)
}

fn verify(found: &Summary, options: &Options) -> Result<(), Error> {
    let told = |expected: String, found: String, what| match expected == found {
        true => Ok(()),
        false => Err(Error::Mismatch { what, expected, found }),
    };
    if let Some(size) = options.size {
        told(size.to_string(), found.size.to_string(), "size")?;
    }
    if let Some(digest) = options.digest {
        told(digest.to_string(), found.digest.to_string(), "digest")?;
    }
    if let Some(diff_id) = options.diff_id {
        told(diff_id.to_string(), found.diff_id.to_string(), "diff id")?;
    }
    Ok(())
}

fn cut_off() -> Error {
    Error::Malformed("it is cut off".to_owned())
}

/// Cuts a tar into pieces.
struct Cutter<'a, 's, R> {
    writer: &'a mut Writer<'s>,
    tar: R,
    walk: Walk,
    parts: Parts,
    progress: &'a dyn Progress,
    /// What is being read: bytes for the walk, or a small file.
    bytes: Vec<u8>,
    /// The header that was read last.
    header: Vec<u8>,
}

impl<'a, 's, R: Read + Send> Cutter<'a, 's, R> {
    fn new(
        writer: &'a mut Writer<'s>,
        tar: R,
        limits: &Limits,
        progress: &'a dyn Progress,
    ) -> Self {
        let (walk, parts) = (Walk::new(limits), Parts::default());
        Self { writer, tar, walk, parts, progress, bytes: vec![], header: vec![] }
    }

    /// Cuts until the tar ends.
    fn run(&mut self) -> Result<(), Error> {
        let mut before = 0;
        loop {
            match self.walk.want() {
                Want::Header => {
                    match self.walk.entries() > before {
                        true => self.parts.entry(self.writer, &self.header)?,
                        false => self.parts.header(self.writer)?,
                    }
                    before = self.walk.entries();
                    match self.fill(BLOCK)? {
                        0 => return Ok(()),
                        BLOCK => self.give()?,
                        _ => return Err(cut_off()),
                    }
                    self.header.clone_from(&self.bytes);
                }
                Want::Bytes(length) => match self.fill(length)? {
                    // A single block of zeros may be all there is.
                    0 if self.walk.is_between() => return Ok(()),
                    found if found == length => self.give()?,
                    _ => return Err(cut_off()),
                },
                Want::Content(length) => {
                    let link = self.content(length)?;
                    self.parts.content(link, length);
                    self.walk.passed();
                }
                Want::Rest => return self.rest(),
            }
        }
    }

    /// Reads up to `length` bytes: fewer where the tar ends.
    fn fill(&mut self, length: usize) -> Result<usize, Error> {
        self.bytes.clear();
        (&mut self.tar)
            .take(length as u64)
            .read_to_end(&mut self.bytes)
            .map_err(Error::io("read the layer"))
    }

    fn give(&mut self) -> Result<(), Error> {
        self.walk.give(&self.bytes)?;
        self.progress.advance(Task::Add, self.bytes.len() as u64);
        self.parts.inline(&self.bytes);
        Ok(())
    }

    fn content(&mut self, length: u64) -> Result<Link, Error> {
        if length < chunk::CUT_FROM {
            if self.fill(length as usize)? as u64 != length {
                return Err(cut_off());
            }
            self.progress.advance(Task::Add, length);
            return Ok(store_add::bytes(self.writer, &self.bytes)?.link);
        }
        let content = (&mut self.tar).take(length);
        let added = store_add::reader(self.writer, content, self.progress)?;
        match added.size == length {
            true => Ok(added.link),
            false => Err(cut_off()),
        }
    }

    /// Keeps what comes behind the end: it says nothing, and is part of the layer's digest.
    fn rest(&mut self) -> Result<(), Error> {
        if self.fill(SHORT_REST)? < SHORT_REST {
            self.parts.inline(&self.bytes);
            return Ok(());
        }
        let rest = io::Cursor::new(std::mem::take(&mut self.bytes)).chain(&mut self.tar);
        let added = store_add::reader(self.writer, rest, self.progress)?;
        self.parts.content(added.link, added.size);
        Ok(())
    }
}
