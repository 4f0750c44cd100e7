//! One worker process: started, asked, ended. It talks over the socket that it has for standard input.

use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Resource, Rlimit, Signal};
use tempfile::TempDir;

use super::frame::Head;
use super::{Error, cage};

/// What runs in the interpreter.
pub(super) const PROGRAM: &str = include_str!("worker.py");

/// How long a container may take to be taken down before what makes it is killed; the kernel then ends the rest.
const LAST: Duration = Duration::from_secs(5);

/// So much of what a worker prints last is kept to be shown.
const TAIL: usize = 16 << 10;

/// No answer of a worker is longer.
const LONGEST_ANSWER: u64 = 1 << 30;
const LONGEST_HEAD: usize = 16 << 20;

/// How workers of one model are started.
#[derive(Debug, Clone)]
pub struct Launch {
    pub python: PathBuf,
    pub kind: Kind,
    /// The folder of a packaged model, or the file of a bare one.
    pub model: PathBuf,
    /// How long a worker may take until it is ready.
    pub patience: Duration,
    /// How long one call may take.
    pub limit: Duration,
    /// How much memory of its own a worker may have, in bytes.
    pub memory: Option<u64>,
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

/// A process that has loaded its model.
#[derive(Debug)]
pub(super) struct Worker {
    child: Child,
    channel: UnixStream,
    said: Arc<Mutex<Vec<u8>>>,
    /// The interpreter: the child itself, or a process in the container that the child has made.
    pid: Pid,
    cage: Option<Hold>,
    /// Calls since its memory was looked at.
    calls: u32,
}

/// What a container lives by: the socket that ends it, and its folder.
#[derive(Debug)]
struct Hold {
    life: Option<UnixStream>,
    _folder: TempDir,
}

impl Worker {
    /// Starts a process and waits until it has loaded the model; returns what it says of itself.
    pub(super) fn start(launch: &Launch) -> Result<(Self, Head), Error> {
        let deadline = Instant::now() + launch.patience;
        let begun = match &launch.sandbox {
            None => Self::plain(launch),
            Some(program) => Self::caged(launch, program, deadline),
        };
        let ready = begun.and_then(|mut worker| match worker.receive(deadline) {
            Ok((head, _)) => Ok((worker, head)),
            Err(Error::TooSlow(_)) => {
                Err(Error::SlowStart { limit: launch.patience, said: worker.last_words() })
            }
            Err(error) => Err(error),
        });
        ready.map_err(|error| match error {
            Error::Died { said } => Error::NotReady { said },
            error => error,
        })
    }

    fn plain(launch: &Launch) -> Result<Self, Error> {
        let io = |action| move |source| Error::Io { action, source };
        let (channel, other) = UnixStream::pair().map_err(io("make a socket"))?;
        let child = Command::new(&launch.python)
            .args(["-u", "-c", PROGRAM, launch.kind.word()])
            .arg(&launch.model)
            // Nothing is written to where the packages lie.
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdin(Stdio::from(OwnedFd::from(other)))
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            // Ctrl-C is for the server, which ends its workers once it has answered.
            .process_group(0)
            .spawn()
            .map_err(|source| match source.kind() {
                io::ErrorKind::NotFound => Error::NoPython(launch.python.display().to_string()),
                _ => Error::Io { action: "start a worker", source },
            })?;
        let (pid, said) = (Pid::from_child(&child), Arc::default());
        let mut worker = Self { child, channel, said, pid, cage: None, calls: 0 };
        worker.listen();
        worker.confine(launch.memory);
        Ok(worker)
    }

    /// Starts a process in a container, which limits its memory itself.
    fn caged(launch: &Launch, program: &Path, deadline: Instant) -> Result<Self, Error> {
        let (child, waiting) = cage::start(launch, program)?;
        let (pid, said) = (Pid::from_child(&child), Arc::default());
        // Until there is a channel, that of life stands in its place.
        let channel = waiting.life.try_clone();
        let channel = channel.map_err(|source| Error::Io { action: "make a socket", source })?;
        let mut worker = Self { child, channel, said, pid, cage: None, calls: 0 };
        worker.listen();
        let channel = match waiting.channel(&mut worker.child, deadline) {
            Ok(Some(channel)) => channel,
            Ok(None) => return Err(worker.died()),
            Err(Error::TooSlow(_)) => {
                let said = worker.last_words();
                return Err(Error::SlowStart { limit: launch.patience, said });
            }
            Err(error) => return Err(error),
        };
        if let Ok(peer) = rustix::net::sockopt::socket_peercred(&channel) {
            worker.pid = peer.pid;
        }
        worker.channel = channel;
        worker.cage = Some(Hold { life: Some(waiting.life), _folder: waiting.folder });
        Ok(worker)
    }

    /// Keeps what it prints, so that it never waits for room.
    fn listen(&mut self) {
        if let Some(errors) = self.child.stderr.take() {
            drain(errors, Arc::clone(&self.said));
        }
    }

    /// Beyond the limit an allocation fails: an exception in the model, and not the end of the machine.
    fn confine(&self, memory: Option<u64>) {
        let Some(bytes) = memory else { return };
        let limit = Rlimit { current: Some(bytes), maximum: Some(bytes) };
        let _ = rustix::process::prlimit(Some(self.pid), Resource::Data, limit);
    }

