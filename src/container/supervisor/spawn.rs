//! Starting a supervisor, from the side of who wants one.

use std::fs::File;
use std::io::{self, Seek as _, Write as _};
use std::os::fd::{AsFd as _, AsRawFd as _, OwnedFd};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rustix::fs::MemfdFlags;

use super::{SUPERVISOR, Task, lost};
use crate::container::mount::{self, NO_DEVICES, READ_ONLY};
use crate::container::{Error, talk};

/// Starts `program` as the supervisor of a container, whose `lock` it gets; returns the connection to it.
pub(in crate::container) fn spawn(
    program: &Path,
    task: &Task,
    lock: &File,
) -> Result<OwnedFd, Error> {
    let (ours, theirs) = talk::pair().map_err(|error| lost("make a socket", error))?;
    let task = memory(task).map_err(|error| lost("keep what to do", error))?;
    let sealed = mount::copy_path(program, false)
        .and_then(|sealed| mount::set(&sealed, false, READ_ONLY | NO_DEVICES).map(|()| sealed))
        .map_err(|error| lost("take the program itself", error))?;
    Command::new(PathBuf::from(format!("/proc/self/fd/{}", sealed.as_raw_fd())))
        .arg0("mls")
        .arg(SUPERVISOR)
        .env_clear()
        .stdin(task)
        .stdout(theirs)
        .stderr(Stdio::null())
        // Ctrl-C at a terminal is for the caller.
        .process_group(0)
        .spawn()
        .map_err(|error| lost("start the supervisor", error))?;
    talk::send(&ours, talk::Kind::Talk, &[], &[lock.as_fd()], talk::Wait::Yes)
        .map_err(|error| lost("start the supervisor", error))?;
    Ok(ours)
}

/// Returns a file in memory with this in it, to be read from its beginning.
pub(in crate::container) fn memory(what: &impl serde::Serialize) -> io::Result<File> {
    let mut file = File::from(rustix::fs::memfd_create("task", MemfdFlags::CLOEXEC)?);
    file.write_all(&serde_ipld_dagcbor::to_vec(what).map_err(io::Error::other)?)?;
    file.rewind()?;
    Ok(file)
}
