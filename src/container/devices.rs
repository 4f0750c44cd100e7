//! `/dev`: a folder in memory with the six devices of Docker.
//!
//! Nothing else in a container may be opened as a device, whatever nodes it makes: every mount forbids it but those of the
//! six nodes themselves. So a control group for devices is needed only for one that may be read or written alone.

use std::fmt;
use std::io;
use std::os::fd::{AsFd as _, OwnedFd};
use std::path::{Path, PathBuf};

use rustix::fs::{self, AtFlags, CWD, FileType, Mode, OFlags};

use serde::{Deserialize, Serialize};

use super::beneath;
use super::failure::{During as _, Failure, Outcome};
use super::mount::{self, INERT, NO_DEVICES, NO_SETUID};
use super::{Error, Spec};

const NODES: [(&str, u32, u32); 6] = [
    ("null", 1, 3),
    ("zero", 1, 5),
    ("full", 1, 7),
    ("random", 1, 8),
    ("urandom", 1, 9),
    ("tty", 5, 0),
];

const LINKS: [(&str, &str); 6] = [
    ("fd", "/proc/self/fd"),
    ("stdin", "/proc/self/fd/0"),
    ("stdout", "/proc/self/fd/1"),
    ("stderr", "/proc/self/fd/2"),
    ("core", "/proc/kcore"),
    ("ptmx", "pts/ptmx"),
];

/// A device of the host that a container may use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    pub host: PathBuf,
    /// An absolute path inside.
    pub inside: String,
    pub read: bool,
    pub write: bool,
}

impl Device {
    /// Reads what follows `--device`: `host[:inside][:rwm]`.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let parts: Vec<&str> = text.split(':').collect();
        let is_access = |text: &str| !text.is_empty() && text.chars().all(|c| "rwm".contains(c));
        match parts[..] {
            [host] => Self::new(host.into(), host.to_owned(), "rwm"),
            [host, access] if is_access(access) => Self::new(host.into(), host.to_owned(), access),
            [host, inside] => Self::new(host.into(), inside.to_owned(), "rwm"),
            [host, inside, access] => Self::new(host.into(), inside.to_owned(), access),
            _ => Err(Error::Invalid(format!("`{}` is no device", text.escape_debug()))),
        }
    }

    /// `access` is made of `r`, `w` and `m`. No container needs the last: nodes that it makes cannot be opened.
    pub(super) fn new(host: PathBuf, inside: String, access: &str) -> Result<Self, Error> {
        let known = access.chars().all(|c| "rwm".contains(c));
        if !known || !host.is_absolute() || !inside.starts_with('/') {
            let text = format!("{}:{inside}:{access}", host.display());
            return Err(Error::Invalid(format!("`{}` is no device", text.escape_debug())));
        }
        Ok(Self { host, inside, read: access.contains('r'), write: access.contains('w') })
    }

    /// Returns what a control group is to forbid; nothing where all is allowed.
    pub(super) fn forbidden(&self) -> io::Result<Option<Forbidden>> {
        if self.read && self.write {
            return Ok(None);
        }
        let stat = fs::stat(&self.host)?;
        Ok(Some(Forbidden {
            is_block: FileType::from_raw_mode(stat.st_mode) == FileType::BlockDevice,
            major: fs::major(stat.st_rdev),
            minor: fs::minor(stat.st_rdev),
            read: !self.read,
            write: !self.write,
        }))
    }
}

/// What of a device is forbidden.
#[derive(Debug, Clone, Copy)]
pub(super) struct Forbidden {
    pub(super) is_block: bool,
    pub(super) major: u32,
    pub(super) minor: u32,
    pub(super) read: bool,
    pub(super) write: bool,
}

/// As control groups of version 1 read it: `c 10:200 w`.
impl fmt::Display for Forbidden {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if self.is_block { 'b' } else { 'c' };
        let (read, write) = (if self.read { "r" } else { "" }, if self.write { "w" } else { "" });
        write!(to, "{kind} {}:{} {read}{write}", self.major, self.minor)
    }
}

