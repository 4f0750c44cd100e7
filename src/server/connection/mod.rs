//! Connections: how many there may be, how long a client may take, how they end.
//!
//! A client that is slow costs a connection and nothing else, and it does not keep it for long:
//!
//! | what is slow | how long it may take |
//! |---|---|
//! | TLS | 10 s |
//! | the head of a request, the first on its connection or begun | 10 s |
//! | nothing: a connection that is kept for the next request | 75 s |
//! | a body (`pace`) | 10 s and a second for each KiB, never 30 s without a byte |
//! | the reading of an answer | 30 s and a second for each KiB, never 30 s without a byte |
//!
//! Where there are too many, the one that has waited longest without a request makes room for the next.

mod accept;
mod roll;
mod stream;
mod tls;

use std::net::SocketAddr;
use std::sync::Arc;

pub(in crate::server) use accept::{Door, Face, Listening, serve};
pub(in crate::server) use roll::{Busy, Connection, Roll};
pub(in crate::server) use stream::Alarm;
pub use tls::Certificate;
pub(in crate::server) use tls::Tls;

/// What a handler may know of the other end.
#[derive(Debug, Clone)]
pub(in crate::server) struct Peer {
    pub(in crate::server) address: SocketAddr,
    pub(in crate::server) connection: Arc<Connection>,
}
