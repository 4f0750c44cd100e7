//! An archive as files by name, whatever order they are in: a folder, or a tar that is looked at once.
//!
//! No name is ever opened that this program has not made itself or found in the tar; links in a tar are followed within it.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustix::fs::{Mode, OFlags, ResolveFlags, openat2};

use super::unpack;
use crate::image::{Error, layer};
use crate::store;

/// A tar with more entries is none of images.
const MOST: usize = 100_000;

/// Links that lead to links.
const HOPS: usize = 8;

/// Where an archive comes from.
#[derive(Debug)]
pub enum Input<'a> {
    /// A file, or the folder of a layout.
    Path(&'a Path),
    Stream(File),
}

/// An archive that is open.
#[derive(Debug)]
pub(in crate::image) enum Source {
    Folder(PathBuf, File),
    Tar(Arc<File>, HashMap<String, Place>),
}

/// Where in a tar something is.
#[derive(Debug, Clone)]
pub(in crate::image) enum Place {
    File { start: u64, size: u64 },
    Link(String),
}

impl Source {
    /// Opens an archive; one that is packed, or comes through a pipe, is written to `scratch` first.
    pub(in crate::image) fn open(input: Input<'_>, scratch: &Path) -> Result<Self, Error> {
        let (path, file) = match input {
            Input::Path(path) => (path.to_owned(), File::open(path).map_err(failed("open", path))?),
            Input::Stream(file) => (PathBuf::from("-"), file),
        };
        let meta = file.metadata().map_err(failed("read", &path))?;
        if meta.is_dir() {
            return Ok(Self::Folder(path, file));
        }
        let mut head = [0; 6];
        let known =
            meta.is_file() && file.read_at(&mut head, 0).map_err(failed("read", &path))? > 0;
        let file = match known && !unpack::is_packed(&head) {
            true => file,
            false => spool(file, scratch).map_err(failed("unpack", &path))?,
        };
        let places = places(&file, &path)?;
        Ok(Self::Tar(Arc::new(file), places))
    }

    /// Opens a file of the archive; nothing where there is none of this name.
    pub(in crate::image) fn file(&self, name: &str) -> Result<Option<Window>, Error> {
        match self {
            Self::Folder(path, folder) => beneath(path, folder, name),
            Self::Tar(file, places) => {
                let mut name = clean(name)?;
                for _ in 0..HOPS {
                    match places.get(&name) {
                        None => return Ok(None),
                        Some(Place::File { start, size }) => {
                            let (start, size) = (*start, *size);
                            return Ok(Some(Window { file: Arc::clone(file), start, size, at: 0 }));
                        }
                        Some(Place::Link(to)) => name.clone_from(to),
                    }
                }
                Err(Error::BadArchive(format!("`{}` is a link to links", name.escape_debug())))
            }
        }
    }

    /// Reads a file of the archive that is not long.
    pub(in crate::image) fn read(&self, name: &str, limit: u64) -> Result<Option<Vec<u8>>, Error> {
        let Some(mut window) = self.file(name)? else { return Ok(None) };
        if window.size > limit {
            return Err(Error::TooLarge {
                what: "a file of the archive",
                size: window.size,
                limit,
            });
        }
        let mut bytes = vec![];
        window.read_to_end(&mut bytes).map_err(layer::Error::io("read the archive"))?;
        Ok(Some(bytes))
    }
}

fn beneath(path: &Path, folder: &File, name: &str) -> Result<Option<Window>, Error> {
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK;
    let within = ResolveFlags::BENEATH | ResolveFlags::NO_MAGICLINKS;
    let file = match openat2(folder, clean(name)?, flags, Mode::empty(), within) {
        Ok(file) => File::from(file),
        Err(rustix::io::Errno::NOENT) => return Ok(None),
        Err(rustix::io::Errno::XDEV | rustix::io::Errno::LOOP) => {
            return Err(Error::UnsafeArchive(name.to_owned()));
        }
        Err(error) => return Err(failed("open", &path.join(name))(error.into())),
    };
    let meta = file.metadata().map_err(failed("read", &path.join(name)))?;
    match meta.is_file() {
        true => Ok(Some(Window { file: Arc::new(file), start: 0, size: meta.len(), at: 0 })),
        false => Err(Error::BadArchive(format!("`{}` is no file", name.escape_debug()))),
    }
}

