//! Mounts as descriptors: made where nobody sees them, then put onto a place that is a descriptor, too.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;

use rustix::fs::CWD;
use rustix::mount::{
    self, FsMountFlags, FsOpenFlags, MountAttrFlags, MoveMountFlags, OpenTreeFlags,
};

use super::sys;

pub(super) const READ_ONLY: MountAttrFlags = MountAttrFlags::MOUNT_ATTR_RDONLY;
pub(super) const NO_DEVICES: MountAttrFlags = MountAttrFlags::MOUNT_ATTR_NODEV;
pub(super) const NO_SETUID: MountAttrFlags = MountAttrFlags::MOUNT_ATTR_NOSUID;
pub(super) const NO_PROGRAMS: MountAttrFlags = MountAttrFlags::MOUNT_ATTR_NOEXEC;
/// What a file system that holds no files of anybody's is mounted with.
pub(super) const INERT: MountAttrFlags = NO_DEVICES.union(NO_SETUID).union(NO_PROGRAMS);

/// Makes a new file system of the kernel's; it is nowhere yet.
pub(super) fn create(
    kind: &str,
    options: &[(&str, &str)],
    flags: MountAttrFlags,
) -> io::Result<OwnedFd> {
    let context = mount::fsopen(kind, FsOpenFlags::FSOPEN_CLOEXEC)?;
    mount::fsconfig_set_string(&context, "source", kind)?;
    for (key, value) in options {
        match *value {
            "" => mount::fsconfig_set_flag(&context, *key)?,
            value => mount::fsconfig_set_string(&context, *key, value)?,
        }
    }
    mount::fsconfig_create(&context)?;
    Ok(mount::fsmount(&context, FsMountFlags::FSMOUNT_CLOEXEC, flags)?)
}

/// Makes a second mount of what `place` is, and with `recursive` of what is mounted below it; it is nowhere yet.
pub(super) fn copy(place: impl AsFd, recursive: bool) -> io::Result<OwnedFd> {
    let flags = flags(recursive) | OpenTreeFlags::AT_EMPTY_PATH;
    Ok(mount::open_tree(place, "", flags)?)
}

/// As [`copy`], for a path of the host's.
pub(super) fn copy_path(path: &Path, recursive: bool) -> io::Result<OwnedFd> {
    Ok(mount::open_tree(CWD, path, flags(recursive))?)
}

/// Sets `flags` for a mount, and with `recursive` for those below it.
pub(super) fn set(tree: &OwnedFd, recursive: bool, flags: MountAttrFlags) -> io::Result<()> {
    sys::set_mount_flags(tree.as_fd(), recursive, flags)
}

/// Puts a mount that is nowhere onto `place`; its descriptor then leads to what is there.
pub(super) fn attach(tree: &OwnedFd, place: impl AsFd) -> io::Result<()> {
    let flags = MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH | MoveMountFlags::MOVE_MOUNT_T_EMPTY_PATH;
    Ok(mount::move_mount(tree, "", place, "", flags)?)
}

fn flags(recursive: bool) -> OpenTreeFlags {
    let flags = OpenTreeFlags::OPEN_TREE_CLONE | OpenTreeFlags::OPEN_TREE_CLOEXEC;
    if recursive { flags | OpenTreeFlags::AT_RECURSIVE } else { flags }
}
