//! A folder on disk as a context: looked at folder by folder, each opened beneath the root and never through a symlink.
//!
//! Nothing is looked at that no instruction asks for, and nothing is read that `known.rs` knows.

use std::collections::BTreeMap;
use std::os::fd::{AsFd as _, AsRawFd as _, OwnedFd};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};

use rustix::fs::{AtFlags, FileType, Mode, OFlags, fstat, readlinkat, statat};
use rustix::io::Errno;

use super::known::{self, Attributes, Known, Record, Recorder};
use crate::base::{Clock, Progress, listing};
use crate::image::Error;
use crate::image::build;
use crate::image::build::ignore::{Ignore, Matched};
use crate::image::layer::{Entry, Maker};
use crate::store::stamp::Stamp;
use crate::store::{Link, Store, Writer, add, beneath, chunk, name};

/// A folder, without what is ignored.
#[derive(Debug)]
pub struct Folder {
    root: OwnedFd,
    path: PathBuf,
    ignore: Ignore,
    /// Device and inode of the store, which is never copied into itself.
    store: Option<(u64, u64)>,
    known: Known,
    known_file: PathBuf,
    /// When the first look was taken, in milliseconds: what has changed since may change unseen.
    now: i64,
    listed: Mutex<BTreeMap<Vec<u8>, Arc<Listing>>>,
}

/// What is in a folder, in the order of names.
pub type Listing = Vec<(Vec<u8>, Arc<Seen>)>;

/// A file as it was seen.
#[derive(Debug)]
pub struct Seen {
    pub(super) stamp: Stamp,
    /// Of a symlink.
    pub target: Vec<u8>,
    pub attributes: Attributes,
    /// What it held at the time of its stamp, once it has been read.
    content: OnceLock<(Link, Stamp)>,
    /// What it held with another stamp.
    before: Option<Link>,
    matched: Matched,
    /// A file that has other names, too.
    has_links: bool,
    /// An ignored folder that is there for something below it.
    ignored: bool,
}

impl Seen {
    pub fn kind(&self) -> FileType {
        FileType::from_raw_mode(self.stamp.mode)
    }

    /// Returns the lower twelve bits.
    pub fn mode(&self) -> u32 {
        self.stamp.mode & 0o7777
    }

    /// Returns nanoseconds since 1970.
    pub fn mtime(&self) -> i64 {
        self.content.get().map_or(self.stamp, |(_, stamp)| *stamp).mtime
    }

    pub fn size(&self) -> u64 {
        self.content.get().map_or(self.stamp, |(_, stamp)| *stamp).size
    }

    /// Returns what is the same for all names of a file that has several.
    pub fn shared(&self) -> Option<(u64, u64)> {
        self.has_links.then_some((self.stamp.device, self.stamp.inode))
    }

    /// Returns what a file holds; nothing where [`Folder::read`] has not been asked for it.
    pub fn content(&self) -> Option<Link> {
        self.content.get().map(|(link, _)| *link)
    }
}

impl Folder {
    /// Opens the folder at `path`, which may be a symlink to one.
    pub fn open(store: &Store, path: &Path, ignore: Ignore) -> Result<Self, Error> {
        let now = Clock::System.now();
        let path = path.canonicalize().map_err(build::Error::io("open", path))?;
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let root = rustix::fs::open(&path, flags, Mode::empty())
            .map_err(|errno| build::Error::io("open", &path)(errno.into()))?;
        let stat = rustix::fs::stat(store.folder()).ok();
        let known_file = known::path(store.folder(), path.as_os_str().as_bytes());
        Ok(Self {
            root,
            ignore,
            store: stat.map(|stat| (stat.st_dev, stat.st_ino)),
            known: Known::read(&known_file, path.as_os_str().as_bytes()),
            known_file,
            now,
            listed: Mutex::default(),
            path,
        })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns whether `path` would be here, were it not ignored.
    pub fn is_ignored(&self, path: &[u8]) -> bool {
        let there = beneath::open(&self.root, path, OFlags::PATH, Mode::empty()).is_ok();
        there && self.ignore.ignores_path(path)
    }

    /// Returns the root itself.
    pub fn root(&self) -> Result<Arc<Seen>, Error> {
        let stat = fstat(&self.root).map_err(|errno| self.error("look at", b"", errno))?;
        let stamp = Stamp::of(&stat);
        Ok(Arc::new(Seen::new(stamp, vec![], vec![], Matched::default())))
    }

    /// Returns what is in the folder at `path`, which is what `listing` says of the one around it.
    pub fn list(&self, path: &[u8], around: &Seen) -> Result<Arc<Listing>, Error> {
        let listed = self.listed.lock().expect("no holder panics").get(path).cloned();
        if let Some(listing) = listed {
            return Ok(listing);
        }
        let listing = Arc::new(self.look(path, around)?);
        self.listed.lock().expect("no holder panics").insert(path.to_vec(), Arc::clone(&listing));
        Ok(listing)
    }

    fn look(&self, path: &[u8], around: &Seen) -> Result<Listing, Error> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY;
        let folder = beneath::open(&self.root, path, flags, Mode::empty())
            .map_err(|errno| self.error("open", path, errno))?;
        let stat = fstat(&folder).map_err(|errno| self.error("look at", path, errno))?;
        if Some((stat.st_dev, stat.st_ino)) == self.store {
            return Ok(vec![]);
        }
        let names = listing::list(&folder).map_err(|errno| self.error("list", path, errno))?;
        let mut records = self.known.folder(path);
        let mut listing = Vec::with_capacity(names.len());
        for (name, _) in names {
            let known = records.find(&name);
            let below = join(path, &name);
            let (ignored, matched) = match self.ignore.is_empty() {
                true => (false, Matched::default()),
                false => self.ignore.ignores(&below, &around.matched),
            };
            if ignored && !self.ignore.may_except_below(&below) {
                continue;
            }
            let Some(mut seen) = self.see(&folder, &below, &name, known, matched)? else {
                continue;
            };
            if ignored {
                // It is there only for what is excepted below it.
                if !seen.kind().is_dir() || self.list(&below, &seen)?.is_empty() {
                    continue;
                }
                seen.ignored = true;
            }
            listing.push((name, Arc::new(seen)));
        }
        Ok(listing)
    }

