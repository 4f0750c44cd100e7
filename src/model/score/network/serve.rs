//! `mls __network`: loads one network, then answers frames on the socket that is its standard input.
//!
//! The model is its standard output, a file in memory that all processes of it share. It hears what to do with it once its bounds are set, and ends
//! with whoever holds the other end of the socket, in the middle of a run too.

use std::borrow::Cow;
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::net::UnixStream;
use std::process::ExitCode;
use std::thread;

use rustix::event::{PollFd, PollFlags};
use rustix::process::{Signal, getpid, kill_process};

use super::wire::{Call, Order, Said};
use super::{Runs, ort, rten};
use crate::model::score::worker::{Channel, Part};
use crate::model::score::{Choice, Error, Tensor};

/// The hidden command of the program that runs a network.
pub const WORKER: &str = "__network";

/// No call is longer.
const LONGEST: u64 = 1 << 33;

/// What only waits needs little room.
const STACK: usize = 64 << 10;

/// Loads what it is told to and answers until nobody asks any more.
///
/// `map` maps a file that is sealed.
pub fn serve(map: fn(&File) -> io::Result<&'static [u8]>) -> ExitCode {
    match run(map) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(map: fn(&File) -> io::Result<&'static [u8]>) -> io::Result<()> {
    let (socket, model) = settle()?;
    end_with(socket.try_clone()?)?;
    let mut channel = Channel::new(socket, LONGEST);
    let Ok((order, _)) = channel.receive(None) else { return Ok(()) };
    let order: Order = serde_json::from_slice(&order)?;
    let bytes = map(&model)?;
    drop(model);
    let loaded = match load(&order, bytes) {
        Ok(loaded) => loaded,
        Err(error) => return say(&mut channel, &Said::failed(error), &[]),
    };
    say(&mut channel, &Said::Ready, &[])?;
    while let Ok((head, body)) = channel.receive(None) {
        let mut said = vec![];
        let head = Said::of(asked(&head, body).and_then(|all| loaded.run(all)), &mut said);
        say(&mut channel, &head, &said)?;
    }
    Ok(())
}

/// Takes the socket and the model out of where libraries read and print.
fn settle() -> io::Result<(UnixStream, File)> {
    let socket = rustix::stdio::stdin().try_clone_to_owned()?;
    let model = rustix::stdio::stdout().try_clone_to_owned()?;
    rustix::stdio::dup2_stdin(File::open("/dev/null")?)?;
    rustix::stdio::dup2_stdout(rustix::stdio::stderr())?;
    let _ = rustix::thread::set_name(c"mls-network");
    let _ = rustix::thread::set_no_new_privs(true);
    // Where the machine has no memory left, the kernel is to take this process and not the server.
    if let Ok(mut score) = OpenOptions::new().write(true).open("/proc/self/oom_score_adj") {
        let _ = score.write_all(b"1000");
    }
    Ok((socket.into(), model.into()))
}

/// Ends this process once the other end of the socket is closed, whatever it is at.
fn end_with(socket: UnixStream) -> io::Result<()> {
    let wait = move || {
        // No event is waited for: that the other end is closed is always told.
        let mut polled = [PollFd::new(&socket, PollFlags::empty())];
        while rustix::event::poll(&mut polled, None) == Err(rustix::io::Errno::INTR) {}
        let _ = kill_process(getpid(), Signal::KILL);
    };
    thread::Builder::new().stack_size(STACK).spawn(wait).map(drop)
}

fn load(order: &Order, bytes: &'static [u8]) -> Result<Box<dyn Runs>, Error> {
    let (library, threads) = (order.library(), order.threads);
    Ok(match (order.engine(), library) {
        (Choice::Ort, Some(library)) => Box::new(ort::Loaded::new(bytes, library, threads)?),
        _ => {
            let folder = order.folder();
            let (model, behind) = order.parts(bytes)?;
            Box::new(rten::Loaded::new(model, folder.as_deref(), behind, threads)?)
        }
    })
}

/// Returns the tensors that it is asked; the body is gone before they are worked at.
fn asked(head: &[u8], body: Vec<u8>) -> Result<Vec<Cow<'static, Tensor>>, Error> {
    let unread = |error: &dyn std::error::Error| Error::Engine {
        engine: "network",
        reason: format!("a call that cannot be read: {error}"),
    };
    let call: Call = serde_json::from_slice(head).map_err(|error| unread(&error))?;
    let tensor = |part: &Part| part.tensor(&body).map(Cow::Owned);
    call.tensors.iter().map(tensor).collect::<Result<_, _>>().map_err(|error| unread(&error))
}

fn say(channel: &mut Channel, said: &Said, body: &[u8]) -> io::Result<()> {
    let head = serde_json::to_vec(said)?;
    let sent = channel.send(&head, body, None);
    sent.map_err(|_| io::Error::other("nobody hears the answer"))
}
