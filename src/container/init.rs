//! `--init`: a process 1 that buries the dead, passes signals on, and ends as the command does.
//!
//! It is this program itself, forked and not executed anew: nothing is mounted for it, and its rights are the command's.

use std::io;
use std::os::fd::AsFd as _;

use rustix::event::{PollFd, PollFlags};
use rustix::process::{self, Pid, Signal, WaitOptions};

use super::sys;

/// Which of the two a process is after [`split`].
pub(super) enum Half {
    Command,
    /// With the number of the command.
    Init(Pid),
}

/// Splits this process into process 1 and the command.
pub(super) fn split() -> io::Result<Half> {
    // Before there is a command that could look; it loses the name when it is executed.
    let _ = rustix::thread::set_name(c"init");
    Ok(match sys::fork()? {
        None => Half::Command,
        Some(command) => Half::Init(command),
    })
}

/// All that can be taken, but those that say that this process itself did wrong.
const SIGNALS: [i32; 21] = [
    libc::SIGHUP,
    libc::SIGINT,
    libc::SIGQUIT,
    libc::SIGUSR1,
    libc::SIGUSR2,
    libc::SIGPIPE,
    libc::SIGALRM,
    libc::SIGTERM,
    libc::SIGCHLD,
    libc::SIGCONT,
    libc::SIGTSTP,
    libc::SIGTTIN,
    libc::SIGTTOU,
    libc::SIGURG,
    libc::SIGXCPU,
    libc::SIGXFSZ,
    libc::SIGVTALRM,
    libc::SIGPROF,
    libc::SIGWINCH,
    libc::SIGIO,
    libc::SIGPWR,
];

/// What the kernel says of a signal that it sent itself, as for Ctrl-C: the command has had it, too.
const FROM_KERNEL: i32 = 0x80;

/// Does what process 1 is for; ends this process as `command` ends.
#[expect(clippy::exit, reason = "the copy of the program that has done all it is for")]
pub(super) fn serve(command: Pid) -> ! {
    let _ = sys::close_all_but(&[]);
    let Ok(signals) = sys::signals(&SIGNALS) else { std::process::exit(125) };
    loop {
        while let Ok(Some((pid, status))) = process::waitpid(None, WaitOptions::NOHANG) {
            if pid == command {
                let signal = status.terminating_signal().map(|signal| 128 + signal);
                std::process::exit(status.exit_status().or(signal).unwrap_or(1));
            }
        }
        let mut polled = [PollFd::from_borrowed_fd(signals.as_fd(), PollFlags::IN)];
        let _ = rustix::event::poll(&mut polled, None);
        while let Some((number, code)) = next(&signals) {
            if number != libc::SIGCHLD
                && code != FROM_KERNEL
                && let Some(signal) = Signal::from_named_raw(number)
            {
                let _ = process::kill_process(command, signal);
            }
        }
    }
}

/// Returns the next signal that waits, and where it came from.
pub(super) fn next(signals: impl std::os::fd::AsFd) -> Option<(i32, i32)> {
    let mut info = [0; size_of::<libc::signalfd_siginfo>()];
    let length = rustix::io::read(signals, &mut info).ok()?;
    let word = |at: usize| Some(i32::from_ne_bytes(info.get(at..at + 4)?.try_into().ok()?));
    if length < info.len() {
        return None;
    }
    // `ssi_signo`, `ssi_errno`, `ssi_code`.
    Some((word(0)?, word(8)?))
}
