//! The other way round: what the container says to a port of its own loopback reaches that port of this machine's.
//!
//! ```text
//! client ──► listener of the container's network ──► relay ──► server on 127.0.0.1 of this machine
//! ```
//!
//! For one server that is meant to be reached, and no other: a run's own MLflow address. A child makes the listeners inside
//! and hands them out; the relay itself stays where it is, since an ordinary user could not come back.

use std::net::Ipv4Addr;
use std::os::fd::{AsFd as _, OwnedFd};

use rustix::process::{self, Pid, WaitOptions};

use super::{Listener, enter, listen, more_descriptors, serve};
use crate::container::failure::{During as _, Failure, Outcome};
use crate::container::network::leave;
use crate::container::network::port::{Bound, Choice, Port, Protocol};
use crate::container::{sys, talk};

/// Starts a relay from `ports` of the loopback of `inside` to the same ports of this machine's.
///
/// For a process with one thread that may enter that network.
pub(in crate::container::network) fn start_back(ports: &[u16], inside: &OwnedFd) -> Outcome<Pid> {
    more_descriptors();
    let listeners = listeners(ports, inside)?;
    let parent = process::getpid();
    match sys::fork().during("make a process for ports of this machine")? {
        Some(pid) => Ok(pid),
        None => {
            // Nobody is told: a relay that ends leaves ports that refuse.
            let _ = serve(listeners, None, Ipv4Addr::LOCALHOST, parent);
            leave()
        }
    }
}

/// Listens inside.
fn listeners(ports: &[u16], inside: &OwnedFd) -> Outcome<Vec<Listener>> {
    let (ours, theirs) = talk::pair().during("make a socket")?;
    let Some(pid) = sys::fork().during("make a process for ports of this machine")? else {
        drop(ours);
        // What cannot be listened at is missing on the other side.
        let _ = hand_out(ports, inside, &theirs);
        leave()
    };
    drop(theirs);
    let mut listeners = vec![];
    for port in ports {
        let packet = talk::receive(&ours, &mut [0; 8], talk::Wait::Yes).during("take a socket")?;
        let socket = packet.and_then(|packet| packet.descriptors.into_iter().next());
        let Some(socket) = socket else { break };
        listeners.push(Listener { socket, bound: bound(*port) });
    }
    let _ = process::waitpid(Some(pid), WaitOptions::empty());
    match listeners.len() == ports.len() {
        true => Ok(listeners),
        false => Err(Failure::Unsupported {
            what: "a port of this machine in the container".to_owned(),
            why: "nobody can listen there".to_owned(),
        }),
    }
}

fn hand_out(ports: &[u16], inside: &OwnedFd, to: &OwnedFd) -> Outcome<()> {
    enter(inside)?;
    for port in ports {
        let bound = bound(*port);
        let wanted = Port {
            address: Some(bound.address),
            host: Choice::One(*port),
            container: *port,
            protocol: Protocol::Tcp,
        };
        let listener = listen::bind(&wanted, bound.address, *port).during("listen inside")?;
        let socket = [listener.socket.as_fd()];
        talk::send(to, talk::Kind::Talk, &[], &socket, talk::Wait::Yes).during("send a socket")?;
    }
    Ok(())
}

fn bound(port: u16) -> Bound {
    let address = Ipv4Addr::LOCALHOST.into();
    Bound { container: port, protocol: Protocol::Tcp, address, host: port }
}
