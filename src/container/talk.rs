//! What goes between a supervisor and those who speak with it: each message one packet, descriptors with it.
//!
//! ```text
//! kind (1 byte)   content
//! 0  talk         a Request, to the supervisor; a Reply, from it: DAG-CBOR
//! 1  input        bytes for the command; none: there are no more
//! 2  out, 3 err   bytes of the command
//! ```
//!
//! A socket that keeps packets apart (`SOCK_SEQPACKET`) needs no lengths, and nobody can stop in the middle of one.

use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;

use rustix::fs::{CWD, Mode, OFlags};
use rustix::io::Errno;
use rustix::net::{
    AddressFamily, RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, SocketAddrUnix, SocketFlags, SocketType,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::failure::Failure;
use super::{Exit, Started, User};

/// The bytes of one packet at most; the kernel takes less than 200 KiB in one piece.
pub(super) const LARGEST: usize = 32 << 10;
/// Descriptors of one packet.
const DESCRIPTORS: usize = 4;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Kind {
    Talk = 0,
    Input = 1,
    Out = 2,
    Err = 3,
}

/// Whether a call may wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wait {
    Yes,
    No,
}

/// What is asked of a supervisor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Request {
    /// Pass on what the command writes from now on, and take what it is to read.
    Attach,
    /// Say when the command ends.
    Wait,
    Resize {
        rows: u16,
        columns: u16,
    },
    Signal(i32),
    /// The signal first, and after so many milliseconds the end; never where there are none.
    Stop {
        signal: i32,
        after: Option<u64>,
    },
    Pause(bool),
    /// Run another command; with descriptors: an [`Exec`], then its streams.
    Exec,
}

/// What a supervisor says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Reply {
    /// The command runs.
    Started(Started),
    Failed(Failure),
    Ended(Exit),
    Done,
    Refused(String),
}

/// Another command in a container that runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exec {
    pub args: Vec<String>,
    /// Beside the container's own.
    pub env: Vec<String>,
    /// The container's own where nothing is said.
    pub cwd: Option<String>,
    pub user: ExecUser,
    pub privileged: bool,
    /// Rows and columns of a terminal for it.
    pub terminal: Option<(u16, u16)>,
    /// Whether nobody sees what it writes.
    pub detached: bool,
}

/// Whose rights another command has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ExecUser {
    /// The container's.
    Same,
    /// As [`User::find`] takes it.
    Text(String),
    Number(User),
}

/// A message as it came.
#[derive(Debug)]
pub(super) struct Packet {
    /// Of the buffer, the kind left out.
    pub(super) length: usize,
    pub(super) kind: u8,
    pub(super) descriptors: Vec<OwnedFd>,
}

impl Packet {
    pub(super) fn is(&self, kind: Kind) -> bool {
        self.kind == kind as u8
    }
}

/// Returns both ends of a connection.
pub(super) fn pair() -> io::Result<(OwnedFd, OwnedFd)> {
    Ok(rustix::net::socketpair(
        AddressFamily::UNIX,
        SocketType::SEQPACKET,
        SocketFlags::CLOEXEC,
        None,
    )?)
}

/// Listens in `folder`, whose path may be longer than an address may.
pub(super) fn listen(folder: &Path) -> io::Result<OwnedFd> {
    let (_folder, address) = address(folder)?;
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let socket = rustix::net::socket_with(AddressFamily::UNIX, SocketType::SEQPACKET, flags, None)?;
    crate::base::fs::remove(&folder.join(NAME))?;
    // Before anybody else may connect: the folder is the user's own.
    rustix::net::bind(&socket, &address)?;
    rustix::net::listen(&socket, 64)?;
    Ok(socket)
}

const NAME: &str = "socket";

/// Connects to the supervisor of `folder`; nothing where there is none.
pub(super) fn connect(folder: &Path) -> io::Result<Option<OwnedFd>> {
    let (_folder, address) = match address(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        other => other?,
    };
    let socket = rustix::net::socket_with(
        AddressFamily::UNIX,
        SocketType::SEQPACKET,
        SocketFlags::CLOEXEC,
        None,
    )?;
    match rustix::net::connect(&socket, &address) {
        Ok(()) => Ok(Some(socket)),
        Err(Errno::CONNREFUSED | Errno::NOENT) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn address(folder: &Path) -> io::Result<(OwnedFd, SocketAddrUnix)> {
    use std::os::fd::AsRawFd as _;
    let how = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let folder = rustix::fs::openat(CWD, folder, how, Mode::empty())?;
    let path = format!("/proc/self/fd/{}/{NAME}", folder.as_raw_fd());
    Ok((folder, SocketAddrUnix::new(path)?))
}

/// Sends one packet.
pub(super) fn send(
    socket: impl AsFd,
    kind: Kind,
    body: &[u8],
    descriptors: &[BorrowedFd<'_>],
    wait: Wait,
) -> rustix::io::Result<()> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(DESCRIPTORS))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    if !descriptors.is_empty() && !control.push(SendAncillaryMessage::ScmRights(descriptors)) {
        return Err(Errno::INVAL);
    }
    let flags = match wait {
        Wait::Yes => SendFlags::NOSIGNAL,
        Wait::No => SendFlags::NOSIGNAL | SendFlags::DONTWAIT,
    };
    let kind = [kind as u8];
    let parts = [IoSlice::new(&kind), IoSlice::new(body)];
    loop {
        match rustix::net::sendmsg(&socket, &parts, &mut control, flags) {
            Err(Errno::INTR) => {}
            done => return done.map(drop),
        }
    }
}

/// Sends something to be understood.
pub(super) fn say(socket: impl AsFd, what: &impl Serialize, wait: Wait) -> rustix::io::Result<()> {
    let body = serde_ipld_dagcbor::to_vec(what).map_err(|_| Errno::INVAL)?;
    send(socket, Kind::Talk, &body, &[], wait)
}

/// Receives one packet into `buffer`; nothing where the other end is closed.
pub(super) fn receive(
    socket: impl AsFd,
    buffer: &mut [u8],
    wait: Wait,
) -> rustix::io::Result<Option<Packet>> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(DESCRIPTORS))];
    let flags = match wait {
        Wait::Yes => RecvFlags::CMSG_CLOEXEC,
        Wait::No => RecvFlags::CMSG_CLOEXEC | RecvFlags::DONTWAIT,
    };
    let mut kind = [0];
    let (bytes, descriptors) = loop {
        let mut control = RecvAncillaryBuffer::new(&mut space);
        let mut parts = [IoSliceMut::new(&mut kind), IoSliceMut::new(buffer)];
        match rustix::net::recvmsg(&socket, &mut parts, &mut control, flags) {
            Err(Errno::INTR) => {}
            Err(Errno::CONNRESET) => return Ok(None),
            Err(error) => return Err(error),
            Ok(message) => break (message.bytes, rights(&mut control)),
        }
    };
    let Some(length) = bytes.checked_sub(1) else { return Ok(None) };
    Ok(Some(Packet { length, kind: kind[0], descriptors }))
}

fn rights(control: &mut RecvAncillaryBuffer<'_>) -> Vec<OwnedFd> {
    let mut found = vec![];
    for message in control.drain() {
        if let RecvAncillaryMessage::ScmRights(descriptors) = message {
            found.extend(descriptors);
        }
    }
    found
}

/// Understands what was received.
pub(super) fn understood<T: DeserializeOwned>(body: &[u8]) -> io::Result<T> {
    serde_ipld_dagcbor::from_slice(body).map_err(io::Error::other)
}
