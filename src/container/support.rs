//! What this machine can do for containers, by trying it.
//!
//! Namespaces are tried in a process of their own, which is thrown away: the program runs itself again.

use std::io::{self, Write as _};
use std::os::fd::OwnedFd;
use std::process::{Command, ExitCode, Stdio};

use rustix::fs::{self, CWD, Mode, OFlags};
use serde::{Deserialize, Serialize};

use super::cgroup::{self, Version};
use super::mount::{self, INERT};
use super::{Limits, enter_namespace, network};

/// The hidden command by which the program tries what it can do; the first argument, and nothing after it.
pub const PROBE: &str = "__container-probe";

/// The first kernel that is known to have all that containers need: mounts as descriptors in user namespaces, too.
const KERNEL: (u32, u32) = (5, 14);

/// What was found; a text says why something cannot be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Support {
    /// Whether containers can be made at all, and if so how many users they can tell apart.
    pub namespaces: Result<u64, String>,
    /// The kernel, where it is one that can do all that is needed.
    pub kernel: Result<String, String>,
    /// Whether system calls can be filtered.
    pub filter: Result<(), String>,
    /// Whether layers can be laid over each other by the kernel.
    pub overlay: Result<(), String>,
    /// The limits that hold, and those that do not.
    pub limits: Vec<(&'static str, Result<(), String>)>,
    /// The version of control groups: 2, 1, or none.
    pub groups: Option<u8>,
    /// Whether containers with networks of their own reach the outside.
    pub outside: Result<(), String>,
    /// Whether containers can be paused and measured.
    pub accounts: Result<(), String>,
}

/// From the process that tries to the one that asked.
#[derive(Debug, Serialize, Deserialize)]
struct Tried {
    namespaces: Result<u64, String>,
    overlay: Result<(), String>,
}

/// Looks at this machine, as the user who asks.
pub fn support() -> Support {
    let tried = ask().unwrap_or_else(|error| Tried {
        namespaces: Err(error.to_string()),
        overlay: Err(error.to_string()),
    });
    let limit = |name, limits: Limits| (name, cgroup::can_hold(&limits, false).map(drop));
    Support {
        namespaces: tried.namespaces,
        kernel: match numbers(&release()) >= KERNEL {
            true => Ok(release()),
            false => Err(too_old()),
        },
        filter: match std::fs::read_to_string("/proc/sys/kernel/seccomp/actions_avail") {
            Ok(actions) if actions.contains("errno") => Ok(()),
            _ => Err("the kernel has no seccomp".to_owned()),
        },
        overlay: tried.overlay,
        limits: vec![
            limit("memory", Limits { memory: Some(1 << 30), ..Limits::default() }),
            limit("processors", Limits { cpu: Some(1000), ..Limits::default() }),
            limit("processes", Limits { processes: Some(1000), ..Limits::default() }),
        ],
        groups: match cgroup::version() {
            Version::Two => Some(2),
            Version::One => Some(1),
            Version::None => None,
        },
        outside: network::reaches_outside(),
        accounts: cgroup::can_hold(&Limits::default(), true).and_then(|groups| {
            let can = groups.can_pause();
            can.then_some(()).ok_or_else(|| "no control group that can be frozen".to_owned())
        }),
    }
}

fn release() -> String {
    rustix::system::uname().release().to_string_lossy().into_owned()
}

fn numbers(release: &str) -> (u32, u32) {
    let mut parts = release.split(|c: char| !c.is_ascii_digit());
    let mut next = || parts.next().and_then(|part| part.parse().ok()).unwrap_or(0);
    (next(), next())
}

/// Says that a call is missing, and which kernel has it.
pub(super) fn too_old() -> String {
    let (major, minor) = KERNEL;
    format!("the kernel is {}, and Linux {major}.{minor} or newer is needed", release())
}

fn ask() -> io::Result<Tried> {
    let mut command = Command::new("/proc/self/exe");
    command.arg(PROBE).stdin(Stdio::null()).stderr(Stdio::null());
    let output = command.output()?;
    serde_ipld_dagcbor::from_slice(&output.stdout)
        .map_err(|_| io::Error::other("the process that tries it gave no answer"))
}

/// What the program does when it is called as [`PROBE`]. Must be the first thing it does: no thread may have been started.
pub fn serve_probe() -> ExitCode {
    let entered = enter_namespace().map_err(|error| error.to_string());
    let tried = Tried {
        overlay: entered.clone().and_then(|()| overlay().map_err(|error| error.to_string())),
        namespaces: entered.map(|()| users()),
    };
    let answer = serde_ipld_dagcbor::to_vec(&tried).unwrap_or_default();
    match io::stdout().write_all(&answer) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

/// Returns how many users this process can tell apart.
fn users() -> u64 {
    let map = std::fs::read_to_string("/proc/self/uid_map").unwrap_or_default();
    map.lines().filter_map(|line| line.split_whitespace().nth(2)?.parse::<u64>().ok()).sum()
}

/// Lays one folder in memory over another, where nobody else sees it.
fn overlay() -> io::Result<()> {
    let memory = mount::create("tmpfs", &[("mode", "0755"), ("size", "1m")], INERT)?;
    let open = |name: &str| -> io::Result<OwnedFd> {
        Ok(fs::openat(CWD, name, OFlags::PATH | OFlags::CLOEXEC, Mode::empty())?)
    };
    mount::attach(&memory, open("/tmp")?)?;
    for name in ["/tmp/lower", "/tmp/upper", "/tmp/work"] {
        fs::mkdir(name, Mode::from_raw_mode(0o755))?;
    }
    let folders =
        [("lowerdir", "/tmp/lower"), ("upperdir", "/tmp/upper"), ("workdir", "/tmp/work")];
    let mut options = folders.to_vec();
    mount::create("overlay", &options, INERT)
        .or_else(|_| {
            // The marks that an ordinary user may write.
            options.push(("userxattr", ""));
            mount::create("overlay", &options, INERT)
        })
        .map(drop)
}
