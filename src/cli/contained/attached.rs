//! Being at a container: its output here, what is typed there, until it ends or the user leaves.

use std::io::{self, IsTerminal as _, Read as _, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use mls::container::{Connection, Container, Said, Stream, Writer};
use signal_hook::consts;
use signal_hook::iterator::Signals;

use super::terminal::Raw;
use super::{Keys, size};
use crate::cli::error::CommandError;
use crate::cli::{interrupt, ui};

/// How one is at a container.
#[derive(Debug)]
pub(crate) struct Options {
    /// Whether what is read here goes there.
    pub(crate) input: bool,
    pub(crate) terminal: bool,
    pub(crate) keys: Keys,
    /// Whether signals go there.
    pub(crate) signals: bool,
}

/// How it came to an end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Left {
    Ended(i32),
    Detached,
    /// The supervisor is gone, and with it the container.
    Lost,
}

/// The signals that are passed on, beside those that end a command here.
const PASSED: [i32; 6] = [
    consts::SIGHUP,
    consts::SIGQUIT,
    consts::SIGUSR1,
    consts::SIGUSR2,
    consts::SIGALRM,
    consts::SIGCONT,
];

/// Stays until the container ends or the user leaves.
pub(crate) fn stay(
    container: &Container,
    mut connection: Connection,
    options: Options,
) -> Result<Left, CommandError> {
    let raw = (options.terminal && options.input).then(Raw::begin).flatten();
    let detached = Arc::new(AtomicBool::new(false));
    watch_signals(container, connection.writer()?, &options)?;
    if options.input {
        let (writer, flag) = (connection.writer()?, Arc::clone(&detached));
        let keys = raw.is_some().then_some(options.keys);
        std::thread::spawn(move || type_in(&writer, keys, &flag));
    }
    let left = follow(&mut connection);
    drop(raw);
    match left {
        Ok(Left::Lost) if detached.load(Ordering::Relaxed) => Ok(Left::Detached),
        other => other,
    }
}

fn follow(connection: &mut Connection) -> Result<Left, CommandError> {
    let (mut out, mut err, _) = ui::streams();
    loop {
        match connection.hear()? {
            Some(Said::Output(Stream::Out, bytes)) => {
                out.write_all(bytes)?;
                out.flush()?;
            }
            Some(Said::Output(Stream::Err, bytes)) => err.write_all(bytes)?,
            Some(Said::Ended(exit)) => return Ok(Left::Ended(exit.code())),
            Some(Said::Started(_) | Said::Done) => {}
            None => return Ok(Left::Lost),
        }
    }
}

/// Passes on what is read here, until there is no more of it or the user leaves.
fn type_in(writer: &Writer, mut keys: Option<Keys>, detached: &AtomicBool) {
    let mut buffer = vec![0; 32 << 10];
    let mut stdin = io::stdin();
    loop {
        let length = match stdin.read(&mut buffer) {
            Ok(0) => break,
            Ok(length) => length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(_) => break,
        };
        let sent = match &mut keys {
            None => writer.input(&buffer[..length]),
            Some(keys) => {
                let (bytes, leaves) = keys.pass(&buffer[..length]);
                let sent = bytes.is_empty() || writer.input(&bytes);
                if leaves {
                    detached.store(true, Ordering::Relaxed);
                    return writer.hang_up();
                }
                sent
            }
        };
        if !sent {
            return;
        }
    }
    writer.input(&[]);
}

/// Passes signals and sizes on from a thread of their own.
fn watch_signals(
    container: &Container,
    writer: Writer,
    options: &Options,
) -> Result<(), CommandError> {
    let mut watched = vec![];
    if options.terminal {
        watched.push(consts::SIGWINCH);
    }
    if options.signals {
        watched.extend(PASSED);
        let (ending, container) = (interrupt::take(), container.clone());
        std::thread::spawn(move || ending.iter().for_each(|signal| pass(&container, signal)));
    }
    if watched.is_empty() {
        return Ok(());
    }
    let mut signals = Signals::new(watched)?;
    let container = container.clone();
    std::thread::spawn(move || {
        for signal in signals.forever() {
            match signal {
                consts::SIGWINCH => size().into_iter().for_each(|size| writer.resize(size)),
                signal => pass(&container, signal),
            }
        }
    });
    Ok(())
}

/// A connection of its own: what is typed and not read yet must not hold a signal up.
fn pass(container: &Container, signal: i32) {
    // One that has ended needs none.
    let _ = container.kill(signal);
}

/// Refuses a terminal for input that is none, as Docker does.
pub(crate) fn check_terminal(input: bool, terminal: bool) -> Result<(), CommandError> {
    match input && terminal && !io::stdin().is_terminal() {
        true => Err(CommandError::usage("the input is no terminal")
            .hint("Leave out `-t` to pass bytes through as they are.")),
        false => Ok(()),
    }
}
