//! Holding a container still, and letting it go on.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use super::hierarchy::Version;
use super::{Groups, write};
use crate::container::Error;

/// How long the kernel may take until the last process is still: one that waits for a disk is not before that has answered.
const PATIENCE: Duration = Duration::from_secs(10);

impl Groups {
    /// Holds every process of the container still. Returns when the last one is.
    pub fn pause(&self) -> Result<(), Error> {
        let (file, value) = self.freezer(true)?;
        write(&file, value).map_err(|source| failed(&file, source))?;
        let since = Instant::now();
        while !is_frozen(&file) {
            if since.elapsed() > PATIENCE {
                self.resume()?;
                return Err(failed(&file, io::ErrorKind::TimedOut.into()));
            }
            thread::sleep(Duration::from_millis(1));
        }
        Ok(())
    }

    /// Lets it go on. What runs already goes on running.
    pub fn resume(&self) -> Result<(), Error> {
        let (file, value) = self.freezer(false)?;
        write(&file, value).map_err(|source| failed(&file, source))
    }

    /// Tells whether there is what holds it still.
    pub(crate) fn can_pause(&self) -> bool {
        self.freezer(true).is_ok()
    }

    /// Tells whether it is held still.
    pub fn is_paused(&self) -> bool {
        self.freezer(true).is_ok_and(|(file, _)| is_frozen(&file))
    }

    fn freezer(&self, frozen: bool) -> Result<(PathBuf, &'static str), Error> {
        let found = match self.version {
            Version::Two => self
                .folder("")
                .map(|folder| (folder.join("cgroup.freeze"), if frozen { "1" } else { "0" })),
            Version::One => self.folder("freezer").map(|folder| {
                (folder.join("freezer.state"), if frozen { "FROZEN" } else { "THAWED" })
            }),
            Version::None => None,
        };
        found.ok_or_else(|| Error::Unsupported {
            what: "a pause".to_owned(),
            why: "the container has no control group that can be frozen".to_owned(),
        })
    }
}

/// Lets what is left in a group of version 1 go on, so that it can be killed.
pub(super) fn thaw(folder: &Path) {
    // Only one kind of group has such a file.
    let _ = write(&folder.join("freezer.state"), "THAWED");
}

fn failed(file: &Path, source: io::Error) -> Error {
    Error::Io { action: "pause or resume with", path: file.to_owned(), source }
}

fn is_frozen(file: &Path) -> bool {
    match file.file_name().is_some_and(|name| name == "cgroup.freeze") {
        false => fs::read_to_string(file).is_ok_and(|text| text.trim() == "FROZEN"),
        true => super::stats::line(&file.with_file_name("cgroup.events"), "frozen ") == Some(1),
    }
}
