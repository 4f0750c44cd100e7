//! Runs a command in a container and waits for it.

use std::io::{self, PipeReader, Read as _};
use std::net::Shutdown;
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::os::unix::fs::MetadataExt as _;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec};

use super::mount::{self, NO_DEVICES, READ_ONLY};
use super::wire::{self, Report};
use super::{Error, Exit, Spec};

/// The hidden command by which the program runs itself again; the first argument, and nothing after it.
pub const HELPER: &str = "__container";

/// How often a caller is asked whether it still wants to wait.
const ASKED: Timespec = Timespec { tv_sec: 0, tv_nsec: 50_000_000 };
/// How long a helper may take to end what is no longer wanted, before it is killed itself.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where output came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    Out,
    Err,
}

/// Runs `spec` to its end; `output` gets what the command writes, as it comes.
///
/// Returns [`Error::Cancelled`] soon after `cancelled` says so: it is asked several times a second. When this returns, every
/// process of the container is gone. May be called from several threads at once. The process must be one that may mount:
/// see [`super::enter_namespace`].
pub fn run(
    spec: &Spec,
    output: &mut dyn FnMut(Stream, &[u8]),
    cancelled: &dyn Fn() -> bool,
) -> Result<Exit, Error> {
    run_by(&own_program()?, spec, output, cancelled)
}

/// Returns where this program lies, in the mounts that this process sees: `/proc/self/exe` leads to the mount that it was
/// started from, which is another's where the process has taken a namespace of its own.
pub(super) fn own_program() -> Result<PathBuf, Error> {
    let itself = Path::new("/proc/self/exe");
    let find = || -> io::Result<PathBuf> {
        let path = std::fs::read_link(itself)?;
        let (running, found) = (std::fs::metadata(itself)?, std::fs::metadata(&path)?);
        match (running.dev(), running.ino()) == (found.dev(), found.ino()) {
            true => Ok(path),
            false => Err(io::Error::new(io::ErrorKind::NotFound, "it was replaced while it ran")),
        }
    };
    find().map_err(failed("find the program itself"))
}

/// As [`run`], with the program that serves [`HELPER`], where it is not the one that runs.
pub fn run_by(
    program: &Path,
    spec: &Spec,
    output: &mut dyn FnMut(Stream, &[u8]),
    cancelled: &dyn Fn() -> bool,
) -> Result<Exit, Error> {
    let (socket, theirs) = UnixStream::pair().map_err(failed("make a socket"))?;
    let (out, out_end) = io::pipe().map_err(failed("make a pipe"))?;
    let (err, err_end) = io::pipe().map_err(failed("make a pipe"))?;
    for pipe in [&out, &err] {
        rustix::io::ioctl_fionbio(pipe, true)
            .map_err(|error| failed("make a pipe")(error.into()))?;
    }
    let child = start(program, theirs, out_end, err_end)?;
    let mut call =
        Call { child, socket, pipes: [(Stream::Out, Some(out)), (Stream::Err, Some(err))] };
    if wire::send(&mut call.socket, spec).is_err() {
        return Err(Error::Lost);
    }
    let ended = call.wait(output, cancelled);
    call.drain(output);
    ended
}

fn failed(what: &'static str) -> impl Fn(io::Error) -> Error {
    move |source| Error::Start { what: what.to_owned(), source }
}

/// Starts the helper with nothing of ours but the socket and the pipes.
///
/// It is executed from a read-only mount that is nowhere: a container that gets hold of it through `/proc` (as by a script
/// whose interpreter is `/proc/self/exe`) cannot write to the program.
fn start(
    program: &Path,
    socket: UnixStream,
    out: io::PipeWriter,
    err: io::PipeWriter,
) -> Result<Child, Error> {
    let sealed = mount::copy_path(program, false)
        .and_then(|sealed| mount::set(&sealed, false, READ_ONLY | NO_DEVICES).map(|()| sealed))
        .map_err(|source| Error::Start { what: "take the program itself".to_owned(), source })?;
    Command::new(PathBuf::from(format!("/proc/self/fd/{}", sealed.as_raw_fd())))
        .arg0("mls")
        .arg(HELPER)
        .env_clear()
        .stdin(OwnedFd::from(socket))
        .stdout(out)
        .stderr(err)
        // Ctrl-C at a terminal is for the caller, who then ends the container in its own way.
        .process_group(0)
        .spawn()
        .map_err(failed("start the helper"))
}

/// A helper at work, and the ends of its streams.
struct Call {
    child: Child,
    socket: UnixStream,
    pipes: [(Stream, Option<PipeReader>); 2],
}

impl Call {
    fn wait(
        &mut self,
        output: &mut dyn FnMut(Stream, &[u8]),
        cancelled: &dyn Fn() -> bool,
    ) -> Result<Exit, Error> {
        let mut given_up: Option<Instant> = None;
        let mut buffer = vec![0; 64 << 10];
        loop {
            match given_up {
                None if cancelled() => {
                    given_up = Some(Instant::now());
                    let _ = self.socket.shutdown(Shutdown::Write);
                }
                Some(since) if since.elapsed() > PATIENCE => {
                    let _ = self.child.kill();
                }
                _ => {}
            }
            if self.poll()? {
                match wire::receive(&mut self.socket) {
                    Ok(Some(Report::Started(_))) => {}
                    _ if given_up.is_some() => return Err(Error::Cancelled),
                    Ok(Some(Report::Ended(exit))) => return Ok(exit),
                    Ok(Some(Report::Failed(failure))) => return Err(failure.into()),
                    Ok(None) | Err(_) => return Err(Error::Lost),
                }
            }
            self.read(&mut buffer, output);
        }
    }

    /// Waits for something to happen; tells whether the helper has said something.
    fn poll(&self) -> Result<bool, Error> {
        let mut polled = vec![PollFd::new(&self.socket, PollFlags::IN)];
        let open = self.pipes.iter().filter_map(|(_, pipe)| pipe.as_ref());
        polled.extend(open.map(|pipe| PollFd::new(pipe, PollFlags::IN)));
        match rustix::event::poll(&mut polled, Some(&ASKED)) {
            Ok(_) | Err(rustix::io::Errno::INTR) => Ok(!polled[0].revents().is_empty()),
            Err(error) => Err(failed("wait for the container")(error.into())),
        }
    }

    /// Passes on what is there, a piece of each stream; tells whether there was anything.
    fn read(&mut self, buffer: &mut [u8], output: &mut dyn FnMut(Stream, &[u8])) -> bool {
        let mut any = false;
        for (stream, place) in &mut self.pipes {
            let Some(pipe) = place else { continue };
            match pipe.read(buffer) {
                Ok(0) => *place = None,
                Ok(length) => {
                    any = true;
                    output(*stream, &buffer[..length]);
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => any = true,
                Err(_) => *place = None,
            }
        }
        any
    }

    /// Passes on what was written last; nobody is left to write more.
    fn drain(&mut self, output: &mut dyn FnMut(Stream, &[u8])) {
        let mut buffer = vec![0; 64 << 10];
        while self.read(&mut buffer, output) {}
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        // The helper ends by itself once the socket is closed.
        let _ = self.socket.shutdown(Shutdown::Both);
        let _ = self.child.wait();
    }
}
