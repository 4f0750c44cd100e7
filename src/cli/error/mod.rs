//! The one place that turns a failure into words, hints and an exit code.

mod build;
mod container;
mod dockerfile;
mod image;
mod layer;
mod model;
mod registry;
mod remote;
mod rootfs;
mod score;
mod server;
mod store;
mod token;
mod track;

use std::error::Error;
use std::fmt;
use std::io;

/// Returns from the function with the words of another room where `$error` only carries its error
/// in one of the variants; the value is an error of the room itself.
macro_rules! hand_on {
    ($error:expr, $($carrier:path),+) => {
        match $error {
            $($carrier(carried) => return carried.into(),)+
            own => own,
        }
    };
}
use hand_on;

/// A failure as the user meets it, or the end of a command that has said all there is to say.
#[derive(Debug)]
pub(crate) struct CommandError {
    pub(crate) code: u8,
    /// What happened; nothing where the answer itself has said it.
    pub(crate) cause: Option<Box<dyn Error + Send + Sync>>,
    pub(crate) hint: Option<String>,
}

/// What the exit code says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(crate) enum Exit {
    Done = 0,
    Failed = 1,
    Usage = 2,
    Conflict = 3,
    NotAllowed = 4,
    NotFound = 5,
    Damaged = 6,
    Busy = 7,
    NoSpace = 8,
    Network = 9,
    NoStore = 10,
    Unsupported = 11,
    Unsafe = 12,
    TimedOut = 13,
    Bug = 101,
}

impl Exit {
    /// Returns what the help says about it.
    pub(crate) fn meaning(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => "failed, or the answer is no",
            Self::Usage => "wrong usage",
            Self::Conflict => "conflict, or refused because something would be lost",
            Self::NotAllowed => "not allowed",
            Self::NotFound => "not found",
            Self::Damaged => "damaged or lying content",
            Self::Busy => "busy: another process has it",
            Self::NoSpace => "no space, or over a quota or limit",
            Self::Network => "the network failed",
            Self::NoStore => "no store here",
            Self::Unsupported => "the store's format is not supported",
            Self::Unsafe => "refused as unsafe",
            Self::TimedOut => "timed out",
            Self::Bug => "a bug in mls",
        }
    }
}

impl CommandError {
    pub(crate) fn new(exit: Exit, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { code: exit as u8, cause: Some(cause.into()), hint: None }
    }

    /// Ends the command with `code` and no further word.
    pub(crate) fn ended(code: u8) -> Self {
        Self { code, cause: None, hint: None }
    }

    pub(crate) fn usage(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::new(Exit::Usage, cause)
    }

    /// Says that the file `path`, which the user asked for, could not be written.
    pub(crate) fn unwritten(path: &std::path::Path, error: io::Error) -> Self {
        let exit = of_io(&error);
        let hint = exit.hint().map(str::to_owned);
        let cause = mls::track::Error::Io { action: "write", path: path.to_owned(), source: error };
        Self { code: exit as u8, cause: Some(cause.into()), hint }
    }

    /// Says which command helps.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// As [`Self::hint`], where something helps.
    pub(crate) fn hinted(self, hint: Option<impl Into<String>>) -> Self {
        match hint {
            Some(hint) => self.hint(hint),
            None => self,
        }
    }

    /// As [`Self::hint`], naming the known words that were probably meant; `near` may be empty.
    pub(crate) fn did_you_mean(self, near: &[String], otherwise: &str) -> Self {
        self.hint(did_you_mean(near).unwrap_or_else(|| otherwise.to_owned()))
    }

    /// Returns the causes of the cause, outermost first.
    pub(crate) fn causes(&self) -> Vec<String> {
        let mut causes = vec![];
        let mut source = self.cause.as_ref().and_then(|cause| cause.source());
        while let Some(cause) = source {
            causes.push(io_words(cause).unwrap_or_else(|| cause.to_string()));
            source = cause.source();
        }
        causes.dedup();
        causes
    }

    pub(crate) fn message(&self) -> Option<String> {
        self.cause.as_ref().map(ToString::to_string)
    }
}

/// Returns `Did you mean `a` or `b`?`, or nothing where nothing is near.
pub(crate) fn did_you_mean(near: &[String]) -> Option<String> {
    let quoted: Vec<String> = near.iter().map(|word| format!("`{word}`")).collect();
    let (last, rest) = quoted.split_last()?;
    Some(match rest.is_empty() {
        true => format!("Did you mean {last}?"),
        false => format!("Did you mean {} or {last}?", rest.join(", ")),
    })
}

/// Returns what the system said, without the number that only a programmer wants.
fn io_words(cause: &(dyn Error + 'static)) -> Option<String> {
    let error = cause.downcast_ref::<io::Error>()?;
    error.raw_os_error()?;
    let text = error.to_string();
    text.rsplit_once(" (os error").map(|(words, _)| words.to_owned())
}

impl Exit {
    /// Returns what helps against any failure of this sort.
    fn hint(self) -> Option<&'static str> {
        match self {
            Self::NoSpace => {
                Some("Make room, for instance with `mls gc`; nothing that was there is lost.")
            }
            Self::NotAllowed => Some("Check who may write there with `ls -ld`."),
            _ => None,
        }
    }
}

/// Tells what a failure of the file system means.
pub(crate) fn of_io(error: &io::Error) -> Exit {
    use io::ErrorKind as K;
    match error.kind() {
        K::StorageFull | K::QuotaExceeded | K::FileTooLarge => Exit::NoSpace,
        K::PermissionDenied | K::ReadOnlyFilesystem => Exit::NotAllowed,
        K::NotFound => Exit::NotFound,
        K::TimedOut => Exit::TimedOut,
        _ => Exit::Failed,
    }
}

/// Tells whether files of this process may only grow to a limit.
fn may_not_grow() -> bool {
    rustix::process::getrlimit(rustix::process::Resource::Fsize).current.is_some()
}

fn of_database(error: &rusqlite::Error) -> Exit {
    use rusqlite::ErrorCode as C;
    match error.sqlite_error_code() {
        // SQLite does not tell a file that may not grow from a disk that fails; the limit tells.
        Some(C::SystemIoFailure) if may_not_grow() => Exit::NoSpace,
        Some(C::DiskFull | C::TooBig) => Exit::NoSpace,
        Some(C::ReadOnly | C::PermissionDenied | C::CannotOpen) => Exit::NotAllowed,
        Some(C::DatabaseBusy | C::DatabaseLocked) => Exit::Busy,
        Some(C::DatabaseCorrupt | C::NotADatabase) => Exit::Damaged,
        _ => Exit::Failed,
    }
}

/// What goes wrong while the answer is written: a closed pipe ends quietly, all else is told.
impl From<io::Error> for CommandError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::ended(0),
            _ => Self::new(of_io(&error), Unwritten(error)),
        }
    }
}

impl From<serde_json::Error> for CommandError {
    fn from(error: serde_json::Error) -> Self {
        Self::new(Exit::Bug, error)
    }
}

impl From<csv::Error> for CommandError {
    fn from(error: csv::Error) -> Self {
        Self::new(Exit::Bug, error)
    }
}

#[derive(Debug)]
struct Unwritten(io::Error);

impl fmt::Display for Unwritten {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("could not write the answer")
    }
}

impl Error for Unwritten {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.0)
    }
}
