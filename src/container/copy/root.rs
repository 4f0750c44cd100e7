//! The two file systems between which is copied: that of a container, and this machine's.

use std::ffi::OsStr;
use std::io;
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use rustix::fs::{self, CWD, Mode, OFlags, ResolveFlags};
use rustix::process::{self, Pid, PidfdFlags};
use rustix::thread::{self, ThreadNameSpaceType};

use crate::container::beneath::{self, Kind};
use crate::container::cgroup::started;
use crate::container::mount::{self, NO_DEVICES, READ_ONLY};
use crate::container::state::{Container, failed};
use crate::container::{Error, Life, capability};

/// A file system by its root.
#[derive(Debug)]
pub struct Root {
    pub(super) fd: OwnedFd,
    pub(super) inside: bool,
}

impl Root {
    /// This machine's.
    pub fn here() -> Result<Self, Error> {
        Self::open(Path::new("/"), false)
    }

    /// That of a container which is mounted at `path`, with what else is mounted there.
    pub fn at(path: &Path) -> Result<Self, Error> {
        Self::open(path, true)
    }

    fn open(path: &Path, inside: bool) -> Result<Self, Error> {
        let how = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let fd = fs::openat(CWD, path, how, Mode::empty());
        let fd = fd.map_err(|error| failed("open", path)(error.into()))?;
        Ok(Self { fd, inside })
    }

    /// That of a container that runs, as its processes see it.
    ///
    /// An ordinary user moves into the user namespace of the container by this, where its owners can be told apart: for a
    /// process with one thread.
    pub fn of_running(container: &Container) -> Result<Self, Error> {
        let state = container.state();
        let gone = || Error::NotRunning(container.id().to_owned());
        if !matches!(state.life, Life::Running | Life::Paused) {
            return Err(gone());
        }
        let number = i32::try_from(state.facts.pid).ok().and_then(Pid::from_raw);
        let handle = number.and_then(|pid| process::pidfd_open(pid, PidfdFlags::empty()).ok());
        let handle = handle.ok_or_else(gone)?;
        if !capability::may_mount() {
            thread::move_into_thread_name_spaces(handle.as_fd(), ThreadNameSpaceType::USER)
                .map_err(|error| Error::Start {
                    what: "enter the user namespace of the container".to_owned(),
                    source: error.into(),
                })?;
        }
        let root = Self::at(Path::new(&format!("/proc/{}/root", state.facts.pid)))?;
        // Only if it is still the same process was that its root.
        match started(state.facts.pid) == Some(state.pid_started) {
            true => Ok(root),
            false => Err(gone()),
        }
    }

    /// Shows a file or folder of this machine inside, as a container has it mounted.
    pub fn show(&self, source: &Path, target: &str, read_only: bool) -> Result<(), Error> {
        let shown = || -> io::Result<()> {
            let tree = mount::copy_path(source, true)?;
            let flags = if read_only { READ_ONLY | NO_DEVICES } else { NO_DEVICES };
            mount::set(&tree, true, flags)?;
            let is_folder = super::target::kind(&tree)? == fs::FileType::Directory;
            let kind = if is_folder { Kind::Folder } else { Kind::File };
            let place = beneath::ensure(self.fd.as_fd(), target, kind, &mut vec![])?;
            mount::attach(&tree, place)
        };
        shown().map_err(failed("mount", source))
    }

    /// Opens what `path` leads to, or the link at its end, for what may be done with a place and not with its content.
    pub(super) fn look(&self, path: &[u8], follow: bool) -> io::Result<OwnedFd> {
        let how = match follow {
            true => OFlags::PATH | OFlags::CLOEXEC,
            false => OFlags::PATH | OFlags::CLOEXEC | OFlags::NOFOLLOW,
        };
        let resolve = match self.inside {
            true => beneath::inside(),
            false => ResolveFlags::empty(),
        };
        let path = relative(path);
        Ok(beneath::retried(|| fs::openat2(&self.fd, path, how, Mode::empty(), resolve))?)
    }
}

/// Returns a path that begins at the root as one that is relative to it.
pub(super) fn relative(path: &[u8]) -> &OsStr {
    let start = path.iter().position(|byte| *byte != b'/').unwrap_or(path.len());
    match &path[start..] {
        b"" => OsStr::new("."),
        rest => OsStr::from_bytes(rest),
    }
}
