//! What a container sees as `/`: its folder, the kernel's file systems, and what was asked for beside them.
//!
//! Everything is mounted by descriptor before the root changes, so that the host's paths are read while they are the host's
//! and the container's are only ever resolved beneath its folder. `/proc`, `/sys` and `/dev` must be folders there: a link
//! is refused and not followed.

use std::io;
use std::os::fd::{AsFd as _, OwnedFd};
use std::path::Path;

use rustix::fs::{self, Mode, OFlags};
use rustix::io::Errno;
use rustix::mount::{MountPropagationFlags, UnmountFlags};

use super::beneath::{self, Kind, Made};
use super::cgroup::Groups;
use super::devices::{self, Workshop};
use super::failure::{During as _, Failure, Outcome};
use super::mount::{self, INERT, NO_DEVICES, READ_ONLY};
use super::{Mount, Network, Source, Spec, hook, host_devices, surroundings};

/// Docker's: what tells of the host, or lets its keys and memory be read.
const MASKED: [&str; 10] = [
    "asound",
    "acpi",
    "interrupts",
    "kcore",
    "keys",
    "latency_stats",
    "timer_list",
    "timer_stats",
    "sched_debug",
    "scsi",
];
const MASKED_SYS: [&str; 2] = ["firmware", "devices/virtual/powercap"];
/// Docker's: what would change the host.
const FIXED: [&str; 5] = ["bus", "fs", "irq", "sys", "sysrq-trigger"];

/// As runc: what may be shown in place of the machine's own figures.
const FIGURES: [&str; 8] =
    ["cpuinfo", "diskstats", "loadavg", "meminfo", "net/dev", "slabinfo", "stat", "uptime"];

/// Mounts everything and makes it the root of this process, whose mount namespace is its own.
///
/// Returns what had to be made in the folder to mount onto.
pub(super) fn enter(spec: &Spec, rootless: bool, joined: &Groups) -> Outcome<Vec<Made>> {
    let private = MountPropagationFlags::PRIVATE | MountPropagationFlags::REC;
    rustix::mount::mount_change("/", private).during("leave the host's mounts")?;
    let root = attach_root(spec)?;
    let privileged = spec.security.privileged;
    let sources = spec.mounts.iter().map(|mount| source(mount, privileged));
    let sources = sources.collect::<Outcome<Vec<_>>>()?;
    let of_host = if privileged { host_devices::find(rootless)? } else { vec![] };
    let host_nodes = if rootless { Some(devices::host_nodes()?) } else { None };
    let wanted = devices::wanted(&spec.devices)?;
    let control = joined.mounts()?;
    let sys_of_host = host_sys();
    let mut workshop = Workshop::open()?;
    workshop.cover_host()?;
    let nodes = match host_nodes {
        Some(nodes) => nodes,
        None => devices::own_nodes(&workshop)?,
    };
    let mut made = vec![];
    let proc = proc(spec, &root)?;
    let place = plain_folder(&root, "dev")?;
    let dev = devices::install(spec, &nodes, &place)?;
    host_devices::install(&of_host, &dev)?;
    let sys = sys(spec, &root, sys_of_host)?;
    control.attach(&sys, privileged)?;
    if !privileged {
        restrict(&proc, &sys, &dev)?;
    }
    for (wanted, tree) in spec.mounts.iter().zip(sources) {
        place_mount(&root, wanted, tree, &mut workshop, &mut made)?;
        if !privileged && wanted.target.trim_end_matches('/') == "/dev" {
            let dev = beneath::open(&root, "dev").during("open `/dev`")?;
            devices::install_over(&nodes, &dev)?;
        }
    }
    for device in wanted {
        let tree = device.node(&mut workshop, rootless)?;
        onto(&root, &device.inside, &tree, &mut made)?;
    }
    place_files(spec, &root, &mut workshop, &mut made)?;
    hook::run(spec, &mut workshop)?;
    if spec.read_only {
        mount::set(&root, false, READ_ONLY).during("make the root read-only")?;
    }
    change_root(&root)?;
    Ok(made)
}

fn attach_root(spec: &Spec) -> Outcome<OwnedFd> {
    let name = spec.root.display();
    let tree = mount::copy_path(&spec.root, false).during_with("take the root folder", &name)?;
    if !spec.security.privileged {
        mount::set(&tree, false, NO_DEVICES).during("forbid devices")?;
    }
    let how = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let place =
        fs::open(&spec.root, how, Mode::empty()).during_with("open the root folder", &name)?;
    mount::attach(&tree, place).during_with("mount the root folder", &name)?;
    Ok(tree)
}

