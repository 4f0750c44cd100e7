//! For ordinary users: `pasta` of the package `passt` passes on what goes out, as connections of its own.
//!
//! It gets the container's network as a file in mounts of its own (through `/proc` it may not be opened by one that has
//! given up rights) and is ended by the kernel with the helper. Ports are not its business: see [`super::relay`].

use std::fs;
use std::io::{self, Read as _};
use std::net::{IpAddr, Ipv4Addr, UdpSocket};
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use rustix::fs::{AtFlags, CWD, Mode, OFlags};
use rustix::mount::MountPropagationFlags;
use rustix::process::{self, Pid, WaitOptions};
use rustix::thread::UnshareFlags;

use super::program;
use crate::container::failure::{During as _, Failure, Outcome};
use crate::container::mount::{self, INERT};
use crate::container::sys;

const TUN: &str = "/dev/net/tun";
/// How long it may take until the network is there.
const PATIENCE: Duration = Duration::from_secs(10);
/// Where it answers questions for names in place of a resolver that only the host reaches.
pub(super) const RESOLVER: Ipv4Addr = Ipv4Addr::new(169, 254, 1, 1);

/// Tells why it cannot be used.
pub(crate) fn usable() -> Result<(), String> {
    program("pasta").ok_or("`pasta` is not installed")?;
    let both = rustix::fs::Access::READ_OK | rustix::fs::Access::WRITE_OK;
    match rustix::fs::access(TUN, both) {
        Ok(()) => Ok(()),
        Err(error) => Err(format!("`{TUN}`: {}", io::Error::from(error))),
    }
}

/// What is to be connected, and how.
pub(super) struct Wanted<'a> {
    pub(super) inside: &'a OwnedFd,
    /// Whether the container reaches this machine itself, at the address of the gateway.
    pub(super) host: bool,
    /// Whether it asks [`RESOLVER`] for names.
    pub(super) names: bool,
}

/// Starts it; returns when the network is there.
pub(super) fn start(wanted: &Wanted<'_>) -> Outcome<Pid> {
    let Some(program) = program("pasta") else {
        return Err(Failure::Invalid("`pasta` is gone".to_owned()));
    };
    let folder = mount::create("tmpfs", &[("mode", "0700"), ("size", "1m")], INERT)
        .during("make a folder for `pasta`")?;
    let parent = process::getpid();
    match sys::fork().during("make a process for `pasta`")? {
        Some(pid) => wait(pid, &folder).map(|()| pid),
        None => {
            let failed = become_it(&program, wanted, &folder, parent);
            complain(&folder, &format!("{failed:?}"));
            super::leave()
        }
    }
}

fn become_it(program: &Path, wanted: &Wanted<'_>, folder: &OwnedFd, parent: Pid) -> Failure {
    let ready = prepare(wanted, folder, parent);
    let failed = ready.and_then(|()| {
        let path = program.to_str().unwrap_or_default();
        let resolver = RESOLVER.to_string();
        let mut arguments =
            vec![path, "--foreground", "--config-net", "--quiet", "--ns-ifname", "eth0"];
        arguments.extend(["-t", "none", "-u", "none", "-T", "none", "-U", "none"]);
        arguments.extend(["--pid", "/tmp/pid", "--netns", "/tmp/network"]);
        if !wanted.host {
            arguments.push("--no-map-gw");
        }
        if wanted.names {
            arguments.extend(["--dns-forward", &resolver]);
        }
        let strings = crate::container::program::strings("an argument", arguments)?;
        Ok(sys::execute(&strings[0], &strings, &[]))
    });
    match failed {
        Ok(error) => Failure::start("run `pasta`", &error),
        Err(failure) => failure,
    }
}

