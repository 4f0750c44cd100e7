//! The walk over an archive: it asks for bytes, is given them, and tells what they say of files.

use std::mem;

use super::header::{GID, Header, LINK, MAJOR, MINOR, MODE, MTIME, SIZE, UID};
use super::pax::{self, Pax};
use super::sparse::{self, Lines, Map};
use super::{BLOCK, header};
use crate::image::layer::{Entry, Error, Kind, Limits, Sparse, Time};

/// What the walk asks for next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::image::layer) enum Want {
    /// So many bytes, through [`Walk::give`]. Here the archive may also just end.
    Header,
    /// So many bytes, through [`Walk::give`].
    Bytes(usize),
    /// The content of the entry that was told last, so many bytes; the walk only hears that they went by.
    Content(u64),
    /// Whatever is left behind the end of the archive.
    Rest,
}

/// Where a walk is. It holds a record at most, whatever the size of the archive.
#[derive(Debug)]
pub(in crate::image::layer) struct Walk {
    record_limit: u64,
    entry_limit: u64,
    state: State,
    /// What is said of the next entry.
    pax: Option<Pax>,
    name: Option<Vec<u8>>,
    link: Option<Vec<u8>>,
    entries: u64,
}

#[derive(Debug)]
enum State {
    Header,
    /// A block of zeros was read: another one ends the archive.
    Zero,
    /// The content of a header that speaks of others: its type and size.
    Record(u8, usize),
    /// More of an old GNU sparse map.
    Blocks(Box<Pending>),
    /// A map of the form 1.0.
    Lines(Box<Pending>, Lines),
    Content(u64),
    Padding(usize),
    Rest,
}

/// An entry whose sparse map is not complete.
#[derive(Debug)]
struct Pending {
    entry: Entry,
    map: Map,
    stored: u64,
}

impl Walk {
    pub(in crate::image::layer) fn new(limits: &Limits) -> Self {
        Self {
            record_limit: limits.record,
            entry_limit: limits.entries,
            state: State::Header,
            pax: None,
            name: None,
            link: None,
            entries: 0,
        }
    }

    /// Returns how many entries were told.
    pub(in crate::image::layer) fn entries(&self) -> u64 {
        self.entries
    }

    pub(in crate::image::layer) fn want(&self) -> Want {
        match &self.state {
            State::Header => Want::Header,
            State::Zero | State::Blocks(_) | State::Lines(..) => Want::Bytes(BLOCK),
            State::Record(_, size) => Want::Bytes(size.next_multiple_of(BLOCK)),
            State::Content(length) => Want::Content(*length),
            State::Padding(length) => Want::Bytes(*length),
            State::Rest => Want::Rest,
        }
    }

    /// Takes the bytes that were asked for; returns the entry that they complete, still without its content.
    pub(in crate::image::layer) fn give(&mut self, bytes: &[u8]) -> Result<Option<Entry>, Error> {
        match mem::replace(&mut self.state, State::Header) {
            State::Header => self.header(bytes),
            State::Zero if is_zero(bytes) => {
                self.state = State::Rest;
                Ok(None)
            }
            State::Zero => Err(bad("a block of zeros stands between entries")),
            State::Record(flag, size) => self.record(flag, &bytes[..size]).map(|()| None),
            State::Blocks(mut pending) => match sparse::more(bytes, &mut pending.map)? {
                true => self.more(pending).map(|()| None),
                false => self.tell_sparse(*pending).map(Some),
            },
            State::Lines(mut pending, mut lines) => match lines.take(bytes)? {
                Some(map) => {
                    let rest = pending.stored.checked_sub(lines.length());
                    pending.stored =
                        rest.ok_or_else(|| bad("a sparse map is longer than its file"))?;
                    self.tell_sparse(Pending { map, ..*pending }).map(Some)
                }
                None if lines.length() >= self.record_limit.min(pending.stored) => {
                    Err(bad("a sparse map is too long"))
                }
                None => {
                    self.state = State::Lines(pending, lines);
                    Ok(None)
                }
            },
            State::Padding(_) => Ok(None),
            State::Content(_) | State::Rest => Err(bad("content was taken for a header")),
        }
    }

