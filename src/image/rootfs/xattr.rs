//! Extended attributes of files on disk.

use std::os::fd::{AsRawFd as _, OwnedFd};
use std::path::Path;

use rustix::buffer::spare_capacity;
use rustix::fs::{XattrFlags, lgetxattr, llistxattr, lsetxattr};
use rustix::io::Errno;

use crate::image::rootfs::Xattrs;
use crate::image::rootfs::view::steers;

/// As long as the kernel lets a list of names and a value be.
const MAX: usize = 64 << 10;

/// Returns all attributes of the file `name` in an open folder, sorted; no symlink is followed.
pub(super) fn all(folder: &OwnedFd, name: &[u8]) -> Result<Xattrs, Errno> {
    // There is no such call below a descriptor; this way leads through no folder but the one that is open.
    let mut path = format!("/proc/self/fd/{}/", folder.as_raw_fd()).into_bytes();
    path.extend_from_slice(name);
    at(&path)
}

fn at(path: &[u8]) -> Result<Xattrs, Errno> {
    let mut names = Vec::with_capacity(1024);
    match llistxattr(path, spare_capacity(&mut names)) {
        Err(Errno::RANGE) => {
            names.reserve(MAX);
            llistxattr(path, spare_capacity(&mut names))?;
        }
        Err(Errno::OPNOTSUPP) => return Ok(Xattrs::default()),
        other => drop(other?),
    }
    let mut found = vec![];
    for name in names.split(|byte| *byte == 0).filter(|name| !name.is_empty()) {
        let mut value = Vec::with_capacity(256);
        let mut read = lgetxattr(path, name, spare_capacity(&mut value));
        if read == Err(Errno::RANGE) {
            value.reserve(MAX);
            read = lgetxattr(path, name, spare_capacity(&mut value));
        }
        match read {
            Ok(_) => found.push((name.into(), value.into())),
            Err(Errno::NODATA | Errno::OPNOTSUPP) => {}
            Err(errno) => return Err(errno),
        }
    }
    found.sort_unstable();
    Ok(found.into())
}

/// Whether an attribute belongs to the file, and not to this machine or to overlayfs.
pub(super) fn travels(name: &[u8]) -> bool {
    !steers(name)
        && !matches!(
            name,
            b"security.selinux" | b"security.ima" | b"security.evm" | b"security.SMACK64"
        )
}

/// Gives `to` what attributes `from` has, as far as it may have them.
pub(super) fn copy(from: &Path, to: &Path) {
    use std::os::unix::ffi::OsStrExt as _;
    let found = at(from.as_os_str().as_bytes()).unwrap_or_default();
    for (name, value) in found.iter().filter(|(name, _)| travels(name)) {
        let _ = lsetxattr(to, &**name, value, XattrFlags::empty());
    }
}

/// Whether overlayfs would show nothing of lower folders below this one.
pub(super) fn is_opaque(folder: &Path) -> bool {
    let known: [&str; 3] =
        ["trusted.overlay.opaque", "user.overlay.opaque", "user.fuseoverlayfs.opaque"];
    known.iter().any(|name| {
        let mut value = [0; 2];
        lgetxattr(folder, *name, &mut value[..]).is_ok_and(|length| &value[..length] == b"y")
    })
}
