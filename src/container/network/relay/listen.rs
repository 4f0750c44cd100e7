//! Sockets of the host that wait for what is meant for the container.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::fd::OwnedFd;

use rustix::io::Errno;
use rustix::net::{self, AddressFamily, SocketFlags, SocketType, ipproto, sockopt};

use super::Listener;
use crate::container::failure::{Failure, Outcome};
use crate::container::network::port::{Bound, Choice, Port, Protocol};

const BACKLOG: i32 = 4096;
/// How often another free port is tried where the one the kernel chose is taken for the other family of addresses.
const TRIES: u32 = 20;

/// Listens where `ports` say.
pub(super) fn listen(ports: &[Port]) -> Outcome<Vec<Listener>> {
    let mut listeners = vec![];
    for port in ports {
        listeners.extend(open(port).map_err(|error| failed(port, error))?);
    }
    Ok(listeners)
}

fn failed(port: &Port, error: Errno) -> Failure {
    let number = match port.host {
        Choice::Any => "any port".to_owned(),
        Choice::One(number) => format!("port {number}"),
        Choice::Between(first, last) => format!("a port from {first} to {last}"),
    };
    let place = port.address.map(|address| format!(" of {address}")).unwrap_or_default();
    let what = format!("{number}/{}{place} of this machine", port.protocol);
    let why = match error {
        Errno::ADDRINUSE => "something else listens there".to_owned(),
        Errno::ACCESS => {
            "only root may publish such a low port (`sysctl net.ipv4.ip_unprivileged_port_start`)"
                .to_owned()
        }
        Errno::ADDRNOTAVAIL => "this machine has no such address".to_owned(),
        other => io::Error::from(other).to_string(),
    };
    Failure::Unsupported { what, why }
}

fn open(port: &Port) -> Result<Vec<Listener>, Errno> {
    match port.host {
        Choice::One(number) => open_at(port, number),
        Choice::Between(first, last) => {
            let mut tried = (first..=last).map(|number| open_at(port, number));
            tried
                .find(|tried| !matches!(tried, Err(Errno::ADDRINUSE)))
                .unwrap_or(Err(Errno::ADDRINUSE))
        }
        Choice::Any => {
            let mut tried = (0..TRIES).map(|_| open_at(port, 0));
            tried
                .find(|tried| !matches!(tried, Err(Errno::ADDRINUSE)))
                .unwrap_or(Err(Errno::ADDRINUSE))
        }
    }
}

/// Without an address every one of both families; a machine may have but one family.
fn open_at(port: &Port, number: u16) -> Result<Vec<Listener>, Errno> {
    if let Some(address) = port.address {
        return Ok(vec![bind(port, address, number)?]);
    }
    let first = bind(port, Ipv4Addr::UNSPECIFIED.into(), number)?;
    match bind(port, Ipv6Addr::UNSPECIFIED.into(), first.bound.host) {
        Ok(second) => Ok(vec![first, second]),
        Err(Errno::AFNOSUPPORT | Errno::ADDRNOTAVAIL) => Ok(vec![first]),
        Err(error) => Err(error),
    }
}

pub(super) fn bind(port: &Port, address: IpAddr, number: u16) -> Result<Listener, Errno> {
    let family = if address.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 };
    let socket = socket(family, port.protocol)?;
    if family == AddressFamily::INET6 {
        sockopt::set_ipv6_v6only(&socket, true)?;
    }
    if port.protocol == Protocol::Tcp {
        sockopt::set_socket_reuseaddr(&socket, true)?;
    }
    net::bind(&socket, &SocketAddr::new(address, number))?;
    if port.protocol == Protocol::Tcp {
        net::listen(&socket, BACKLOG)?;
    }
    let host = SocketAddr::try_from(net::getsockname(&socket)?)?.port();
    let Port { container, protocol, .. } = *port;
    Ok(Listener { socket, bound: Bound { container, protocol, address, host } })
}

/// Opens a socket that never waits.
pub(super) fn socket(family: AddressFamily, protocol: Protocol) -> Result<OwnedFd, Errno> {
    let (kind, number) = match protocol {
        Protocol::Tcp => (SocketType::STREAM, ipproto::TCP),
        Protocol::Udp => (SocketType::DGRAM, ipproto::UDP),
    };
    net::socket_with(family, kind, SocketFlags::NONBLOCK | SocketFlags::CLOEXEC, Some(number))
}