/// A device that was asked for, open as a place.
pub(super) struct Found {
    pub(super) inside: String,
    place: OwnedFd,
    stat: fs::Stat,
}

/// Finds the devices while the host's paths can be seen. What is none is refused, whatever its name.
pub(super) fn wanted(devices: &[Device]) -> Outcome<Vec<Found>> {
    let find = |device: &Device| {
        let name = device.host.display();
        let how = OFlags::PATH | OFlags::CLOEXEC;
        let place =
            fs::open(&device.host, how, Mode::empty()).during_with("find the device", &name)?;
        let stat = fs::fstat(&place).during_with("look at the device", &name)?;
        match FileType::from_raw_mode(stat.st_mode) {
            FileType::CharacterDevice | FileType::BlockDevice => {
                Ok(Found { inside: device.inside.clone(), place, stat })
            }
            _ => Err(Failure::Invalid(format!("`{name}` is no device"))),
        }
    };
    devices.iter().map(find).collect()
}

impl Found {
    /// Returns a node, ready to be mounted: of our own where this process may make one, so that changes stay inside.
    pub(super) fn node(&self, workshop: &mut Workshop, rootless: bool) -> Outcome<OwnedFd> {
        let made = match rootless {
            true => mount::copy(&self.place, false),
            false => workshop.like(&self.stat),
        };
        made.during_with("make the device", &self.inside)
    }
}

/// A folder in memory that only this process can reach, in which nodes and files are made to be mounted one by one.
///
/// A node of the host would do for reading and writing; but its mode and owner could be changed from inside.
pub(super) struct Workshop {
    folder: OwnedFd,
    files: u32,
}

impl Workshop {
    /// Hides the host's `/dev` from this mount namespace: a mount that is nowhere could not be copied.
    pub(super) fn open() -> Outcome<Self> {
        let folder = mount::create("tmpfs", &[("mode", "0700"), ("size", "64m")], NO_SETUID)
            .during("make a folder in memory")?;
        Ok(Self { folder, files: 0 })
    }

    /// The host's nodes cannot be reached after this.
    pub(super) fn cover_host(&self) -> Outcome<()> {
        let place = fs::openat(CWD, "/dev", OFlags::PATH | OFlags::CLOEXEC, Mode::empty())
            .during("open `/dev`")?;
        mount::attach(&self.folder, place).during("hide the host's `/dev`")
    }

    fn node(&self, name: &str, major: u32, minor: u32) -> io::Result<OwnedFd> {
        let device = fs::makedev(major, minor);
        let mode = Mode::from_raw_mode(0o666);
        fs::mknodat(&self.folder, name, FileType::CharacterDevice, mode, device)?;
        let made = beneath::open_plain(&self.folder, name)?;
        is_device(&made, major, minor)?;
        mount::copy(made, false)
    }

    /// Makes a node for the same device, with the same owner and mode.
    fn like(&mut self, stat: &fs::Stat) -> io::Result<OwnedFd> {
        let name = format!("device{}", self.files);
        self.files += 1;
        let (kind, mode) =
            (FileType::from_raw_mode(stat.st_mode), Mode::from_raw_mode(stat.st_mode));
        fs::mknodat(&self.folder, &name, kind, mode, stat.st_rdev)?;
        let made = beneath::open_plain(&self.folder, &name)?;
        let found = fs::fstat(&made)?;
        if (found.st_rdev, FileType::from_raw_mode(found.st_mode)) != (stat.st_rdev, kind) {
            return Err(io::Error::from_raw_os_error(libc::ENODEV));
        }
        let (uid, gid) = (fs::Uid::from_raw(stat.st_uid), fs::Gid::from_raw(stat.st_gid));
        fs::chownat(&self.folder, &name, Some(uid), Some(gid), AtFlags::SYMLINK_NOFOLLOW)?;
        mount::copy(made, false)
    }

