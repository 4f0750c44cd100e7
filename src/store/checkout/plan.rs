//! What has to be written, in the order in which the packs are best read.

use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex};

use super::Report;
use super::target::Target;
use super::work::{Job, Large, Small, Work};
use crate::base::{Progress, Task};
use crate::store::tree::{EXECUTABLE, Entry, FILE, FOLDER, Target as Points};
use crate::store::{Error, Kind, Link, Store, beneath, file, name, tree};

/// So many files are planned at a time, however many there are.
const BATCH: usize = 1 << 14;

/// A large file is written in pieces of about so many bytes, each by one thread.
const PIECE: u64 = 4 << 20;

/// A file to be written.
struct Item {
    path: Vec<u8>,
    executable: bool,
    link: Link,
    size: u64,
}

pub(super) struct Plan<'a> {
    store: &'a Store,
    target: &'a Target,
    progress: &'a dyn Progress,
    items: Vec<Item>,
    report: Report,
}

impl<'a> Plan<'a> {
    pub(super) fn new(store: &'a Store, target: &'a Target, progress: &'a dyn Progress) -> Self {
        Self { store, target, progress, items: vec![], report: Report::default() }
    }

    pub(super) fn file(mut self, path: Vec<u8>, link: Link, size: u64) -> Result<Report, Error> {
        self.items.push(Item { path, executable: false, link, size });
        self.finish()
    }

    pub(super) fn tree(mut self, root: &Link) -> Result<Report, Error> {
        let total = tree::read(self.store, root)?.entries.iter().map(|entry| entry.size).sum();
        self.progress.start(Task::Checkout, Some(total));
        tree::walk(self.store, root, |path, entry| self.entry(path, entry))?;
        self.finish()
    }

    fn finish(mut self) -> Result<Report, Error> {
        self.write_items()?;
        self.progress.finish(Task::Checkout);
        Ok(self.report)
    }

    fn entry(&mut self, path: &[u8], entry: &Entry) -> Result<(), Error> {
        name::check_foreign(&entry.name)?;
        if path.len() > beneath::MAX_PATH {
            let reason = "its path is longer than 4,095 bytes";
            return Err(Error::BadFileName {
                name: String::from_utf8_lossy(&entry.name).into(),
                reason,
            });
        }
        match (&entry.target, entry.mode) {
            (Points::Symlink(to), _) => {
                self.report.symlinks += 1;
                self.target.make_symlink(path, to)
            }
            (Points::Content(_), FOLDER) => {
                self.report.folders += 1;
                self.target.make_folder(path)
            }
            (Points::Content(link), mode) => {
                let (path, executable) = (path.to_vec(), mode == EXECUTABLE);
                debug_assert!(executable || mode == FILE, "no other mode is decoded");
                self.items.push(Item { path, executable, link: *link, size: entry.size });
                match self.items.len() >= BATCH {
                    true => self.write_items(),
                    false => Ok(()),
                }
            }
        }
    }

    fn write_items(&mut self) -> Result<(), Error> {
        let items = std::mem::take(&mut self.items);
        self.report.files += items.len() as u64;
        self.report.bytes += items.iter().map(|item| item.size).sum::<u64>();
        self.store.supply(&items.iter().map(|item| item.link).collect::<Vec<_>>())?;
        let mut jobs = self.frames(&items)?;
        for item in items.into_iter().filter(|item| item.link.kind == Kind::Node) {
            self.pieces(item, &mut jobs)?;
        }
        Work::new(self.store, self.target, self.progress).run(jobs)
    }

    /// Gathers the files that are one blob by the frames they lie in, in the order of the packs.
    fn frames(&self, items: &[Item]) -> Result<Vec<Job>, Error> {
        let blobs = items.iter().filter(|item| item.link.kind == Kind::Blob);
        let mut found = blobs
            .map(|item| {
                let found = self.store.locate(&item.link)?;
                let (path, executable) = (item.path.clone(), item.executable);
                Ok(Small { found, path, executable })
            })
            .collect::<Result<Vec<_>, Error>>()?;
        found.sort_by_key(|small| (small.found.pack.digest, small.found.entry.offset));
        let mut jobs: Vec<Job> = vec![];
        for small in found {
            match jobs.last_mut() {
                Some(Job::Frame(frame)) if frame[0].is_with(&small) => frame.push(small),
                _ => jobs.push(Job::Frame(vec![small])),
            }
        }
        Ok(jobs)
    }

    /// Divides a file of many chunks.
    fn pieces(&self, item: Item, jobs: &mut Vec<Job>) -> Result<(), Error> {
        let file = file::open(self.store, &item.link)?;
        let chunks = file.chunks();
        self.store.supply(&chunks.iter().map(|chunk| chunk.link).collect::<Vec<_>>())?;
        let pieces = chunks.chunk_by(|a, b| a.start / PIECE == b.start / PIECE);
        let mut pieces: Vec<_> = pieces.map(<[_]>::to_vec).collect();
        if pieces.is_empty() {
            pieces.push(vec![]); // an empty file is a file
        }
        let large = Arc::new(Large {
            path: item.path,
            executable: item.executable,
            file: Mutex::default(),
            left: AtomicUsize::new(pieces.len()),
        });
        jobs.extend(pieces.into_iter().map(|chunks| Job::Piece(Arc::clone(&large), chunks)));
        Ok(())
    }
}