/// Opens what is mounted while the host's paths can be seen; nothing for what is made later.
fn source(mount: &Mount, privileged: bool) -> Outcome<Option<OwnedFd>> {
    let tree = match &mount.source {
        Source::Bind(path) => {
            mount::copy_path(path, true).during_with("take what is mounted", &path.display())?
        }
        Source::Beneath { root, path } => beneath_source(root, path)
            .during_with("take what is mounted", &root.join(path).display())?,
        Source::Memory { .. } | Source::File { .. } => return Ok(None),
    };
    if !privileged {
        mount::set(&tree, true, NO_DEVICES).during_with("forbid devices in", &mount.target)?;
    }
    Ok(Some(tree))
}

fn beneath_source(root: &Path, path: &str) -> io::Result<OwnedFd> {
    let root = fs::open(root, OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?;
    mount::copy(beneath::open(root, path)?, true)
}

/// A user namespace whose network is the host's may not mount a `/sys` of its own and takes the host's.
fn host_sys() -> Option<OwnedFd> {
    mount::copy_path(Path::new("/sys"), true).ok()
}

fn proc(spec: &Spec, root: &OwnedFd) -> Outcome<OwnedFd> {
    let place = plain_folder(root, "proc")?;
    let proc = mount::create("proc", &[], INERT)
        .and_then(|proc| mount::attach(&proc, place).map(|()| proc))
        .during("mount `/proc`")?;
    if spec.network != Network::Host {
        // As Docker: in a network of its own nobody needs to be root to listen on port 80, or to ask who is there.
        let _ = set_kernel(&proc, "ip_unprivileged_port_start", b"0");
        // A user namespace has no more groups than it has.
        let _ = set_kernel(&proc, "ping_group_range", b"0 2147483647")
            .or_else(|_| set_kernel(&proc, "ping_group_range", b"0 0"));
    }
    Ok(proc)
}

fn set_kernel(proc: &OwnedFd, name: &str, value: &[u8]) -> io::Result<usize> {
    let path = format!("sys/net/ipv4/{name}");
    let file = fs::openat(proc, path, OFlags::WRONLY | OFlags::CLOEXEC, Mode::empty())?;
    Ok(rustix::io::write(file, value)?)
}

fn sys(spec: &Spec, root: &OwnedFd, of_host: Option<OwnedFd>) -> Outcome<OwnedFd> {
    let place = plain_folder(root, "sys")?;
    let flags = if spec.security.privileged { INERT } else { INERT | READ_ONLY };
    let sys = match (mount::create("sysfs", &[], flags), of_host) {
        (Ok(sys), _) => sys,
        (Err(_), Some(tree)) => {
            mount::set(&tree, true, flags).during("restrict `/sys`")?;
            tree
        }
        (Err(error), None) => return Err(Failure::start("mount `/sys`", &error)),
    };
    mount::attach(&sys, place).during("mount `/sys`")?;
    Ok(sys)
}

/// Covers what a container is not to see, and fixes what it is not to change.
fn restrict(proc: &OwnedFd, sys: &OwnedFd, dev: &OwnedFd) -> Outcome<()> {
    let masked = MASKED.iter().map(|name| (proc, *name));
    for (top, name) in masked.chain(MASKED_SYS.iter().map(|name| (sys, *name))) {
        if let Some(place) = there(top, name).during_with("find", &name)? {
            cover(&place, dev).during_with("mask", &name)?;
        }
    }
    for name in FIXED {
        if let Some(place) = there(proc, name).during_with("find", &name)? {
            mount::copy(&place, true)
                .and_then(|tree| {
                    mount::set(&tree, true, READ_ONLY)?;
                    mount::attach(&tree, &place)
                })
                .during_with("make read-only", &name)?;
        }
    }
    Ok(())
}

fn cover(place: &OwnedFd, dev: &OwnedFd) -> io::Result<()> {
    let kind = fs::FileType::from_raw_mode(fs::fstat(place)?.st_mode);
    let lid = match kind {
        fs::FileType::Directory => {
            mount::create("tmpfs", &[("mode", "0755"), ("size", "4k")], INERT | READ_ONLY)?
        }
        _ => devices::null(dev)?,
    };
    mount::attach(&lid, place)
}

fn there(top: &OwnedFd, name: &str) -> io::Result<Option<OwnedFd>> {
    match beneath::open_plain(top, name) {
        Ok(place) => Ok(Some(place)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn place_mount(
    root: &OwnedFd,
    wanted: &Mount,
    tree: Option<OwnedFd>,
    workshop: &mut Workshop,
    made: &mut Vec<Made>,
) -> Outcome<()> {
    let target = &wanted.target;
    let tree = match (&wanted.source, tree) {
        (_, Some(tree)) => tree,
        (Source::File { bytes, mode, uid, gid }, None) => {
            workshop.file(bytes, *mode, (*uid, *gid)).during_with("make the file", target)?
        }
        (source, None) => memory(source).during_with("make the folder in memory", target)?,
    };
    if wanted.read_only {
        mount::set(&tree, true, READ_ONLY).during_with("make read-only", target)?;
    }
    onto(root, target, &tree, made)
}

fn memory(source: &Source) -> io::Result<OwnedFd> {
    let (size, mode, inert) = match source {
        Source::Memory { size, mode, no_programs } => (*size, *mode, *no_programs),
        _ => (None, 0o1777, false),
    };
    let flags = if inert { INERT } else { NO_DEVICES | mount::NO_SETUID };
    let mode = format!("{:o}", mode & 0o7777);
    let size = size.map(|size| size.to_string());
    let mut options = vec![("mode", mode.as_str())];
    options.extend(size.as_deref().map(|size| ("size", size)));
    mount::create("tmpfs", &options, flags)
}

/// Mounts `tree` onto `target`, which is made where it is missing.
fn onto(root: &OwnedFd, target: &str, tree: &OwnedFd, made: &mut Vec<Made>) -> Outcome<()> {
    let is_folder = fs::fstat(tree)
        .map(|stat| fs::FileType::from_raw_mode(stat.st_mode) == fs::FileType::Directory)
        .during_with("look at", &target)?;
    let kind = if is_folder { Kind::Folder } else { Kind::File };
    let place = beneath::ensure(root.as_fd(), target, kind, made)
        .during_with("make a place to mount onto at", &target)?;
    if same_file(&place, root).during_with("look at", &target)? {
        return Err(Failure::Invalid(format!("`{target}` is the root of the container itself")));
    }
    let shown = FIGURES.iter().any(|name| target.strip_prefix("/proc/") == Some(name));
    if is_proc(&place).during_with("look at", &target)? && !shown {
        return Err(Failure::Invalid(format!("`{target}` is the kernel's own, in `/proc`")));
    }
    mount::attach(tree, place).during_with("mount", &target)
}

/// What is written to a file of `/proc` is to reach the kernel, wherever a link of the image has led a mount.
fn is_proc(place: &OwnedFd) -> io::Result<bool> {
    Ok(fs::fstatfs(place)?.f_type == fs::PROC_SUPER_MAGIC)
}

/// A mount over the root itself would hide the container from itself; over a link to it, too.
fn same_file(a: &OwnedFd, b: &OwnedFd) -> io::Result<bool> {
    let (a, b) = (fs::fstat(a)?, fs::fstat(b)?);
    Ok((a.st_dev, a.st_ino) == (b.st_dev, b.st_ino))
}

fn place_files(
    spec: &Spec,
    root: &OwnedFd,
    workshop: &mut Workshop,
    made: &mut Vec<Made>,
) -> Outcome<()> {
    for (path, text) in surroundings::files(spec) {
        if spec.mounts.iter().any(|mount| mount.target == path) {
            continue;
        }
        let file = workshop.file(text.as_bytes(), 0o644, (0, 0)).during_with("make", &path)?;
        if spec.read_only {
            mount::set(&file, false, READ_ONLY).during_with("make read-only", &path)?;
        }
        onto(root, path, &file, made)?;
    }
    Ok(())
}

/// Returns a folder at the top of the root, made where it is missing; a link there is refused.
///
/// It stays there, as every builder leaves it: an image without it is one that others cannot run read-only.
fn plain_folder(root: &OwnedFd, name: &str) -> Outcome<OwnedFd> {
    if there(root, name).during_with("find", &name)?.is_none() {
        let missing = fs::mkdirat(root, name, Mode::from_raw_mode(0o755));
        missing
            .or_else(|error| if error == Errno::EXIST { Ok(()) } else { Err(error) })
            .during_with("make the folder", &name)?;
    }
    let place = beneath::open_plain(root, name).during_with("open the folder", &name)?;
    let kind =
        fs::FileType::from_raw_mode(fs::fstat(&place).during_with("look at", &name)?.st_mode);
    match kind {
        fs::FileType::Directory => Ok(place),
        _ => Err(Failure::Invalid(format!("`/{name}` in the container is no folder"))),
    }
}

fn change_root(root: &OwnedFd) -> Outcome<()> {
    rustix::process::fchdir(root).during("enter the root")?;
    rustix::process::pivot_root(".", ".").during("change the root")?;
    // The old root lies on top of the new one and everything of the host's goes with it.
    rustix::mount::unmount(".", UnmountFlags::DETACH).during("leave the old root")?;
    rustix::process::chdir("/").during("enter the new root")
}
