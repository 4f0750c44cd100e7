//! Every device of the host, for a container that may use all of them.

use std::io;
use std::os::fd::{AsFd as _, OwnedFd};

use rustix::fs::{self, Access, AtFlags, CWD, Dir, FileType, Mode, OFlags, Stat};
use rustix::io::Errno;

use super::beneath::{self, Kind};
use super::failure::{During as _, Outcome};
use super::mount;

/// What a container has of its own, whatever the host has there: terminals, shared memory and queues.
const OWN: [&str; 8] = ["console", "core", "fd", "mqueue", "ptmx", "pts", "shm", ".udev"];
/// Real ones have some hundreds, three folders deep.
const MOST: usize = 16_384;
const DEEPEST: usize = 8;

/// A device of the host, and where it is below `/dev`.
pub(super) struct HostDevice {
    path: String,
    stat: Stat,
    /// Where no node can be made, the host's own is taken.
    place: Option<OwnedFd>,
}

/// Finds them while the host's `/dev` can be seen. An ordinary user's are those that it may open itself.
pub(super) fn find(rootless: bool) -> Outcome<Vec<HostDevice>> {
    let how = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let top = fs::openat(CWD, "/dev", how, Mode::empty()).during("open `/dev`")?;
    let mut found = vec![];
    walk(&top, "", rootless, DEEPEST, &mut found).during("list the host's devices")?;
    Ok(found)
}

fn walk(
    folder: &OwnedFd,
    path: &str,
    rootless: bool,
    deepest: usize,
    found: &mut Vec<HostDevice>,
) -> io::Result<()> {
    for entry in Dir::read_from(folder)? {
        let name = entry?.file_name().to_owned();
        // No device has another name than letters of ASCII.
        let Ok(text) = name.to_str() else { continue };
        if matches!(text, "." | "..") || (path.is_empty() && OWN.contains(&text)) {
            continue;
        }
        let Ok(stat) = fs::statat(folder, &name, AtFlags::SYMLINK_NOFOLLOW) else { continue };
        let path = format!("{path}{text}");
        match FileType::from_raw_mode(stat.st_mode) {
            FileType::Directory if deepest > 0 => {
                let how = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
                // What this user may not look into holds nothing for it.
                let Ok(below) = fs::openat(folder, &name, how, Mode::empty()) else { continue };
                walk(&below, &format!("{path}/"), rootless, deepest - 1, found)?;
            }
            FileType::CharacterDevice | FileType::BlockDevice if found.len() < MOST => {
                let place = if rootless { own(folder, &name, &stat) } else { None };
                if place.is_some() || !rootless {
                    found.push(HostDevice { path, stat, place });
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// Opens the place of a device that this user may read or write.
fn own(folder: &OwnedFd, name: &std::ffi::CStr, stat: &Stat) -> Option<OwnedFd> {
    let may = |access| fs::accessat(folder, name, access, AtFlags::EACCESS).is_ok();
    let how = OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let place = fs::openat(folder, name, how, Mode::empty()).ok()?;
    let opened = fs::fstat(&place).ok()?;
    let same = (opened.st_rdev, opened.st_mode) == (stat.st_rdev, stat.st_mode);
    (same && (may(Access::READ_OK) || may(Access::WRITE_OK))).then_some(place)
}

/// Puts them into the container's `/dev`; what it has there already stays.
pub(super) fn install(devices: &[HostDevice], dev: &OwnedFd) -> Outcome<()> {
    for device in devices {
        match device.install(dev) {
            Err(error) if error.raw_os_error() == Some(libc::EEXIST) => {}
            done => done.during_with("make the device", &device.path)?,
        }
    }
    Ok(())
}

impl HostDevice {
    fn install(&self, dev: &OwnedFd) -> io::Result<()> {
        let (folder, name) = self.path.rsplit_once('/').unwrap_or(("", &self.path));
        let folder = beneath::ensure(dev.as_fd(), folder, Kind::Folder, &mut vec![])?;
        match &self.place {
            Some(place) => {
                let how = OFlags::CREATE | OFlags::EXCL | OFlags::WRONLY | OFlags::CLOEXEC;
                fs::openat(&folder, name, how, Mode::from_raw_mode(0o600))?;
                mount::attach(&mount::copy(place, false)?, beneath::open_plain(&folder, name)?)
            }
            None => self.make(&folder, name),
        }
    }

    fn make(&self, folder: &OwnedFd, name: &str) -> io::Result<()> {
        let kind = FileType::from_raw_mode(self.stat.st_mode);
        let mode = Mode::from_raw_mode(self.stat.st_mode & 0o7777);
        match fs::mknodat(folder, name, kind, mode, self.stat.st_rdev) {
            // A kernel that keeps some devices from everybody here; the container does without them.
            Err(Errno::PERM) => return Ok(()),
            done => done?,
        }
        let owner = (fs::Uid::from_raw(self.stat.st_uid), fs::Gid::from_raw(self.stat.st_gid));
        Ok(fs::chownat(folder, name, Some(owner.0), Some(owner.1), AtFlags::SYMLINK_NOFOLLOW)?)
    }
}