    /// Says that the content that was asked for went by.
    pub(in crate::image::layer) fn passed(&mut self) {
        if let State::Content(length) = self.state {
            self.pad(length);
        }
    }

    /// Returns whether the archive may end here, as one without its end does.
    pub(in crate::image::layer) fn is_between(&self) -> bool {
        matches!(self.state, State::Header | State::Zero)
    }

    /// Returns whether the end of the archive was read.
    pub(in crate::image::layer) fn has_ended(&self) -> bool {
        matches!(self.state, State::Rest)
    }

    fn pad(&mut self, length: u64) {
        self.state = match super::padding(length) {
            0 => State::Header,
            padding => State::Padding(padding),
        };
    }

    fn header(&mut self, bytes: &[u8]) -> Result<Option<Entry>, Error> {
        if is_zero(bytes) {
            self.state = State::Zero;
            return Ok(None);
        }
        let block = bytes.try_into().map_err(|_| bad("a header is cut off"))?;
        let header = Header::read(block)?;
        match header.flag() {
            flag @ (b'x' | b'g' | b'L' | b'K') => {
                let size = header.unsigned(SIZE, "a size")?;
                if size > self.record_limit {
                    return Err(Error::TooMuch {
                        what: "bytes in a record",
                        limit: self.record_limit,
                    });
                }
                self.state = match size {
                    0 => {
                        self.record(flag, b"")?;
                        State::Header
                    }
                    size => State::Record(flag, size as usize),
                };
                Ok(None)
            }
            _ => self.entry(&header),
        }
    }

    fn record(&mut self, flag: u8, bytes: &[u8]) -> Result<(), Error> {
        match flag {
            // The last one counts: it does not add to those before it.
            b'x' => self.pax = Some(Pax::read(bytes)?),
            b'L' => self.name = Some(header::until_nul(bytes).to_owned()),
            b'K' => self.link = Some(header::until_nul(bytes).to_owned()),
            _ => pax::check_global(bytes)?,
        }
        Ok(())
    }

    fn entry(&mut self, header: &Header<'_>) -> Result<Option<Entry>, Error> {
        self.entries += 1;
        if self.entries > self.entry_limit {
            return Err(Error::TooMuch { what: "entries", limit: self.entry_limit });
        }
        let mut pax = self.pax.take().unwrap_or_default();
        let told = header.unsigned(SIZE, "a size")?;
        let stored = pax.size.unwrap_or(told);
        let sparse = mem::take(&mut pax.sparse);
        let mut entry = self.describe(header, pax)?;
        let stored = if entry.kind.has_content() { stored } else { 0 };
        let regular = entry.kind == Kind::File;
        entry.size = if regular { stored } else { 0 };
        if header.flag() == b'S' {
            return self.old_sparse(header, entry, stored);
        }
        match regular {
            true => self.sparse(entry, sparse, stored),
            false => Ok(Some(self.tell(entry, stored))),
        }
    }

    fn old_sparse(
        &mut self,
        header: &Header<'_>,
        mut entry: Entry,
        stored: u64,
    ) -> Result<Option<Entry>, Error> {
        if header.format() != header::Format::Gnu {
            return Err(bad("a sparse file is not as GNU tar writes it"));
        }
        entry.size = header.unsigned(483..495, "the size of a sparse file")?;
        let mut map = vec![];
        let more = sparse::old(header, &mut map)?;
        let pending = Pending { entry, map, stored };
        match more {
            true => self.more(Box::new(pending)).map(|()| None),
            false => self.tell_sparse(pending).map(Some),
        }
    }

    fn more(&mut self, pending: Box<Pending>) -> Result<(), Error> {
        if pending.map.len() as u64 * 24 > self.record_limit {
            return Err(bad("a sparse map is too long"));
        }
        self.state = State::Blocks(pending);
        Ok(())
    }

