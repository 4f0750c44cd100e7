//! The network of a container: the host's, none, or one of its own with ports that are published.
//!
//! ```text
//! host       the host's own, as it is
//! none       a loopback and nothing else
//! private    a network of its own, made before the container's first process, which enters it
//!              out, as root           a bridge, and rules that need `nft` or `iptables`      bridge, outside
//!              out, as another        `pasta`, which needs `/dev/net/tun`                    pasta
//!              in, at published ports a process of ours that needs neither                   relay
//! ```
//!
//! What is missing for the way out is a note to the user and no failure: published ports work without it. Nothing is left
//! when a helper is killed: processes are ended by the kernel with it, and what it made in the kernel goes with the network.

mod attach;
mod bridge;
mod netlink;
mod outside;
mod pasta;
mod port;
mod relay;

use std::path::{Path, PathBuf};

use rustix::process::{self, Pid, Signal, WaitOptions};

pub(super) use attach::{Attached, validate};
pub use port::{Bound, Choice, Port, Protocol};

use super::failure::{During as _, Failure, Outcome};

/// Where programs of the system are; the helper has no `PATH`, and that of the caller is not to be trusted.
const FOLDERS: [&str; 6] =
    ["/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/local/sbin", "/usr/local/bin"];

/// Returns where a program of the system is.
pub(super) fn program(name: &str) -> Option<PathBuf> {
    FOLDERS.iter().map(|folder| Path::new(folder).join(name)).find(|path| path.is_file())
}

/// Tells why containers of this user with a network of their own would reach nothing outside.
pub(super) fn reaches_outside() -> Result<(), String> {
    match (process::geteuid().is_root(), program("iptables").or_else(|| program("nft"))) {
        (false, _) => pasta::usable(),
        (true, Some(_)) => Ok(()),
        (true, None) => Err("neither `nft` nor `iptables` is installed".to_owned()),
    }
}

/// Has the kernel end this process with `parent`, from which it was split.
fn belong_to(parent: Pid) -> Outcome<()> {
    process::set_parent_process_death_signal(Some(Signal::KILL)).during("follow the helper")?;
    // It may have died before that.
    match process::getppid() == Some(parent) {
        true => Ok(()),
        false => Err(Failure::start("find the helper", &std::io::ErrorKind::BrokenPipe.into())),
    }
}

/// Ends a process that was split from this one.
fn end(pid: Pid) {
    let _ = process::kill_process(pid, Signal::KILL);
    let _ = process::waitpid(Some(pid), WaitOptions::empty());
}

#[expect(clippy::exit, reason = "a copy of the program that has done all it is for")]
fn leave() -> ! {
    std::process::exit(0)
}
