//! A process of the container that the supervisor has made: the first, or another that joined it.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};

use rustix::fs::OFlags;
use rustix::process::{self, Pid, PidfdFlags, WaitId, WaitIdOptions, WaitOptions};
use rustix::thread::{self, ThreadNameSpaceType};

use super::Task;
use crate::container::beneath::Made;
use crate::container::cgroup::Groups;
use crate::container::failure::{During as _, Failure, Outcome};
use crate::container::network::Attached;
use crate::container::process as first;
use crate::container::streams::{Streams, receive_terminal};
use crate::container::talk::{self, Exec, LARGEST};
use crate::container::wire::{self, Step};
use crate::container::{Status, Stream, sys};

/// Bytes that may wait for a command that does not read.
const INPUT: usize = 64 << 10;

/// A process that was made, and how far it has come.
pub(super) struct Process {
    pub(super) pid: Pid,
    pub(super) handle: OwnedFd,
    /// Open until it has become the command, or has failed to.
    pub(super) report: Option<io::PipeReader>,
    pub(super) failed: Option<Failure>,
    pub(super) made: Vec<Made>,
}

impl Process {
    /// Makes the first process of a new namespace, which does `work` with the other end of its report, and ends where that
    /// comes back.
    ///
    /// This process stays out of the namespace, and so may make another one later: an ordinary user could not come back.
    fn first(work: impl FnOnce(io::PipeWriter)) -> Outcome<Self> {
        let (report, theirs) = io::pipe().during("make a pipe")?;
        match sys::fork_apart().during("make a namespace for processes")? {
            Some(pid) => Self::made(pid, report),
            None => {
                drop(report);
                work(theirs);
                std::process::exit(1);
            }
        }
    }

    /// As [`Self::first`], in the namespace of `first`. A child goes there in place of this process, makes this one's child,
    /// and is gone.
    fn beside(first: BorrowedFd<'_>, work: impl FnOnce(io::PipeWriter)) -> Outcome<Self> {
        let (report, theirs) = io::pipe().during("make a pipe")?;
        let (mut told, tell) = io::pipe().during("make a pipe")?;
        let Some(scout) = sys::fork().during("make a process")? else {
            drop((report, told));
            match scout(first, tell) {
                true => work(theirs),
                false => drop(theirs),
            }
            std::process::exit(1);
        };
        drop((theirs, tell));
        let mut number = [0; 4];
        let heard = told.read_exact(&mut number);
        let _ = process::waitpid(Some(scout), WaitOptions::empty());
        heard.during("enter the namespace of the container")?;
        match Pid::from_raw(i32::from_ne_bytes(number)) {
            Some(pid) => Self::made(pid, report),
            None => Err(Failure::start("make a process", &io::ErrorKind::NotFound.into())),
        }
    }

    fn made(pid: Pid, report: io::PipeReader) -> Outcome<Self> {
        let handle = process::pidfd_open(pid, PidfdFlags::empty()).during("follow the process")?;
        Ok(Self { pid, handle, report: Some(report), failed: None, made: vec![] })
    }

    /// Takes what it says of itself; tells whether it is the command by now, or never will be.
    pub(super) fn hear(&mut self) -> bool {
        let Some(report) = &mut self.report else { return false };
        match wire::receive(report) {
            Ok(Some(Step::Made(made))) => self.made = made,
            Ok(Some(Step::Failed(failure))) => self.failed = Some(failure),
            Ok(None) | Err(_) => {
                self.report = None;
                return true;
            }
        }
        false
    }

    /// Buries it; returns how it ended, nothing while it lives.
    pub(super) fn bury(&self) -> Option<Status> {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG;
        let status = process::waitid(WaitId::PidFd(self.handle.as_fd()), options).ok()??;
        let signal = status.terminating_signal().map(Status::Signal);
        Some(signal.unwrap_or(Status::Code(status.exit_status().unwrap_or_default())))
    }
}

/// Makes a process in the namespace of `first`, and tells its number; returns in that one, and with `false` in this.
fn scout(first: BorrowedFd<'_>, mut tell: io::PipeWriter) -> bool {
    let space = ThreadNameSpaceType::PROCESS_ID;
    if thread::move_into_thread_name_spaces(first, space).is_err() {
        return false;
    }
    match sys::fork_beside() {
        Ok(None) => true,
        Ok(Some(pid)) => {
            // Where nobody hears it, the process ends by itself: its report is read by nobody either.
            let _ = tell.write_all(&pid.as_raw_nonzero().get().to_ne_bytes());
            false
        }
        Err(_) => false,
    }
}

/// The first process with its streams.
pub(super) struct Running {
    pub(super) process: Process,
    /// How it ended, once it has.
    pub(super) status: Option<Status>,
    pub(super) outputs: [(Stream, Option<File>); 2],
    pub(super) input: Input,
    /// Where the terminal comes from, until it has.
    pub(super) terminal_from: Option<OwnedFd>,
    /// Of a terminal, both ways.
    pub(super) terminal: Option<OwnedFd>,
}

