//! The way out of the bridge: packets are passed on, with the host's address as their sender.
//!
//! The rules are those of a machine and not of a container: made once, and the same each time. Whoever empties the firewall
//! removes the file that says so, too, or the bridge.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use super::netlink::Subnet;
use super::program;
use crate::base;

const FORWARD: &str = "/proc/sys/net/ipv4/ip_forward";

/// Opens the way out for `subnet` behind `bridge`; says why it cannot be. `done` remembers that it is.
pub(super) fn open(subnet: Subnet, bridge: &str, index: u32, done: &Path) -> Result<(), String> {
    let mark = format!("{index} {}/{}\n", subnet.address, subnet.bits);
    if fs::read_to_string(done).is_ok_and(|found| found == mark) {
        return Ok(());
    }
    forward()?;
    let from = format!("{}/{}", subnet.address, subnet.bits);
    match (program("iptables"), program("nft")) {
        (Some(iptables), _) => rules(&iptables, &from, bridge)?,
        (None, Some(nft)) => table(&nft, &from, bridge)?,
        (None, None) => return Err("neither `nft` nor `iptables` is installed".to_owned()),
    }
    base::fs::write_derived(done, mark.as_bytes()).map_err(|error| error.to_string())
}

fn forward() -> Result<(), String> {
    let is_on = fs::read_to_string(FORWARD).is_ok_and(|text| text.trim() != "0");
    let turned = is_on
        || fs::OpenOptions::new()
            .write(true)
            .open(FORWARD)
            .is_ok_and(|mut file| file.write_all(b"1").is_ok());
    turned.then_some(()).ok_or_else(|| format!("`{FORWARD}` is off and cannot be turned on"))
}

/// As Docker: other tables may refuse what is not accepted by name.
fn rules(iptables: &Path, from: &str, bridge: &str) -> Result<(), String> {
    let established = ["-m", "conntrack", "--ctstate", "RELATED,ESTABLISHED"];
    let out = ["-s", from, "!", "-o", bridge, "-j", "MASQUERADE"];
    let away = ["-i", bridge, "-j", "ACCEPT"];
    let back = [&["-o", bridge][..], &established, &["-j", "ACCEPT"]].concat();
    for (table, chain, add, rule) in [
        ("nat", "POSTROUTING", "-A", &out[..]),
        ("filter", "FORWARD", "-I", &away),
        ("filter", "FORWARD", "-I", &back),
    ] {
        let call =
            |verb: &str| run(iptables, &[&["-w", "-t", table, verb, chain], rule].concat(), b"");
        if call("-C").is_err() {
            call(add)?;
        }
    }
    Ok(())
}

/// A table of our own, which nothing else touches.
fn table(nft: &Path, from: &str, bridge: &str) -> Result<(), String> {
    let script = format!(
        "add table ip mls\n\
         add chain ip mls out {{ type nat hook postrouting priority 100 ; }}\n\
         flush chain ip mls out\n\
         add rule ip mls out ip saddr {from} oifname != \"{bridge}\" masquerade\n"
    );
    run(nft, &["-f", "-"], script.as_bytes())
}

fn run(program: &Path, arguments: &[&str], input: &[u8]) -> Result<(), String> {
    let name = program.display();
    let failed = |error: std::io::Error| format!("`{name}`: {error}");
    let mut command = Command::new(program);
    command.args(arguments).env_clear().env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(failed)?;
    if let Some(mut to) = child.stdin.take() {
        // One that does not read says so in how it ends.
        let _ = to.write_all(input);
    }
    let output = child.wait_with_output().map_err(failed)?;
    match output.status.success() {
        true => Ok(()),
        false => {
            let said = String::from_utf8_lossy(&output.stderr);
            Err(format!("`{name}`: {}", said.lines().next().unwrap_or("it failed").trim()))
        }
    }
}
