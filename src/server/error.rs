use std::io;
use std::net::SocketAddr;

use crate::store;

/// What keeps a server from running. What a request meets is an answer and not among these.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Store(#[from] store::Error),
    #[error("could not listen on {address}")]
    Listen { address: SocketAddr, source: io::Error },
    #[error("could not {action}")]
    System { action: &'static str, source: io::Error },
}
