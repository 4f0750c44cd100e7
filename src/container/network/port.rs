//! Published ports: `[[ip:][host]:]container[/protocol]`, as Docker writes them.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use serde::{Deserialize, Serialize};

use crate::container::Error;

/// As many ports as one container may publish: each costs descriptors and memory, and a slip of the pen is a whole range.
const MOST: usize = 10_000;

/// A port that is to be reachable from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Port {
    /// Every address of the host where none is said.
    pub address: Option<IpAddr>,
    pub host: Choice,
    pub container: u16,
    pub protocol: Protocol,
}

/// Which port of the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Choice {
    /// One that is free.
    Any,
    One(u16),
    /// The first that is free from here to there.
    Between(u16, u16),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Protocol {
    Tcp,
    Udp,
}

/// A port that is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Bound {
    pub container: u16,
    pub protocol: Protocol,
    pub address: IpAddr,
    pub host: u16,
}

impl Port {
    /// Reads what follows `-p`; a range is many ports.
    pub fn parse(text: &str) -> Result<Vec<Self>, Error> {
        let wrong = |why: &str| {
            Err(Error::Invalid(format!("`{}` publishes no port: {why}", text.escape_debug())))
        };
        let (rest, protocol) = match text.split_once('/') {
            None => (text, Protocol::Tcp),
            Some((rest, name)) => match Protocol::find(name) {
                Some(protocol) => (rest, protocol),
                None => return wrong("the protocol is `tcp` or `udp`"),
            },
        };
        let Some((address, host, container)) = parts(rest) else {
            return wrong("it is `[[ip:][host]:]container[/protocol]`");
        };
        let address = match address.map(str::parse).transpose() {
            Ok(address) => address,
            Err(_) => return wrong("the address is not one"),
        };
        let Some((first, last)) = range(container) else {
            return wrong("a port is a number from 1 to 65535");
        };
        let count = usize::from(last - first) + 1;
        if count > MOST {
            return wrong("these are too many ports");
        }
        let Some(host) = choices(host, count) else {
            return wrong("as many ports of the host as of the container, each from 1 to 65535");
        };
        let port = |(container, host)| Self { address, host, container, protocol };
        Ok((first..=last).zip(host).map(port).collect())
    }

    /// Reads what an image exposes (`80/tcp`), to be published on any ports that are free.
    pub fn exposed(text: &str) -> Result<Vec<Self>, Error> {
        match text.contains(':') {
            true => Err(Error::Invalid(format!("`{}` exposes no port", text.escape_debug()))),
            false => Self::parse(text),
        }
    }
}

impl Protocol {
    fn find(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "tcp" => Some(Self::Tcp),
            "udp" => Some(Self::Udp),
            _ => None,
        }
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(match self {
            Self::Tcp => "tcp",
            Self::Udp => "udp",
        })
    }
}

impl Bound {
    /// Returns where it is reached.
    pub fn socket(&self) -> SocketAddr {
        SocketAddr::new(self.address, self.host)
    }
}

/// `0.0.0.0:8080->80/tcp`, as `ps` shows it.
impl fmt::Display for Bound {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{}->{}/{}", self.socket(), self.container, self.protocol)
    }
}

/// Refuses more than [`MOST`]. What is asked for twice is found where it is bound.
pub(super) fn validate(ports: &[Port]) -> Result<(), Error> {
    match ports.len() {
        0..=MOST => Ok(()),
        _ => Err(Error::Invalid(format!("no more than {MOST} ports can be published"))),
    }
}

/// Splits into address, ports of the host and ports of the container.
fn parts(text: &str) -> Option<(Option<&str>, &str, &str)> {
    let Some((before, container)) = text.rsplit_once(':') else {
        return Some((None, "", text));
    };
    let Some((address, host)) = before.rsplit_once(':') else {
        return Some((None, before, container));
    };
    let bracketed = address.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    match bracketed {
        Some(inner) => {
            Some((inner.parse::<Ipv6Addr>().is_ok().then_some(inner)?.into(), host, container))
        }
        None if address.contains(':') => None,
        None => Some((Some(address).filter(|address| !address.is_empty()), host, container)),
    }
}

fn choices(text: &str, count: usize) -> Option<Vec<Choice>> {
    if text.is_empty() {
        return Some(vec![Choice::Any; count]);
    }
    let (first, last) = range(text)?;
    let given = usize::from(last - first) + 1;
    if given == count {
        return Some((first..=last).map(Choice::One).collect());
    }
    (count == 1).then(|| vec![Choice::Between(first, last)])
}

fn range(text: &str) -> Option<(u16, u16)> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let (first, last) = (number(first)?, number(last)?);
    (first <= last).then_some((first, last))
}

/// Digits alone: `str::parse` would take a sign.
fn number(text: &str) -> Option<u16> {
    let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|number| plain && *number > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let one = |port: &Port| {
            let host = match port.host {
                Choice::Any => "any".to_owned(),
                Choice::One(number) => number.to_string(),
                Choice::Between(first, last) => format!("{first}..{last}"),
            };
            let address = port.address.map_or("*".to_owned(), |address| address.to_string());
            format!("{address} {host} {}/{}", port.container, port.protocol)
        };
        match Port::parse(text) {
            Ok(ports) => ports.iter().map(one).collect::<Vec<_>>().join(", "),
            Err(error) => error.to_string().split_once(": ").unwrap().1.to_owned(),
        }
    }

    #[test]
    fn c11_ports_are_read_as_docker_reads_them_and_nothing_else_is() {
        for (text, expected) in [
            ("80", "* any 80/tcp"),
            ("8080:80", "* 8080 80/tcp"),
            ("8080:80/udp", "* 8080 80/udp"),
            ("8080:80/TCP", "* 8080 80/tcp"),
            ("127.0.0.1:8080:80", "127.0.0.1 8080 80/tcp"),
            ("127.0.0.1::80", "127.0.0.1 any 80/tcp"),
            ("[::1]:8080:80", "::1 8080 80/tcp"),
            ("[::1]::80/udp", "::1 any 80/udp"),
            ("7000-7001:8000-8001", "* 7000 8000/tcp, * 7001 8001/tcp"),
            ("8000-8001", "* any 8000/tcp, * any 8001/tcp"),
            ("7000-7010:80", "* 7000..7010 80/tcp"),
            (":80", "* any 80/tcp"),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
        let number = "a port is a number from 1 to 65535";
        let form = "it is `[[ip:][host]:]container[/protocol]`";
        let many = "as many ports of the host as of the container, each from 1 to 65535";
        for (text, expected) in [
            ("", number),
            ("0", number),
            ("65536", number),
            ("+80", number),
            ("80-70", number),
            ("a:80", many),
            ("0:80", many),
            ("70000:80", many),
            ("1-2:1-3", many),
            ("80/sctp", "the protocol is `tcp` or `udp`"),
            ("localhost:80:80", "the address is not one"),
            ("::1:80:80", form),
            ("[::1:80:80", form),
            ("1-65535", "these are too many ports"),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
        assert!(Port::exposed("8080:80").is_err() && Port::exposed("53/udp").is_ok());
    }
}
