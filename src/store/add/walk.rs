//! Walking a folder: what is known from last time, what has to be read, and the trees that come of it.

use std::mem;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use rustix::fs::{AtFlags, FileType, readlinkat, statat};

use super::group::{Pending, groups};
use super::read::Source;
use super::root::Root;
use super::{Added, Kind, Options, pipe};
use crate::base::listing::{self, Listing};
use crate::base::{Digest, Progress, Task};
use crate::store::stamp::Stamp;
use crate::store::stat_cache::{self, Cursor, Known, Record, Recorder, Records, StatCache};
use crate::store::tree::{self, EXECUTABLE, Entry, FILE, FOLDER, SYMLINK, Target};
use crate::store::{self, Error, Link, Writer, beneath, file, name};

/// Files that have not been read yet, before some are.
const MAX_PENDING: usize = 1 << 15;

/// Entries of folders that wait to be written, before some are.
const MAX_WAITING: usize = 1 << 16;

/// Stands in an entry until its file has been read. No blob has this digest that anybody knows of.
const UNREAD: Link = Link::blob(Digest::from_bytes([0; 32]));

/// A folder that is being looked at, or waits for its files to be read.
#[derive(Debug, Default)]
struct Folder {
    path: Vec<u8>,
    /// The folder around it, and which entry it is there.
    parent: Option<(usize, usize)>,
    /// In the order of their names.
    entries: Vec<Entry>,
    /// What each entry was when it was read, unless it is a folder.
    stamps: Vec<Option<Stamp>>,
    files: u64,
    /// What of it is written already, and recorded: nothing but where it has very many names.
    tree: tree::Parts,
    records: Records,
    /// What the cache knows of it, as long as nothing contradicts.
    known: Option<Known>,
}

impl Folder {
    fn put(&mut self, entry: Entry, stamp: Option<Stamp>) {
        self.entries.push(entry);
        self.stamps.push(stamp);
    }

    fn records(&self) -> impl Iterator<Item = (&[u8], Record)> + Clone {
        self.entries.iter().zip(&self.stamps).map(|(entry, stamp)| {
            let record = match (stamp, entry.content()) {
                (Some(stamp), Some(link)) => Record::File(*stamp, link),
                (Some(stamp), None) => Record::Symlink(*stamp),
                (None, _) => Record::Folder,
            };
            (&entry.name[..], record)
        })
    }
}

/// A folder on the way from the root to where the walk is.
struct Open {
    id: usize,
    fd: OwnedFd,
    names: Listing,
}

pub(super) fn add(
    writer: &mut Writer<'_>,
    path: &Path,
    options: &Options,
    progress: &dyn Progress,
) -> Result<Added, Error> {
    let path = path.canonicalize().map_err(Error::io("open", path))?;
    let meta = path.symlink_metadata().map_err(Error::io("look at", &path))?;
    let name = path.file_name().unwrap_or_default().as_bytes().to_owned();
    let (folder, only) = match (meta.is_dir(), path.parent()) {
        (false, Some(parent)) => (parent, Some(name)),
        _ => (path.as_path(), None),
    };
    let key = path.as_os_str().as_bytes();
    let generation = writer.store().generation()?;
    let file = stat_cache::path(writer.store().folder(), key);
    let cache = match options.cached {
        true => StatCache::read(&file, key, generation),
        false => StatCache::default(),
    };
    let recorder = Recorder::new(key, generation, options.clock.now());
    let walk = Walk {
        root: Root::open(folder)?,
        store_id: identity(writer.store().folder()),
        writer,
        progress,
        recorder,
        folders: vec![],
        finished: vec![],
        waiting: 0,
        pending: vec![],
        changed: false,
        started: false,
        only,
        digest: None,
    };
    let (added, recorder) = walk.run(&cache)?;
    if let Some(recorder) = recorder.filter(|_| options.cached) {
        // A writer that is dropped has stored nothing that may be counted on.
        writer.afterwards(move || recorder.finish(&file));
    }
    Ok(added)
}

/// Device and inode of a folder.
fn identity(path: &Path) -> Option<(u64, u64)> {
    let stat = rustix::fs::stat(path).ok()?;
    let stamp = Stamp::of(&stat);
    Some((stamp.device, stamp.inode))
}

