//! Mounting by the kernel's overlayfs, or by `fuse-overlayfs`.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::UNIX_EPOCH;

use rustix::fs::{CWD, Mode, OFlags};
use rustix::io::Errno;
use rustix::mount::{
    FsMountFlags, FsOpenFlags, MountAttrFlags, MoveMountFlags, fsconfig_create, fsconfig_set_flag,
    fsconfig_set_string, fsmount, fsopen, move_mount,
};

use super::{Upper, detach, is_mounted};
use crate::image::rootfs::{Error, Lowers, xattr};

/// Overlayfs stacks no more.
const MAX_LOWERS: usize = 500;

/// Gives a root folder what the layers say of it; otherwise it is 0755, root's and of 1970. Overlayfs shows that of the upper one.
pub(super) fn dress(lowers: &Lowers, root: &Path) -> Result<(), Error> {
    let (mut mode, mut time) = (fs::Permissions::from_mode(0o755), UNIX_EPOCH);
    if let Some(like) = &lowers.root {
        let meta = fs::symlink_metadata(like).map_err(Error::io("look at", like))?;
        // A user whose own folder it is may not give it away, and need not.
        let _ = std::os::unix::fs::chown(root, Some(meta.uid()), Some(meta.gid()));
        xattr::copy(like, root);
        (mode, time) = (meta.permissions(), meta.modified().unwrap_or(UNIX_EPOCH));
    }
    fs::set_permissions(root, mode).map_err(Error::io("set the mode of", root))?;
    let open = fs::File::open(root).map_err(Error::io("open", root))?;
    open.set_modified(time).map_err(Error::io("set the time of", root))
}

/// Returns the lower folders, topmost first; there must be one.
fn stack(lowers: &Lowers, folder: &Path) -> Result<Vec<PathBuf>, Errno> {
    let mut stack: Vec<PathBuf> = lowers.folders.iter().rev().cloned().collect();
    if stack.is_empty() {
        let empty = folder.join("empty");
        fs::create_dir_all(&empty).map_err(|_| Errno::IO)?;
        stack.push(empty);
    }
    match stack.len() <= MAX_LOWERS {
        true => Ok(stack),
        false => Err(Errno::TOOBIG),
    }
}

/// Mounts by the kernel. An upper folder must be of use without its lower ones: no redirects, no files without content.
pub(super) fn mount(lowers: &Lowers, folder: &Path, upper: Upper) -> Result<(), Errno> {
    let stack = stack(lowers, folder)?;
    let user = !crate::image::rootfs::unpack::is_root();
    match mount_by_options(&stack, folder, user, upper) {
        // Before Linux 6.7 there was no option for one lower folder at a time.
        Err(Errno::INVAL) => mount_by_one_option(&stack, folder, user, upper),
        other => other,
    }
}

fn common(fs: &OwnedFd, folder: &Path, user: bool, kept: Upper) -> Result<[OwnedFd; 2], Errno> {
    // By descriptors, so that no `:` or `\` in a path means anything.
    let (upper, work) = (open(&folder.join("upper"))?, open(&folder.join("work"))?);
    fsconfig_set_string(fs, "upperdir", through(&upper))?;
    fsconfig_set_string(fs, "workdir", through(&work))?;
    for (key, value) in [("index", "off"), ("metacopy", "off"), ("redirect_dir", "nofollow")] {
        fsconfig_set_string(fs, key, value)?;
    }
    if user {
        fsconfig_set_flag(fs, "userxattr")?;
    }
    if kept == Upper::Derived {
        // Need not outlive a power cut: a sync in the container costs nothing.
        let _ = fsconfig_set_flag(fs, "volatile");
    }
    Ok([upper, work])
}

fn mount_by_options(
    stack: &[PathBuf],
    folder: &Path,
    user: bool,
    upper: Upper,
) -> Result<(), Errno> {
    let fs = fsopen("overlay", FsOpenFlags::FSOPEN_CLOEXEC)?;
    for lower in stack {
        fsconfig_set_string(&fs, "lowerdir+", lower.as_os_str())?;
    }
    let _open = common(&fs, folder, user, upper)?;
    attach(&fs, folder)
}

fn mount_by_one_option(
    stack: &[PathBuf],
    folder: &Path,
    user: bool,
    upper: Upper,
) -> Result<(), Errno> {
    let fs = fsopen("overlay", FsOpenFlags::FSOPEN_CLOEXEC)?;
    let open: Vec<OwnedFd> =
        stack.iter().map(|lower| self::open(lower)).collect::<Result<_, _>>()?;
    let lowers: Vec<String> = open.iter().map(through).collect();
    fsconfig_set_string(&fs, "lowerdir", lowers.join(":"))?;
    let _open = common(&fs, folder, user, upper)?;
    attach(&fs, folder)
}

fn attach(fs: &OwnedFd, folder: &Path) -> Result<(), Errno> {
    fsconfig_create(fs)?;
    let mount = fsmount(fs, FsMountFlags::FSMOUNT_CLOEXEC, MountAttrFlags::empty())?;
    let place = folder.join("root");
    move_mount(&mount, "", CWD, &place, MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH)
}

fn open(path: &Path) -> Result<OwnedFd, Errno> {
    rustix::fs::open(path, OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())
}

fn through(open: &OwnedFd) -> String {
    format!("/proc/self/fd/{}", open.as_raw_fd())
}

/// Mounts by the program `fuse-overlayfs`; returns whether it did.
pub(super) fn mount_fuse(lowers: &Lowers, folder: &Path) -> bool {
    let Ok(stack) = stack(lowers, folder) else { return false };
    let lowers: Vec<Vec<u8>> = stack.iter().map(|lower| escaped(lower)).collect();
    let mut options = b"lowerdir=".to_vec();
    options.extend(lowers.join(&b':'));
    for (key, name) in [("upperdir", "upper"), ("workdir", "work")] {
        options.extend_from_slice(format!(",{key}=").as_bytes());
        options.extend(escaped(&folder.join(name)));
    }
    let root = folder.join("root");
    let done = Command::new("fuse-overlayfs")
        .arg("-o")
        .arg(OsString::from_vec(options))
        .arg(&root)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    match done.is_ok_and(|status| status.success()) && is_mounted(&root) {
        true => true,
        false => {
            let _ = detach(&root);
            false
        }
    }
}

/// Unmounts as an ordinary user; returns whether it could.
pub(super) fn unmount_fuse(root: &Path) -> bool {
    ["fusermount3", "fusermount"].iter().any(|program| {
        let mut command = Command::new(program);
        command.args([OsStr::new("-uz"), root.as_os_str()]);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    })
}

fn escaped(path: &Path) -> Vec<u8> {
    let mut escaped = vec![];
    for byte in path.as_os_str().as_bytes() {
        if matches!(byte, b':' | b',' | b'\\') {
            escaped.push(b'\\');
        }
        escaped.push(*byte);
    }
    escaped
}