    /// Looks at one name; nothing where it is a store, or gone already.
    fn see(
        &self,
        folder: &OwnedFd,
        path: &[u8],
        name: &[u8],
        known: Option<Record>,
        matched: Matched,
    ) -> Result<Option<Seen>, Error> {
        let stat = match statat(folder, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => stat,
            Err(Errno::NOENT) => return Ok(None),
            Err(errno) => return Err(self.error("look at", path, errno)),
        };
        let stamp = Stamp::of(&stat);
        let kind = FileType::from_raw_mode(stamp.mode);
        if kind.is_dir() && name::is_store(name) {
            return Ok(None);
        }
        let target = match kind {
            FileType::Symlink => readlinkat(folder, name, vec![])
                .map_err(|errno| self.error("read", path, errno))?
                .into_bytes(),
            _ => vec![],
        };
        let mut seen = match known {
            Some(record) if record.stamp == stamp => {
                let seen = Seen::new(stamp, target, record.attributes, matched);
                if let Some(link) = record.content {
                    let _ = seen.content.set((link, stamp)); // it is new and empty
                }
                seen
            }
            known => {
                let attributes = attributes(folder, name);
                let before = known.and_then(|record| record.content);
                Seen { before, ..Seen::new(stamp, target, attributes, matched) }
            }
        };
        seen.has_links = kind.is_file() && stat.st_nlink > 1;
        Ok(Some(seen))
    }

    /// Reads those of `files` whose content is not known, or not in the store where `needed` says it must be.
    pub fn read(
        &self,
        writer: &mut Writer<'_>,
        files: &[(Vec<u8>, Arc<Seen>)],
        progress: &dyn Progress,
    ) -> Result<(), Error> {
        let (mut places, mut wanted) = (vec![], vec![]);
        for (place, (path, seen)) in files.iter().enumerate() {
            let missing = match seen.content() {
                Some(link) => !writer.has(&link)?,
                None => true,
            };
            if missing {
                places.push(place);
                let before = seen.before.or(seen.content());
                wanted.push(add::File { path: path.clone(), stamp: seen.stamp, before });
            }
        }
        let mut changed = None;
        add::files(
            writer,
            (self.root.as_fd(), &self.path),
            wanted,
            progress,
            |at, link, stamp| {
                let (path, seen) = &files[places[at]];
                let content = seen.content.get_or_init(|| (link, stamp));
                if content.0 != link {
                    changed = Some(path.clone());
                }
            },
        )?;
        match changed {
            Some(path) => {
                Err(crate::store::Error::ChangedWhileRead(self.path.join(shown(&path))).into())
            }
            None => Ok(()),
        }
    }

    /// Splits `files` into those that [`Folder::read`] is to read, and large ones that `take` has yet to. One that has several
    /// names is not of these: it is in a layer once, and known by each of its names.
    pub fn split(&self, files: Listing) -> [Listing; 2] {
        let is_large = |seen: &Seen| {
            seen.content().is_none() && seen.size() >= chunk::CUT_FROM && !seen.has_links
        };
        let (large, small) = files.into_iter().partition(|(_, seen)| is_large(seen));
        [small, large]
    }

