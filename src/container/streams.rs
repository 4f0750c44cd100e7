//! Where a command reads from and writes to: pipes, or a terminal of the container's own.

use std::io;
use std::os::fd::{AsFd as _, OwnedFd};

use rustix::fs::{self, Mode, OFlags, ResolveFlags};
use rustix::pty::OpenptFlags;
use rustix::termios::Winsize;

use super::failure::{During as _, Failure, Outcome};
use super::{User, beneath, devices, mount, talk};

/// What `statfs` says of a `devpts`.
const DEVPTS: u32 = 0x1cd1;

/// What becomes descriptors 0, 1 and 2.
#[derive(Debug)]
pub(super) enum Streams {
    /// Nothing is read where there is no `input`; without `output` it is what this process has.
    Pipes { input: Option<OwnedFd>, output: Option<[OwnedFd; 2]> },
    /// Nothing is read, and what is written is lost.
    Nothing,
    /// A new terminal, whose other end goes through the socket.
    Terminal { socket: OwnedFd, rows: u16, columns: u16 },
}

impl Streams {
    /// Makes them this process's; it must have the container's root, and `user` is to own them. `console` says whether
    /// a terminal becomes `/dev/console`.
    pub(super) fn install(self, user: &User, console: bool) -> Outcome<()> {
        match self {
            Self::Pipes { input, output } => {
                match input {
                    Some(input) => rustix::stdio::dup2_stdin(input).during("set the input")?,
                    None => rustix::stdio::dup2_stdin(null()?).during("set the input")?,
                }
                if let Some([out, err]) = output {
                    rustix::stdio::dup2_stdout(out).during("set the output")?;
                    rustix::stdio::dup2_stderr(err).during("set the output")?;
                }
            }
            Self::Nothing => all(&null()?).during("set the streams")?,
            Self::Terminal { socket, rows, columns } => {
                let inner = terminal(&socket, rows, columns).during("make a terminal")?;
                if console {
                    be_console(&inner).during("mount `/dev/console`")?;
                }
                rustix::process::ioctl_tiocsctty(&inner).during("control the terminal")?;
                all(&inner).during("set the streams")?;
            }
        }
        give(user);
        Ok(())
    }
}

fn all(stream: &OwnedFd) -> io::Result<()> {
    rustix::stdio::dup2_stdin(stream)?;
    rustix::stdio::dup2_stdout(stream)?;
    Ok(rustix::stdio::dup2_stderr(stream)?)
}

/// The container's own: the mode of the host's could be changed through it. What is called so need not be it, where the
/// user has put a folder of the container's at `/dev`: a link there leads to what this process has open.
fn null() -> Outcome<OwnedFd> {
    let how = OFlags::RDWR | OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let resolve = ResolveFlags::IN_ROOT | ResolveFlags::NO_MAGICLINKS | ResolveFlags::NO_SYMLINKS;
    let root = fs::open("/", OFlags::PATH | OFlags::CLOEXEC, Mode::empty());
    let root = root.during("open the root")?;
    let null = fs::openat2(&root, "dev/null", how, Mode::empty(), resolve);
    let null = null.during("open `/dev/null`")?;
    devices::is_device(&null, 1, 3).during("open `/dev/null`")?;
    fs::fcntl_setfl(&null, OFlags::RDWR).during("open `/dev/null`")?;
    Ok(null)
}

/// So that the user of the command may open `/dev/stdout`.
fn give(user: &User) {
    let (uid, gid) = (fs::Uid::from_raw(user.uid), fs::Gid::from_raw(user.gid));
    for stream in [rustix::stdio::stdin(), rustix::stdio::stdout(), rustix::stdio::stderr()] {
        let Ok(stat) = fs::fstat(stream) else { continue };
        if fs::FileType::from_raw_mode(stat.st_mode) == fs::FileType::Fifo {
            let _ = fs::fchown(stream, Some(uid), Some(gid));
        } else if rustix::termios::isatty(stream) {
            // Its group stays that of terminals.
            let _ = fs::fchown(stream, Some(uid), None);
        }
    }
}

/// Opens a terminal of the container's own; its other end goes to who asked.
fn terminal(socket: &OwnedFd, rows: u16, columns: u16) -> io::Result<OwnedFd> {
    let root = fs::open("/", OFlags::PATH | OFlags::CLOEXEC, Mode::empty())?;
    let how = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
    let resolve = ResolveFlags::IN_ROOT | ResolveFlags::NO_MAGICLINKS | ResolveFlags::NO_SYMLINKS;
    let outer = fs::openat2(&root, "dev/pts/ptmx", how, Mode::empty(), resolve)?;
    // What is called so need not be it.
    if u32::try_from(fs::fstatfs(&outer)?.f_type).ok() != Some(DEVPTS) {
        return Err(io::Error::from_raw_os_error(libc::ENOTTY));
    }
    rustix::pty::unlockpt(&outer)?;
    let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
    let inner = rustix::pty::ioctl_tiocgptpeer(&outer, flags)?;
    let size = Winsize { ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
    rustix::termios::tcsetwinsize(&outer, size)?;
    talk::send(socket, talk::Kind::Talk, &[], &[outer.as_fd()], talk::Wait::Yes)?;
    Ok(inner)
}

/// As Docker: what is written to the console is seen at the terminal.
fn be_console(inner: &OwnedFd) -> io::Result<()> {
    let dev =
        beneath::open_plain(fs::open("/", OFlags::PATH | OFlags::CLOEXEC, Mode::empty())?, "dev")?;
    let how = OFlags::CREATE | OFlags::EXCL | OFlags::WRONLY | OFlags::CLOEXEC;
    match fs::openat(&dev, "console", how, Mode::from_raw_mode(0o600)) {
        Ok(_) | Err(rustix::io::Errno::EXIST) => {}
        Err(error) => return Err(error.into()),
    }
    mount::attach(&mount::copy(inner, false)?, beneath::open_plain(&dev, "console")?)
}

/// Returns what arrived through the other end of a terminal's socket.
pub(super) fn receive_terminal(socket: &OwnedFd) -> Result<OwnedFd, Failure> {
    let mut buffer = [0; 8];
    let packet = talk::receive(socket, &mut buffer, talk::Wait::Yes).during("get the terminal")?;
    let descriptor = packet.and_then(|packet| packet.descriptors.into_iter().next());
    descriptor.ok_or_else(|| Failure::start("get the terminal", &io::ErrorKind::NotFound.into()))
}
