//! Layers that are made here: the same files make the same bytes, on every machine.

use std::collections::HashMap;
use std::io::{self, Read};

use super::parts::Parts;
use super::pieces::Content;
use super::tar::{END, encode, padding};
use crate::base::Silent;
use crate::image;
use crate::image::layer::{Added, Entry, Error, Kind, Time};
use crate::remote::registry::{Algorithm, Hasher};
use crate::store::{Link, Writer, add as store_add, chunk};

/// Makes a layer from entries, in the order in which they come; the caller sorts them (see [`sort`]).
///
/// ustar where it can say all, PAX where it cannot; whole seconds; no names of users and groups.
#[derive(Debug)]
pub struct Maker<'m, 's> {
    writer: &'m mut Writer<'s>,
    epoch: Option<i64>,
    parts: Parts,
    hasher: Hasher,
    entries: u64,
    buffer: Vec<u8>,
}

impl<'m, 's> Maker<'m, 's> {
    /// Begins a layer. No time in it will be later than `epoch` (`SOURCE_DATE_EPOCH`), in seconds.
    pub fn begin(writer: &'m mut Writer<'s>, epoch: Option<i64>) -> Self {
        Self {
            writer,
            epoch,
            parts: Parts::default(),
            hasher: Algorithm::Sha256.hasher(),
            entries: 0,
            buffer: vec![],
        }
    }

    /// Returns the writer, for what else the caller puts into the store.
    pub fn writer(&mut self) -> &mut Writer<'s> {
        self.writer
    }

    /// Returns how many entries there are so far.
    pub fn entries(&self) -> u64 {
        self.entries
    }

    /// Adds an entry whose content, if any, is in the store: `entry.content`, of `entry.size` bytes. A file with holes
    /// is written without them.
    pub fn stored(&mut self, entry: &Entry) -> Result<(), Error> {
        if entry.sparse.is_some() {
            let content = image::layer::file(self.writer.store(), entry)?;
            let whole = Entry { sparse: None, content: None, ..entry.clone() };
            return self.file(&whole, content).map(drop);
        }
        let header = self.header(entry)?;
        if let Some(link) = entry.content.filter(|_| entry.size > 0) {
            self.hash_stored(&link, entry.size)?;
            self.parts.content(link, entry.size);
        } else if entry.size > 0 {
            return Err(entry.unfit("it has no content"));
        }
        self.close(entry.size, &header)
    }

    /// Adds a file whose content is read from `content`, which must have `entry.size` bytes; returns where it is.
    pub fn file(
        &mut self,
        entry: &Entry,
        content: impl Read + Send,
    ) -> Result<Option<Link>, Error> {
        let header = self.header(entry)?;
        let link = match entry.size {
            0 => None,
            size if size < chunk::CUT_FROM => Some(self.small(entry, content)?),
            _ => Some(self.large(entry, content)?),
        };
        if let Some(link) = link {
            self.parts.content(link, entry.size);
        }
        self.close(entry.size, &header)?;
        Ok(link)
    }

    /// Writes the layer.
    pub fn finish(mut self) -> Result<Added, Error> {
        self.inline(&END);
        let diff_id = self.hasher.finish();
        let (link, layer) = self.parts.finish(self.writer, diff_id, self.entries)?;
        let (size, content) = (layer.size, image::Content::Tar(link));
        Ok(Added { link, layer, digest: diff_id, size, content })
    }

    fn header(&mut self, entry: &Entry) -> Result<Vec<u8>, Error> {
        check(entry)?;
        let seconds =
            self.epoch.map_or(entry.mtime.seconds, |epoch| entry.mtime.seconds.min(epoch));
        let mtime = Time { seconds, nanoseconds: 0 };
        let header = match entry.mtime == mtime {
            true => encode(entry)?,
            false => encode(&Entry { mtime, ..entry.clone() })?,
        };
        self.inline(&header);
        Ok(header)
    }

    fn inline(&mut self, bytes: &[u8]) {
        self.hasher.update(bytes);
        self.parts.inline(bytes);
    }

    fn close(&mut self, size: u64, header: &[u8]) -> Result<(), Error> {
        self.inline(&END[..padding(size)]);
        self.entries += 1;
        self.parts.entry(self.writer, header)
    }

    fn small(&mut self, entry: &Entry, content: impl Read) -> Result<Link, Error> {
        self.buffer.clear();
        content
            .take(entry.size + 1)
            .read_to_end(&mut self.buffer)
            .map_err(Error::io("read a file for the layer"))?;
        check_size(entry, self.buffer.len() as u64)?;
        self.hasher.update(&self.buffer);
        Ok(store_add::bytes(self.writer, &self.buffer)?.link)
    }

    fn large(&mut self, entry: &Entry, content: impl Read + Send) -> Result<Link, Error> {
        let content = content.take(entry.size + 1);
        let hashed = Hashed { input: content, hasher: &mut self.hasher };
        let added = store_add::reader(self.writer, hashed, &Silent)?;
        check_size(entry, added.size)?;
        Ok(added.link)
    }

    fn hash_stored(&mut self, link: &Link, size: u64) -> Result<(), Error> {
        let content = Content::open(self.writer.store(), link, size)?;
        let mut hashed = Hashed { input: content, hasher: &mut self.hasher };
        io::copy(&mut hashed, &mut io::sink()).map_err(Error::io("read a file for the layer"))?;
        Ok(())
    }
}

