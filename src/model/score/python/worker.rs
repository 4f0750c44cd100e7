//! One worker process: started, asked, ended. It talks over the socket that it has for standard input.

use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Resource, Rlimit, Signal};

use super::Error;
use super::frame::Head;

/// What runs in the interpreter.
const PROGRAM: &str = include_str!("worker.py");

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
    /// Calls since its memory was looked at.
    calls: u32,
}

impl Worker {
    /// Starts a process and waits until it has loaded the model; returns what it says of itself.
    pub(super) fn start(launch: &Launch) -> Result<(Self, Head), Error> {
        let io = |action| move |source| Error::Io { action, source };
        let (channel, other) = UnixStream::pair().map_err(io("make a socket"))?;
        let kind = match launch.kind {
            Kind::Packaged => "mlflow",
            Kind::Bare => "pickle",
        };
        let mut child = Command::new(&launch.python)
            .args(["-u", "-c", PROGRAM, kind])
            .arg(&launch.model)
            // One call is one row, or a few: threads of a numeric library would only get into each other's way.
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
        let said = Arc::default();
        if let Some(errors) = child.stderr.take() {
            drain(errors, Arc::clone(&said));
        }
        let mut worker = Self { child, channel, said, calls: 0 };
        worker.confine(launch.memory);
        match worker.receive(Instant::now() + launch.patience) {
            Ok((head, _)) => Ok((worker, head)),
            Err(Error::TooSlow(_)) => {
                Err(Error::SlowStart { limit: launch.patience, said: worker.last_words() })
            }
            Err(Error::Died { said }) => Err(Error::NotReady { said }),
            Err(error) => Err(error),
        }
    }

    /// Beyond the limit an allocation fails: an exception in the model, and not the end of the machine.
    fn confine(&self, memory: Option<u64>) {
        let Some(bytes) = memory else { return };
        let limit = Rlimit { current: Some(bytes), maximum: Some(bytes) };
        let _ = rustix::process::prlimit(Some(self.pid()), Resource::Data, limit);
    }

    fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
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
        let statm = std::fs::read_to_string(format!("/proc/{}/statm", self.child.id()));
        let pages = statm.ok().and_then(|text| text.split(' ').nth(5)?.parse::<u64>().ok());
        pages.is_some_and(|pages| pages * rustix::param::page_size() as u64 > limit / 10 * 9)
    }

    fn died(&mut self) -> Error {
        // What it said last may still be on its way.
        let _ = rustix::process::kill_process(self.pid(), Signal::KILL);
        let _ = self.child.wait();
        thread::sleep(Duration::from_millis(20));
        Error::Died { said: self.last_words() }
    }

    /// Returns what it printed last.
    pub(super) fn last_words(&self) -> String {
        let said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&said).into_owned()
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // Whatever it has started goes with it.
        let _ = rustix::process::kill_process_group(self.pid(), Signal::KILL);
        let _ = self.child.kill();
        let _ = self.child.wait();
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
