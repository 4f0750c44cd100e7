//! Reading the log of a container, and following it while it is written.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read as _};
use std::os::fd::AsFd as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;

use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::fs::inotify;

use super::state::{Container, failed};
use super::{Error, Line};
use crate::container::supervisor::read_line;

/// How often it is looked whether the container has ended, where nothing tells.
const LOOK: Timespec = Timespec { tv_sec: 0, tv_nsec: 250_000_000 };
/// No line of a log is longer, as it is written; what is, is none of ours.
const LONGEST: u64 = 1 << 20;

impl Container {
    /// Hands the lines of the log to `take`, oldest first, until that says that it has enough; with `follow` also those that
    /// are written from then on, until the container ends.
    pub fn logs(
        &self,
        follow: bool,
        take: &mut dyn FnMut(Line<'_>) -> io::Result<()>,
    ) -> Result<(), Error> {
        let mut files = self.log_files();
        let Some(last) = files.pop() else { return self.follow_from(None, follow, take) };
        for path in files {
            let file = File::open(&path).map_err(failed("read", &path))?;
            Reader::new(file).rest(take).map_err(failed("read", &path))?;
        }
        let file = File::open(&last).map_err(failed("read", &last))?;
        self.follow_from(Some(Reader::new(file)), follow, take)
    }

    /// Returns the files of the log, oldest first.
    fn log_files(&self) -> Vec<PathBuf> {
        let mut files = vec![];
        for number in 0..=1000 {
            let name = if number == 0 { "log".to_owned() } else { format!("log.{number}") };
            let path = self.folder().join(name);
            match path.exists() {
                true => files.push(path),
                false => break,
            }
        }
        files.reverse();
        files
    }

    fn follow_from(
        &self,
        mut reader: Option<Reader>,
        follow: bool,
        take: &mut dyn FnMut(Line<'_>) -> io::Result<()>,
    ) -> Result<(), Error> {
        let path = self.folder().join("log");
        let io = || failed("follow", &path);
        let watch = if follow { Some(self.watch().map_err(io())?) } else { None };
        loop {
            // Looked at before the rest is read: what is written before the end is not missed.
            let lives = self.is_supervised();
            if let Some(reader) = &mut reader {
                reader.rest(take).map_err(io())?;
            }
            let newer = File::open(&path)
                .ok()
                .filter(|file| reader.as_ref().is_none_or(|reader| reader.number != number(file)));
            if let Some(newer) = newer {
                reader = Some(Reader::new(newer));
                continue;
            }
            let Some(watch) = watch.as_ref().filter(|_| lives) else { return Ok(()) };
            let mut polled = [PollFd::from_borrowed_fd(watch.as_fd(), PollFlags::IN)];
            let _ = rustix::event::poll(&mut polled, Some(&LOOK));
            // What happened is seen in the files themselves.
            let _ = rustix::io::read(watch, &mut [0; 4096]);
        }
    }

    fn watch(&self) -> io::Result<std::os::fd::OwnedFd> {
        let watch = inotify::init(inotify::CreateFlags::CLOEXEC | inotify::CreateFlags::NONBLOCK)?;
        let flags = inotify::WatchFlags::MODIFY | inotify::WatchFlags::CREATE;
        inotify::add_watch(&watch, self.folder(), flags)?;
        Ok(watch)
    }
}

fn number(file: &File) -> u64 {
    file.metadata().map_or(0, |meta| meta.ino())
}

/// Reads one file of a log as far as it is written.
struct Reader {
    file: BufReader<File>,
    number: u64,
    /// Of a line whose end is not written yet.
    line: Vec<u8>,
}

impl Reader {
    fn new(file: File) -> Self {
        Self { number: number(&file), file: BufReader::new(file), line: vec![] }
    }

    fn rest(&mut self, take: &mut dyn FnMut(Line<'_>) -> io::Result<()>) -> io::Result<()> {
        loop {
            let left = LONGEST.saturating_sub(self.line.len() as u64);
            if (&mut self.file).take(left).read_until(b'\n', &mut self.line)? == 0 && left > 0 {
                return Ok(());
            }
            let Some(line) = self.line.strip_suffix(b"\n") else {
                if self.line.len() as u64 >= LONGEST {
                    self.line.clear();
                }
                continue;
            };
            if let Some(line) = read_line(line) {
                take(line)?;
            }
            self.line.clear();
        }
    }
}