    /// Tells a file, or asks for the map of its holes. Without a version, a map alone says which one it is.
    fn sparse(
        &mut self,
        mut entry: Entry,
        told: pax::Sparse,
        stored: u64,
    ) -> Result<Option<Entry>, Error> {
        let lines = match (told.major.as_deref(), told.minor.as_deref(), &told.map) {
            (None, None, None) => return Ok(Some(self.tell(entry, stored))),
            (None, None, Some(_)) | (Some(b"0"), Some(b"0" | b"1"), _) => false,
            (Some(b"1"), Some(b"0"), _) => true,
            _ => return Err(bad("a sparse file is of an unknown version")),
        };
        if let Some(name) = told.name {
            entry.path = name;
        }
        entry.size = told.size.unwrap_or(stored);
        let pending = Pending { entry, map: told.map.unwrap_or_default(), stored };
        match lines {
            true if stored == 0 => Err(bad("a sparse file has no map")),
            true => {
                self.state = State::Lines(Box::new(pending), Lines::default());
                Ok(None)
            }
            false => self.tell_sparse(pending).map(Some),
        }
    }

    fn tell_sparse(&mut self, pending: Pending) -> Result<Entry, Error> {
        let Pending { mut entry, map, stored } = pending;
        sparse::check(&map, entry.size, stored)?;
        entry.sparse = Some(Sparse { map });
        Ok(self.tell(entry, stored))
    }

    fn tell(&mut self, entry: Entry, stored: u64) -> Entry {
        self.state = match stored {
            0 => State::Header,
            _ => State::Content(stored),
        };
        entry
    }

    /// Puts together what the header and those before it say.
    fn describe(&mut self, header: &Header<'_>, pax: Pax) -> Result<Entry, Error> {
        let path = self.name.take().or(pax.path).unwrap_or_else(|| header.path());
        let link = self.link.take().or(pax.link);
        let link = link.unwrap_or_else(|| header.text(LINK).to_owned());
        let kind = kind(header.flag(), &path);
        let id = |told: Option<u32>, field, what| match told {
            Some(id) => Ok(id),
            None => {
                let id = header.unsigned(field, what)?;
                u32::try_from(id).map_err(|_| Error::Malformed(format!("{what} is {id}")))
            }
        };
        let mut entry = Entry::new(path, kind, mode(header)?);
        entry.uid = id(pax.uid, UID, "a user")?;
        entry.gid = id(pax.gid, GID, "a group")?;
        entry.mtime = match pax.mtime {
            Some(time) => time,
            None => Time { seconds: header.number(MTIME, "a time")?, nanoseconds: 0 },
        };
        if matches!(kind, Kind::Symlink | Kind::HardLink) {
            entry.link = link;
        }
        if matches!(kind, Kind::CharDevice | Kind::BlockDevice) {
            entry.device = (id(None, MAJOR, "a device")?, id(None, MINOR, "a device")?);
        }
        entry.xattrs = pax.xattrs;
        Ok(entry)
    }
}

fn kind(flag: u8, path: &[u8]) -> Kind {
    match flag {
        // Before 1988 a folder was a file whose name ends so.
        0 if path.ends_with(b"/") => Kind::Directory,
        0 | b'0' | b'7' | b'S' => Kind::File,
        b'1' => Kind::HardLink,
        b'2' => Kind::Symlink,
        b'3' => Kind::CharDevice,
        b'4' => Kind::BlockDevice,
        b'5' => Kind::Directory,
        b'6' => Kind::Fifo,
        other => Kind::Other(other),
    }
}

fn mode(header: &Header<'_>) -> Result<u32, Error> {
    // Many write the type of the file with it.
    Ok((header.number(MODE, "a mode")? & 0o7777) as u32)
}

fn is_zero(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| *byte == 0)
}

fn bad(reason: &str) -> Error {
    Error::Malformed(reason.to_owned())
}
