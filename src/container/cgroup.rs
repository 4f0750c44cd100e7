//! Control groups: what holds a container to its limits.
//!
//! ```text
//! version 2    /sys/fs/cgroup/mls-<pid>-<start>                    root; beside the caller's own group for others
//! version 1    /sys/fs/cgroup/<controller>/<own group>/mls-…       hybrid machines, too; only the controllers needed
//! none         a limit that was asked for is refused
//! ```
//!
//! The name tells the helper that made it; what a killed one left behind is removed by the next container.

use std::fs;
use std::io;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use rustix::fs::Mode;

use super::failure::{During as _, Failure, Outcome};
use super::mount::{self, INERT, READ_ONLY};
use super::{Limits, beneath};

const TOP: &str = "/sys/fs/cgroup";
const VERSION_2: u32 = 0x6367_7270;
const PREFIX: &str = "mls-";

/// The groups of one container.
#[derive(Debug)]
pub(super) struct Group {
    version: Version,
    /// With the controllers that each is for.
    folders: Vec<(String, PathBuf)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    Two,
    /// Or both at once: then version 1 has the controllers.
    One,
    None,
}

/// The same groups, as the container's first process knows them.
pub(super) type Joined = Group;

/// Returns which control groups this machine has.
pub(super) fn version() -> Version {
    match rustix::fs::statfs(TOP) {
        Ok(found) if u32::try_from(found.f_type).ok() == Some(VERSION_2) => Version::Two,
        Ok(_) if !own_groups().is_empty() => Version::One,
        _ => Version::None,
    }
}

/// Tells why these limits cannot be held.
pub(super) fn can_hold(limits: &Limits) -> Result<(), String> {
    match Group::create(limits) {
        Ok(group) => {
            group.remove();
            Ok(())
        }
        Err(Failure::Unsupported { why, .. }) => Err(why),
        Err(_) => Err("unknown".to_owned()),
    }
}

/// A value to be written, the controller it belongs to, and whether the container may not start without it.
struct Setting {
    controller: &'static str,
    name: &'static str,
    value: String,
    what: Option<&'static str>,
}

fn settings(limits: &Limits, version: Version) -> Vec<Setting> {
    let two = version == Version::Two;
    let pick = |new, old| if two { new } else { old };
    let mut settings = vec![Setting {
        controller: "pids",
        name: "pids.max",
        value: limits.processes.unwrap_or(Limits::PROCESSES).to_string(),
        what: limits.processes.is_some().then_some("a limit for processes"),
    }];
    if let Some(bytes) = limits.memory {
        settings.push(Setting {
            controller: "memory",
            name: pick("memory.max", "memory.limit_in_bytes"),
            value: bytes.to_string(),
            what: Some("a limit for memory"),
        });
    }
    if let Some(thousandths) = limits.cpu {
        let quota = thousandths.saturating_mul(100);
        settings.push(Setting {
            controller: "cpu",
            name: pick("cpu.max", "cpu.cfs_quota_us"),
            value: if two { format!("{quota} 100000") } else { quota.to_string() },
            what: Some("a limit for processors"),
        });
    }
    settings
}

impl Group {
    /// Makes the groups that `limits` need.
    pub(super) fn create(limits: &Limits) -> Outcome<Self> {
        let version = version();
        let mut group = Self { version, folders: vec![] };
        for setting in settings(limits, version) {
            let done = group.apply(&setting);
            match (done, setting.what) {
                (Ok(()), _) | (Err(_), None) => {}
                (Err(error), Some(what)) => {
                    group.remove();
                    let why = format!("control group `{}`: {error}", setting.controller);
                    return Err(Failure::Unsupported { what: what.to_owned(), why });
                }
            }
        }
        Ok(group)
    }

    fn apply(&mut self, setting: &Setting) -> io::Result<()> {
        let folder = match self.version {
            Version::Two => self.make("", &base_of_two()?, setting.controller)?,
            Version::One => self.make(setting.controller, &base_of_one(setting.controller)?, "")?,
            Version::None => return Err(io::ErrorKind::Unsupported.into()),
        };
        write(&folder.join(setting.name), &setting.value)
    }

