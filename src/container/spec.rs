//! What to run, in what surroundings, and how it ended.

use std::net::IpAddr;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::cdi::Hook;
use super::{Bound, Device, Groups, Port};

/// A command and the box it runs in.
///
/// Nothing of the caller comes along that is not named here: no variable, no descriptor, no folder.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spec {
    /// The folder that becomes `/`. It need not be a mount of its own.
    #[serde(with = "host_path")]
    pub root: PathBuf,
    pub read_only: bool,
    /// The program and its arguments. A program without `/` is looked for along `PATH` in `env`, inside.
    pub args: Vec<String>,
    /// `NAME=value`. `HOME` is added from `/etc/passwd` inside where it is missing.
    pub env: Vec<String>,
    /// An absolute path inside; made where it is missing.
    pub cwd: String,
    pub user: User,
    pub hostname: String,
    pub network: Network,
    /// What is reachable from outside, on a network of its own.
    pub ports: Vec<Port>,
    /// Ports of this machine's loopback that are reached at the container's own, where it has a network of its own.
    #[serde(default)]
    pub reach: Vec<u16>,
    /// Lines of `/etc/hosts` beside those of the machine itself.
    pub hosts: Vec<(String, IpAddr)>,
    /// Names for the machine that the container runs on.
    pub host_names: Vec<String>,
    /// Name servers in place of the host's.
    pub dns: Vec<IpAddr>,
    pub mounts: Vec<Mount>,
    /// Devices of the host beside those that every container has.
    pub devices: Vec<Device>,
    /// Programs of the host that finish the root folder.
    pub hooks: Vec<Hook>,
    /// What the command reads; nothing where it is empty.
    #[serde(with = "serde_bytes")]
    pub stdin: Vec<u8>,
    pub security: Security,
    pub limits: Limits,
    /// Whether it can be measured and paused while it runs: see [`super::Groups`].
    pub accounted: bool,
    /// Whether it shares queues, semaphores and shared memory with the host.
    #[serde(default)]
    pub host_ipc: bool,
    /// Whether process 1 is one that only looks after others and passes signals on.
    pub init: bool,
}

/// Whose rights the command has, by number; see [`super::User::find`] for names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    pub uid: u32,
    pub gid: u32,
    /// Groups beside `gid`.
    pub groups: Vec<u32>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Network {
    /// The host's own, as it is: what `RUN` has where nothing else is asked for, as with buildah.
    #[default]
    Host,
    /// Nothing but a loopback of its own.
    None,
    /// A network of its own that reaches the outside, and is reached from there at published ports alone.
    Private,
}

/// Something that is not in the root folder and yet is seen inside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mount {
    /// An absolute path inside; links are followed as seen from inside. What is missing is made, and taken away afterwards.
    pub target: String,
    pub source: Source,
    pub read_only: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Source {
    /// A file or folder of the host, with what is mounted below it.
    Bind(#[serde(with = "host_path")] PathBuf),
    /// `path` beneath `root`, links followed as if `root` were `/`: for what others may have written.
    Beneath {
        #[serde(with = "host_path")]
        root: PathBuf,
        path: String,
    },
    /// A folder in memory.
    Memory {
        size: Option<u64>,
        mode: u32,
        /// Whether nothing in it is run.
        #[serde(default)]
        no_programs: bool,
    },
    /// A file of these bytes that is on no disk: a secret.
    File {
        #[serde(with = "serde_bytes")]
        bytes: Vec<u8>,
        mode: u32,
        uid: u32,
        gid: u32,
    },
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Security {
    /// All rights, all devices, nothing masked, no filter.
    pub privileged: bool,
    /// Rights beside or without Docker's fourteen, as `NET_ADMIN`, with or without `CAP_`; `ALL` is all.
    pub add: Vec<String>,
    pub drop: Vec<String>,
    pub no_new_privileges: bool,
    pub unfiltered: bool,
    /// Which system calls are let through, as JSON in Docker's form, in place of Docker's own list.
    pub profile: Option<String>,
}

/// What a container may use. A limit that this machine cannot enforce is refused.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Bytes.
    pub memory: Option<u64>,
    /// Bytes of memory and swap together.
    pub swap: Option<Swap>,
    /// Thousandths of a processor.
    pub cpu: Option<u64>,
    /// The processors it may run on, as `0-3,5`.
    pub processors: Option<String>,
    /// Processes and threads. Without a number it is [`Limits::PROCESSES`] where that can be enforced.
    pub processes: Option<u64>,
    /// From -1000 to 1000: the higher, the sooner the kernel ends it for want of memory.
    pub out_of_memory_score: Option<i32>,
    /// Bytes in `/dev/shm`.
    pub shared_memory: Option<u64>,
    /// `setrlimit` by name (`nofile`), soft and hard; lowered to what the caller has.
    pub resources: Vec<(String, u64, u64)>,
}

impl Limits {
    /// As podman: enough for a parallel build, and an end to a fork bomb.
    pub const PROCESSES: u64 = 2048;
}

/// How much may be swapped out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Swap {
    /// Memory and swap together have at most these bytes.
    Total(u64),
    Unlimited,
}

/// What is known of a container once its command runs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Started {
    /// The number of its first process, as its helper sees it.
    pub pid: u32,
    /// Where it is reached from this machine, on a network of its own.
    pub address: Option<IpAddr>,
    pub ports: Vec<Bound>,
    pub groups: Groups,
    /// What it has not, though it runs: sentences for the user.
    pub notes: Vec<String>,
}

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exit {
    pub status: Status,
    /// The kernel killed something in it for want of memory.
    pub out_of_memory: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Status {
    Code(i32),
    Signal(i32),
}

impl Exit {
    /// Returns the number a shell would show: 128 and the signal for one that was killed.
    pub fn code(&self) -> i32 {
        match self.status {
            Status::Code(code) => code,
            Status::Signal(signal) => 128 + signal,
        }
    }
}

/// Paths of the host are bytes, which serde has no word for.
pub(super) mod host_path {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    use std::path::{Path, PathBuf};

    use serde::{Deserialize as _, Deserializer, Serializer};

    pub(in crate::container) fn serialize<S: Serializer>(
        path: &Path,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.serialize_bytes(path.as_os_str().as_bytes())
    }

    pub(in crate::container) fn deserialize<'a, D: Deserializer<'a>>(
        from: D,
    ) -> Result<PathBuf, D::Error> {
        let bytes = serde_bytes::ByteBuf::deserialize(from)?;
        Ok(PathBuf::from(OsStr::from_bytes(&bytes)))
    }
}
