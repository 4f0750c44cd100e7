//! A connection from outside and the one to the container: bytes go from one to the other without leaving the kernel.

use std::io;
use std::os::fd::{AsFd as _, OwnedFd};
use std::time::Duration;

use rustix::io::Errno;
use rustix::net::{self, Shutdown};
use rustix::pipe::{self, PipeFlags, SpliceFlags};

/// What a pipe holds at most. A larger one helps nothing and counts against what a user may have.
const PIPE: usize = 256 << 10;
/// How many steps one connection may take before it is another's turn.
const TURN: usize = 32;
/// How many pipes that are not in use are kept.
const SPARE: usize = 32;

/// What became of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Nothing to do until one of its sockets says so.
    Waits,
    /// It has had its turn.
    Goes,
    Done,
}

/// A client outside and the server in the container.
#[derive(Debug)]
pub(super) struct Connection {
    pub(super) client: OwnedFd,
    pub(super) server: OwnedFd,
    up: Flow,
    down: Flow,
}

/// One direction.
#[derive(Debug, Default)]
struct Flow {
    /// Only while something is on its way.
    pipe: Option<Pipe>,
    held: usize,
    ended: bool,
    closed: bool,
}

#[derive(Debug)]
struct Pipe {
    out: OwnedFd,
    into: OwnedFd,
    size: usize,
}

/// Pipes that are empty and in nobody's use.
#[derive(Debug, Default)]
pub(super) struct Spare(Vec<Pipe>);

impl Spare {
    fn take(&mut self) -> io::Result<Pipe> {
        if let Some(pipe) = self.0.pop() {
            return Ok(pipe);
        }
        let (out, into) = pipe::pipe_with(PipeFlags::NONBLOCK | PipeFlags::CLOEXEC)?;
        // A user who has many pipes is given small ones.
        let size =
            pipe::fcntl_setpipe_size(&into, PIPE).or_else(|_| pipe::fcntl_getpipe_size(&into))?;
        Ok(Pipe { out, into, size })
    }

    fn give(&mut self, pipe: Pipe) {
        if self.0.len() < SPARE {
            self.0.push(pipe);
        }
    }
}

impl Connection {
    pub(super) fn new(client: OwnedFd, server: OwnedFd) -> Self {
        Self { client, server, up: Flow::default(), down: Flow::default() }
    }

    /// Moves what can be moved in both directions.
    pub(super) fn step(&mut self, spare: &mut Spare) -> Step {
        let up = self.up.step(&self.client, &self.server, spare);
        let down = self.down.step(&self.server, &self.client, spare);
        match (up, down) {
            (Ok(_), Ok(_)) if self.up.closed && self.down.closed => Step::Done,
            (Ok(Step::Goes), Ok(_)) | (Ok(_), Ok(Step::Goes)) => Step::Goes,
            (Ok(_), Ok(_)) => Step::Waits,
            _ => {
                self.abort();
                Step::Done
            }
        }
    }

    /// Has what was cut off on one side be so on the other, and not look like an end.
    fn abort(&self) {
        for side in [&self.client, &self.server] {
            let _ = net::sockopt::set_socket_linger(side, Some(Duration::ZERO));
        }
    }
}

impl Flow {
    fn step(&mut self, from: &OwnedFd, to: &OwnedFd, spare: &mut Spare) -> io::Result<Step> {
        for _ in 0..TURN {
            let read = self.read(from, spare)?;
            let wrote = self.write(to, spare)?;
            if self.ended && self.held == 0 && !self.closed {
                self.closed = true;
                // The other side may have closed everything already.
                let _ = net::shutdown(to, Shutdown::Write);
            }
            if !read && !wrote {
                return Ok(Step::Waits);
            }
        }
        Ok(Step::Goes)
    }

    /// Takes what has come; tells whether there was anything.
    fn read(&mut self, from: &OwnedFd, spare: &mut Spare) -> io::Result<bool> {
        if self.ended {
            return Ok(false);
        }
        let pipe = match &mut self.pipe {
            Some(pipe) => pipe,
            none => none.insert(spare.take()?),
        };
        if self.held >= pipe.size {
            return Ok(false);
        }
        let room = pipe.size - self.held;
        match moved(from, &pipe.into, room)? {
            Some(0) => self.ended = true,
            Some(count) => self.held += count,
            None => {}
        }
        if self.held > 0 {
            return Ok(true);
        }
        if let Some(pipe) = self.pipe.take() {
            spare.give(pipe);
        }
        Ok(false)
    }

    /// Passes on what is held; tells whether anything was taken.
    fn write(&mut self, to: &OwnedFd, spare: &mut Spare) -> io::Result<bool> {
        let Some(pipe) = &self.pipe else { return Ok(false) };
        let Some(count) = moved(&pipe.out, to, self.held)? else { return Ok(false) };
        self.held -= count;
        if self.held == 0
            && let Some(pipe) = self.pipe.take()
        {
            spare.give(pipe);
        }
        Ok(count > 0)
    }
}

/// Returns how many bytes were moved; nothing where none can be for now.
fn moved(from: &OwnedFd, to: &OwnedFd, most: usize) -> io::Result<Option<usize>> {
    loop {
        let flags = SpliceFlags::NONBLOCK | SpliceFlags::MOVE;
        match pipe::splice(from.as_fd(), None, to.as_fd(), None, most, flags) {
            Ok(count) => return Ok(Some(count)),
            Err(Errno::INTR) => {}
            // A server that is being connected to.
            Err(Errno::AGAIN | Errno::NOTCONN) => return Ok(None),
            Err(error) => return Err(error.into()),
        }
    }
}