    /// Returns the group for a controller, made where it is not there yet; `enable` is what version 2 must be told.
    fn make(&mut self, controller: &str, base: &Path, enable: &str) -> io::Result<PathBuf> {
        if !enable.is_empty() {
            write(&base.join("cgroup.subtree_control"), &format!("+{enable}"))?;
        }
        if let Some((_, folder)) = self.folders.iter().find(|(name, _)| name == controller) {
            return Ok(folder.clone());
        }
        sweep(base);
        let own = std::process::id();
        let folder = base.join(format!("{PREFIX}{own}-{}", started(own).unwrap_or_default()));
        fs::create_dir(&folder)?;
        self.folders.push((controller.to_owned(), folder.clone()));
        Ok(folder)
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
    pub(super) fn out_of_memory(&self) -> bool {
        let file = match self.version {
            Version::Two => "memory.events",
            _ => "memory.oom_control",
        };
        let count = |folder: &PathBuf| {
            let text = fs::read_to_string(folder.join(file)).ok()?;
            let line = text.lines().find_map(|line| line.strip_prefix("oom_kill "))?;
            line.trim().parse::<u64>().ok()
        };
        self.folders.iter().filter_map(|(_, folder)| count(folder)).any(|killed| killed > 0)
    }

    /// Removes the groups. What is killed leaves them a moment later.
    pub(super) fn remove(&self) {
        for (_, folder) in &self.folders {
            for _ in 0..200 {
                match fs::remove_dir(folder) {
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

/// Returns the folder for our groups: of version 2, one that holds no processes itself.
fn base_of_two() -> io::Result<PathBuf> {
    let own = own_groups().into_iter().find(|(names, _)| names.is_empty());
    let (_, path) = own.ok_or(io::ErrorKind::NotFound)?;
    let top = PathBuf::from(TOP);
    if rustix::process::geteuid().is_root() && writable(&top.join("cgroup.subtree_control")) {
        return Ok(top);
    }
    let own = top.join(path.trim_start_matches('/'));
    Ok(own.parent().filter(|above| above.starts_with(&top)).unwrap_or(&top).to_owned())
}

fn writable(path: &Path) -> bool {
    rustix::fs::access(path, rustix::fs::Access::WRITE_OK).is_ok()
}

/// Returns the caller's own group, below which its limits hold for us, too.
fn base_of_one(controller: &str) -> io::Result<PathBuf> {
    let groups = own_groups();
    let own = groups.iter().find(|(names, _)| names.split(',').any(|name| name == controller));
    let (names, path) = own.ok_or(io::ErrorKind::NotFound)?;
    let top = [names.as_str(), controller].map(|name| Path::new(TOP).join(name));
    let top = top.into_iter().find(|folder| folder.is_dir()).ok_or(io::ErrorKind::NotFound)?;
    let own = top.join(path.trim_start_matches('/'));
    Ok(if own.is_dir() { own } else { top })
}

/// Returns the lines of `/proc/self/cgroup`: controllers (none for version 2) and path.
fn own_groups() -> Vec<(String, String)> {
    let text = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    let line = |line: &str| {
        let mut parts = line.splitn(3, ':').skip(1);
        Some((parts.next()?.to_owned(), parts.next()?.to_owned()))
    };
    text.lines().filter_map(line).collect()
}

/// Removes the groups of helpers that are gone. One that still holds processes stays.
fn sweep(base: &Path) {
    for entry in fs::read_dir(base).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let maker = name.to_str().and_then(|name| name.strip_prefix(PREFIX)?.split_once('-'));
        let Some((pid, start)) = maker else { continue };
        let alive = pid.parse().ok().and_then(started).is_some_and(|now| now.to_string() == start);
        if !alive {
            let _ = fs::remove_dir(entry.path());
        }
    }
}

/// Returns when a process was started, in ticks since the machine was.
fn started(pid: u32) -> Option<u64> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name of the program, in parentheses, may hold anything.
    text.rsplit_once(") ")?.1.split(' ').nth(19)?.parse().ok()
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    let mut file = fs::OpenOptions::new().write(true).open(path)?;
    io::Write::write_all(&mut file, text.as_bytes())
}