/// Hashes what passes.
struct Hashed<'a, R> {
    input: R,
    hasher: &'a mut Hasher,
}

impl<R: Read> Read for Hashed<'_, R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let length = self.input.read(to)?;
        self.hasher.update(&to[..length]);
        Ok(length)
    }
}

fn check(entry: &Entry) -> Result<(), Error> {
    if entry.path.is_empty() || entry.path.contains(&0) || entry.link.contains(&0) {
        return Err(entry.unfit("its name is empty, or holds a NUL"));
    }
    if entry.size > 0 && entry.kind != Kind::File {
        return Err(entry.unfit("it is no file, and has content"));
    }
    match i64::try_from(entry.size) {
        Ok(_) => Ok(()),
        Err(_) => Err(entry.unfit("it is too large")),
    }
}

fn check_size(entry: &Entry, found: u64) -> Result<(), Error> {
    match found == entry.size {
        true => Ok(()),
        false => Err(entry.unfit(format!("it changed while it was read: {} bytes", entry.size))),
    }
}

/// Sorts entries as layers are sorted: by path, part by part, a folder before what is in it. A hard link that would come
/// before the file it points at changes places with it: it becomes the file.
pub fn sort(entries: &mut [Entry]) {
    entries.sort_by(|a, b| parts(&a.path).cmp(parts(&b.path)));
    let places: HashMap<Vec<u8>, usize> = entries
        .iter()
        .enumerate()
        .map(|(place, entry)| (parts(&entry.path).collect::<Vec<_>>().join(&b'/'), place))
        .collect();
    for place in 0..entries.len() {
        if entries[place].kind != Kind::HardLink {
            continue;
        }
        let target = parts(&entries[place].link).collect::<Vec<_>>().join(&b'/');
        match places.get(&target).filter(|other| **other > place) {
            // That one has changed places already.
            Some(other) if entries[*other].kind == Kind::HardLink => {
                entries[place].link = entries[*other].link.clone();
            }
            Some(other) => swap(entries, place, *other),
            None => {}
        }
    }
}

/// Makes the link at `first` the file that it points at, and that a link to it.
fn swap(entries: &mut [Entry], first: usize, second: usize) {
    let path = entries[first].path.clone();
    let file = Entry { path: path.clone(), ..entries[second].clone() };
    let link = Entry { path: entries[second].path.clone(), link: path, ..entries[first].clone() };
    (entries[first], entries[second]) = (file, link);
}

fn parts(path: &[u8]) -> impl Iterator<Item = &[u8]> {
    path.split(|byte| *byte == b'/').filter(|part| !part.is_empty() && *part != b".")
}
