//! Where a webhook may lead: to the public internet over TLS, unless the operator allows more.
//!
//! The name is resolved once, all its addresses are checked, and the connection is made to these and to no others: a
//! name that means something else a moment later leads nowhere.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs as _};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use reqwest::Url;

/// How long a name may take to be resolved.
const PATIENCE: Duration = Duration::from_secs(5);

/// What an address is checked against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reach {
    /// Whether private addresses, and plain HTTP, are allowed.
    pub(super) private: bool,
}

/// An address that may be connected to.
#[derive(Debug, Clone)]
pub(super) struct Target {
    pub(super) url: Url,
    pub(super) host: String,
    pub(super) addresses: Vec<SocketAddr>,
}

impl Reach {
    /// Checks an address and resolves its name; waits for the resolver. The failure is in MLflow's words.
    pub(super) fn check(self, text: &str) -> Result<Target, String> {
        if text.trim().is_empty() {
            return Err(format!("Webhook URL cannot be empty or just whitespace: '{text}'"));
        }
        let url =
            Url::parse(text).map_err(|error| format!("Invalid webhook URL '{text}': {error}"))?;
        let known: &[&str] = if self.private { &["https", "http"] } else { &["https"] };
        if !known.contains(&url.scheme()) {
            return Err(format!(
                "Invalid webhook URL scheme: '{}'. Allowed schemes are: {}.",
                url.scheme(),
                known.join(", ")
            ));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(
                "Invalid webhook URL: it must not hold a user name or a password".to_owned()
            );
        }
        let Some(host) = url.host_str().filter(|host| !host.is_empty()) else {
            return Err(format!("Webhook URL must include a hostname: '{text}'"));
        };
        let host = host.trim_matches(['[', ']']).to_owned();
        let port = url.port_or_known_default().unwrap_or(443);
        let addresses = resolve(&host, port)?;
        match addresses.iter().find(|address| !self.private && !is_public(address.ip())) {
            None => Ok(Target { url, host, addresses }),
            Some(address) => Err(format!(
                "Webhook URL must not resolve to a non-public IP address. '{host}' resolves to {}.",
                address.ip()
            )),
        }
    }
}

fn resolve(host: &str, port: u16) -> Result<Vec<SocketAddr>, String> {
    if let Ok(ip) = host.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(ip, port)]);
    }
    let (told, answer) = mpsc::channel();
    let name = host.to_owned();
    // The resolver of the system cannot be told to stop; it is left alone then.
    thread::spawn(move || told.send((name.as_str(), port).to_socket_addrs().map(Vec::from_iter)));
    match answer.recv_timeout(PATIENCE) {
        Ok(Ok(addresses)) if !addresses.is_empty() => Ok(addresses),
        Ok(Ok(_)) => {
            Err(format!("Cannot resolve Webhook URL hostname '{host}': it has no address"))
        }
        Ok(Err(error)) => Err(format!("Cannot resolve Webhook URL hostname '{host}': {error}")),
        Err(_) => Err(format!("Timed out resolving Webhook URL hostname '{host}' after 5 seconds")),
    }
}

/// Tells whether an address belongs to the public internet, whatever form it is wrapped in.
pub(super) fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => embedded(ip).map_or_else(|| is_public_v6(ip), is_public_v4),
    }
}

/// Networks of IPv4 that are nobody's or somebody's own (the IANA special-purpose registry).
const PRIVATE: [([u8; 4], u32); 15] = [
    ([0, 0, 0, 0], 8),
    ([10, 0, 0, 0], 8),
    ([100, 64, 0, 0], 10),
    ([127, 0, 0, 0], 8),
    ([169, 254, 0, 0], 16),
    ([172, 16, 0, 0], 12),
    ([192, 0, 0, 0], 24),
    ([192, 0, 2, 0], 24),
    ([192, 88, 99, 0], 24),
    ([192, 168, 0, 0], 16),
    ([198, 18, 0, 0], 15),
    ([198, 51, 100, 0], 24),
    ([203, 0, 113, 0], 24),
    ([224, 0, 0, 0], 4),
    ([240, 0, 0, 0], 4),
];

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let bits = u32::from(ip);
    let within =
        |(net, length): &([u8; 4], u32)| (bits ^ u32::from_be_bytes(*net)) >> (32 - length) == 0;
    !PRIVATE.iter().any(within)
}

/// Only global unicast (2000::/3) without the parts of it that are for documents and for experiments.
fn is_public_v6(ip: Ipv6Addr) -> bool {
    let parts = ip.segments();
    let global = parts[0] & 0xe000 == 0x2000;
    // 2001::/23 holds Teredo, ORCHID and other protocols; 2001:db8::/32 and 3fff::/20 are for documents.
    let special = (parts[0] == 0x2001 && (parts[1] < 0x0200 || parts[1] == 0x0db8))
        || (parts[0] == 0x3fff && parts[1] < 0x1000);
    global && !special
}

/// Returns the IPv4 address that an IPv6 one stands for: mapped, compatible, 6to4 or NAT64.
fn embedded(ip: Ipv6Addr) -> Option<Ipv4Addr> {
    let parts = ip.segments();
    let of = |high: u16, low: u16| Some(Ipv4Addr::from(u32::from(high) << 16 | u32::from(low)));
    match parts {
        [0, 0, 0, 0, 0, 0xffff | 0, high, low] if parts[6] != 0 || parts[5] != 0 => of(high, low),
        [0, 0, 0, 0, 0xffff, 0, high, low] => of(high, low),
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => of(high, low),
        [0x2002, high, low, ..] => of(high, low),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn h09_addresses_that_are_not_public_are_known_in_every_disguise() {
        for ip in [
            "127.0.0.1",
            "10.1.2.3",
            "172.31.0.1",
            "192.168.0.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "192.0.2.1",
            "198.18.0.1",
            "203.0.113.9",
            "224.0.0.1",
            "255.255.255.255",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "fd12::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::ffff:a9fe:a9fe",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "2002:7f00:1::",
            "2001:db8::1",
            "2001::1",
            "3fff::1",
            "::ffff:0:127.0.0.1",
        ] {
            assert!(!is_public(ip.parse().unwrap()), "{ip}");
        }
        for ip in [
            "1.1.1.1",
            "8.8.8.8",
            "172.32.0.1",
            "2606:4700::1111",
            "::ffff:8.8.8.8",
            "64:ff9b::808:808",
        ] {
            assert!(is_public(ip.parse().unwrap()), "{ip}");
        }
    }

    #[test]
    fn h09_an_address_is_refused_however_it_is_written() {
        let strict = Reach { private: false };
        for url in [
            "",
            "  ",
            "nope",
            "http://1.1.1.1/",
            "ftp://1.1.1.1/",
            "file:///etc/passwd",
            "https://127.0.0.1/x",
            "https://127.1/",
            "https://0177.0.0.1/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://[::1]/",
            "https://[::ffff:127.0.0.1]/",
            "https://localhost/",
            "https://a:b@1.1.1.1/",
            "https:///x",
            "javascript:1",
            "https://169.254.169.254/latest/meta-data",
        ] {
            assert!(strict.check(url).is_err(), "{url}");
        }
        let target = strict.check("https://1.1.1.1:8443/hook?a=b").unwrap();
        assert_eq!(target.addresses, ["1.1.1.1:8443".parse().unwrap()]);
        let loose = Reach { private: true };
        assert!(loose.check("http://127.0.0.1:9/").is_ok());
        assert!(loose.check("ftp://127.0.0.1/").is_err());
    }
}