/// Takes away all but what it is to know: its streams, and a folder with the network in it.
fn prepare(wanted: &Wanted<'_>, folder: &OwnedFd, parent: Pid) -> Outcome<()> {
    super::belong_to(parent)?;
    // Where a signal is ignored already, versions of 2023 take the answer to their own wish for a failure.
    sys::reset_signals().during("reset signals")?;
    sys::unshare(UnshareFlags::NEWNS).during("make mounts for `pasta`")?;
    let private = MountPropagationFlags::PRIVATE | MountPropagationFlags::REC;
    rustix::mount::mount_change("/", private).during("leave the host's mounts")?;
    let place = rustix::fs::openat(CWD, "/tmp", OFlags::PATH | OFlags::CLOEXEC, Mode::empty());
    mount::attach(folder, place.during("open `/tmp`")?).during("mount a folder for `pasta`")?;
    let how = OFlags::CREATE | OFlags::WRONLY | OFlags::CLOEXEC;
    let mode = Mode::from_raw_mode(0o600);
    rustix::fs::openat(folder, "network", how, mode).during("make a place for the network")?;
    let network = format!("/proc/self/fd/{}", wanted.inside.as_raw_fd());
    rustix::mount::mount_bind(network, "/tmp/network").during("mount the network")?;
    let said = rustix::fs::openat(folder, "said", how, mode).during("make a log")?;
    let null =
        rustix::fs::openat(CWD, "/dev/null", OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty());
    rustix::stdio::dup2_stdin(null.during("open `/dev/null`")?).during("set the input")?;
    rustix::stdio::dup2_stdout(&said).during("set the output")?;
    rustix::stdio::dup2_stderr(&said).during("set the output")?;
    sys::close_on_exec(3).during("close descriptors")
}

fn complain(folder: &OwnedFd, text: &str) {
    let how = OFlags::CREATE | OFlags::WRONLY | OFlags::CLOEXEC;
    if let Ok(said) = rustix::fs::openat(folder, "said", how, Mode::from_raw_mode(0o600)) {
        let _ = rustix::io::write(said, text.as_bytes());
    }
}

/// It writes its number once everything is there.
fn wait(pid: Pid, folder: &OwnedFd) -> Outcome<()> {
    let since = Instant::now();
    loop {
        let told = rustix::fs::statat(folder, "pid", AtFlags::empty());
        if told.is_ok_and(|file| file.st_size > 0) {
            return Ok(());
        }
        let ended = !matches!(process::waitpid(Some(pid), WaitOptions::NOHANG), Ok(None));
        if ended || since.elapsed() > PATIENCE {
            if !ended {
                super::end(pid);
            }
            let what = "a private network".to_owned();
            return Err(Failure::Unsupported { what, why: format!("`pasta`: {}", said(folder)) });
        }
        thread::sleep(Duration::from_millis(1));
    }
}

fn said(folder: &OwnedFd) -> String {
    let mut text = String::new();
    let how = OFlags::RDONLY | OFlags::CLOEXEC;
    if let Ok(file) = rustix::fs::openat(folder, "said", how, Mode::empty()) {
        let _ = fs::File::from(file).take(4096).read_to_string(&mut text);
    }
    // It cannot reach the system's log, which it says each time.
    let line = text.lines().rfind(|line| !line.trim().is_empty() && !line.contains("syslog"));
    line.unwrap_or("it gave no answer").trim().to_owned()
}

/// Returns the address that the container has with it: the host's own towards the outside.
pub(super) fn address() -> Option<IpAddr> {
    let socket = UdpSocket::bind("0.0.0.0:0").ok()?;
    // Nothing is sent by this.
    socket.connect("192.0.2.1:9").or_else(|_| socket.connect("198.51.100.1:9")).ok()?;
    socket.local_addr().ok().map(|address| address.ip()).filter(|ip| !ip.is_unspecified())
}

/// Returns the gateway of this machine.
pub(super) fn gateway() -> Option<Ipv4Addr> {
    let text = fs::read_to_string("/proc/net/route").ok()?;
    text.lines().skip(1).find_map(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let (target, gateway) = (words.get(1)?, words.get(2)?);
        let gateway = u32::from_str_radix(gateway, 16).ok()?;
        (*target == "00000000" && gateway != 0).then(|| Ipv4Addr::from(gateway.to_ne_bytes()))
    })
}
