//! How the worker of a model in Python is started: it talks over the socket that it has for standard input, or by one that
//! it opens from within its container.

use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use super::cage;
use super::frame::{self, Head};
use crate::model::score::worker::{self, Begun, Bounds, Error, Link};

/// What runs in the interpreter.
pub(super) const PROGRAM: &str = include_str!("worker.py");

/// How workers of one model are started.
#[derive(Debug, Clone)]
pub struct Launch {
    pub python: PathBuf,
    pub kind: Kind,
    /// The folder of a packaged model, or the file of a bare one.
    pub model: PathBuf,
    pub bounds: Bounds,
    /// The program that serves [`super::SANDBOX`], where the worker runs in a container.
    pub sandbox: Option<PathBuf>,
}

/// What a worker opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A folder with an MLmodel that has a `python_function` flavor.
    Packaged,
    /// A pickled object.
    Bare,
}

impl Kind {
    /// Returns the word by which the worker's program knows it.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Packaged => "mlflow",
            Self::Bare => "pickle",
        }
    }
}

impl worker::Launch for Launch {
    type Ready = Head;

    fn bounds(&self) -> &Bounds {
        &self.bounds
    }

    fn begin(&self) -> Result<Begun, Error> {
        match &self.sandbox {
            None => self.plain(),
            Some(program) => cage::start(self, program),
        }
    }

    fn ready(&self, head: &[u8]) -> Result<Head, Error> {
        frame::head(head)
    }
}

impl Launch {
    fn plain(&self) -> Result<Begun, Error> {
        let io = |action| move |source| Error::Io { action, source };
        let (channel, other) = UnixStream::pair().map_err(io("make a socket"))?;
        let child = Command::new(&self.python)
            .args(["-u", "-c", PROGRAM, self.kind.word()])
            .arg(&self.model)
            // Nothing is written to where the packages lie.
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdin(Stdio::from(OwnedFd::from(other)))
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            // Ctrl-C is for the server, which ends its workers once it has answered.
            .process_group(0)
            .spawn()
            .map_err(|source| match source.kind() {
                io::ErrorKind::NotFound => Error::NoProgram(self.python.display().to_string()),
                _ => Error::Io { action: "start a worker", source },
            })?;
        Ok(Begun { child, link: Link::Socket(channel, None) })
    }
}