struct Walk<'a, 'w> {
    root: Root,
    /// The store's own folder, which is never added to itself.
    store_id: Option<(u64, u64)>,
    writer: &'a mut Writer<'w>,
    progress: &'a dyn Progress,
    recorder: Recorder,
    folders: Vec<Option<Box<Folder>>>,
    /// Folders whose entries are all seen; what is in them comes before them.
    finished: Vec<usize>,
    waiting: usize,
    pending: Vec<Pending>,
    /// Whether anything differs from the cache.
    changed: bool,
    started: bool,
    /// The one name that counts, where a file is added and no folder.
    only: Option<Vec<u8>>,
    /// Of the file that was read last.
    digest: Option<Digest>,
}

impl Walk<'_, '_> {
    /// Returns what was added, and what to remember if that has changed.
    fn run(mut self, cache: &StatCache) -> Result<(Added, Option<Recorder>), Error> {
        let (mut cursors, mut stack) = (vec![], vec![]);
        let root = self.enter(vec![], None)?.expect("the root is never left out");
        cursors.push(self.ask(cache, root.id));
        stack.push(root);
        while let (Some(open), Some(cursor)) = (stack.last_mut(), cursors.last_mut()) {
            let Some((name, kind)) = open.names.next() else {
                self.leave(open.id, cursor)?;
                stack.pop();
                cursors.pop();
                self.relieve(stack.is_empty())?;
                continue;
            };
            if self.pending.len() >= MAX_PENDING {
                self.read_pending(false)?;
            }
            self.spill(open.id)?;
            if let Some(open) = self.entry(open, cursor, name, kind)? {
                cursors.push(self.ask(cache, open.id));
                stack.push(open);
            }
        }
        if self.started {
            self.progress.finish(Task::Add);
        }
        let root = self.folders[0].take().expect("the root is kept to the end");
        Ok((self.added(&root)?, self.changed.then_some(self.recorder)))
    }

