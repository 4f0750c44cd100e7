//! A socket at which a worker knocks from within its container.

use std::fs::{self, Permissions};
use std::io;
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, Timespec};
use tempfile::TempDir;

use super::channel::Broken;

/// Where a worker in a container is waited for; the container lives as long as this is there.
#[derive(Debug)]
pub(in crate::model::score) struct Door {
    listener: UnixListener,
    /// What makes the container has the other end, and ends it once this one is closed.
    life: Option<UnixStream>,
    _folder: TempDir,
}

impl Door {
    /// Makes a folder with a socket in a folder, `talk/worker`, to be shown to a container; and the socket by which
    /// the container lives.
    pub(in crate::model::score) fn within(folder: TempDir) -> io::Result<(Self, UnixStream)> {
        let listener = listen(folder.path())?;
        let (life, theirs) = UnixStream::pair()?;
        Ok((Self { listener, life: Some(life), _folder: folder }, theirs))
    }

    /// Lets the container end.
    pub(super) fn close(&mut self) {
        self.life = None;
    }

    /// Returns the channel to the worker once it has connected; fails where `child` ends before that.
    pub(super) fn wait(&self, child: &mut Child, deadline: Instant) -> Result<UnixStream, Broken> {
        let ended = |_| Broken::Ended;
        self.listener.set_nonblocking(true).map_err(ended)?;
        loop {
            match self.listener.accept() {
                Ok((channel, _)) => {
                    channel.set_nonblocking(false).map_err(ended)?;
                    return Ok(channel);
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(_) => return Err(Broken::Ended),
            }
            if child.try_wait().map_err(ended)?.is_some() {
                return Err(Broken::Ended);
            }
            if Instant::now() >= deadline {
                return Err(Broken::Late);
            }
            let soon = Timespec { tv_sec: 0, tv_nsec: 50_000_000 };
            let _ =
                rustix::event::poll(&mut [PollFd::new(&self.listener, PollFlags::IN)], Some(&soon));
        }
    }
}

/// Makes the socket that the worker connects to; whoever the worker runs as may.
fn listen(folder: &Path) -> io::Result<UnixListener> {
    let talk = folder.join("talk");
    fs::create_dir(&talk)?;
    fs::set_permissions(&talk, Permissions::from_mode(0o755))?;
    // The address of a socket has few bytes, and a store may lie deep.
    let open = fs::File::open(&talk)?;
    let short = PathBuf::from(format!("/proc/self/fd/{}/worker", open.as_raw_fd()));
    let listener = UnixListener::bind(short)?;
    fs::set_permissions(talk.join("worker"), Permissions::from_mode(0o666))?;
    Ok(listener)
}
