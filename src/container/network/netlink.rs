//! Messages to the kernel about links, addresses and routes (rtnetlink(7)): as few as a bridge with containers needs.
//!
//! ```text
//! length u32 · type u16 · flags u16 · sequence u32 · port u32 · header of the type · attributes
//! attribute: length u16 · type u16 · value, filled up to a multiple of four
//! ```

use std::io;
use std::net::Ipv4Addr;
use std::os::fd::{AsRawFd as _, BorrowedFd, OwnedFd};

use rustix::net::{self, AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, netlink};

const HEADER: usize = 16;
/// What the kernel sends at once at most.
const LARGEST: usize = 32 << 10;

/// The kernel's answers are taken from this socket; it belongs to the network it was opened in.
pub(super) struct Kernel {
    socket: OwnedFd,
}

/// An IPv4 address, and how many of its bits are those of its network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Subnet {
    pub(super) address: Ipv4Addr,
    pub(super) bits: u8,
}

impl Subnet {
    /// Tells whether the two have any address in common.
    pub(super) fn overlaps(self, other: Self) -> bool {
        let bits = self.bits.min(other.bits).min(32);
        let mask = u32::MAX.checked_shl(32 - u32::from(bits)).unwrap_or(0);
        self.address.to_bits() & mask == other.address.to_bits() & mask
    }
}

/// A message that is being written.
struct Message(Vec<u8>);

impl Message {
    fn new(kind: u16, flags: i32, header: &[u8]) -> Self {
        let flags = (libc::NLM_F_REQUEST | libc::NLM_F_ACK | flags).to_le_bytes();
        let mut bytes = vec![0; 4];
        bytes.extend(kind.to_ne_bytes());
        bytes.extend(u16::from_le_bytes([flags[0], flags[1]]).to_ne_bytes());
        bytes.extend([0; 8]);
        bytes.extend(header);
        Self(bytes)
    }

    fn link(kind: u16, flags: i32, index: u32, up: bool) -> Self {
        let on = if up { libc::IFF_UP.unsigned_abs() } else { 0 };
        let mut header = vec![0; 4];
        for word in [index, on, on] {
            header.extend(word.to_ne_bytes());
        }
        Self::new(kind, flags, &header)
    }

    fn put(mut self, kind: u16, value: &[u8]) -> Self {
        let length = u16::try_from(value.len() + 4).unwrap_or(u16::MAX);
        self.0.extend(length.to_ne_bytes());
        self.0.extend(kind.to_ne_bytes());
        self.0.extend(value);
        self.0.resize(self.0.len().next_multiple_of(4), 0);
        self
    }

    /// Puts attributes into an attribute.
    fn nest(self, kind: u16, fill: impl FnOnce(Self) -> Self) -> Self {
        let start = self.0.len();
        let mut filled = fill(self.put(kind, &[]));
        let length = u16::try_from(filled.0.len() - start).unwrap_or(u16::MAX);
        filled.0[start..start + 2].copy_from_slice(&length.to_ne_bytes());
        filled
    }

    fn name(self, name: &str) -> Self {
        self.put(libc::IFLA_IFNAME, &[name.as_bytes(), b"\0"].concat())
    }
}

impl Kernel {
    /// Opens a socket of the network that this process is in.
    pub(super) fn open() -> io::Result<Self> {
        let flags = SocketFlags::CLOEXEC;
        let socket = net::socket_with(AddressFamily::NETLINK, SocketType::RAW, flags, None)?; // 0: ROUTE
        net::bind(&socket, &netlink::SocketAddrNetlink::new(0, 0))?;
        Ok(Self { socket })
    }

