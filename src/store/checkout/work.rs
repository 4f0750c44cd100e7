//! The threads that read frames and write files.

use std::num::NonZero;
use std::os::fd::OwnedFd;
use std::os::unix::fs::FileExt as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use super::target::{Target, Unnamed, split};
use crate::base::{Progress, Task};
use crate::store::file::Chunk;
use crate::store::pack::Found;
use crate::store::{Error, Store};

const MAX_WORKERS: usize = 8;

/// A file that is one blob.
#[derive(Debug)]
pub(super) struct Small {
    pub(super) found: Found,
    pub(super) path: Vec<u8>,
    pub(super) executable: bool,
}

impl Small {
    /// Returns whether both lie in one frame.
    pub(super) fn is_with(&self, other: &Self) -> bool {
        let place = |small: &Self| (small.found.pack.digest, small.found.entry.offset);
        place(self) == place(other)
    }
}

/// A file of many chunks, which several threads may write at once.
#[derive(Debug)]
pub(super) struct Large {
    pub(super) path: Vec<u8>,
    pub(super) executable: bool,
    pub(super) file: Mutex<Option<Arc<Unnamed>>>,
    /// How many pieces are not written yet.
    pub(super) left: AtomicUsize,
}

pub(super) enum Job {
    /// Files that lie in one frame.
    Frame(Vec<Small>),
    /// Some chunks of a file.
    Piece(Arc<Large>, Vec<Chunk>),
}

pub(super) struct Work<'a> {
    store: &'a Store,
    target: &'a Target,
    progress: &'a dyn Progress,
}

/// What one thread keeps from job to job.
#[derive(Default)]
struct Hand {
    folder: Option<(Vec<u8>, Arc<OwnedFd>)>,
    stored: Vec<u8>,
    raw: Vec<u8>,
}

impl<'a> Work<'a> {
    pub(super) fn new(store: &'a Store, target: &'a Target, progress: &'a dyn Progress) -> Self {
        Self { store, target, progress }
    }

    /// Does all jobs. The first error ends it; what was in the making is removed.
    pub(super) fn run(&self, jobs: Vec<Job>) -> Result<(), Error> {
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        let workers = jobs.len().min(cores).min(MAX_WORKERS);
        let jobs = Mutex::new(jobs.into_iter());
        let next = || jobs.lock().expect("no holder panics").next();
        let work = || {
            let mut hand = Hand::default();
            while let Some(job) = next() {
                self.job(job, &mut hand).inspect_err(|_| while next().is_some() {})?;
            }
            Ok(())
        };
        thread::scope(|scope| {
            let others: Vec<_> = (1..workers).map(|_| scope.spawn(work)).collect();
            let own = work();
            others.into_iter().fold(own, |result, other| {
                let other = other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
                result.and(other)
            })
        })
    }

    fn job(&self, job: Job, hand: &mut Hand) -> Result<(), Error> {
        match job {
            Job::Frame(files) => self.frame(files, hand),
            Job::Piece(large, chunks) => self.piece(&large, &chunks, hand),
        }
    }

    fn frame(&self, files: Vec<Small>, hand: &mut Hand) -> Result<(), Error> {
        let Found { pack, entry } = &files[0].found;
        let decoded = pack.frame_into(entry, &mut hand.stored, &mut hand.raw);
        let raw = std::mem::take(&mut hand.raw);
        for file in &files {
            let entry = &file.found.entry;
            let folder = self.folder(hand, split(&file.path).0)?;
            let unnamed = self.target.create(&folder, &file.path, file.executable)?;
            let write = |bytes: &[u8]| {
                unnamed
                    .file
                    .write_all_at(bytes, 0)
                    .map_err(|error| self.target.error("write", &file.path, error))
            };
            match decoded.as_ref().map(|()| pack.part(&raw, entry)) {
                Ok(Ok(bytes)) => write(bytes)?,
                // Another pack may hold a sound copy.
                _ => write(&self.store.read(&entry.link)?)?,
            }
            self.target.place(unnamed, &file.path)?;
            self.progress.advance(Task::Checkout, entry.len.into());
        }
        hand.raw = raw;
        Ok(())
    }

    fn piece(&self, large: &Large, chunks: &[Chunk], hand: &mut Hand) -> Result<(), Error> {
        let file = self.open(large, hand)?;
        for chunk in chunks {
            self.chunk(chunk, hand)?;
            file.file
                .write_all_at(&hand.raw, chunk.start)
                .map_err(|error| self.target.error("write", &large.path, error))?;
            self.progress.advance(Task::Checkout, chunk.length);
        }
        drop(file);
        match large.left.fetch_sub(1, Ordering::AcqRel) {
            1 => {
                let file = large.file.lock().expect("no holder panics").take();
                let file = file.and_then(Arc::into_inner).expect("all pieces are written");
                self.target.place(file, &large.path)
            }
            _ => Ok(()),
        }
    }

    /// Fills `hand.raw` with a chunk, verified.
    fn chunk(&self, chunk: &Chunk, hand: &mut Hand) -> Result<(), Error> {
        let Found { pack, entry } = self.store.locate(&chunk.link)?;
        let sound = pack
            .frame_into(&entry, &mut hand.stored, &mut hand.raw)
            .and_then(|()| Ok(pack.part(&hand.raw, &entry)?.len() == hand.raw.len()));
        if !sound.is_ok_and(|whole| whole) {
            hand.raw = self.store.read(&chunk.link)?;
        }
        match hand.raw.len() as u64 == chunk.length {
            true => Ok(()),
            false => Err(Error::Malformed {
                link: chunk.link,
                wanted: "chunk",
                reason: "it is not as long as its file says".to_owned(),
            }),
        }
    }

    /// Returns the file that all pieces are written to; the first to ask makes it.
    fn open(&self, large: &Large, hand: &mut Hand) -> Result<Arc<Unnamed>, Error> {
        let mut file = large.file.lock().expect("no holder panics");
        if let Some(file) = &*file {
            return Ok(Arc::clone(file));
        }
        let folder = self.folder(hand, split(&large.path).0)?;
        let made = Arc::new(self.target.create(&folder, &large.path, large.executable)?);
        Ok(Arc::clone(file.insert(made)))
    }

    fn folder(&self, hand: &mut Hand, path: &[u8]) -> Result<Arc<OwnedFd>, Error> {
        if let Some((known, folder)) = &hand.folder
            && known == path
        {
            return Ok(Arc::clone(folder));
        }
        let folder = Arc::new(self.target.folder(path)?);
        hand.folder = Some((path.to_vec(), Arc::clone(&folder)));
        Ok(folder)
    }
}
