//! The content of files, by several threads at once, in the order in which the packs are best read.

use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::sync::atomic::{AtomicBool, Ordering};

use super::ground::{Ground, Hand};
use crate::base::{Progress, Task, parallel};
use crate::image::rootfs::Error;
use crate::image::rootfs::view::{Content, Inode};
use crate::store::file::Chunk;
use crate::store::{Kind, Link, Store, file};

/// So many small files are one job: enough to share what is decoded, few enough to share the work.
const FILES: usize = 64;
/// Of a large file, so many bytes are one job.
const PIECE: u64 = 8 << 20;

type Planned = (Vec<u8>, Inode);

/// Some work for one thread.
enum Job<'a> {
    Small(Vec<&'a Planned>),
    /// Chunks of a file that is there, and where they belong.
    Piece(&'a Planned, Vec<Chunk>),
    Sparse(&'a Planned),
}

pub(super) struct Fill<'a> {
    pub(super) store: &'a Store,
    pub(super) ground: &'a Ground,
    pub(super) progress: &'a dyn Progress,
}

impl Fill<'_> {
    /// Makes all files, whole.
    pub(super) fn run(&self, files: &[Planned]) -> Result<(), Error> {
        let links: Vec<Link> =
            files.iter().filter_map(|(_, inode)| Some(inode.content.as_ref()?.link)).collect();
        self.store.supply(&links)?;
        let (jobs, large) = self.jobs(files)?;
        let stopped = AtomicBool::new(false);
        let done = parallel::map(&jobs, |job| match stopped.load(Ordering::Relaxed) {
            true => Ok(()),
            false => self.job(job).inspect_err(|_| stopped.store(true, Ordering::Relaxed)),
        });
        done.into_iter().collect::<Result<(), Error>>()?;
        let mut hand = Hand::default();
        for (path, inode) in large {
            let file = self.ground.open_file(&mut hand, path)?;
            self.ground.finish_file(&file, path, inode)?;
        }
        Ok(())
    }

    /// Divides the work; returns the files too that lie in several jobs, which are made here.
    fn jobs<'f>(&self, files: &'f [Planned]) -> Result<(Vec<Job<'f>>, Vec<&'f Planned>), Error> {
        let (mut small, mut large, mut jobs) = (vec![], vec![], vec![]);
        let mut hand = Hand::default();
        for planned in files {
            match &planned.1.content {
                Some(Content { sparse: Some(_), .. }) => jobs.push(Job::Sparse(planned)),
                Some(Content { link, .. }) if link.kind == Kind::Node => {
                    drop(self.ground.make_file(&mut hand, &planned.0)?);
                    jobs.extend(self.pieces(planned, link)?);
                    large.push(planned);
                }
                Some(Content { link, .. }) => small.push((Some(self.store.place(link)?), planned)),
                None => small.push((None, planned)),
            }
        }
        small.sort_by_key(|(place, _)| *place);
        let small: Vec<&Planned> = small.into_iter().map(|(_, planned)| planned).collect();
        jobs.extend(small.chunks(FILES).map(|some| Job::Small(some.to_vec())));
        Ok((jobs, large))
    }

    fn pieces<'f>(&self, planned: &'f Planned, link: &Link) -> Result<Vec<Job<'f>>, Error> {
        let open = file::open(self.store, link)?;
        check_size(planned, open.size())?;
        let chunks = open.chunks();
        self.store.supply(&chunks.iter().map(|chunk| chunk.link).collect::<Vec<_>>())?;
        let pieces = chunks.chunk_by(|a, b| a.start / PIECE == b.start / PIECE);
        Ok(pieces.map(|chunks| Job::Piece(planned, chunks.to_vec())).collect())
    }

    fn job(&self, job: &Job<'_>) -> Result<(), Error> {
        let mut hand = Hand::default();
        match job {
            Job::Small(files) => {
                files.iter().try_for_each(|planned| self.small(&mut hand, planned))
            }
            Job::Piece((path, _), chunks) => {
                let file = self.ground.open_file(&mut hand, path)?;
                chunks.iter().try_for_each(|chunk| {
                    let bytes = self.store.read(&chunk.link)?;
                    self.put(&file, path, &bytes, chunk.start)
                })
            }
            Job::Sparse(planned) => self.sparse(&mut hand, planned),
        }
    }

    fn small(&self, hand: &mut Hand, planned: &Planned) -> Result<(), Error> {
        let (path, inode) = planned;
        let file = self.ground.make_file(hand, path)?;
        match &inode.content {
            Some(content) => {
                let bytes = self.store.read(&content.link)?;
                check_size(planned, bytes.len() as u64)?;
                self.put(&file, path, &bytes, 0)?;
            }
            None => check_size(planned, 0)?,
        }
        self.ground.finish_file(&file, path, inode)
    }

    /// What is between the pieces stays a hole.
    fn sparse(&self, hand: &mut Hand, planned: &Planned) -> Result<(), Error> {
        let (path, inode) = planned;
        let made = self.ground.make_file(hand, path)?;
        let content = inode.content.as_ref().expect("a sparse file has a map");
        let mut open = file::open(self.store, &content.link)?;
        let mut from = 0;
        for (start, length) in content.sparse.iter().flatten() {
            let (mut at, end) = (from, from + length);
            while at < end {
                let bytes = open.read_range(at, (end - at).min(PIECE) as usize)?;
                if bytes.is_empty() {
                    return Err(Error::malformed(path, "its content is shorter than it says"));
                }
                self.put(&made, path, &bytes, start + (at - from))?;
                at += bytes.len() as u64;
            }
            from = end;
        }
        made.set_len(inode.size).map_err(Error::io("write", self.ground.full(path)))?;
        self.ground.finish_file(&made, path, inode)
    }

    fn put(&self, file: &File, path: &[u8], bytes: &[u8], at: u64) -> Result<(), Error> {
        file.write_all_at(bytes, at).map_err(Error::io("write", self.ground.full(path)))?;
        self.progress.advance(Task::Checkout, bytes.len() as u64);
        Ok(())
    }
}

fn check_size((path, inode): &Planned, size: u64) -> Result<(), Error> {
    match inode.size == size {
        true => Ok(()),
        false => Err(Error::malformed(path, "its content is not as long as it says")),
    }
}
