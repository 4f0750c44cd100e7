//! Datagrams: for each sender outside a socket of its own in the container's network, so that answers find back.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::io;
use std::net::SocketAddr;
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use rustix::io::Errno;
use rustix::net::{self, AddressFamily, RecvFlags, SendFlags};

use super::listen::socket;
use crate::container::network::port::Protocol;

/// How long a sender is remembered that says nothing and is told nothing.
const IDLE: Duration = Duration::from_secs(90);
/// How many senders are remembered for one port; then the one that was silent longest is forgotten.
const SENDERS: usize = 1024;
/// No datagram is longer.
pub(super) const LARGEST: usize = 65_536;
/// How many datagrams are passed on before it is another's turn.
const TURN: usize = 64;

/// The senders of one port.
#[derive(Debug, Default)]
pub(super) struct Senders(HashMap<SocketAddr, Sender>);

#[derive(Debug)]
struct Sender {
    socket: OwnedFd,
    heard: Instant,
}

impl Senders {
    /// Passes on what has come for a port; `watch` is told of each socket that is new.
    pub(super) fn receive(
        &mut self,
        listener: &OwnedFd,
        target: SocketAddr,
        buffer: &mut [u8],
        watch: &mut dyn FnMut(&OwnedFd, SocketAddr) -> io::Result<()>,
    ) {
        for _ in 0..TURN {
            let (length, address) = match net::recvfrom(listener, &mut *buffer, RecvFlags::empty())
            {
                Ok((length, _, Some(address))) => (length, address),
                Err(Errno::AGAIN) => return,
                // An earlier answer was refused by whom it was for.
                Ok(_) | Err(_) => continue,
            };
            let Ok(address) = SocketAddr::try_from(address) else { continue };
            // Without a socket for it a datagram is lost, as one that nobody waits for.
            let Ok(sender) = self.sender(address, target, watch) else { continue };
            sender.heard = Instant::now();
            let _ = net::send(&sender.socket, &buffer[..length], SendFlags::empty());
        }
    }

    fn sender(
        &mut self,
        address: SocketAddr,
        target: SocketAddr,
        watch: &mut dyn FnMut(&OwnedFd, SocketAddr) -> io::Result<()>,
    ) -> io::Result<&mut Sender> {
        if !self.knows(&address) && self.0.len() >= SENDERS {
            let oldest = self.0.iter().min_by_key(|(_, sender)| sender.heard);
            if let Some(oldest) = oldest.map(|(address, _)| *address) {
                self.0.remove(&oldest);
            }
        }
        match self.0.entry(address) {
            Entry::Occupied(known) => Ok(known.into_mut()),
            Entry::Vacant(place) => {
                let family =
                    if target.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 };
                let socket = socket(family, Protocol::Udp)?;
                net::connect(&socket, &target)?;
                watch(&socket, address)?;
                Ok(place.insert(Sender { socket, heard: Instant::now() }))
            }
        }
    }

    /// Passes on what the container answers to `address`.
    pub(super) fn answer(&mut self, listener: &OwnedFd, address: SocketAddr, buffer: &mut [u8]) {
        let Some(sender) = self.0.get_mut(&address) else { return };
        for _ in 0..TURN {
            match net::recv(&sender.socket, &mut *buffer, RecvFlags::empty()) {
                Ok((length, _)) => {
                    sender.heard = Instant::now();
                    let _ = net::sendto(listener, &buffer[..length], SendFlags::empty(), &address);
                }
                Err(Errno::AGAIN) => return,
                // Nobody listens there, or not yet.
                Err(_) => {}
            }
        }
    }

    pub(super) fn knows(&self, address: &SocketAddr) -> bool {
        self.0.contains_key(address)
    }

    /// Forgets those that have been silent for long.
    pub(super) fn tidy(&mut self) {
        let now = Instant::now();
        self.0.retain(|_, sender| now.duration_since(sender.heard) < IDLE);
    }
}
