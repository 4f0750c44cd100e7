//! Another command in a container that runs, with its streams here.

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};

use mls::container::{Connection, Container, Exec, Said};
use rustix::event::{PollFd, PollFlags};
use signal_hook::consts::SIGWINCH;
use signal_hook::iterator::Signals;

use super::terminal::Raw;
use super::{NOT_STARTED, size};
use crate::cli::error::CommandError;
use crate::cli::ui;

/// Runs it; returns its exit code.
pub(crate) fn run(container: &Container, exec: &Exec, input: bool) -> Result<i32, CommandError> {
    if exec.detached {
        container.exec(exec, vec![]).map_err(refused)?;
        return Ok(0);
    }
    match exec.terminal {
        Some(_) => at_terminal(container, exec, input),
        None => through_pipes(container, exec, input),
    }
}

pub(crate) fn refused(error: mls::container::Error) -> CommandError {
    let code = match &error {
        mls::container::Error::NotRunning(_) | mls::container::Error::Paused(_) => 1,
        other => u8::try_from(other.code()).unwrap_or(NOT_STARTED),
    };
    CommandError { code, ..CommandError::from(error) }
}

fn through_pipes(container: &Container, exec: &Exec, input: bool) -> Result<i32, CommandError> {
    let (out, out_end) = io::pipe()?;
    let (err, err_end) = io::pipe()?;
    let mut streams = vec![OwnedFd::from(out_end), OwnedFd::from(err_end)];
    if input {
        let (end, ours) = io::pipe()?;
        streams.push(OwnedFd::from(end));
        std::thread::spawn(move || copy(&mut io::stdin(), File::from(OwnedFd::from(ours))));
    }
    let (connection, _) = container.exec(exec, streams).map_err(refused)?;
    carry(connection, [Some(File::from(OwnedFd::from(out))), Some(File::from(OwnedFd::from(err)))])
}

/// Copies until either side has had enough; the end of the input is the end there, too.
fn copy(from: &mut impl io::Read, mut to: File) {
    let _ = io::copy(from, &mut to);
}

fn at_terminal(container: &Container, exec: &Exec, input: bool) -> Result<i32, CommandError> {
    let (connection, terminal) = container.exec(exec, vec![]).map_err(refused)?;
    let terminal = File::from(terminal.ok_or(mls::container::Error::Lost)?);
    let raw = input.then(Raw::begin).flatten();
    let resized = terminal.try_clone()?;
    let mut signals = Signals::new([SIGWINCH])?;
    std::thread::spawn(move || {
        for _ in signals.forever() {
            let Some((rows, columns)) = size() else { continue };
            let size = rustix::termios::Winsize {
                ws_row: rows,
                ws_col: columns,
                ws_xpixel: 0,
                ws_ypixel: 0,
            };
            let _ = rustix::termios::tcsetwinsize(&resized, size);
        }
    });
    if input {
        let to = terminal.try_clone()?;
        std::thread::spawn(move || copy(&mut io::stdin(), to));
    }
    let code = carry(connection, [Some(terminal), None]);
    drop(raw);
    code
}

/// Passes on what is written until the command ends, and then what there still is; a process that it left behind and that
/// holds its streams is not waited for.
fn carry(mut connection: Connection, mut from: [Option<File>; 2]) -> Result<i32, CommandError> {
    for file in from.iter().flatten() {
        let flags = rustix::fs::fcntl_getfl(file).map_err(io::Error::from)?;
        rustix::fs::fcntl_setfl(file, flags | rustix::fs::OFlags::NONBLOCK)
            .map_err(io::Error::from)?;
    }
    let mut buffer = vec![0; 64 << 10];
    loop {
        let (said, ready) = {
            let mut watched: Vec<(Option<usize>, BorrowedFd<'_>)> =
                vec![(None, connection.as_fd())];
            let open = from.iter().enumerate();
            watched.extend(open.filter_map(|(at, file)| Some((Some(at), file.as_ref()?.as_fd()))));
            let mut polled: Vec<PollFd<'_>> = watched
                .iter()
                .map(|(_, fd)| PollFd::from_borrowed_fd(*fd, PollFlags::IN))
                .collect();
            match rustix::event::poll(&mut polled, None) {
                Err(rustix::io::Errno::INTR) => continue,
                done => done.map_err(io::Error::from)?,
            };
            let ready = watched.iter().zip(&polled).filter(|(_, one)| !one.revents().is_empty());
            let ready: Vec<Option<usize>> = ready.map(|((at, _), _)| *at).collect();
            (ready.contains(&None), ready)
        };
        for at in ready.into_iter().flatten() {
            pass_on(at, &mut from[at], &mut buffer)?;
        }
        if said {
            let code = match connection.hear()? {
                Some(Said::Ended(exit)) => exit.code(),
                Some(_) => continue,
                None => 137,
            };
            for (at, file) in from.iter_mut().enumerate() {
                while pass_on(at, file, &mut buffer)? {}
            }
            return Ok(code);
        }
    }
}

/// Passes one piece on; tells whether there was any.
fn pass_on(at: usize, place: &mut Option<File>, buffer: &mut [u8]) -> Result<bool, CommandError> {
    let (mut out, mut err, _) = ui::streams();
    let Some(file) = place else { return Ok(false) };
    match file.read(buffer) {
        Ok(0) => *place = None,
        Ok(length) if at == 0 => {
            out.write_all(&buffer[..length])?;
            out.flush()?;
            return Ok(true);
        }
        Ok(length) => {
            err.write_all(&buffer[..length])?;
            return Ok(true);
        }
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
        Err(error) if error.kind() == io::ErrorKind::Interrupted => return Ok(true),
        // A terminal that nobody has open any more.
        Err(_) => *place = None,
    }
    Ok(false)
}
