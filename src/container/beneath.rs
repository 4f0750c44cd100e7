//! Paths as seen from inside: the kernel itself resolves them with the root folder as `/`, so no link leads outside.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::fs::{self, AtFlags, Mode, OFlags, ResolveFlags, Timespec, Timestamps};
use rustix::io::Errno;
use serde::{Deserialize, Serialize};

/// As many links as the kernel follows in one path.
const LINKS: usize = 40;

/// What a missing target is to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Folder,
    File,
}

/// Something made only to mount onto it, and when its folder was changed before and by that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Made {
    path: String,
    before: (i64, i64),
    after: (i64, i64),
}

/// Opens `path` for what may be done with a place and not with its content.
pub(super) fn open(root: impl AsFd, path: &str) -> io::Result<OwnedFd> {
    let how = OFlags::PATH | OFlags::CLOEXEC;
    Ok(retried(|| fs::openat2(root.as_fd(), relative(path), how, Mode::empty(), inside()))?)
}

/// Opens a file for reading; a device, a pipe or a folder is refused and not waited for.
pub(super) fn read(root: impl AsFd, path: &str) -> io::Result<std::fs::File> {
    let how = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY;
    let found =
        retried(|| fs::openat2(root.as_fd(), relative(path), how, Mode::empty(), inside()))?;
    let kind = fs::FileType::from_raw_mode(fs::fstat(&found)?.st_mode);
    match kind {
        fs::FileType::RegularFile => Ok(found.into()),
        _ => Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file")),
    }
}

/// Opens `path` with no link on the way, not even a last one.
pub(super) fn open_plain(root: impl AsFd, path: &str) -> io::Result<OwnedFd> {
    let how = OFlags::PATH | OFlags::CLOEXEC | OFlags::NOFOLLOW;
    let resolve = inside() | ResolveFlags::NO_SYMLINKS;
    Ok(retried(|| fs::openat2(root.as_fd(), relative(path), how, Mode::empty(), resolve))?)
}

/// As [`open`]; what is missing of the path is made, and noted in `made`.
pub(super) fn ensure(
    root: BorrowedFd<'_>,
    path: &str,
    kind: Kind,
    made: &mut Vec<Made>,
) -> io::Result<OwnedFd> {
    let mut path = path.to_owned();
    for _ in 0..LINKS {
        match make(root, &path, kind, made)? {
            Ok(place) => return Ok(place),
            Err(elsewhere) => path = elsewhere,
        }
    }
    Err(Errno::LOOP.into())
}

/// Makes what is missing; returns another path where a link that leads nowhere stands in the way.
fn make(
    root: BorrowedFd<'_>,
    path: &str,
    kind: Kind,
    made: &mut Vec<Made>,
) -> io::Result<Result<OwnedFd, String>> {
    if let Some(place) = found(open(root, path))? {
        return Ok(Ok(place));
    }
    let parts: Vec<&str> = path.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
    let mut parent = open(root, "/")?;
    for (index, part) in parts.iter().enumerate() {
        let here = parts[..=index].join("/");
        if let Some(place) = found(open(root, &here))? {
            parent = place;
            continue;
        }
        let last = index + 1 == parts.len();
        if let Err(error) = make_one(root, &parent, part, &here, last && kind == Kind::File, made) {
            if error.kind() != io::ErrorKind::AlreadyExists {
                return Err(error);
            }
            // A link that leads nowhere; what else it could be would have been found.
            let link = fs::readlinkat(&parent, *part, vec![])?;
            let link = link.into_string().map_err(|_| Errno::ILSEQ)?;
            let base = if link.starts_with('/') { String::new() } else { parts[..index].join("/") };
            return Ok(Err([&base, &link, &parts[index + 1..].join("/")]
                .map(String::as_str)
                .join("/")));
        }
        parent = open(root, &here)?;
    }
    Ok(Ok(parent))
}

fn make_one(
    root: BorrowedFd<'_>,
    parent: &OwnedFd,
    name: &str,
    path: &str,
    file: bool,
    made: &mut Vec<Made>,
) -> io::Result<()> {
    let time = |place: &OwnedFd| -> io::Result<(i64, i64)> {
        let stat = fs::fstat(place)?;
        Ok((stat.st_mtime, i64::try_from(stat.st_mtime_nsec).unwrap_or(0)))
    };
    let before = time(parent)?;
    if file {
        let how = OFlags::CREATE | OFlags::EXCL | OFlags::WRONLY | OFlags::CLOEXEC;
        fs::openat(parent, name, how, Mode::from_raw_mode(0o644))?;
    } else {
        fs::mkdirat(parent, name, Mode::from_raw_mode(0o755))?;
    }
    // Below another mount it is that one's business, and stays.
    if fs::fstat(parent)?.st_dev == fs::fstat(root)?.st_dev {
        made.push(Made { path: path.to_owned(), before, after: time(parent)? });
    }
    Ok(())
}

/// Takes away what was made, where it is still as empty as it was, and gives the folders their times back.
pub(super) fn unmake(root: impl AsFd, made: &[Made]) {
    for Made { path, before, after } in made.iter().rev() {
        // What cannot be taken away stays: the command may have put something there.
        let _ = unmake_one(root.as_fd(), path, *before, *after);
    }
}

fn unmake_one(
    root: BorrowedFd<'_>,
    path: &str,
    before: (i64, i64),
    after: (i64, i64),
) -> io::Result<()> {
    let (parent, name) = path.rsplit_once('/').unwrap_or(("", path));
    let parent = open_plain(root, parent)?;
    let stat = fs::fstat(&parent)?;
    let found = fs::statat(&parent, name, AtFlags::SYMLINK_NOFOLLOW)?;
    match fs::FileType::from_raw_mode(found.st_mode) {
        fs::FileType::Directory => fs::unlinkat(&parent, name, AtFlags::REMOVEDIR)?,
        fs::FileType::RegularFile if found.st_size == 0 => {
            fs::unlinkat(&parent, name, AtFlags::empty())?;
        }
        _ => return Ok(()),
    }
    let was = (stat.st_mtime, i64::try_from(stat.st_mtime_nsec).unwrap_or(0));
    let (tv_sec, tv_nsec) = if was == after { before } else { was };
    let times = Timestamps {
        last_access: Timespec { tv_sec: 0, tv_nsec: rustix::fs::UTIME_OMIT },
        last_modification: Timespec { tv_sec, tv_nsec: tv_nsec as _ },
    };
    Ok(fs::utimensat(&parent, ".", &times, AtFlags::empty())?)
}

fn found(result: io::Result<OwnedFd>) -> io::Result<Option<OwnedFd>> {
    match result {
        Ok(place) => Ok(Some(place)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// No link of `/proc` that leads to what a process has open: those lead out of any root.
pub(super) fn inside() -> ResolveFlags {
    ResolveFlags::IN_ROOT | ResolveFlags::NO_MAGICLINKS
}

/// The kernel resolves `` as nothing at all.
fn relative(path: &str) -> &str {
    if path.is_empty() { "." } else { path }
}

/// The kernel gives up where the tree changed while it looked; it is asked again, but not for ever.
pub(super) fn retried<T>(mut ask: impl FnMut() -> rustix::io::Result<T>) -> rustix::io::Result<T> {
    for _ in 0..1000 {
        match ask() {
            Err(Errno::AGAIN | Errno::INTR) => {}
            other => return other,
        }
    }
    Err(Errno::AGAIN)
}
