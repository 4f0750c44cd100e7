//! Control groups: what holds a container to its limits, counts what it uses and holds it still.
//!
//! ```text
//! version 2    /sys/fs/cgroup/mls-<pid>-<start>                    root; beside the caller's own group for others
//! version 1    /sys/fs/cgroup/<controller>/<own group>/mls-…       hybrid machines, too; only the controllers needed
//! none         a limit that was asked for is refused
//! ```
//!
//! The name tells the helper that made it; what a killed one left behind is removed by the next container.

mod freeze;
mod hierarchy;
mod program;
mod settings;
mod stats;

use std::fs;
use std::io;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use rustix::fs::Mode;
use serde::{Deserialize, Serialize};

pub(super) use hierarchy::Version;
pub(super) use settings::refuse;
pub use stats::Stats;

use self::hierarchy::Hierarchy;
use self::settings::{Setting, settings};
use super::devices::Forbidden;
use super::failure::{During as _, Failure, Outcome};
use super::mount::{self, INERT, READ_ONLY};
use super::{Device, Limits, beneath};

const PREFIX: &str = "mls-";
/// What counts and freezes, of version 1; version 2 has it in every group once the controllers are turned on.
const ACCOUNTS_OF_ONE: [&str; 4] = ["cpuacct", "memory", "blkio", "freezer"];
const ACCOUNTS_OF_TWO: [&str; 3] = ["cpu", "memory", "io"];
/// A container that may write its own groups makes some below them, but not many levels.
const DEEPEST: usize = 16;

/// The groups of one container: by which it is limited, measured and paused.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Groups {
    version: Version,
    /// With the controllers that each is for; of version 2, one for all of them, without a name.
    folders: Vec<(String, PathBuf)>,
}

/// Returns which control groups this machine has.
pub(super) fn version() -> Version {
    Hierarchy::here().version
}

/// Tells why these limits cannot be held.
pub(super) fn can_hold(limits: &Limits, accounted: bool) -> Result<Groups, String> {
    match Groups::create(limits, accounted) {
        Ok(groups) => {
            groups.remove();
            Ok(groups)
        }
        Err(Failure::Unsupported { why, .. }) => Err(why),
        Err(_) => Err("unknown".to_owned()),
    }
}

impl Groups {
    /// Makes the groups that `limits` need, and with `accounted` those that count and freeze, where they can be had.
    pub(super) fn create(limits: &Limits, accounted: bool) -> Outcome<Self> {
        Self::create_in(&Hierarchy::here(), limits, accounted)
    }

    fn create_in(place: &Hierarchy, limits: &Limits, accounted: bool) -> Outcome<Self> {
        let mut groups = Self { version: place.version, folders: vec![] };
        for setting in settings(limits, place.version) {
            let done = groups.apply(place, &setting);
            match (done, setting.needed) {
                (Ok(()), _) | (Err(_), None) => {}
                (Err(error), Some(what)) => {
                    groups.remove();
                    let why = format!("control group `{}`: {error}", setting.controller);
                    return Err(Failure::Unsupported { what: what.to_owned(), why });
                }
            }
        }
        if accounted {
            groups.account(place);
        }
        Ok(groups)
    }

    /// Forbids what of devices is not to be done, though their nodes are there.
    pub(super) fn forbid(&mut self, devices: &[Device]) -> Outcome<()> {
        for device in devices {
            let name = device.host.display();
            let Some(rule) = device.forbidden().during_with("find the device", &name)? else {
                continue;
            };
            self.deny(&rule).map_err(|error| Failure::Unsupported {
                what: format!("the device `{name}` for reading or writing alone"),
                why: format!("control groups for devices: {error}"),
            })?;
        }
        Ok(())
    }

    fn deny(&mut self, rule: &Forbidden) -> io::Result<()> {
        let place = Hierarchy::here();
        match self.version {
            Version::One => {
                let folder = self.make(&place, "devices")?;
                write(&folder.join("devices.deny"), &rule.to_string())
            }
            Version::Two => {
                let folder = match self.folder("") {
                    Some(folder) => folder.to_owned(),
                    None => self.make_in(&place.base("")?, "")?,
                };
                program::attach(&folder, rule)
            }
            Version::None => Err(io::ErrorKind::Unsupported.into()),
        }
    }

    fn apply(&mut self, place: &Hierarchy, setting: &Setting) -> io::Result<()> {
        let folder = self.make(place, setting.controller)?;
        write(&folder.join(setting.file), &setting.value)
    }

    /// What cannot be had is missing in the counts, and a pause is refused when it is asked for.
    fn account(&mut self, place: &Hierarchy) {
        let controllers = match place.version {
            Version::Two => ACCOUNTS_OF_TWO.as_slice(),
            Version::One => ACCOUNTS_OF_ONE.as_slice(),
            Version::None => &[],
        };
        for controller in controllers {
            let _ = self.make(place, controller);
        }
    }

    /// Returns the group for a controller, made where it is not there yet.
    fn make(&mut self, place: &Hierarchy, controller: &str) -> io::Result<PathBuf> {
        let two = place.version == Version::Two;
        let name = if two { "" } else { controller };
        let base = place.base(controller)?;
        let enabled = match two {
            true => write(&base.join("cgroup.subtree_control"), &format!("+{controller}")),
            false => Ok(()),
        };
        let folder = match self.folder(name) {
            Some(folder) => folder.to_owned(),
            None => self.make_in(&base, name)?,
        };
        enabled.map(|()| folder)
    }

