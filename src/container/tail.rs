//! Files that others append lines to: read as far as they are written, and followed when a new one takes their place.

use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, Read as _};
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::fs::inotify;

/// No line is longer; what is, nobody here has written.
const LONGEST: u64 = 1 << 20;

/// Is given whole lines, without their ends; an error of it ends the reading.
pub(super) type Take<'t> = dyn FnMut(&[u8]) -> io::Result<()> + 't;

/// What is at a path, and what takes its place.
#[derive(Debug)]
pub(super) struct Tail {
    path: PathBuf,
    file: Option<Lines>,
}

impl Tail {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path, file: None }
    }

    /// Opens what is at the path now, so that it is read even if something else takes its place.
    pub(super) fn hold(&mut self) {
        self.file = self.file.take().or_else(|| self.newer());
    }

    /// Hands over the lines that were written since the last call.
    pub(super) fn rest(&mut self, take: &mut Take<'_>) -> io::Result<()> {
        loop {
            if let Some(file) = &mut self.file {
                file.rest(take)?;
            }
            match self.newer() {
                Some(newer) => self.file = Some(newer),
                None => return Ok(()),
            }
        }
    }

    /// Returns what is at the path where that is not what is read already.
    fn newer(&self) -> Option<Lines> {
        let found = Lines::open(&self.path).ok()?;
        let known = self.file.as_ref().map(|file| file.number);
        Some(found).filter(|found| Some(found.number) != known)
    }
}

/// Hands over all lines of a file.
pub(super) fn all(path: &Path, take: &mut Take<'_>) -> io::Result<()> {
    Lines::open(path)?.rest(take)
}

/// Returns the number of a file on its disk.
pub(super) fn number(file: &File) -> u64 {
    file.metadata().map_or(0, |meta| meta.ino())
}

/// Reads one file as far as it is written.
#[derive(Debug)]
struct Lines {
    file: BufReader<File>,
    number: u64,
    /// Of a line whose end is not written yet.
    line: Vec<u8>,
}

impl Lines {
    fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        Ok(Self { number: number(&file), file: BufReader::new(file), line: vec![] })
    }

    fn rest(&mut self, take: &mut Take<'_>) -> io::Result<()> {
        loop {
            let left = LONGEST.saturating_sub(self.line.len() as u64);
            if (&mut self.file).take(left).read_until(b'\n', &mut self.line)? == 0 && left > 0 {
                return Ok(());
            }
            if let Some(line) = self.line.strip_suffix(b"\n") {
                take(line)?;
            } else if (self.line.len() as u64) < LONGEST {
                continue;
            }
            self.line.clear();
        }
    }
}

/// Tells when anything is written in a folder.
#[derive(Debug)]
pub(super) struct Watch(OwnedFd);

impl Watch {
    /// Watches a folder, which is made where it is missing.
    pub(super) fn new(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let flags = inotify::CreateFlags::CLOEXEC | inotify::CreateFlags::NONBLOCK;
        let watch = inotify::init(flags)?;
        let flags = inotify::WatchFlags::MODIFY | inotify::WatchFlags::CREATE;
        inotify::add_watch(&watch, folder, flags)?;
        Ok(Self(watch))
    }

    /// Waits until something may have been written, and no longer than `most`.
    pub(super) fn wait(&self, most: Duration) {
        let time = Timespec::try_from(most).ok();
        let mut polled = [PollFd::from_borrowed_fd(self.0.as_fd(), PollFlags::IN)];
        let _ = rustix::event::poll(&mut polled, time.as_ref());
        // What happened is seen in the files themselves.
        let _ = rustix::io::read(&self.0, &mut [0; 4096]);
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;
    use crate::base;

    fn rest(tail: &mut Tail) -> Vec<String> {
        let mut lines = vec![];
        let mut take = |line: &[u8]| {
            lines.push(String::from_utf8_lossy(line).into_owned());
            Ok(())
        };
        tail.rest(&mut take).unwrap();
        lines
    }

    #[test]
    fn lines_come_whole_and_from_the_file_that_takes_the_place() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let mut tail = Tail::new(path.clone());
        assert!(rest(&mut tail).is_empty());
        let mut file = File::options().append(true).create(true).open(&path).unwrap();
        file.write_all(b"one\ntw").unwrap();
        assert_eq!(rest(&mut tail), ["one"]);
        file.write_all(b"o\nthree\n").unwrap();
        base::fs::rename(&path, &folder.path().join("log.1")).unwrap();
        base::fs::write_atomic(&path, b"four\n").unwrap();
        assert_eq!(rest(&mut tail), ["two", "three", "four"]);
    }

    #[test]
    fn a_line_without_end_takes_bounded_room() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let mut bytes = vec![b'x'; 3 << 20];
        bytes.extend_from_slice(b"\nnext\n");
        base::fs::write_atomic(&path, &bytes).unwrap();
        let mut tail = Tail::new(path);
        assert_eq!(rest(&mut tail).last().unwrap(), "next");
        assert!(tail.file.unwrap().line.capacity() <= 2 << 20);
    }
}