    /// Writes the description of a container as runtimes have it; returns its folder, while the host's `/dev` is covered.
    pub(super) fn bundle(&mut self, config: &[u8]) -> Outcome<PathBuf> {
        let how = OFlags::CREATE | OFlags::WRONLY | OFlags::TRUNC | OFlags::CLOEXEC;
        let mode = Mode::from_raw_mode(0o600);
        let file = fs::openat(&self.folder, "config.json", how, mode);
        let mut file = std::fs::File::from(file.during("describe the container")?);
        io::Write::write_all(&mut file, config).during("describe the container")?;
        Ok(PathBuf::from("/dev"))
    }

    /// Makes a file with this content, ready to be mounted.
    pub(super) fn file(
        &mut self,
        bytes: &[u8],
        mode: u32,
        owner: (u32, u32),
    ) -> io::Result<OwnedFd> {
        let name = format!("file{}", self.files);
        self.files += 1;
        let how = OFlags::CREATE | OFlags::EXCL | OFlags::WRONLY | OFlags::CLOEXEC;
        let file = fs::openat(&self.folder, &name, how, Mode::from_raw_mode(0o600))?;
        let mut file = std::fs::File::from(file);
        io::Write::write_all(&mut file, bytes)?;
        let (uid, gid) = (fs::Uid::from_raw(owner.0), fs::Gid::from_raw(owner.1));
        fs::fchown(&file, Some(uid), Some(gid))?;
        fs::fchmod(&file, Mode::from_raw_mode(mode & 0o7777))?;
        let tree = mount::copy(beneath::open_plain(&self.folder, &name)?, false)?;
        mount::set(&tree, false, NO_DEVICES)?;
        Ok(tree)
    }
}

