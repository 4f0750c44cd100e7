use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use crate::server::token;
use crate::store;
use crate::track;

/// What keeps a server from running. What a request meets is an answer and not among these.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Store(#[from] store::Error),
    #[error(transparent)]
    Token(#[from] token::Error),
    #[error(transparent)]
    Track(#[from] track::Error),
    #[error("could not listen on {address}")]
    Listen { address: SocketAddr, source: io::Error },
    #[error("could not read `{}`: {reason}", path.display())]
    Certificate { path: PathBuf, reason: String },
    #[error("could not {action}")]
    System { action: &'static str, source: io::Error },
}
