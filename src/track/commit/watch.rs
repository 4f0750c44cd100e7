//! What a command leaves in its folder while it runs: `params.json`, read again whenever it changes, and `metrics.jsonl`,
//! read on from where the last look ended.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{ErrorKind, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::track::commit::param;
use crate::track::commit::point::{LONGEST_LINE, Steps, checked_line};
use crate::track::live::Batch;

const PARAMS: &str = "params.json";
const METRICS: &str = "metrics.jsonl";
/// Bytes that one look reads at most; the next follows at once.
const LOOK: u64 = 1 << 20;
/// A program that writes nothing but bad lines fills no screen.
const MOST_WARNINGS: usize = 20;

/// The two files of a live run.
#[derive(Debug)]
pub(super) struct Watch {
    folder: PathBuf,
    tail: Tail,
    steps: Steps,
    params: BTreeMap<String, String>,
    params_seen: Option<(SystemTime, u64)>,
    params_fault: Option<String>,
    /// What could not be understood, for the user.
    pub(super) warnings: Vec<String>,
    bad_lines: u64,
}

/// How far `metrics.jsonl` is read.
#[derive(Debug, Default)]
struct Tail {
    /// Bytes of whole lines that are done with.
    offset: u64,
    lines: u64,
    /// A line that is too long is skipped to its end.
    skipping: bool,
}

impl Watch {
    /// Begins with what the run has already; `mark` is where an earlier reader of the same files ended.
    pub(super) fn new(
        folder: &Path,
        params: BTreeMap<String, String>,
        steps: Steps,
        mark: Option<&str>,
    ) -> Self {
        let (offset, lines) = mark
            .and_then(|mark| mark.split_once(' '))
            .and_then(|(offset, lines)| Some((offset.parse().ok()?, lines.parse().ok()?)))
            .unwrap_or_default();
        Self {
            folder: folder.to_owned(),
            tail: Tail { offset, lines, skipping: false },
            steps,
            params,
            params_seen: None,
            params_fault: None,
            warnings: vec![],
            bad_lines: 0,
        }
    }

    /// Adds what is new to `batch`; returns whether there may be more at once.
    ///
    /// At the `end` the last line needs no newline.
    pub(super) fn look(&mut self, batch: &mut Batch, now: i64, end: bool) -> bool {
        self.look_at_params(batch, end);
        let more = self.look_at_metrics(batch, now, end);
        batch.mark = Some(format!("{} {}", self.tail.offset, self.tail.lines));
        more
    }

    /// Tells what was not understood; returns whether the files say more than the run holds.
    pub(super) fn finish(&mut self) -> bool {
        if self.bad_lines > MOST_WARNINGS as u64 {
            let more = self.bad_lines - MOST_WARNINGS as u64;
            self.warnings.push(format!("could not read {more} more lines of `{METRICS}`"));
        }
        let fault = self.params_fault.take();
        let incomplete = fault.is_some() || self.bad_lines > 0;
        self.warnings.extend(fault);
        incomplete
    }

    fn look_at_params(&mut self, batch: &mut Batch, end: bool) {
        let path = self.folder.join(PARAMS);
        let Ok(meta) = fs::metadata(&path) else { return };
        let seen = (meta.modified().unwrap_or(SystemTime::UNIX_EPOCH), meta.len());
        if !end && self.params_seen == Some(seen) {
            return;
        }
        self.params_seen = Some(seen);
        // A file that is half written makes no sense now and will do so at the next look.
        match param::file(&path) {
            Ok(params) => {
                self.params_fault = None;
                params.into_iter().for_each(|(key, value)| self.take_param(batch, key, value));
            }
            Err(error) => self.params_fault = Some(error.to_string()),
        }
    }

    fn take_param(&mut self, batch: &mut Batch, key: String, value: String) {
        match self.params.get(&key) {
            Some(old) if *old == value => {}
            Some(old) => {
                let (key, old, value) =
                    (key.escape_debug(), old.escape_debug(), value.escape_debug());
                let warning = format!(
                    "param `{key}` is `{old}` already; `{value}` from `{PARAMS}` is left out"
                );
                if !self.warnings.contains(&warning) {
                    self.warnings.push(warning);
                }
            }
            None => {
                self.params.insert(key.clone(), value.clone());
                batch.params.push((key, value));
            }
        }
    }

    fn look_at_metrics(&mut self, batch: &mut Batch, now: i64, end: bool) -> bool {
        let path = self.folder.join(METRICS);
        let bytes = match self.tail.read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => return false,
            Err(error) => {
                self.warn(format!("could not read `{METRICS}`: {error}"));
                return false;
            }
        };
        let full = bytes.len() as u64 == LOOK;
        let whole = match bytes.iter().rposition(|byte| *byte == b'\n') {
            Some(last) => last + 1,
            None if end && !full => bytes.len(),
            // A line as long as a look is no line of metrics.
            None if full => {
                self.tail.offset += bytes.len() as u64;
                if !std::mem::replace(&mut self.tail.skipping, true) {
                    self.bad_line(self.tail.lines + 1, "it is longer than 1 MiB");
                }
                return true;
            }
            None => return false,
        };
        let lines = match end && !full {
            true => &bytes[..],
            false => &bytes[..whole],
        };
        self.tail.offset += lines.len() as u64;
        for line in lines.split_inclusive(|byte| *byte == b'\n') {
            self.tail.lines += 1;
            if !std::mem::take(&mut self.tail.skipping) {
                self.take_line(batch, line, now);
            }
        }
        full
    }

    fn take_line(&mut self, batch: &mut Batch, line: &[u8], now: i64) {
        match checked_line(line) {
            Ok(samples) => {
                for sample in samples {
                    batch.metrics.push(self.steps.place(sample, now));
                }
            }
            Err(reason) => self.bad_line(self.tail.lines, &reason),
        }
    }

    fn bad_line(&mut self, line: u64, reason: &str) {
        self.bad_lines += 1;
        if self.bad_lines <= MOST_WARNINGS as u64 {
            self.warnings.push(format!("could not read line {line} of `{METRICS}`: {reason}"));
        }
    }

    fn warn(&mut self, warning: String) {
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }
}

impl Tail {
    fn read(&mut self, path: &Path) -> std::io::Result<Vec<u8>> {
        let meta = fs::metadata(path)?;
        if !meta.is_file() {
            return Err(std::io::Error::other("it is no file"));
        }
        if meta.len() < self.offset {
            // It was begun anew.
            *self = Self::default();
        }
        if meta.len() == self.offset {
            return Ok(vec![]);
        }
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(self.offset))?;
        let mut bytes = Vec::new();
        file.take(LOOK).read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

/// Removes the two files where the run holds all that they say, so that they are no artifacts besides.
pub(super) fn remove_files(folder: &Path) {
    let _ = fs::remove_file(folder.join(PARAMS));
    let _ = fs::remove_file(folder.join(METRICS));
}

const _: () = assert!(LOOK as usize >= LONGEST_LINE, "a whole line fits into one look");