    /// Returns the number of a link; nothing where there is none of this name.
    pub(super) fn find(&self, name: &str) -> io::Result<Option<u32>> {
        let probe = net::socket(AddressFamily::INET, SocketType::DGRAM, None)?;
        match net::netdevice::name_to_index(&probe, name) {
            Ok(index) => Ok(Some(index)),
            Err(rustix::io::Errno::NODEV) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    pub(super) fn make_bridge(&self, name: &str) -> io::Result<()> {
        let flags = libc::NLM_F_CREATE | libc::NLM_F_EXCL;
        let message = Message::link(libc::RTM_NEWLINK, flags, 0, true).name(name);
        self.ask(
            message.nest(libc::IFLA_LINKINFO, |info| info.put(libc::IFLA_INFO_KIND, b"bridge")),
        )
    }

    /// Makes a cable from `name` here, a part of the bridge `master`, to `eth0` in another network.
    pub(super) fn make_cable(
        &self,
        name: &str,
        master: u32,
        inside: BorrowedFd<'_>,
        hardware: [u8; 6],
    ) -> io::Result<()> {
        const VETH_INFO_PEER: u16 = 1;
        let there = inside.as_raw_fd().to_ne_bytes();
        let flags = libc::NLM_F_CREATE | libc::NLM_F_EXCL;
        let message = Message::link(libc::RTM_NEWLINK, flags, 0, true).name(name);
        let message = message.put(libc::IFLA_MASTER, &master.to_ne_bytes());
        self.ask(message.nest(libc::IFLA_LINKINFO, |info| {
            info.put(libc::IFLA_INFO_KIND, b"veth").nest(libc::IFLA_INFO_DATA, |data| {
                data.nest(VETH_INFO_PEER, |mut peer| {
                    peer.0.extend([0; 16]);
                    let peer = peer.name("eth0").put(libc::IFLA_ADDRESS, &hardware);
                    peer.put(libc::IFLA_NET_NS_FD, &there)
                })
            })
        }))
    }

    /// Takes a link away, and with it the other end of a cable.
    pub(super) fn cut(&self, name: &str) -> io::Result<()> {
        self.ask(Message::link(libc::RTM_DELLINK, 0, 0, false).name(name))
    }

    pub(super) fn turn_on(&self, index: u32) -> io::Result<()> {
        self.ask(Message::link(libc::RTM_NEWLINK, 0, index, true))
    }

    /// Gives a link an address; that it has it already is no failure.
    pub(super) fn give(&self, index: u32, subnet: Subnet) -> io::Result<()> {
        let mut header = vec![libc::AF_INET.to_le_bytes()[0], subnet.bits, 0, 0];
        header.extend(index.to_ne_bytes());
        let address = subnet.address.octets();
        let mask = u32::MAX.checked_shr(u32::from(subnet.bits)).unwrap_or(0);
        let everybody = Ipv4Addr::from_bits(subnet.address.to_bits() | mask).octets();
        let message =
            Message::new(libc::RTM_NEWADDR, libc::NLM_F_CREATE | libc::NLM_F_EXCL, &header);
        let message = message.put(libc::IFA_LOCAL, &address).put(libc::IFA_ADDRESS, &address);
        match self.ask(message.put(libc::IFA_BROADCAST, &everybody)) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            done => done,
        }
    }

    /// Sends everything that is not near to `gateway`.
    pub(super) fn route(&self, gateway: Ipv4Addr) -> io::Result<()> {
        let mut header = vec![libc::AF_INET.to_le_bytes()[0], 0, 0, 0, libc::RT_TABLE_MAIN];
        header.extend([libc::RTPROT_BOOT, libc::RT_SCOPE_UNIVERSE, libc::RTN_UNICAST, 0, 0, 0, 0]);
        let message = Message::new(libc::RTM_NEWROUTE, libc::NLM_F_CREATE, &header);
        self.ask(message.put(libc::RTA_GATEWAY, &gateway.octets()))
    }

    /// Returns each IPv4 address with the number of its link.
    pub(super) fn addresses(&self) -> io::Result<Vec<(u32, Subnet)>> {
        let header = [libc::AF_INET.to_le_bytes()[0], 0, 0, 0, 0, 0, 0, 0];
        let mut found = vec![];
        self.list(libc::RTM_GETADDR, &header, 8, |header, attributes| {
            let index = u32::from_ne_bytes(header[4..8].try_into().unwrap_or_default());
            let address = attribute(attributes, libc::IFA_LOCAL).and_then(ipv4);
            found.extend(address.map(|address| (index, Subnet { address, bits: header[1] })));
        })?;
        Ok(found)
    }

    /// Returns the networks that packets are sent to, but for the way to everything.
    pub(super) fn routes(&self) -> io::Result<Vec<Subnet>> {
        let mut header = [0; 12];
        header[0] = libc::AF_INET.to_le_bytes()[0];
        let mut found = vec![];
        self.list(libc::RTM_GETROUTE, &header, 12, |header, attributes| {
            let address = attribute(attributes, libc::RTA_DST).and_then(ipv4);
            found.extend(address.map(|address| Subnet { address, bits: header[1] }));
        })?;
        Ok(found)
    }

    fn ask(&self, message: Message) -> io::Result<()> {
        self.exchange(message, |_, _| {})
    }

    fn list(
        &self,
        kind: u16,
        header: &[u8],
        size: usize,
        mut each: impl FnMut(&[u8], &[u8]),
    ) -> io::Result<()> {
        let wanted = Message::new(kind, libc::NLM_F_DUMP, header);
        self.exchange(wanted, |found, body| {
            // What is listed has the number before that of the question.
            if found + 2 == kind && body.len() >= size {
                each(&body[..size], &body[size..]);
            }
        })
    }

    /// Sends a message and takes the answers until the last.
    fn exchange(&self, mut message: Message, mut each: impl FnMut(u16, &[u8])) -> io::Result<()> {
        let length = u32::try_from(message.0.len()).map_err(io::Error::other)?;
        message.0[..4].copy_from_slice(&length.to_ne_bytes());
        let kernel = netlink::SocketAddrNetlink::new(0, 0);
        net::sendto(&self.socket, &message.0, SendFlags::empty(), &kernel)?;
        let mut buffer = vec![0; LARGEST];
        loop {
            let (length, _) = net::recv(&self.socket, &mut buffer[..], RecvFlags::empty())?;
            let mut rest = &buffer[..length];
            while rest.len() >= HEADER {
                let size = u32::from_ne_bytes(rest[..4].try_into().unwrap_or_default()) as usize;
                let kind = u16::from_ne_bytes([rest[4], rest[5]]);
                if size < HEADER || size > rest.len() {
                    return Err(io::ErrorKind::InvalidData.into());
                }
                let body = &rest[HEADER..size];
                match i32::from(kind) {
                    libc::NLMSG_DONE => return Ok(()),
                    libc::NLMSG_ERROR => return answered(body),
                    _ => each(kind, body),
                }
                rest = &rest[size.next_multiple_of(4).min(rest.len())..];
            }
        }
    }
}

/// The kernel's yes is a failure with the number zero.
fn answered(body: &[u8]) -> io::Result<()> {
    let number = body.get(..4).and_then(|bytes| bytes.try_into().ok()).map(i32::from_ne_bytes);
    match number {
        Some(0) => Ok(()),
        Some(number) => Err(io::Error::from_raw_os_error(-number)),
        None => Err(io::ErrorKind::InvalidData.into()),
    }
}

fn attribute(mut rest: &[u8], wanted: u16) -> Option<&[u8]> {
    while rest.len() >= 4 {
        let size = usize::from(u16::from_ne_bytes([rest[0], rest[1]]));
        let kind = u16::from_ne_bytes([rest[2], rest[3]]);
        let value = rest.get(4..size)?;
        if kind == wanted {
            return Some(value);
        }
        rest = rest.get(size.next_multiple_of(4)..)?;
    }
    None
}

fn ipv4(bytes: &[u8]) -> Option<Ipv4Addr> {
    <[u8; 4]>::try_from(bytes).ok().map(Ipv4Addr::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_overlap_where_one_lies_in_the_other() {
        let subnet = |text: &str| {
            let (address, bits) = text.split_once('/').unwrap();
            Subnet { address: address.parse().unwrap(), bits: bits.parse().unwrap() }
        };
        for (a, b, expected) in [
            ("10.87.0.0/16", "10.87.3.4/24", true),
            ("10.87.0.0/16", "10.88.0.0/16", false),
            ("10.0.0.0/8", "10.88.0.0/16", true),
            ("0.0.0.0/0", "10.88.0.0/16", true),
            ("10.88.0.1/32", "10.88.0.2/32", false),
        ] {
            assert_eq!(subnet(a).overlaps(subnet(b)), expected, "{a} {b}");
        }
    }

    #[test]
    fn a_hostile_answer_is_no_reason_to_panic() {
        for bytes in [&[0, 0, 1, 0][..], &[3, 0, 1, 0], &[255, 255, 1, 0, 9], &[5, 0, 1, 0, 7]] {
            let _ = attribute(bytes, 9);
        }
        assert_eq!(attribute(&[5, 0, 1, 0, 7], 1), Some(&[7][..]));
        assert!(answered(&[]).is_err() && answered(&[0; 4]).is_ok());
    }
}
