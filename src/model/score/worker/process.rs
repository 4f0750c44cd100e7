//! One worker process: started, asked, ended.

use std::io::Read as _;
use std::process::{Child, ChildStderr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Resource, Rlimit, Signal, WaitId, WaitIdOptions};

use super::channel::Broken;
use super::{Begun, Bounds, Channel, Door, Error, Launch, Link};

/// How long a container may take to be taken down before what makes it is killed; the kernel then ends the rest.
const LAST: Duration = Duration::from_secs(5);

/// So much of what a worker prints last is kept to be shown.
const TAIL: usize = 16 << 10;

/// No answer of a worker is longer.
const LONGEST_ANSWER: u64 = 1 << 30;

/// What programs print when they are given no memory: in Rust, and in C++.
const STARVED: [&str; 2] = ["memory allocation of ", "std::bad_alloc"];

/// A process that has loaded its model.
#[derive(Debug)]
pub(super) struct Worker {
    own: Own,
    channel: Channel,
    /// What loads the model: the child itself, or a process in the container that the child has made.
    pid: Pid,
    /// Calls since its memory was looked at.
    calls: u32,
}

/// What is done once a process has ended.
pub(super) type Tell = Box<dyn FnOnce() + Send>;

/// A child, whatever it has started, and what it prints; ended with this.
#[derive(Debug)]
struct Own {
    child: Child,
    door: Option<Door>,
    said: Arc<Mutex<Vec<u8>>>,
    /// Set once the child has ended by itself.
    ended: Arc<AtomicBool>,
    watch: Option<Sender<Tell>>,
}

impl Worker {
    /// Starts a process and waits until it has loaded the model; returns what it says of itself.
    pub(super) fn start<L: Launch>(launch: &L) -> Result<(Self, L::Ready), Error> {
        let bounds = launch.bounds();
        let deadline = Instant::now() + bounds.patience;
        let Begun { mut child, link } = launch.begin()?;
        let errors = child.stderr.take();
        let mut own =
            Own { child, door: None, said: Arc::default(), ended: Arc::default(), watch: None };
        own.watch = errors.map(|errors| own.drain(errors));
        let begun = own.open(link, bounds, deadline).and_then(|(mut channel, pid)| {
            let (head, _) = channel.receive(Some(deadline))?;
            Ok((channel, pid, head))
        });
        match begun {
            Ok((channel, pid, head)) => {
                let ready = launch.ready(&head)?;
                Ok((Self { own, channel, pid, calls: 0 }, ready))
            }
            Err(Broken::Late) => {
                Err(Error::SlowStart { limit: bounds.patience, said: own.last_words() })
            }
            Err(Broken::Ended) => Err(Error::NotReady { said: own.end_words() }),
            Err(Broken::TooLong) => Err(Error::Garbled("it is too long")),
        }
    }

