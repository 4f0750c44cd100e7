//! The log of a container: lines with their time and stream, in files of limited size.
//!
//! ```text
//! 2026-11-22T14:47:28.123Z stdout F what was written, up to the end of a line
//! 2026-11-22T14:47:28.123Z stderr P what was written, and the line goes on
//! ```
//!
//! As Kubernetes has it (CRI), so that its readers read it; the bytes come out as they went in.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::base::fs::{create_new, remove, rename};
use crate::base::{Clock, time};
use crate::container::Stream;
use crate::container::state::LogLimits;

/// A line of the log is no longer; what is written in one piece is split.
const LONGEST: usize = 32 << 10;

/// Written to by a supervisor; a disk that is full costs lines of the log, and nothing else.
pub(super) struct Log {
    folder: PathBuf,
    limits: LogLimits,
    file: Option<File>,
    size: u64,
    /// Kept between calls: the time as text, and what it is the text of.
    stamp: (i64, String),
    buffer: Vec<u8>,
}

impl Log {
    /// Goes on with the log in `folder`.
    pub(super) fn open(folder: &Path, limits: LogLimits) -> Self {
        let path = folder.join("log");
        let file = match limits.none {
            true => None,
            false => File::options().append(true).create(true).open(path).ok(),
        };
        let size = file.as_ref().and_then(|file| file.metadata().ok()).map_or(0, |meta| meta.len());
        Self {
            folder: folder.to_owned(),
            limits,
            file,
            size,
            stamp: (i64::MIN, String::new()),
            buffer: vec![],
        }
    }

    pub(super) fn write(&mut self, stream: Stream, bytes: &[u8]) {
        if self.limits.none {
            return;
        }
        let now = Clock::System.now();
        if self.stamp.0 != now {
            self.stamp = (now, time::rfc3339(now));
        }
        let name = match stream {
            Stream::Out => "stdout",
            Stream::Err => "stderr",
        };
        self.buffer.clear();
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            for piece in line.chunks(LONGEST) {
                let (text, end) = match piece.strip_suffix(b"\n") {
                    Some(text) => (text, 'F'),
                    None => (piece, 'P'),
                };
                let _ = write!(self.buffer, "{} {name} {end} ", self.stamp.1);
                self.buffer.extend_from_slice(text);
                self.buffer.push(b'\n');
            }
        }
        // Where there is no room, the lines are lost and the container goes on.
        let _ = self.append();
    }

    fn append(&mut self) -> io::Result<()> {
        if self.size > 0 && self.size + self.buffer.len() as u64 > self.limits.size {
            self.rotate()?;
        }
        if let Some(file) = &mut self.file {
            file.write_all(&self.buffer)?;
            self.size += self.buffer.len() as u64;
        }
        Ok(())
    }

    fn rotate(&mut self) -> io::Result<()> {
        let name = |number: u32| match number {
            0 => self.folder.join("log"),
            number => self.folder.join(format!("log.{number}")),
        };
        let last = self.limits.files.saturating_sub(1);
        remove(&name(last))?;
        for number in (0..last).rev() {
            match rename(&name(number), &name(number + 1)) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                done => done?,
            }
        }
        (self.file, self.size) = (Some(create_new(&name(0))?), 0);
        Ok(())
    }
}

/// A line of a log, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line<'a> {
    /// RFC 3339, in UTC.
    pub time: &'a str,
    pub stream: Stream,
    /// Whether the line of the command ends here.
    pub ends: bool,
    pub text: &'a [u8],
}

/// Takes one line apart, given without its end; nothing for one that is none of ours.
pub(in crate::container) fn read_line(line: &[u8]) -> Option<Line<'_>> {
    let mut parts = line.splitn(4, |byte| *byte == b' ');
    let time = std::str::from_utf8(parts.next()?).ok()?;
    let stream = match parts.next()? {
        b"stdout" => Stream::Out,
        b"stderr" => Stream::Err,
        _ => return None,
    };
    let ends = match parts.next()? {
        b"F" => true,
        b"P" => false,
        _ => return None,
    };
    Some(Line { time, stream, ends, text: parts.next()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(path: &Path) -> Vec<u8> {
        let mut all = vec![];
        for line in std::fs::read(path).unwrap().split(|byte| *byte == b'\n') {
            if let Some(line) = read_line(line) {
                all.extend_from_slice(line.text);
                all.extend(line.ends.then_some(b'\n'));
            }
        }
        all
    }

    #[test]
    fn what_is_written_comes_out_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let mut log = Log::open(folder.path(), LogLimits::default());
        let bytes = [b"a\n\nno end".to_vec(), vec![0, 255, b'\n', b'x'], vec![b'l'; 100_000]];
        bytes.iter().for_each(|bytes| log.write(Stream::Out, bytes));
        assert_eq!(text(&folder.path().join("log")), bytes.concat());
    }

    #[test]
    fn c08_a_log_takes_no_more_than_it_may() {
        let folder = tempfile::tempdir().unwrap();
        let limits = LogLimits { size: 10_000, files: 3, none: false };
        let mut log = Log::open(folder.path(), limits);
        for number in 0..10_000 {
            log.write(Stream::Err, format!("line {number}\n").as_bytes());
        }
        let sizes: Vec<u64> = std::fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().metadata().unwrap().len())
            .collect();
        assert!(sizes.len() == 3 && sizes.iter().all(|size| *size <= 10_000), "{sizes:?}");
        assert!(text(&folder.path().join("log")).ends_with(b"line 9999\n"));
    }
}