fn spool(input: File, scratch: &Path) -> io::Result<File> {
    let mut spool = tempfile::tempfile_in(scratch)?;
    let mut plain = unpack::unpack(input)?;
    // Packed twice is a mistake that people make, and a way to hide a bomb: it is not unpacked again.
    io::copy(&mut plain, &mut spool)?;
    spool.rewind()?;
    Ok(spool)
}

/// Looks at all entries of a tar once; a name that comes again counts as it was last.
fn places(file: &File, path: &Path) -> Result<HashMap<String, Place>, Error> {
    let mut places = HashMap::new();
    let mut reader = file;
    reader.rewind().map_err(failed("read", path))?;
    let mut tar = tar::Archive::new(reader);
    // What the library says of a header shows the header, whatever it holds.
    let bad = |count: usize, error: io::Error| match (error.raw_os_error(), count) {
        (Some(_), _) => failed("read", path)(error),
        (None, 0) => Error::BadArchive("it is no tar archive".to_owned()),
        (None, count) => {
            Error::BadArchive(format!("what follows the first {count} entries is damaged"))
        }
    };
    for (count, entry) in tar.entries_with_seek().map_err(|error| bad(0, error))?.enumerate() {
        let entry = entry.map_err(|error| bad(count, error))?;
        if count >= MOST {
            return Err(Error::BadArchive(format!("it has more than {MOST} entries")));
        }
        let bytes = entry.path_bytes();
        let name = clean(&String::from_utf8_lossy(&bytes))?;
        let place = match entry.header().entry_type() {
            tar::EntryType::Regular | tar::EntryType::Continuous => {
                Place::File { start: entry.raw_file_position(), size: entry.size() }
            }
            kind @ (tar::EntryType::Symlink | tar::EntryType::Link) => {
                let to = entry.link_name_bytes().unwrap_or_default();
                let to = String::from_utf8_lossy(&to).into_owned();
                // A symlink counts from where it lies: `../<id>/layer.tar` in what Docker once wrote.
                let from = match kind {
                    tar::EntryType::Symlink => name.rsplit_once('/').map_or("", |(above, _)| above),
                    _ => "",
                };
                Place::Link(clean(&format!("{from}/{to}"))?)
            }
            _ => continue,
        };
        places.insert(name, place);
    }
    match places.is_empty() {
        true => Err(Error::BadArchive("there is nothing in it".to_owned())),
        false => Ok(places),
    }
}

/// Returns a name without `.` and `..`; one that leads out is refused.
fn clean(name: &str) -> Result<String, Error> {
    let mut parts: Vec<&str> = vec![];
    for part in name.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.pop().is_some() => {}
            ".." => return Err(Error::UnsafeArchive(name.chars().take(300).collect())),
            part => parts.push(part),
        }
    }
    Ok(parts.join("/"))
}

/// A part of a file, as a file of its own.
#[derive(Debug)]
pub(in crate::image) struct Window {
    file: Arc<File>,
    start: u64,
    pub(in crate::image) size: u64,
    at: u64,
}

impl Read for Window {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let left = self.size.saturating_sub(self.at).min(to.len() as u64) as usize;
        if left == 0 {
            return Ok(0);
        }
        let length = self.file.read_at(&mut to[..left], self.start + self.at)?;
        self.at += length as u64;
        match length {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            length => Ok(length),
        }
    }
}

impl Seek for Window {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.size.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}

pub(super) fn failed(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Error + use<> {
    let path = path.to_owned();
    move |source| store::Error::Io { action, path, source }.into()
}
