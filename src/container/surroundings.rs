//! The files that tell a container its name and where names are found: made for it alone, and in no layer.

use std::fmt::Write as _;
use std::fs;
use std::net::IpAddr;

use super::{Network, Spec};

/// Where systemd's resolver keeps the servers it asks itself.
const BEHIND_SYSTEMD: &str = "/run/systemd/resolve/resolv.conf";

/// Returns the files and their content.
pub(super) fn files(spec: &Spec) -> [(&'static str, String); 3] {
    [
        ("/etc/hostname", format!("{}\n", spec.hostname)),
        ("/etc/hosts", hosts(spec)),
        ("/etc/resolv.conf", resolver(spec)),
    ]
}

fn hosts(spec: &Spec) -> String {
    // On a network of its own the container's name is its address there.
    let known = spec.hosts.iter().any(|(name, _)| *name == spec.hostname);
    let own = if known { String::new() } else { format!(" {}", spec.hostname) };
    let mut text = format!(
        "127.0.0.1\tlocalhost{own}\n::1\tlocalhost ip6-localhost ip6-loopback\nfe00::\tip6-localnet\n\
         ff00::\tip6-mcastprefix\nff02::1\tip6-allnodes\nff02::2\tip6-allrouters\n"
    );
    for (name, address) in &spec.hosts {
        let _ = writeln!(text, "{address}\t{name}");
    }
    text
}

fn resolver(spec: &Spec) -> String {
    let host = fs::read_to_string("/etc/resolv.conf").unwrap_or_default();
    if !spec.dns.is_empty() {
        return with_servers(&host, &spec.dns);
    }
    match spec.network {
        // The host's loopback is the container's own, so its resolver is, too.
        Network::Host => host,
        Network::None => without_loopback(&host),
        Network::Private => reachable(&host),
    }
}

/// Tells whether the host asks a server for names that can be reached from elsewhere, too.
pub(super) fn reaches_a_resolver() -> bool {
    let host = fs::read_to_string("/etc/resolv.conf").unwrap_or_default();
    servers(&reachable(&host)) > 0
}

fn reachable(host: &str) -> String {
    let found = without_loopback(host);
    let behind = || fs::read_to_string(BEHIND_SYSTEMD).unwrap_or_default();
    if servers(&found) == 0 { without_loopback(&behind()) } else { found }
}

fn with_servers(text: &str, servers: &[IpAddr]) -> String {
    let others = text.lines().filter(|line| server(line).is_none()).map(str::to_owned);
    let ours = servers.iter().map(|address| format!("nameserver {address}"));
    others.chain(ours).map(|line| line + "\n").collect()
}

fn without_loopback(text: &str) -> String {
    let reachable = |line: &&str| server(line).is_none_or(|address| !address.is_loopback());
    text.lines().filter(reachable).map(|line| format!("{line}\n")).collect()
}

fn servers(text: &str) -> usize {
    text.lines().filter(|line| server(line).is_some()).count()
}

fn server(line: &str) -> Option<IpAddr> {
    let mut words = line.split_whitespace();
    words.next().filter(|word| *word == "nameserver")?;
    words.next()?.split('%').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_that_only_the_host_reaches_are_left_out() {
        let host = "# made\nnameserver 127.0.0.53\nnameserver ::1\nnameserver 10.0.0.1\nsearch a\n";
        assert_eq!(without_loopback(host), "# made\nnameserver 10.0.0.1\nsearch a\n");
        let ours = with_servers(host, &["9.9.9.9".parse().unwrap()]);
        assert_eq!(ours, "# made\nsearch a\nnameserver 9.9.9.9\n");
    }
}