/// The nodes, as mounts that are nowhere yet.
pub(super) struct Nodes(Vec<(&'static str, OwnedFd)>);

/// Where this process may make no nodes, the host's own are taken; their modes are then out of reach as well.
pub(super) fn host_nodes() -> Outcome<Nodes> {
    let open = |(name, major, minor): (&'static str, u32, u32)| {
        let path = Path::new("/dev").join(name);
        let how = OFlags::PATH | OFlags::CLOEXEC | OFlags::NOFOLLOW;
        let found =
            fs::openat(CWD, &path, how, Mode::empty()).map_err(io::Error::from).and_then(|node| {
                is_device(&node, major, minor).and_then(|()| mount::copy(node, false))
            });
        found.during_with("take the device", &path.display()).map(|node| (name, node))
    };
    NODES.into_iter().map(open).collect::<Outcome<_>>().map(Nodes)
}

/// Makes the nodes; to be called with the workshop in its place.
pub(super) fn own_nodes(workshop: &Workshop) -> Outcome<Nodes> {
    let make = |(name, major, minor): (&'static str, u32, u32)| {
        let made = workshop.node(name, major, minor);
        made.during_with("make the device", &name).map(|node| (name, node))
    };
    NODES.into_iter().map(make).collect::<Outcome<_>>().map(Nodes)
}

/// Mounts `/dev` and what is in it.
pub(super) fn install(spec: &Spec, nodes: &Nodes, place: &OwnedFd) -> Outcome<OwnedFd> {
    let flags = if spec.security.privileged { NO_SETUID } else { NO_SETUID | NO_DEVICES };
    let dev = mount::create("tmpfs", &[("mode", "0755"), ("size", "65536k")], flags)
        .and_then(|dev| mount::attach(&dev, place).map(|()| dev))
        .during("mount `/dev`")?;
    for (name, node) in &nodes.0 {
        let how = OFlags::CREATE | OFlags::EXCL | OFlags::WRONLY | OFlags::CLOEXEC;
        fs::openat(&dev, *name, how, Mode::from_raw_mode(0o666))
            .map_err(io::Error::from)
            .and_then(|_| mount::attach(node, beneath::open_plain(&dev, name)?))
            .during_with("mount the device", name)?;
    }
    for (name, target) in LINKS {
        fs::symlinkat(target, &dev, name).during_with("link the device", &name)?;
    }
    folders(&dev, spec)?;
    Ok(dev)
}

fn folders(dev: &OwnedFd, spec: &Spec) -> Outcome<()> {
    // Nothing is no limit to the kernel, and Docker's default to Docker.
    let shared = spec.limits.shared_memory.filter(|size| *size > 0).unwrap_or(64 << 20);
    let shared = shared.to_string();
    let memory = [("mode", "1777"), ("size", shared.as_str())];
    below(dev, "pts", terminals)?;
    below(dev, "shm", || mount::create("tmpfs", &memory, INERT))?;
    match below(dev, "mqueue", || mount::create("mqueue", &[], INERT)) {
        // Only its owner may mount the host's; others have it where it is bound as any folder is.
        Err(_) if spec.host_ipc => Ok(()),
        mounted => mounted,
    }
}

fn terminals() -> io::Result<OwnedFd> {
    let options = [("newinstance", ""), ("ptmxmode", "0666"), ("mode", "0620"), ("gid", "5")];
    let flags = NO_SETUID | mount::NO_PROGRAMS;
    // A user namespace of a single user has no group of terminals.
    mount::create("devpts", &options, flags)
        .or_else(|_| mount::create("devpts", &options[..3], flags))
}

/// Puts the container's own nodes and terminals over those of the host, where the user shows it the host's `/dev`: there, no
/// other device can be opened, as with Docker.
pub(super) fn install_over(nodes: &Nodes, dev: &OwnedFd) -> Outcome<()> {
    let over = |name: &str, (major, minor): (u32, u32), node: &OwnedFd| match beneath::open_plain(
        dev, name,
    ) {
        Ok(place) if is_device(&place, major, minor).is_ok() => {
            mount::attach(&mount::copy(node, false)?, place)
        }
        _ => Ok(()),
    };
    for ((name, major, minor), (_, node)) in NODES.iter().zip(&nodes.0) {
        over(name, (*major, *minor), node).during_with("mount the device", name)?;
    }
    if let Ok(place) = beneath::open_plain(dev, "pts") {
        let pts = terminals()
            .and_then(|pts| mount::attach(&pts, place).map(|()| pts))
            .during("mount `/dev/pts`")?;
        let master = beneath::open_plain(&pts, "ptmx").during("open `/dev/pts/ptmx`")?;
        over("ptmx", (5, 2), &master).during("mount `/dev/ptmx`")?;
    }
    Ok(())
}

fn below(dev: &OwnedFd, name: &str, make: impl FnOnce() -> io::Result<OwnedFd>) -> Outcome<()> {
    fs::mkdirat(dev, name, Mode::from_raw_mode(0o755))
        .map_err(io::Error::from)
        .and_then(|()| mount::attach(&make()?, beneath::open_plain(dev, name)?))
        .during_with("mount in `/dev`", &name)
}

/// Returns a second mount of `/dev/null`, to cover files with.
pub(super) fn null(dev: &OwnedFd) -> io::Result<OwnedFd> {
    let node = beneath::open_plain(dev, "null")?;
    is_device(&node, 1, 3)?;
    mount::copy(node.as_fd(), false)
}

/// What is called `null` need not be it.
pub(super) fn is_device(node: &OwnedFd, major: u32, minor: u32) -> io::Result<()> {
    let stat = fs::fstat(node)?;
    let kind = FileType::from_raw_mode(stat.st_mode);
    match kind == FileType::CharacterDevice && stat.st_rdev == fs::makedev(major, minor) {
        true => Ok(()),
        false => Err(io::Error::from_raw_os_error(libc::ENODEV)),
    }
}