    fn ask<'c>(&mut self, cache: &'c StatCache, id: usize) -> Cursor<'c> {
        let folder = self.folders[id].as_mut().expect("it was entered");
        let cursor = cache.folder(&folder.path);
        folder.known = cursor.known;
        cursor
    }

    /// Opens a folder and lists its names; `None` for the store's own.
    fn enter(
        &mut self,
        path: Vec<u8>,
        parent: Option<(usize, usize)>,
    ) -> Result<Option<Open>, Error> {
        let fd = self.root.folder(&path)?;
        let stat =
            rustix::fs::fstat(&fd).map_err(|errno| self.root.error("look at", &path, errno))?;
        let stamp = Stamp::of(&stat);
        if parent.is_some() && self.store_id == Some((stamp.device, stamp.inode)) {
            return Ok(None);
        }
        let names = match &self.only {
            Some(name) => Listing::only(name),
            None => listing::list(&fd).map_err(|errno| self.root.error("list", &path, errno))?,
        };
        let id = self.folders.len();
        let room = names.len().min(MAX_WAITING);
        let (entries, stamps) = (Vec::with_capacity(room), Vec::with_capacity(room));
        let folder = Folder { path, parent, entries, stamps, ..Folder::default() };
        self.folders.push(Some(Box::new(folder)));
        Ok(Some(Open { id, fd, names }))
    }

    /// Looks at one name; returns the folder to go into, if it is one.
    fn entry(
        &mut self,
        open: &Open,
        cursor: &mut Cursor<'_>,
        name: Vec<u8>,
        mut kind: FileType,
    ) -> Result<Option<Open>, Error> {
        let folder = self.folders[open.id].as_deref_mut().expect("it is open");
        let path = join(&folder.path, &name);
        if path.len() > beneath::MAX_PATH {
            let reason = "its path is longer than 4,095 bytes";
            return Err(Error::BadFileName { name: String::from_utf8_lossy(&name).into(), reason });
        }
        let mut stamp = None;
        if kind != FileType::Directory {
            let stat = statat(&open.fd, &name, AtFlags::SYMLINK_NOFOLLOW)
                .map_err(|errno| self.root.error("look at", &path, errno))?;
            kind = FileType::from_raw_mode(stat.st_mode);
            stamp = Some(Stamp::of(&stat));
        }
        if name == b".mlstore" && kind.is_dir() {
            return Ok(None);
        }
        name::check_foreign(&name)?;
        let known = cursor.find(&name);
        match (kind, stamp) {
            (FileType::Directory, _) => {
                if known != Some(Record::Folder) {
                    folder.known = None;
                }
                let at = folder.entries.len();
                let entered = self.enter(path, Some((open.id, at)))?;
                if entered.is_some() {
                    // Its tree is known once it is written.
                    let target = Target::Content(UNREAD);
                    let folder = self.folders[open.id].as_deref_mut().expect("it is open");
                    folder.put(Entry { name, mode: FOLDER, size: 0, target }, None);
                }
                return Ok(entered);
            }
            (FileType::RegularFile, Some(stamp)) => {
                folder.files += 1;
                let (link, before) = match known {
                    Some(Record::File(before, link)) if before == stamp => (Some(link), None),
                    Some(Record::File(_, link)) => (None, Some(link)),
                    _ => (None, None),
                };
                let mode = if stamp.mode & 0o100 == 0 { FILE } else { EXECUTABLE };
                let target = Target::Content(link.unwrap_or(UNREAD));
                let entry = Entry { name, mode, size: stamp.size, target };
                folder.put(entry, Some(stamp));
                if link.is_none() {
                    folder.known = None;
                    let entry = folder.entries.len() - 1;
                    self.pending.push(Pending { folder: open.id, entry, path, stamp, before });
                }
            }
            (FileType::Symlink, Some(stamp)) => {
                let target = readlinkat(&open.fd, &name, vec![])
                    .map_err(|errno| self.root.error("read", &path, errno))?;
                if known != Some(Record::Symlink(stamp)) {
                    folder.known = None;
                }
                let target = Target::Symlink(target.into_bytes());
                folder.put(Entry { name, mode: SYMLINK, size: 0, target }, Some(stamp));
            }
            _ => return Err(self.root.wrong_kind(&path, kind)),
        }
        Ok(None)
    }

    fn leave(&mut self, id: usize, cursor: &Cursor<'_>) -> Result<(), Error> {
        let folder = self.folders[id].as_deref_mut().expect("it was open");
        // What gc has condemned meanwhile is no longer known.
        let known = match folder.known.filter(|_| cursor.all_found()) {
            Some(known) if self.only.is_some() || self.writer.has(&known.tree)? => Some(known),
            _ => None,
        };
        folder.known = known;
        self.waiting += folder.entries.len() + 1;
        self.finished.push(id);
        if known.is_some() && self.only.is_none() {
            return Ok(());
        }
        self.ask_again(id)?;
        let folder = self.folders[id].as_deref_mut().expect("it was open");
        let (parent, known) = (folder.parent, folder.known);
        self.changed |= known.is_none();
        if let (Some((parent, _)), None) = (parent, known) {
            self.folders[parent].as_deref_mut().expect("it is open").known = None;
        }
        Ok(())
    }

    /// Has those files read again whose content is known and has been condemned by gc meanwhile.
    fn ask_again(&mut self, id: usize) -> Result<(), Error> {
        let folder = self.folders[id].as_deref_mut().expect("it is not written");
        for (at, entry) in folder.entries.iter_mut().enumerate() {
            let (Some(link), Some(stamp)) = (entry.content(), folder.stamps[at]) else { continue };
            if link != UNREAD && !self.writer.has(&link)? {
                entry.target = Target::Content(UNREAD);
                folder.known = None;
                let path = join(&folder.path, &entry.name);
                let before = None;
                self.pending.push(Pending { folder: id, entry: at, path, stamp, before });
            }
        }
        Ok(())
    }

    /// Writes what is seen so far of the innermost folder where it has very many names: they are not all held at once.
    fn spill(&mut self, id: usize) -> Result<(), Error> {
        let folder = self.folders[id].as_deref().expect("it is open");
        if folder.entries.len() < MAX_WAITING || folder.known.is_some() {
            return Ok(());
        }
        self.ask_again(id)?;
        self.write_finished(false)?;
        let mut folder = self.folders[id].take().expect("it is open");
        self.hand_over(&mut folder)?;
        self.folders[id] = Some(folder);
        Ok(())
    }

    /// Records the entries of a folder, and puts them into its tree.
    fn hand_over(&mut self, folder: &mut Folder) -> Result<(), Error> {
        self.record(folder);
        folder.stamps.clear();
        folder.entries.drain(..).try_for_each(|entry| folder.tree.push(self.writer, entry))
    }

    fn record(&self, folder: &mut Folder) {
        let mut records = mem::take(&mut folder.records);
        self.recorder.entries(&mut records, folder.records());
        folder.records = records;
    }

    /// Reads what is pending and writes what is finished, where it has become too much or is the last.
    fn relieve(&mut self, last: bool) -> Result<(), Error> {
        if !last && self.pending.len() < MAX_PENDING && self.waiting < MAX_WAITING {
            return Ok(());
        }
        self.write_finished(last)
    }

    fn write_finished(&mut self, last: bool) -> Result<(), Error> {
        self.read_pending(last)?;
        self.waiting = 0;
        mem::take(&mut self.finished).into_iter().try_for_each(|id| self.write_folder(id))
    }

    fn read_pending(&mut self, last: bool) -> Result<(), Error> {
        let pending = mem::take(&mut self.pending);
        if pending.is_empty() {
            return Ok(());
        }
        if !self.started {
            self.started = true;
            let total = pending.iter().map(|file| file.stamp.size).sum();
            self.progress.start(Task::Add, last.then_some(total));
        }
        let (folders, last_digest) = (&mut self.folders, &mut self.digest);
        let source = Source::Files(&self.root, groups(pending));
        pipe::run(self.writer, source, self.progress, &mut |file, link, digest| {
            let Some(file) = file else { return };
            *last_digest = Some(digest);
            let folder = folders[file.folder].as_deref_mut().expect("it waits for its files");
            let entry = &mut folder.entries[file.entry];
            entry.target = Target::Content(link);
            entry.size = file.stamp.size;
            folder.stamps[file.entry] = Some(file.stamp);
        })
    }

    /// Writes the tree of a folder, unless it is known, and puts it into the one around it.
    fn write_folder(&mut self, id: usize) -> Result<(), Error> {
        let mut folder = self.folders[id].take().expect("each is written once");
        let (tree, size) = match folder.known {
            None if self.only.is_none() => {
                self.hand_over(&mut folder)?;
                mem::take(&mut folder.tree).finish(self.writer)?
            }
            known => {
                self.record(&mut folder);
                known.map_or((UNREAD, 0), |known| (known.tree, known.size))
            }
        };
        let known = Known { tree, size, files: folder.files };
        self.recorder.folder(&folder.path, known, &folder.records);
        match folder.parent {
            None => {
                folder.known = Some(known);
                self.folders[id] = Some(folder);
            }
            Some((parent, at)) => {
                let parent = self.folders[parent].as_deref_mut().expect("it is written after");
                parent.files += known.files;
                parent.entries[at].size = size;
                parent.entries[at].target = Target::Content(tree);
            }
        }
        Ok(())
    }

    fn added(&self, root: &Folder) -> Result<Added, Error> {
        if let (Some(_), [entry]) = (&self.only, &root.entries[..]) {
            let link = entry.content().expect("a file has content");
            let digest = match self.digest {
                Some(digest) => Some(digest),
                None if link.kind == store::Kind::Blob => Some(link.digest),
                // What this writer has written cannot be read before it is committed.
                None if self.writer.wrote(&link) => None,
                None => Some(file::open(self.writer.store(), &link)?.digest()),
            };
            return Ok(Added { link, kind: Kind::File, size: entry.size, files: 1, digest });
        }
        let known = root.known.expect("set when it was written");
        Ok(Added {
            link: known.tree,
            kind: Kind::Tree,
            size: known.size,
            files: known.files,
            digest: None,
        })
    }
}

fn join(folder: &[u8], name: &[u8]) -> Vec<u8> {
    match folder.is_empty() {
        true => name.to_vec(),
        false => [folder, b"/", name].concat(),
    }
}
