//! How the process of a network is started: this program once more, with nothing in its hands but a socket and the model.

use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::FileExt as _;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use rustix::fs::{MemfdFlags, SealFlags};
use sysinfo::{MemoryRefreshKind, RefreshKind, System};

use super::{WORKER, wire};
use crate::model::onnx;
use crate::model::score::worker::{self, Begun, Bounds, Error, Link};
use crate::model::score::{Apart, Choice};

/// How the processes of one network are started.
#[derive(Debug)]
pub(super) struct Launch {
    program: PathBuf,
    /// The model, in memory that nobody can write to any more: what was verified is what each process loads. Its weights
    /// are used as they lie in it, by all processes.
    model: File,
    order: Vec<u8>,
    bounds: Bounds,
}

impl Launch {
    pub(super) fn new(order: wire::Order, bytes: &[u8], apart: &Apart) -> Result<Self, Error> {
        let io = |source| Error::Io { action: "hold a model in memory", source };
        let bounds = apart.bounds.clone();
        let split = match order.engine() {
            Choice::Rten => onnx::apart::apart(bytes).ok().flatten(),
            // It makes its own copy of what it is given, and takes no weights that lie elsewhere.
            _ => None,
        };
        let (model, order) = match split {
            None => (sealed(&[(0, bytes)]), order),
            Some(split) => {
                let length = split.model.len();
                let from = onnx::apart::aligned(length as u64);
                let weights = split.weights.iter().map(|(at, weight)| (from + at, *weight));
                let parts: Vec<_> = [(0, &split.model[..])].into_iter().chain(weights).collect();
                (sealed(&parts), order.with_behind(length, from as usize))
            }
        };
        Ok(Self {
            program: apart.program.clone(),
            model: model.map_err(io)?,
            order: serde_json::to_vec(&order).unwrap_or_default(),
            bounds: Bounds { memory: bounds.memory.or_else(most_of_all), ..bounds },
        })
    }
}

/// Returns a file in memory with these parts at their places.
fn sealed(parts: &[(u64, &[u8])]) -> io::Result<File> {
    let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
    let file = File::from(rustix::fs::memfd_create(c"model", flags)?);
    for (at, part) in parts {
        file.write_all_at(part, *at)?;
    }
    let seals = SealFlags::WRITE | SealFlags::GROW | SealFlags::SHRINK | SealFlags::SEAL;
    rustix::fs::fcntl_add_seals(&file, seals)?;
    Ok(file)
}

/// Returns three quarters of the memory that there is, of the machine or of the control group.
fn most_of_all() -> Option<u64> {
    let asked = RefreshKind::nothing().with_memory(MemoryRefreshKind::nothing().with_ram());
    let system = System::new_with_specifics(asked);
    let all = system.cgroup_limits().map_or(system.total_memory(), |group| group.total_memory);
    (all > 0).then(|| all / 4 * 3)
}

impl worker::Launch for Launch {
    type Ready = ();

    fn bounds(&self) -> &Bounds {
        &self.bounds
    }

    fn begin(&self) -> Result<Begun, Error> {
        let io = |action| move |source| Error::Io { action, source };
        let (channel, other) = UnixStream::pair().map_err(io("make a socket"))?;
        let model = self.model.try_clone().map_err(io("hand on a model"))?;
        let child = Command::new(&self.program)
            .arg0("mls")
            .arg(WORKER)
            // Nothing that the server was told is any business of a model's.
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::from(OwnedFd::from(other)))
            // The one other descriptor that a program can be given; it is read, and then stands for stderr.
            .stdout(Stdio::from(model))
            .stderr(Stdio::piped())
            // Ctrl-C is for the server, which ends its workers once it has answered.
            .process_group(0)
            .spawn()
            .map_err(|source| match source.kind() {
                io::ErrorKind::NotFound => Error::NoProgram(self.program.display().to_string()),
                _ => Error::Io { action: "start a worker", source },
            })?;
        Ok(Begun { child, link: Link::Socket(channel, Some(self.order.clone())) })
    }

    fn ready(&self, head: &[u8]) -> Result<(), Error> {
        match wire::said(head)? {
            wire::Said::Ready => Ok(()),
            _ => Err(Error::Garbled("its form")),
        }
    }
}
