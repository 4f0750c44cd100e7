//! The names that this server goes by.

use std::net::IpAddr;
use std::str::FromStr;

use axum::http::header::HOST;
use axum::http::request::Parts;

/// A name given with `--allow-host`: `hub.example.com`, `*.example.com`, with a port or without, or `*` for any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowedHost {
    name: String,
    port: Option<u16>,
}

/// The names that a request may be for. A name for a loopback address always counts, at any port.
#[derive(Debug, Clone)]
pub(in crate::server) struct Hosts {
    allowed: Vec<AllowedHost>,
    /// Whether addresses count that are no loopback ones: where the server listens on more than that.
    ///
    /// A page can only reach this server behind another *name*; an address in a Host is what somebody has typed.
    addresses: bool,
}

impl Hosts {
    pub(in crate::server) fn new(allowed: Vec<AllowedHost>, listens: IpAddr) -> Self {
        Self { allowed, addresses: !listens.is_loopback() }
    }

    /// Tells whether `host`, with its port or without, is a name of this server.
    pub(super) fn know(&self, host: &str) -> bool {
        let Some((name, port)) = split(host) else { return false };
        let address = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        let is_address = address.is_ok_and(|address| self.addresses || address.is_loopback());
        name == "localhost" || is_address || self.allowed.iter().any(|one| one.fits(&name, port))
    }

    /// As [`Self::know`], of an origin: a scheme, and nothing behind the port.
    pub(super) fn know_origin(&self, origin: &str) -> bool {
        let host = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
        host.is_some_and(|host| self.know(host))
    }
}

impl AllowedHost {
    fn fits(&self, name: &str, port: Option<u16>) -> bool {
        let fits = match self.name.strip_prefix('*') {
            Some("") => true,
            // The dot belongs to the tail: `*.example.com` is no `evilexample.com`.
            Some(tail) => name.len() > tail.len() && name.ends_with(tail),
            None => name == self.name,
        };
        fits && (self.port.is_none() || self.port == port)
    }
}

impl FromStr for AllowedHost {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        const WRONG: &str = "expected a host name such as `hub.example.com` or `*.example.com`";
        let plain = text.strip_prefix("*.").unwrap_or(if text == "*" { "any" } else { text });
        let (_, port) = split(plain).filter(|(name, _)| !name.contains('*')).ok_or(WRONG)?;
        let (name, _) = text.rsplit_once(':').filter(|_| port.is_some()).unwrap_or((text, ""));
        Ok(Self { name: name.to_ascii_lowercase(), port })
    }
}

/// Returns a host's name in lower case and its port; nothing where that is no host.
fn split(host: &str) -> Option<(String, Option<u16>)> {
    let (name, port) = match host.rfind(']') {
        Some(end) => (&host[..=end], host[end + 1..].strip_prefix(':')),
        None => host.split_once(':').map_or((host, None), |(name, port)| (name, Some(port))),
    };
    let rest = &host[name.len()..];
    let is_whole = rest.is_empty() || port.is_some_and(|port| !port.is_empty());
    let is_name = match name.strip_prefix('[') {
        Some(address) => address.strip_suffix(']')?.parse::<std::net::Ipv6Addr>().is_ok(),
        None => {
            !name.is_empty()
                && name.bytes().all(|c| c.is_ascii_alphanumeric() || b".-_".contains(&c))
        }
    };
    let port = match port {
        Some(digits) if digits.bytes().all(|c| c.is_ascii_digit()) => Some(digits.parse().ok()?),
        Some(_) => return None,
        None => None,
    };
    (is_whole && is_name).then(|| (name.to_ascii_lowercase(), port))
}

/// Returns the hosts that the request names: by its header, by its target, or by both; nothing where two headers or
/// bytes that are no text leave it open which.
pub(super) fn named(head: &Parts) -> Option<impl Iterator<Item = &str>> {
    let mut headers = head.headers.get_all(HOST).iter();
    let header = headers.next().map(|value| value.to_str()).transpose().ok()?;
    if headers.next().is_some() {
        return None;
    }
    let target = head.uri.authority().map(|authority| authority.as_str());
    Some(header.into_iter().chain(target))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts(allowed: &[&str], listens: &str) -> Hosts {
        let allowed = allowed.iter().map(|text| text.parse().unwrap()).collect();
        Hosts::new(allowed, listens.parse().unwrap())
    }

    #[test]
    fn h04_only_names_of_this_server_are_known() {
        let local = hosts(&["hub.example.com", "*.team.org:8443"], "127.0.0.1");
        for host in [
            "localhost",
            "LOCALHOST:5000",
            "127.0.0.1",
            "127.0.0.1:65535",
            "127.8.9.1",
            "[::1]",
            "[::1]:5000",
            "hub.example.com",
            "Hub.Example.com:1",
            "a.team.org:8443",
        ] {
            assert!(local.know(host), "{host}");
        }
        for host in [
            "",
            "evil.com",
            "localhost.",
            "localhost.evil.com",
            "evil-localhost",
            "127.0.0.1.nip.io",
            "127.0.0.1:",
            "127.0.0.1:x",
            "127.0.0.1:99999",
            "[::1",
            "[::1]x",
            "::1",
            "10.0.0.5:5000",
            "[::2]",
            "evil.com@localhost",
            "localhost@evil.com",
            "localhost:80@evil.com",
            "0x7f.1",
            "hub.example.com.",
            "xhub.example.com",
            "team.org:8443",
            "a.team.org",
            ".team.org:8443",
            "localhost/evil.com",
            "localhost evil.com",
            "localhost,evil.com",
            "0.0.0.0",
        ] {
            assert!(!local.know(host), "{host}");
        }
        let open = hosts(&[], "0.0.0.0");
        assert!(open.know("10.0.0.5:5000") && open.know("[fd00::1]") && !open.know("evil.com"));
        assert!(hosts(&["*"], "0.0.0.0").know("evil.com"));
    }

    #[test]
    fn h05_an_origin_is_a_scheme_and_a_host_and_nothing_else() {
        let local = hosts(&["hub.example.com"], "127.0.0.1");
        for origin in ["http://localhost:8888", "https://hub.example.com", "http://[::1]"] {
            assert!(local.know_origin(origin), "{origin}");
        }
        for origin in [
            "null",
            "",
            "http://evil.com",
            "http://localhost.evil.com",
            "http://localhost@evil.com",
            "file://localhost",
            "localhost",
            "http://localhost/",
            "chrome-extension://localhost",
        ] {
            assert!(!local.know_origin(origin), "{origin}");
        }
    }

    #[test]
    fn what_is_no_host_name_is_not_allowed() {
        for text in ["", "a b", "http://x", "x/y", "a.*", "*x.org", "*.", "**", "x:"] {
            assert!(text.parse::<AllowedHost>().is_err(), "{text}");
        }
    }
}
