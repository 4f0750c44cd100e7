//! What goes through the socket between the caller and the helper, and the pipe below: a length and a message.

use std::io::{self, Read, Write};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::beneath::Made;
use super::failure::Failure;
use super::{Exit, Started};

/// A specification with a hundred thousand variables fits; a lie does not.
const LARGEST: u32 = 64 << 20;

/// From the helper to the caller.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Report {
    /// The command runs.
    Started(Started),
    Failed(Failure),
    Ended(Exit),
}

/// From the container's first process to the helper. It ends without a `Failed` when the command has been executed.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Step {
    Made(Vec<Made>),
    Failed(Failure),
}

pub(super) fn send(to: &mut impl Write, message: &impl Serialize) -> io::Result<()> {
    let body = serde_ipld_dagcbor::to_vec(message).map_err(io::Error::other)?;
    let length = u32::try_from(body.len()).map_err(io::Error::other)?;
    let mut whole = length.to_le_bytes().to_vec();
    whole.extend(body);
    to.write_all(&whole)
}

/// Returns the next message; nothing where the other end is closed.
pub(super) fn receive<T: DeserializeOwned>(from: &mut impl Read) -> io::Result<Option<T>> {
    let mut length = [0; 4];
    if let Err(error) = from.read_exact(&mut length) {
        return match error.kind() {
            io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset => Ok(None),
            _ => Err(error),
        };
    }
    let length = u32::from_le_bytes(length);
    if length > LARGEST {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "a message is too long"));
    }
    let mut body = vec![0; length as usize];
    from.read_exact(&mut body)?;
    serde_ipld_dagcbor::from_slice(&body).map(Some).map_err(io::Error::other)
}