    /// Reads a file for the first time, into a layer.
    pub(in crate::image::build) fn take(
        &self,
        maker: &mut Maker<'_, '_>,
        entry: &Entry,
        seen: &Seen,
        path: &[u8],
    ) -> Result<(), Error> {
        let changed = || crate::store::Error::ChangedWhileRead(self.full(path));
        let stamp = |file: &std::fs::File| {
            let stat = fstat(file).map_err(|errno| self.error("look at", path, errno))?;
            Ok::<Stamp, Error>(Stamp::of(&stat))
        };
        let file = self.file(path)?;
        if stamp(&file)? != seen.stamp {
            return Err(changed().into());
        }
        let link = maker.file(entry, &file)?.expect("a large file has content");
        match stamp(&file)? == seen.stamp
            && seen.content.get_or_init(|| (link, seen.stamp)).0 == link
        {
            true => Ok(()),
            false => Err(changed().into()),
        }
    }

    /// Returns those of `files` whose content is not known.
    pub fn unread<'f>(&self, files: impl IntoIterator<Item = &'f (Vec<u8>, Arc<Seen>)>) -> usize {
        files.into_iter().filter(|(_, seen)| seen.content().is_none()).count()
    }

    /// Opens the file at `path`, which was seen before, for reading.
    pub fn file(&self, path: &[u8]) -> Result<std::fs::File, Error> {
        let flags = OFlags::RDONLY | OFlags::NONBLOCK;
        let file = beneath::open(&self.root, path, flags, Mode::empty())
            .map_err(|errno| self.error("open", path, errno))?;
        Ok(file.into())
    }

    /// Keeps what is known by now for the next build, where it is more than before.
    pub fn remember(&self) {
        let listed = self.listed.lock().expect("no holder panics");
        let mut recorder = Recorder::new(self.path.as_os_str().as_bytes());
        let mut changed = false;
        let mut kept: Vec<(Vec<u8>, Vec<u8>)> = vec![];
        for (path, listing) in &*listed {
            let mut records = vec![];
            for (name, seen) in &**listing {
                if let Some(record) = seen.record(self.now) {
                    known::put(&mut records, name, &record);
                }
            }
            kept.push((path.clone(), records));
        }
        for (path, records) in self.known.folders() {
            match listed.get(path) {
                Some(_) => {
                    let same = kept.iter().any(|(other, now)| other == path && now == records);
                    changed |= !same;
                }
                None => recorder.keep(path, records),
            }
        }
        changed |= kept.len()
            > self.known.folders().filter(|(path, _)| listed.contains_key(*path)).count();
        if changed {
            kept.iter().for_each(|(path, records)| recorder.keep(path, records));
            recorder.finish(&self.known_file);
        }
    }

    /// Returns the full path of what lies at `path`, for messages.
    pub fn full(&self, path: &[u8]) -> PathBuf {
        self.path.join(shown(path))
    }

    fn error(&self, action: &'static str, path: &[u8], errno: Errno) -> Error {
        build::Error::io(action, self.path.join(shown(path)))(errno.into()).into()
    }
}

impl Seen {
    fn new(stamp: Stamp, target: Vec<u8>, attributes: Attributes, matched: Matched) -> Self {
        let content = OnceLock::new();
        let (before, has_links, ignored) = (None, false, false);
        Self { stamp, target, attributes, content, before, matched, has_links, ignored }
    }

    /// Returns what to remember, where it can be relied on.
    fn record(&self, now: i64) -> Option<Record> {
        let (content, stamp) = match self.content.get() {
            Some((link, stamp)) => (Some(*link), *stamp),
            None => (None, self.stamp),
        };
        let worth = content.is_some() || !self.attributes.is_empty() || !self.kind().is_file();
        let attributes = self.attributes.clone();
        (worth && known::is_settled(&stamp, now)).then_some(Record { stamp, content, attributes })
    }
}

fn shown(path: &[u8]) -> &std::ffi::OsStr {
    std::ffi::OsStr::from_bytes(path)
}

pub(super) fn join(folder: &[u8], name: &[u8]) -> Vec<u8> {
    match folder.is_empty() {
        true => name.to_vec(),
        false => [folder, b"/", name].concat(),
    }
}

/// Returns the attributes that go into an image: the user's own, and capabilities. A file system without any has none.
fn attributes(folder: &OwnedFd, name: &[u8]) -> Attributes {
    // No call names a file by its folder; the link in /proc leads to the folder that is open.
    let path = [format!("/proc/self/fd/{}/", folder.as_raw_fd()).as_bytes(), name].concat();
    let mut listed = vec![0; 64 << 10];
    let Ok(length) = rustix::fs::llistxattr(&path[..], &mut listed[..]) else { return vec![] };
    let names = listed[..length].split(|byte| *byte == 0);
    let mut found = vec![];
    for name in names {
        if name.starts_with(b"user.") || name == b"security.capability" {
            let mut value = vec![0; 64 << 10];
            if let Ok(length) = rustix::fs::lgetxattr(&path[..], name, &mut value[..]) {
                found.push((name.to_vec(), value[..length].to_vec()));
            }
        }
    }
    found.sort_unstable();
    found
}
