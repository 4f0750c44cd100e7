//! Who speaks with a supervisor, and what waits to be sent to them.

use std::collections::VecDeque;
use std::os::fd::{AsFd as _, OwnedFd};

use rustix::io::Errno;
use rustix::net::{SocketFlags, sockopt};

use crate::container::talk::{self, Kind, Packet, Reply, Wait};

/// So many packets may wait for one who does not listen, before the container has to wait, too.
const PATIENCE: usize = 8;
/// So many may speak at once.
const MOST: usize = 512;

/// One who speaks with the supervisor.
pub(super) struct Client {
    pub(super) number: u64,
    pub(super) socket: OwnedFd,
    /// Whether it sees what the command writes.
    pub(super) attached: bool,
    /// Whether it is told of the end.
    pub(super) waiting: bool,
    pending: VecDeque<(Kind, Vec<u8>)>,
    gone: bool,
}

impl Client {
    pub(super) fn is_busy(&self) -> bool {
        !self.pending.is_empty()
    }

    pub(super) fn send(&mut self, kind: Kind, bytes: &[u8]) {
        if self.pending.is_empty() {
            match talk::send(&self.socket, kind, bytes, &[], Wait::No) {
                Ok(()) => return,
                Err(Errno::AGAIN | Errno::NOBUFS) => {}
                Err(_) => return self.gone = true,
            }
        }
        self.pending.push_back((kind, bytes.to_vec()));
    }

    pub(super) fn say(&mut self, reply: &Reply) {
        let body = serde_ipld_dagcbor::to_vec(reply).expect("plain values");
        self.send(Kind::Talk, &body);
    }

    /// Sends what waits, as far as it can be.
    pub(super) fn flush(&mut self) {
        while let Some((kind, bytes)) = self.pending.front() {
            match talk::send(&self.socket, *kind, bytes, &[], Wait::No) {
                Ok(()) => drop(self.pending.pop_front()),
                Err(Errno::AGAIN | Errno::NOBUFS) => return,
                Err(_) => return self.gone = true,
            }
        }
    }

    /// Returns the next packet, if one has come.
    pub(super) fn receive(&mut self, buffer: &mut [u8]) -> Option<Packet> {
        match talk::receive(&self.socket, buffer, Wait::No) {
            Ok(Some(packet)) => return Some(packet),
            Err(Errno::AGAIN) => {}
            Ok(None) | Err(_) => self.gone = true,
        }
        None
    }
}

/// All of them.
#[derive(Default)]
pub(super) struct Clients {
    pub(super) all: Vec<Client>,
    count: u64,
}

impl Clients {
    /// Adds one who is connected; returns its number.
    pub(super) fn add(&mut self, socket: OwnedFd) -> u64 {
        self.count += 1;
        self.all.push(Client {
            number: self.count,
            socket,
            attached: false,
            waiting: false,
            pending: VecDeque::new(),
            gone: false,
        });
        self.count
    }

    /// Takes those in who wait at the door, if they are the same user, or root.
    pub(super) fn accept(&mut self, listener: &OwnedFd) {
        while let Ok(socket) = rustix::net::accept_with(listener, SocketFlags::CLOEXEC) {
            let own = rustix::process::geteuid();
            let known = sockopt::socket_peercred(&socket)
                .is_ok_and(|peer| peer.uid == own || peer.uid.is_root());
            if known && self.all.len() < MOST {
                self.add(socket);
            }
        }
    }

    pub(super) fn get(&mut self, number: u64) -> Option<&mut Client> {
        self.all.iter_mut().find(|client| client.number == number)
    }

    /// Passes on what the command wrote.
    pub(super) fn output(&mut self, kind: Kind, bytes: &[u8]) {
        self.all.iter_mut().filter(|client| client.attached).for_each(|one| one.send(kind, bytes));
    }

    /// Tells those who wait for it, or see the command, that it has ended.
    pub(super) fn ended(&mut self, reply: &Reply) {
        for client in self.all.iter_mut().filter(|client| client.attached || client.waiting) {
            client.say(reply);
            (client.attached, client.waiting) = (false, false);
        }
    }

    /// Whether somebody who sees the command cannot follow.
    pub(super) fn are_behind(&self) -> bool {
        self.all.iter().any(|client| client.attached && client.pending.len() >= PATIENCE)
    }

    /// Forgets those who are gone.
    pub(super) fn bury(&mut self) {
        self.all.retain(|client| !client.gone);
    }

    /// Sends all that waits to those who still listen, however long that takes.
    pub(super) fn flush(&mut self) {
        use rustix::event::{PollFd, PollFlags};
        loop {
            self.all.iter_mut().for_each(Client::flush);
            self.all.retain(|client| !client.gone && client.is_busy());
            let mut polled: Vec<PollFd<'_>> = self
                .all
                .iter()
                .map(|client| PollFd::from_borrowed_fd(client.socket.as_fd(), PollFlags::OUT))
                .collect();
            if polled.is_empty() {
                return;
            }
            let _ = rustix::event::poll(&mut polled, None);
        }
    }
}