    fn make_in(&mut self, base: &Path, name: &str) -> io::Result<PathBuf> {
        sweep(base);
        let own = std::process::id();
        let folder = base.join(format!("{PREFIX}{own}-{}", started(own).unwrap_or_default()));
        fs::create_dir(&folder)?;
        self.folders.push((name.to_owned(), folder.clone()));
        if name == "cpuset" {
            // A group that has none of them yet takes no processes.
            for file in ["cpuset.mems", "cpuset.cpus"] {
                let above = fs::read_to_string(base.join(file))?;
                write(&folder.join(file), above.trim())?;
            }
        }
        Ok(folder)
    }

    fn folder(&self, controller: &str) -> Option<&Path> {
        let found = self.folders.iter().find(|(name, _)| name == controller);
        found.map(|(_, folder)| folder.as_path())
    }

    /// Puts the calling process, and so all its children to come, into the groups.
    pub(super) fn enter(&self) -> Outcome<()> {
        for (_, folder) in &self.folders {
            write(&folder.join("cgroup.procs"), "0")
                .during_with("enter the control group", &folder.display())?;
        }
        Ok(())
    }

    /// Tells whether the kernel killed something for want of memory.
    pub fn out_of_memory(&self) -> bool {
        let (controller, file) = match self.version {
            Version::Two => ("", "memory.events"),
            _ => ("memory", "memory.oom_control"),
        };
        let count = self.folder(controller).and_then(|at| stats::line(&at.join(file), "oom_kill "));
        count.is_some_and(|killed| killed > 0)
    }

    /// Removes the groups. What is killed leaves them a moment later.
    pub(super) fn remove(&self) {
        for (_, folder) in &self.folders {
            freeze::thaw(folder);
            for _ in 0..200 {
                match remove_tree(folder, DEEPEST) {
                    Err(error) if error.raw_os_error() == Some(libc::EBUSY) => {
                        thread::sleep(Duration::from_millis(5));
                    }
                    _ => break,
                }
            }
        }
    }

    /// Opens what the container is to see of them, while the host's paths can be seen.
    pub(super) fn mounts(&self) -> Outcome<View> {
        let mut folders = vec![];
        if self.version == Version::One {
            for (name, folder) in &self.folders {
                let tree = mount::copy_path(folder, false)
                    .during_with("take the control group", &folder.display())?;
                folders.push((name.clone(), tree));
            }
        }
        Ok(View { two: self.version == Version::Two, folders })
    }
}

/// `/sys/fs/cgroup` as a container sees it: its own groups and none of the host's.
pub(super) struct View {
    two: bool,
    folders: Vec<(String, OwnedFd)>,
}

impl View {
    pub(super) fn attach(self, sys: &OwnedFd, writable: bool) -> Outcome<()> {
        let Ok(place) = beneath::open_plain(sys, "fs/cgroup") else { return Ok(()) };
        let flags = if writable { INERT } else { INERT | READ_ONLY };
        let two = self.two.then(|| mount::create("cgroup2", &[], flags));
        if let Some(Ok(tree)) = two {
            return mount::attach(&tree, place).during("mount `/sys/fs/cgroup`");
        }
        let top = mount::create("tmpfs", &[("mode", "0755"), ("size", "64k")], INERT)
            .and_then(|top| mount::attach(&top, place).map(|()| top))
            .during("mount `/sys/fs/cgroup`")?;
        for (name, tree) in &self.folders {
            rustix::fs::mkdirat(&top, name.as_str(), Mode::from_raw_mode(0o755))
                .map_err(io::Error::from)
                .and_then(|()| {
                    mount::set(tree, false, flags)?;
                    mount::attach(tree, beneath::open_plain(&top, name)?)
                })
                .during_with("mount the control group", name)?;
        }
        mount::set(&top, false, READ_ONLY).during("make `/sys/fs/cgroup` read-only")
    }
}

/// Removes the groups of helpers that are gone. One that still holds processes stays.
fn sweep(base: &Path) {
    for entry in fs::read_dir(base).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let maker = name.to_str().and_then(|name| name.strip_prefix(PREFIX)?.split_once('-'));
        let Some((pid, start)) = maker else { continue };
        let alive = pid.parse().ok().and_then(started).is_some_and(|now| now.to_string() == start);
        if !alive {
            // A helper that was killed while its container was paused left that so.
            freeze::thaw(&entry.path());
            let _ = remove_tree(&entry.path(), DEEPEST);
        }
    }
}

/// Removes a group and those below it, which the container may have made.
fn remove_tree(folder: &Path, deepest: usize) -> io::Result<()> {
    match fs::remove_dir(folder) {
        Err(error) if error.raw_os_error() == Some(libc::EBUSY) && deepest > 0 => {
            for below in fs::read_dir(folder).into_iter().flatten().flatten() {
                if below.file_type().is_ok_and(|kind| kind.is_dir()) {
                    remove_tree(&below.path(), deepest - 1)?;
                }
            }
            fs::remove_dir(folder)
        }
        done => done,
    }
}

/// Returns when a process was started, in ticks since the machine was.
pub(super) fn started(pid: u32) -> Option<u64> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name of the program, in parentheses, may hold anything.
    text.rsplit_once(") ")?.1.split(' ').nth(19)?.parse().ok()
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    let mut file = fs::OpenOptions::new().write(true).open(path)?;
    io::Write::write_all(&mut file, text.as_bytes())
}
