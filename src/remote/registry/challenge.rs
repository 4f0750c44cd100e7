//! What a registry wants to be told: its `WWW-Authenticate` headers (RFC 9110, 11.6.1), and who may be told it.

use std::net::IpAddr;

use reqwest::Url;
use reqwest::header::{HeaderMap, WWW_AUTHENTICATE};

/// The way in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Challenge {
    /// Everybody may come.
    Open,
    Basic,
    /// A token of somebody else.
    Bearer {
        realm: Url,
        service: Option<String>,
    },
}

/// Returns what the headers of an answer with status 401 ask for; tokens are better than passwords.
pub(super) fn read(headers: &HeaderMap) -> Option<Challenge> {
    let values = headers.get_all(WWW_AUTHENTICATE).iter().filter_map(|value| value.to_str().ok());
    let all: Vec<(String, Vec<(String, String)>)> = values.flat_map(parse).collect();
    let bearer = all.iter().filter(|(scheme, _)| scheme == "bearer").find_map(|(_, fields)| {
        let field = |name: &str| {
            fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
        };
        Some(Challenge::Bearer { realm: field("realm")?.parse().ok()?, service: field("service") })
    });
    let basic = || all.iter().any(|(scheme, _)| scheme == "basic").then_some(Challenge::Basic);
    bearer.or_else(basic)
}

/// Takes a header apart: schemes, each with its fields.
fn parse(text: &str) -> Vec<(String, Vec<(String, String)>)> {
    let mut all: Vec<(String, Vec<(String, String)>)> = vec![];
    let mut rest = text.trim_start_matches([' ', ',', '\t']);
    while !rest.is_empty() && all.len() < 8 {
        let end = rest.find([' ', '=', ',', '\t']).unwrap_or(rest.len());
        let (word, behind) = rest.split_at(end);
        let behind = behind.trim_start_matches([' ', '\t']);
        rest = match (behind.strip_prefix('='), all.last_mut()) {
            (Some(value), Some((_, fields))) if fields.len() < 16 => {
                let (value, rest) = split_value(value.trim_start_matches([' ', '\t']));
                fields.push((word.to_ascii_lowercase(), value));
                rest
            }
            (Some(_), _) => return all,
            (None, _) => {
                all.push((word.to_ascii_lowercase(), vec![]));
                behind
            }
        };
        rest = rest.trim_start_matches([' ', ',', '\t']);
    }
    all
}

/// Splits off a token or a quoted text.
fn split_value(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([' ', ',', '\t']).unwrap_or(text.len());
        return (text[..end].to_owned(), &text[end..]);
    };
    let (mut value, mut escaped) = (String::new(), false);
    for (place, c) in quoted.char_indices() {
        match c {
            '\\' if !escaped => escaped = true,
            '"' if !escaped => return (value, &quoted[place + 1..]),
            c => {
                escaped = false;
                value.push(c);
            }
        }
    }
    (value, "")
}

/// Tells why nothing is asked of `to` on the word of the registry at `from`, whoever could ask there.
pub(in crate::remote) fn fault(from: &Url, to: &Url) -> Option<String> {
    let host = to.host_str().unwrap_or_default();
    if !["http", "https"].contains(&to.scheme()) {
        return Some(format!("`{}` is no way to a registry", to.scheme().escape_debug()));
    }
    if to.scheme() == "http" && from.scheme() == "https" {
        return Some(format!("to `{host}` without TLS"));
    }
    if !to.username().is_empty() || to.password().is_some() {
        return Some("the address holds a name or a password".to_owned());
    }
    let local = |url: &Url| url.host_str().is_some_and(is_local);
    if is_inner(host) && !same_host(from, to) || local(to) && !local(from) {
        return Some(format!("`{host}` is an address within this machine or its network"));
    }
    None
}

pub(super) fn same_host(a: &Url, b: &Url) -> bool {
    a.host_str() == b.host_str()
}

/// Returns whether both are one server.
pub(super) fn same_origin(a: &Url, b: &Url) -> bool {
    same_host(a, b)
        && a.scheme() == b.scheme()
        && a.port_or_known_default() == b.port_or_known_default()
}

fn address(host: &str) -> Option<IpAddr> {
    let address: IpAddr = host.trim_matches(['[', ']']).parse().ok()?;
    Some(address.to_canonical())
}

/// Returns whether a host is this machine.
pub(super) fn is_local(host: &str) -> bool {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    host == "localhost"
        || host.ends_with(".localhost")
        || address(&host).is_some_and(|address| address.is_loopback() || address.is_unspecified())
}

/// Returns whether a host answers only neighbours: clouds give out secrets at such addresses.
pub(in crate::remote) fn is_inner(host: &str) -> bool {
    match address(host) {
        Some(IpAddr::V4(address)) => address.is_link_local() || address.is_multicast(),
        Some(IpAddr::V6(address)) => {
            address.is_unicast_link_local()
                || address.is_multicast()
                || address.segments() == [0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254]
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(values: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(WWW_AUTHENTICATE, value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn the_way_in_is_read_from_any_number_of_challenges() {
        let token = Challenge::Bearer {
            realm: "https://auth.example.com/token?a=b,c".parse().unwrap(),
            service: Some("reg \"x\"".to_owned()),
        };
        for values in [
            &[
                r#"Bearer realm="https://auth.example.com/token?a=b,c",service="reg \"x\"",scope="repository:x:pull""#,
            ][..],
            &[
                r#"Basic realm="x", Bearer realm="https://auth.example.com/token?a=b,c", service="reg \"x\"""#,
            ],
            &[
                "Basic realm=x",
                r#"bearer  REALM="https://auth.example.com/token?a=b,c" , service="reg \"x\"""#,
            ],
        ] {
            assert_eq!(read(&headers(values)), Some(token.clone()), "{values:?}");
        }
        assert_eq!(read(&headers(&["Basic realm=\"x\""])), Some(Challenge::Basic));
        for values in [&["Bearer"][..], &["Bearer realm=\"\""], &["Negotiate"], &[], &["=,=,\"\""]]
        {
            assert_eq!(read(&headers(values)), None, "{values:?}");
        }
    }

    #[test]
    fn r04_r06_a_registry_sends_nobody_into_this_machine_or_out_of_tls() {
        let url = |text: &str| Url::parse(text).unwrap();
        let public = url("https://reg.example.com/v2/");
        for bad in [
            "http://reg.example.com/x",
            "file:///etc/passwd",
            "https://127.0.0.1/x",
            "https://[::1]/x",
            "https://[::ffff:127.0.0.1]/x",
            "https://localhost/x",
            "https://x.localhost/x",
            "https://0.0.0.0/x",
            "https://2130706433/x",
            "https://169.254.169.254/latest/meta-data",
            "https://[fe80::1]/x",
            "https://[fd00:ec2::254]/x",
            "https://user@reg.example.com/x",
            "https://user:pw@reg.example.com/x",
        ] {
            assert!(fault(&public, &url(bad)).is_some(), "{bad}");
        }
        for good in ["https://reg.example.com/x", "https://bucket.s3.example.com/x?sig=1"] {
            assert_eq!(fault(&public, &url(good)), None, "{good}");
        }
        let local = url("http://127.0.0.1:5000/v2/");
        assert_eq!(fault(&local, &url("http://localhost:5001/token")), None);
        assert!(fault(&local, &url("http://169.254.169.254/x")).is_some());
    }
}
