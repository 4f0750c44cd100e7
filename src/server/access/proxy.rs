//! Who asks where a reverse proxy asks for others: what it says of its client counts, and what anybody else says does not.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

use axum::http::HeaderMap;

/// The header in which each proxy adds whom it speaks for, last.
const FORWARDED: &str = "x-forwarded-for";

/// The header in which a proxy says how its client came.
const SCHEME: &str = "x-forwarded-proto";

/// Addresses of reverse proxies, given with `--trusted-proxy`: one, or a network such as `10.0.0.0/8`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proxies {
    address: IpAddr,
    bits: u8,
}

impl Proxies {
    fn hold(&self, address: IpAddr) -> bool {
        let number = |address: IpAddr| match address {
            IpAddr::V4(address) => (u128::from(address.to_bits()), 32),
            IpAddr::V6(address) => (address.to_bits(), 128),
        };
        let ((own, width), (other, of)) = (number(self.address), number(plain(address)));
        let tail = width - u32::from(self.bits);
        width == of && own.checked_shr(tail).unwrap_or(0) == other.checked_shr(tail).unwrap_or(0)
    }
}

impl FromStr for Proxies {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        const WRONG: &str =
            "expected an address such as `10.0.0.7`, or a network such as `10.0.0.0/8`";
        let (address, bits) = text.split_once('/').map_or((text, None), |(a, b)| (a, Some(b)));
        let address = plain(address.parse().map_err(|_| WRONG)?);
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(most), str::parse).map_err(|_| WRONG)?;
        if bits > most {
            return Err(WRONG);
        }
        Ok(Self { address, bits })
    }
}

/// Returns the client of a request that came from `peer`.
///
/// The list is read from its end, past proxies that are trusted: what comes before may be anybody's invention.
pub(super) fn client(headers: &HeaderMap, peer: IpAddr, trusted: &[Proxies]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|proxies| proxies.hold(address));
    let mut client = peer;
    let lists = headers.get_all(FORWARDED).iter().collect::<Vec<_>>();
    let lists = lists.into_iter().rev().map(|list| list.to_str().unwrap_or_default());
    for said in lists.flat_map(|list| list.rsplit(',')) {
        if !is_trusted(client) {
            break;
        }
        let Some(address) = read(said.trim()) else { break };
        client = address;
    }
    client
}

/// Returns whether a trusted proxy says that its client came over TLS.
pub(super) fn is_secure(headers: &HeaderMap, peer: IpAddr, trusted: &[Proxies]) -> bool {
    trusted.iter().any(|proxies| proxies.hold(peer))
        && headers
            .get(SCHEME)
            .is_some_and(|scheme| scheme.as_bytes().eq_ignore_ascii_case(b"https"))
}

/// Some proxies add the port.
fn read(text: &str) -> Option<IpAddr> {
    let with_port = || text.parse().ok().map(|address: SocketAddr| address.ip());
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    bare.parse().ok().or_else(with_port).map(plain)
}

/// Addresses of version 4 that came in a form of version 6 are what they are.
fn plain(address: IpAddr) -> IpAddr {
    let inner = |address: Ipv6Addr| address.to_ipv4_mapped().map(IpAddr::V4);
    match address {
        IpAddr::V6(six) => inner(six).unwrap_or(address),
        IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_trusted_proxy_says_of_its_client_counts() {
        let trusted = ["10.0.0.0/8", "fd00::1", "192.0.2.7"].map(|text| text.parse().unwrap());
        for (peer, said, client) in [
            ("203.0.113.5", &["198.51.100.1"][..], "203.0.113.5"),
            ("10.1.2.3", &["198.51.100.1"], "198.51.100.1"),
            ("::ffff:10.1.2.3", &["198.51.100.1"], "198.51.100.1"),
            ("10.1.2.3", &["1.1.1.1, 198.51.100.1"], "198.51.100.1"),
            ("10.1.2.3", &["1.1.1.1", "198.51.100.1, 192.0.2.7"], "198.51.100.1"),
            ("fd00::1", &["[2001:db8::1]:443"], "2001:db8::1"),
            ("fd00::2", &["198.51.100.1"], "fd00::2"),
            ("192.0.2.7", &["198.51.100.1:1234"], "198.51.100.1"),
            ("192.0.2.7", &["198.51.100.1, nonsense"], "192.0.2.7"),
            ("192.0.2.7", &[], "192.0.2.7"),
        ] {
            let mut headers = HeaderMap::new();
            for said in said {
                headers.append(FORWARDED, said.parse().unwrap());
            }
            let peer = peer.parse().unwrap();
            let wanted: IpAddr = client.parse().unwrap();
            assert_eq!(super::client(&headers, peer, &trusted), wanted, "{peer} {said:?}");
        }
        for text in ["", "10.0.0.0/33", "10.0.0.0/x", "hub", "10.0.0.0/-1", "::/129"] {
            assert!(text.parse::<Proxies>().is_err(), "{text}");
        }
        let any: Proxies = "0.0.0.0/0".parse().unwrap();
        assert!(any.hold("8.8.8.8".parse().unwrap()) && !any.hold("::1".parse().unwrap()));
    }
}
