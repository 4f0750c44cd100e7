//! The process that stands behind each running container: parent of its first process, owner of its terminal and its log.
//!
//! ```text
//! mls run ── task in memory, socket ──► mls __supervisor      fresh, one thread, from a mount that nobody can write to
//!                                        │  lock · socket · log · state.json
//!                                        ├─ process 1          fork into a new pid namespace
//!                                        └─ exec …             fork: it is in that namespace already
//! ```
//!
//! It survives its caller, and ends when its container has ended for good. When it is killed the kernel kills process 1, and
//! with that one all others of the namespace; its mounts go with its mount namespace, its lock with itself.

mod clients;
mod command;
mod life;
mod log;
mod spawn;

use std::fs::File;
use std::io::{self, Read as _};
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::process::ExitCode;

use serde::{Deserialize, Serialize};

use super::failure::{During as _, Failure, Outcome};
use super::state::{Container, LogLimits, Restart};
use super::talk::{self, Reply, Wait};
use super::{Error, Spec};

pub use log::Line;
pub(super) use log::read_line;
pub(super) use spawn::{memory, spawn};

/// The hidden command by which the program runs itself again as a supervisor; the first argument, and nothing after it.
pub const SUPERVISOR: &str = "__supervisor";

/// What a supervisor is to do; its standard input is a file with it, its standard output a socket to who asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Task {
    #[serde(with = "super::spec::host_path")]
    pub(super) folder: PathBuf,
    pub(super) spec: Spec,
    /// Rows and columns of a terminal.
    pub(super) terminal: Option<(u16, u16)>,
    pub(super) open_input: bool,
    /// Whether who asked stays to see what is written.
    pub(super) attached: bool,
    pub(super) stop_signal: i32,
    pub(super) restart: Restart,
    pub(super) auto_remove: bool,
    /// Folders of volumes that go with the container where it is removed.
    pub(super) own_volumes: Vec<String>,
    pub(super) log: LogLimits,
}

/// What the program does when it is called as [`SUPERVISOR`]. Must be the first thing it does: no thread may have been
/// started.
pub fn serve_supervisor() -> ExitCode {
    let Ok(socket) = rustix::stdio::stdout().try_clone_to_owned() else {
        return ExitCode::FAILURE;
    };
    let served = begin(&socket).and_then(|(task, container, lock)| {
        life::Supervisor::new(task, container, lock, socket.try_clone().during("keep a socket")?)?
            .serve()
    });
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let _ = talk::say(&socket, &Reply::Failed(failure), Wait::No);
            ExitCode::FAILURE
        }
    }
}

/// Leaves all behind that is the caller's.
fn begin(socket: &OwnedFd) -> Outcome<(Task, Container, File)> {
    let task = task().during("read what to do")?;
    let null = rustix::fs::open(
        "/dev/null",
        rustix::fs::OFlags::RDWR | rustix::fs::OFlags::CLOEXEC,
        rustix::fs::Mode::empty(),
    )
    .during("open `/dev/null`")?;
    rustix::stdio::dup2_stdin(&null).during("leave the caller's streams")?;
    rustix::stdio::dup2_stdout(&null).during("leave the caller's streams")?;
    rustix::stdio::dup2_stderr(&null).during("leave the caller's streams")?;
    rustix::process::chdir("/").during("leave the caller's folder")?;
    // A process that joins the container is in sight of what runs there before it is one of them.
    rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable)
        .during("be left alone")?;
    let container = Container::of(task.folder.clone())
        .ok_or_else(|| Failure::Invalid("no folder of a container".to_owned()))?;
    let packet = talk::receive(socket, &mut [0; 8], Wait::Yes).during("take the lock over")?;
    let lock = packet.and_then(|packet| packet.descriptors.into_iter().next());
    let lock = lock.ok_or_else(|| Failure::Invalid("nobody holds the container".to_owned()))?;
    Ok((task, container, lock.into()))
}

fn task() -> io::Result<Task> {
    let mut bytes = vec![];
    File::from(rustix::stdio::stdin().try_clone_to_owned()?).read_to_end(&mut bytes)?;
    talk::understood(&bytes)
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::start("supervise the container", &error)
    }
}

/// What goes wrong between a caller and a supervisor.
pub(super) fn lost(what: &str, error: impl Into<io::Error>) -> Error {
    Error::Start { what: what.to_owned(), source: error.into() }
}
