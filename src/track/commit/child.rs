//! The command as a process: started, its output passed on and kept, signals forwarded, its end awaited.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, ErrorKind, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, waitid};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::SignalsInfo;
use signal_hook::iterator::exfiltrator::WithOrigin;
use signal_hook::low_level::siginfo::Cause;

use crate::track::Error;
use crate::track::capture::Variables;

/// A process that outlives the command may hold its output open; nobody waits for it.
const STOP: Timespec = Timespec { tv_sec: 0, tv_nsec: 100_000_000 };

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ending {
    pub exit_code: Option<i32>,
    pub signal: Option<i32>,
}

impl Ending {
    pub(super) fn of(status: ExitStatus) -> Self {
        Self { exit_code: status.code(), signal: status.signal() }
    }

    /// Returns the exit code that a shell gives.
    pub fn shell_code(&self) -> i32 {
        match (self.exit_code, self.signal) {
            (Some(code), _) => code,
            (None, Some(signal)) => 128 + signal,
            (None, None) => 1,
        }
    }

    /// Returns whether somebody ended the command, rather than a fault of its own.
    pub(super) fn was_killed(&self) -> bool {
        let by_hand = [SIGHUP, SIGINT, SIGTERM, signal_hook::consts::SIGKILL];
        self.signal.is_some_and(|signal| by_hand.contains(&signal))
    }
}

/// Starts a command with its output into pipes.
pub(super) fn spawn(
    args: &[OsString],
    folder: &Path,
    variables: &Variables,
) -> Result<Child, Error> {
    let Some((program, rest)) = args.split_first() else {
        return Err(Error::CommandNotFound(String::new()));
    };
    let command = program.to_string_lossy().into_owned();
    let started = Command::new(program)
        .args(rest)
        .current_dir(folder)
        .env_clear()
        .envs(variables)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    started.map_err(|source| match source.kind() {
        ErrorKind::NotFound => Error::CommandNotFound(command),
        _ => Error::CommandNotRunnable { command, source },
    })
}

/// Waits for the end of a process without taking it away, so that its number stays its own until the caller does.
pub(super) fn await_end(pid: u32) {
    let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) else { return };
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
    while matches!(waitid(WaitId::Pid(pid), options), Err(rustix::io::Errno::INTR)) {}
}

/// Sends a signal to a process that was not taken away so far.
pub(super) fn send(child: &Child, signal: i32) {
    let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    if let (Some(pid), Some(signal)) = (pid, Signal::from_named_raw(signal)) {
        let _ = kill_process(pid, signal);
    }
}

/// Signals that end a run, as they come.
pub(super) struct Interrupts {
    signals: SignalsInfo<WithOrigin>,
}

/// A signal, and whether the terminal has sent it to the command as well.
#[derive(Debug, Clone, Copy)]
pub(super) struct Interrupt {
    pub(super) signal: i32,
    pub(super) from_terminal: bool,
}

impl Interrupts {
    /// Begins to catch them. One that this process was told to ignore (`nohup`) stays ignored.
    pub(super) fn catch() -> io::Result<Self> {
        let ignored = ignored();
        let wanted = [SIGINT, SIGTERM, SIGHUP];
        let signals = wanted.into_iter().filter(|signal| ignored & (1 << (signal - 1)) == 0);
        Ok(Self { signals: SignalsInfo::new(signals)? })
    }

    pub(super) fn handle(&self) -> signal_hook::iterator::Handle {
        self.signals.handle()
    }

    /// Hands over each signal until the handle is closed.
    pub(super) fn each(mut self, mut take: impl FnMut(Interrupt)) {
        for origin in self.signals.forever() {
            let from_terminal = origin.cause == Cause::Kernel;
            take(Interrupt { signal: origin.signal, from_terminal });
        }
    }
}

/// Returns the set of ignored signals, where the system tells.
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    line.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
}

/// Passes a stream on as it comes, and keeps a copy. Returns what went wrong with the copy.
///
/// Ends at the end of the stream, or when `stop` is set and nothing more has come for a moment. Where nobody reads what
/// is passed on, the stream is closed: the command is told, as it would be without us.
pub(super) fn pass_on(
    mut from: impl Read + AsFd,
    to: &mut (dyn Write + Send),
    mut copy: File,
    stop: &AtomicBool,
) -> io::Result<()> {
    let mut buffer = vec![0; 1 << 16];
    let mut kept = Ok(());
    loop {
        let stopping = stop.load(Ordering::Acquire);
        let mut ready = [PollFd::new(&from, PollFlags::IN)];
        match poll(&mut ready, Some(&STOP)) {
            Ok(0) if stopping => return kept,
            Ok(0) | Err(rustix::io::Errno::INTR) => continue,
            Ok(_) => {}
            Err(error) => return Err(error.into()),
        }
        let bytes = match from.read(&mut buffer) {
            Ok(0) => return kept,
            Ok(count) => &buffer[..count],
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if kept.is_ok() {
            kept = copy.write_all(bytes);
        }
        if to.write_all(bytes).and_then(|()| to.flush()).is_err() {
            return kept;
        }
    }
}