    /// Asks one thing; after an error other than [`Error::Raised`] the worker is of no use.
    pub(super) fn ask(
        &mut self,
        head: &[u8],
        body: &[u8],
        limit: Duration,
    ) -> Result<(Head, Vec<u8>), Error> {
        let deadline = Instant::now() + limit;
        self.send(head, body, deadline)?;
        match self.receive(deadline) {
            Err(Error::TooSlow(_)) => Err(Error::TooSlow(limit)),
            Ok((head, _)) if head.form == "error" => Err(Error::Raised {
                code: head.code,
                message: head.message.unwrap_or_default(),
                trace: head.trace.unwrap_or_default(),
            }),
            other => other,
        }
    }

    fn send(&mut self, head: &[u8], body: &[u8], deadline: Instant) -> Result<(), Error> {
        let mut frame = Vec::with_capacity(12 + head.len());
        frame.extend_from_slice(&(head.len() as u32).to_le_bytes());
        frame.extend_from_slice(&(body.len() as u64).to_le_bytes());
        frame.extend_from_slice(head);
        // Most calls are small: one write wakes the worker once.
        if body.len() <= 64 << 10 {
            frame.extend_from_slice(body);
            return self.write(&frame, deadline);
        }
        self.write(&frame, deadline)?;
        self.write(body, deadline)
    }

    fn write(&mut self, mut bytes: &[u8], deadline: Instant) -> Result<(), Error> {
        while !bytes.is_empty() {
            self.channel.set_write_timeout(Some(left(deadline)?)).map_err(|_| self.died())?;
            match self.channel.write(bytes) {
                Ok(0) => return Err(self.died()),
                Ok(count) => bytes = &bytes[count..],
                Err(error) if is_pause(&error) => {}
                Err(_) => return Err(self.died()),
            }
        }
        Ok(())
    }

    fn receive(&mut self, deadline: Instant) -> Result<(Head, Vec<u8>), Error> {
        let mut lengths = [0; 12];
        self.read(&mut lengths, deadline)?;
        let (head, body) = lengths.split_at(4);
        let head = u32::from_le_bytes(head.try_into().expect("four bytes")) as usize;
        let body = u64::from_le_bytes(body.try_into().expect("eight bytes"));
        if head > LONGEST_HEAD || body > LONGEST_ANSWER {
            return Err(Error::Garbled("it is too long"));
        }
        let (mut text, mut bytes) = (vec![0; head], vec![0; body as usize]);
        self.read(&mut text, deadline)?;
        self.read(&mut bytes, deadline)?;
        let head = serde_json::from_slice(&text).map_err(|_| Error::Garbled("its head"))?;
        Ok((head, bytes))
    }

    fn read(&mut self, mut into: &mut [u8], deadline: Instant) -> Result<(), Error> {
        while !into.is_empty() {
            self.channel.set_read_timeout(Some(left(deadline)?)).map_err(|_| self.died())?;
            match self.channel.read(into) {
                Ok(0) => return Err(self.died()),
                Ok(count) => into = &mut into[count..],
                Err(error) if is_pause(&error) => {}
                Err(_) => return Err(self.died()),
            }
        }
        Ok(())
    }

    /// Tells whether it has come to hold so much that a fresh one is due; looks now and then.
    pub(super) fn is_bloated(&mut self, memory: Option<u64>) -> bool {
        self.calls = (self.calls + 1) % 16;
        let Some(limit) = memory.filter(|_| self.calls == 0) else { return false };
        let statm = std::fs::read_to_string(format!("/proc/{}/statm", self.pid.as_raw_nonzero()));
        let pages = statm.ok().and_then(|text| text.split(' ').nth(5)?.parse::<u64>().ok());
        pages.is_some_and(|pages| pages * rustix::param::page_size() as u64 > limit / 10 * 9)
    }

    fn died(&mut self) -> Error {
        // What it said last may still be on its way.
        self.end();
        thread::sleep(Duration::from_millis(20));
        Error::Died { said: self.last_words() }
    }

    /// Returns what it printed last.
    pub(super) fn last_words(&self) -> String {
        let said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&said).into_owned()
    }
}

impl Worker {
    /// Ends the process, and whatever it has started with it.
    fn end(&mut self) {
        if let Some(cage) = &mut self.cage {
            cage.life = None;
            let until = Instant::now() + LAST;
            while matches!(self.child.try_wait(), Ok(None)) && Instant::now() < until {
                thread::sleep(Duration::from_millis(2));
            }
        }
        let _ = rustix::process::kill_process_group(Pid::from_child(&self.child), Signal::KILL);
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.end();
    }
}

fn left(deadline: Instant) -> Result<Duration, Error> {
    let left = deadline.saturating_duration_since(Instant::now());
    if left.is_zero() { Err(Error::TooSlow(Duration::ZERO)) } else { Ok(left) }
}

fn is_pause(error: &io::Error) -> bool {
    use io::ErrorKind as K;
    matches!(error.kind(), K::WouldBlock | K::TimedOut | K::Interrupted)
}

/// Reads what a worker prints, so that it never waits for room; keeps the end of it.
fn drain(mut errors: ChildStderr, said: Arc<Mutex<Vec<u8>>>) {
    thread::spawn(move || {
        let mut buffer = [0; 8192];
        while let Ok(count @ 1..) = errors.read(&mut buffer) {
            let mut said = said.lock().unwrap_or_else(PoisonError::into_inner);
            said.extend_from_slice(&buffer[..count]);
            if said.len() > 2 * TAIL {
                let from = said.len() - TAIL;
                said.drain(..from);
            }
        }
    });
}
