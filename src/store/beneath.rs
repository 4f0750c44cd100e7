//! Opening what lies below a folder, so that no symlink, planted in time or before, leads out of it.

use std::os::fd::{AsFd, OwnedFd};

use rustix::fs::{Mode, OFlags, openat};
use rustix::io::Errno;

/// Longer paths are refused by the kernel at one place or another.
pub(crate) const MAX_PATH: usize = 4095;

/// Opens `path` (names with `/` between them; empty for the folder itself) below `root`. Follows no symlink at all.
pub(crate) fn open(
    root: impl AsFd,
    path: &[u8],
    flags: OFlags,
    mode: Mode,
) -> Result<OwnedFd, Errno> {
    let path: &[u8] = if path.is_empty() { b"." } else { path };
    let flags = flags | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NOCTTY;
    if !path.contains(&b'/') {
        return openat(root, path, flags, mode);
    }
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::{ResolveFlags, openat2};
        let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS;
        match openat2(&root, path, flags, mode, resolve) {
            // An old kernel, or a sandbox that does not know the call.
            Err(Errno::NOSYS | Errno::PERM) => {}
            other => return other,
        }
    }
    open_step_by_step(root, path, flags, mode)
}

fn open_step_by_step(
    root: impl AsFd,
    path: &[u8],
    flags: OFlags,
    mode: Mode,
) -> Result<OwnedFd, Errno> {
    let folder = OFlags::DIRECTORY | OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let mut at = openat(root, b".".as_slice(), folder, Mode::empty())?;
    let mut names = path.split(|byte| *byte == b'/').peekable();
    while let Some(name) = names.next() {
        if name == b".." {
            return Err(Errno::XDEV);
        }
        match names.peek() {
            Some(_) => at = openat(&at, name, folder, Mode::empty())?,
            None => return openat(&at, name, flags, mode),
        }
    }
    Err(Errno::INVAL)
}