impl Running {
    /// Makes the first process of the container.
    pub(super) fn start(
        task: &Task,
        (groups, network): (&Groups, &Attached),
        rootless: bool,
    ) -> Outcome<Self> {
        let mut outputs = [(Stream::Out, None), (Stream::Err, None)];
        let (mut input, mut terminal_from) = (Input::default(), None);
        let streams = match task.terminal {
            Some((rows, columns)) => {
                let (ours, socket) = talk::pair().during("make a socket")?;
                terminal_from = Some(ours);
                Streams::Terminal { socket, rows, columns }
            }
            None => pipes(task, &mut outputs, &mut input)?,
        };
        let process = Process::first(|report| {
            first::begin(&network.told(&task.spec), rootless, (groups, network), streams, report);
        })?;
        Ok(Self { process, status: None, outputs, input, terminal_from, terminal: None })
    }

    /// Takes the terminal that the first process has made.
    pub(super) fn take_terminal(&mut self) {
        let Some(socket) = self.terminal_from.take() else { return };
        // Without one it has failed, and says so itself.
        let Ok(terminal) = receive_terminal(&socket) else { return };
        let copy = || -> io::Result<File> {
            let copy = terminal.try_clone()?;
            rustix::io::ioctl_fionbio(&copy, true)?;
            Ok(copy.into())
        };
        self.outputs[0].1 = copy().ok();
        self.input.to = copy().ok();
        self.terminal = Some(terminal);
    }

    /// Reads a piece of what was written; nothing where nothing waits. The end closes the stream.
    pub(super) fn read(&mut self, which: usize, buffer: &mut [u8]) -> Option<usize> {
        let place = &mut self.outputs[which].1;
        match place.as_mut()?.read(&mut buffer[..LARGEST]) {
            Ok(0) => *place = None,
            Ok(length) => return Some(length),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            // A terminal that nobody has open any more.
            Err(_) => *place = None,
        }
        None
    }
}

fn pipes(
    task: &Task,
    outputs: &mut [(Stream, Option<File>); 2],
    input: &mut Input,
) -> Outcome<Streams> {
    let mut output = vec![];
    for (_, place) in outputs {
        let (ours, end) = io::pipe().during("make a pipe")?;
        *place = Some(waiting(OwnedFd::from(ours))?);
        output.push(OwnedFd::from(end));
    }
    let theirs = match task.open_input {
        true => {
            let (end, ours) = io::pipe().during("make a pipe")?;
            input.to = Some(waiting(OwnedFd::from(ours))?);
            Some(OwnedFd::from(end))
        }
        false => None,
    };
    let output: Option<[OwnedFd; 2]> = output.try_into().ok();
    Ok(Streams::Pipes { input: theirs, output })
}

/// Returns one end of a pipe as one that nobody waits at.
fn waiting(end: OwnedFd) -> Outcome<File> {
    let flags = rustix::fs::fcntl_getfl(&end).during("set up a pipe")?;
    rustix::fs::fcntl_setfl(&end, flags | OFlags::NONBLOCK).during("set up a pipe")?;
    Ok(end.into())
}

/// What the command is to read.
#[derive(Default)]
pub(super) struct Input {
    pub(super) to: Option<File>,
    waiting: VecDeque<u8>,
    /// Whether nothing comes after what waits.
    ends: bool,
}

impl Input {
    pub(super) fn push(&mut self, bytes: &[u8]) {
        match bytes {
            [] => self.ends = true,
            bytes if self.to.is_some() => self.waiting.extend(bytes),
            _ => {}
        }
        self.flush();
    }

    pub(super) fn is_waiting(&self) -> bool {
        self.to.is_some() && !self.waiting.is_empty()
    }

    pub(super) fn is_full(&self) -> bool {
        self.to.is_some() && self.waiting.len() >= INPUT
    }

    pub(super) fn flush(&mut self) {
        while let (Some(to), false) = (&mut self.to, self.waiting.is_empty()) {
            match to.write(self.waiting.as_slices().0) {
                Ok(length) => drop(self.waiting.drain(..length)),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => self.to = None,
            }
        }
        if self.ends {
            self.to = None;
        }
    }
}

/// Another process in the container, for one who asked.
pub(super) struct Other {
    pub(super) process: Process,
    pub(super) client: u64,
}

impl Other {
    pub(super) fn start(
        task: &Task,
        rootless: bool,
        groups: &Groups,
        first: &Process,
        (exec, streams): (&Exec, Vec<OwnedFd>),
        client: u64,
    ) -> Outcome<Self> {
        if exec.args.first().is_none_or(String::is_empty) {
            return Err(Failure::Invalid("no command is given".to_owned()));
        }
        let streams = given(exec, streams)?;
        let handle = first.handle.try_clone().during("follow the process")?;
        let process = Process::beside(handle.as_fd(), |report| {
            let first = handle.as_fd();
            first::join(&task.spec, exec, rootless, groups, first, streams, report);
        })?;
        Ok(Self { process, client })
    }
}

/// Makes streams of the descriptors that came along.
fn given(exec: &Exec, descriptors: Vec<OwnedFd>) -> Outcome<Streams> {
    let missing = || Failure::Invalid("the streams are missing".to_owned());
    let mut given = descriptors.into_iter();
    if exec.detached {
        return Ok(Streams::Nothing);
    }
    let one = given.next().ok_or_else(missing)?;
    match (exec.terminal, given.next(), given.next()) {
        (Some((rows, columns)), ..) => Ok(Streams::Terminal { socket: one, rows, columns }),
        (None, Some(err), input) => Ok(Streams::Pipes { input, output: Some([one, err]) }),
        _ => Err(missing()),
    }
}