    /// Asks one thing, and reads the answer; after an error other than [`Error::Raised`] the worker is of no use.
    pub(super) fn ask<T>(
        &mut self,
        head: &[u8],
        body: &[u8],
        limit: Duration,
        read: impl FnOnce(Vec<u8>, Vec<u8>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let deadline = Some(Instant::now() + limit);
        let sent = self.channel.send(head, body, deadline);
        match sent.and_then(|()| self.channel.receive(deadline)) {
            Ok((head, body)) => read(head, body),
            Err(Broken::Late) => Err(Error::TooSlow(limit)),
            Err(Broken::TooLong) => Err(Error::Garbled("it is too long")),
            Err(Broken::Ended) => {
                let said = self.own.end_words();
                match STARVED.iter().any(|words| said.contains(words)) {
                    true => Err(Error::Starved { said }),
                    false => Err(Error::Died { said }),
                }
            }
        }
    }

    /// Has `tell` called once the process ends by itself, from another thread.
    pub(super) fn watch(&self, tell: Tell) {
        if let Some(watch) = &self.own.watch {
            let _ = watch.send(tell);
        }
    }

    /// Tells whether the process was seen to have ended by itself.
    pub(super) fn has_ended(&self) -> bool {
        self.own.ended.load(Ordering::Acquire)
    }

    /// Tells whether it has come to hold so much that a fresh one is due; looks now and then.
    pub(super) fn is_bloated(&mut self, memory: Option<u64>) -> bool {
        self.calls = (self.calls + 1) % 16;
        let Some(limit) = memory.filter(|_| self.calls == 0) else { return false };
        let statm = std::fs::read_to_string(format!("/proc/{}/statm", self.pid.as_raw_nonzero()));
        let pages = statm.ok().and_then(|text| text.split(' ').nth(5)?.parse::<u64>().ok());
        pages.is_some_and(|pages| pages * rustix::param::page_size() as u64 > limit / 10 * 9)
    }
}

impl Own {
    /// Returns the channel to the process and who is at its other end.
    fn open(
        &mut self,
        link: Link,
        bounds: &Bounds,
        deadline: Instant,
    ) -> Result<(Channel, Pid), Broken> {
        let pid = Pid::from_child(&self.child);
        match link {
            Link::Socket(socket, first) => {
                confine(pid, bounds.memory);
                let mut channel = Channel::new(socket, LONGEST_ANSWER);
                if let Some(first) = first {
                    channel.send(&first, &[], Some(deadline))?;
                }
                Ok((channel, pid))
            }
            Link::Door(door) => {
                let door = self.door.insert(door);
                let socket = door.wait(&mut self.child, deadline)?;
                let peer = rustix::net::sockopt::socket_peercred(&socket);
                let pid = peer.map_or(pid, |peer| peer.pid);
                Ok((Channel::new(socket, LONGEST_ANSWER), pid))
            }
        }
    }

    /// Reads what the process prints, so that it never waits for room, and keeps the end of it; then sees it end.
    fn drain(&self, mut errors: ChildStderr) -> Sender<Tell> {
        let (sender, told) = channel::<Tell>();
        let (pid, said) = (Pid::from_child(&self.child), Arc::clone(&self.said));
        let ended = Arc::clone(&self.ended);
        thread::spawn(move || {
            keep(&mut errors, &said);
            let Ok(tell) = told.recv() else { return };
            // What it was started with is still to be asked how it ended: it is not taken away here.
            let how = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
            let waited = rustix::process::waitid(WaitId::Pid(pid), how);
            ended.store(waited.is_ok(), Ordering::Release);
            tell();
        });
        sender
    }

    /// Ends the process, and returns what it printed last.
    fn end_words(&mut self) -> String {
        self.end();
        // What it said last may still be on its way.
        thread::sleep(Duration::from_millis(20));
        self.last_words()
    }

    fn last_words(&self) -> String {
        let said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&said).into_owned()
    }

    /// Ends the process, and whatever it has started with it.
    fn end(&mut self) {
        if let Some(door) = &mut self.door {
            door.close();
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

impl Drop for Own {
    fn drop(&mut self) {
        self.end();
    }
}

/// Beyond the limit an allocation fails: the end of a call, and not of the machine. What dies leaves no picture of its
/// memory on the disk.
fn confine(pid: Pid, memory: Option<u64>) {
    let limits = [(Resource::Data, memory), (Resource::Core, Some(0))];
    for (resource, most) in limits {
        let Some(most) = most else { continue };
        let limit = Rlimit { current: Some(most), maximum: Some(most) };
        let _ = rustix::process::prlimit(Some(pid), resource, limit);
    }
}

/// Reads to the end, and keeps the last of it.
fn keep(errors: &mut ChildStderr, said: &Mutex<Vec<u8>>) {
    let mut buffer = [0; 8192];
    while let Ok(count @ 1..) = errors.read(&mut buffer) {
        let mut said = said.lock().unwrap_or_else(PoisonError::into_inner);
        said.extend_from_slice(&buffer[..count]);
        if said.len() > 2 * TAIL {
            let from = said.len() - TAIL;
            said.drain(..from);
        }
    }
}
