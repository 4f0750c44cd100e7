//! Where nothing can be mounted: all lower folders copied into one, and a note of what was there.

use std::collections::BTreeMap;
use std::fs::{self, File, Metadata};
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use rustix::fs::{AtFlags, CWD, FileType, Mode, Stat, Timespec, Timestamps, UTIME_OMIT};
use rustix::fs::{ioctl_ficlone, mknodat, utimensat};

use crate::base::fs::remove;
use crate::image::rootfs::{Error, Lowers, xattr};

/// The kernel counts the time of a change in steps of up to so long (`CONFIG_HZ=100`).
const TICK: Duration = Duration::from_millis(11);

/// What was in a folder at one moment, by path.
#[derive(Debug, Default)]
pub(in crate::image::rootfs) struct Snapshot(BTreeMap<PathBuf, Stamp>);

/// Nothing can change a file and leave all of this as it was.
#[derive(Debug, PartialEq, Eq)]
struct Stamp {
    inode: u64,
    changed: (i64, i64),
    size: u64,
}

impl Stamp {
    fn of(meta: &Metadata) -> Self {
        let changed = (meta.ctime(), meta.ctime_nsec());
        Self { inode: meta.ino(), changed, size: meta.size() }
    }
}

impl Snapshot {
    fn take(root: &Path) -> Result<Self, Error> {
        let mut snapshot = Self::default();
        let mut stack = vec![PathBuf::new()];
        while let Some(folder) = stack.pop() {
            for name in names(&root.join(&folder))? {
                let path = folder.join(name);
                let full = root.join(&path);
                let meta = fs::symlink_metadata(&full).map_err(Error::io("look at", &full))?;
                snapshot.0.insert(path.clone(), Stamp::of(&meta));
                if meta.is_dir() {
                    stack.push(path);
                }
            }
        }
        // So that whatever is changed from here on has another time.
        thread::sleep(TICK);
        Ok(snapshot)
    }

    /// Returns whether a file is as it was.
    pub(in crate::image::rootfs) fn is_unchanged(&self, path: &Path, stat: &Stat) -> bool {
        let changed = (stat.st_ctime, stat.st_ctime_nsec as i64);
        let now = Stamp { inode: stat.st_ino, changed, size: stat.st_size as u64 };
        self.0.get(path) == Some(&now)
    }
}

/// Copies all that `lowers` make together into `root`.
pub(super) fn copy(lowers: &Lowers, root: &Path) -> Result<Snapshot, Error> {
    lowers.folders.iter().try_for_each(|lower| lay(lower, root))?;
    Snapshot::take(root)
}

/// Lays one lower folder over what is there.
fn lay(lower: &Path, root: &Path) -> Result<(), Error> {
    let mut linked: BTreeMap<u64, PathBuf> = BTreeMap::new();
    let mut folders = vec![];
    let mut stack = vec![PathBuf::new()];
    while let Some(folder) = stack.pop() {
        for name in names(&lower.join(&folder))? {
            let path = folder.join(name);
            let (from, to) = (lower.join(&path), root.join(&path));
            let meta = fs::symlink_metadata(&from).map_err(Error::io("look at", &from))?;
            if meta.is_dir() {
                make_folder(&from, &to)?;
                folders.push((path.clone(), meta));
                stack.push(path);
                continue;
            }
            remove(&to).map_err(Error::io("remove", &to))?;
            if meta.file_type().is_char_device() && meta.rdev() == 0 {
                continue; // a whiteout
            }
            if meta.nlink() > 1
                && let Some(first) = linked.get(&meta.ino())
            {
                fs::hard_link(first, &to).map_err(Error::io("link", &to))?;
                continue;
            }
            make_file(&from, &to, &meta)?;
            linked.insert(meta.ino(), to);
        }
    }
    // From within outwards: what is made in a folder changes its time.
    folders
        .iter()
        .rev()
        .try_for_each(|(path, meta)| finish(&lower.join(path), &root.join(path), meta))
}

fn make_folder(from: &Path, to: &Path) -> Result<(), Error> {
    let there = fs::symlink_metadata(to).is_ok_and(|meta| meta.is_dir());
    if !there || xattr::is_opaque(from) {
        remove(to).map_err(Error::io("remove", to))?;
        fs::create_dir(to).map_err(Error::io("create", to))?;
    }
    // Until it gets what it is to have, its owner may write to it.
    fs::set_permissions(to, fs::Permissions::from_mode(0o700))
        .map_err(Error::io("set the mode of", to))
}

fn make_file(from: &Path, to: &Path, meta: &Metadata) -> Result<(), Error> {
    let kind = meta.file_type();
    if kind.is_file() {
        let mut source = File::open(from).map_err(Error::io("open", from))?;
        let mut target = crate::base::fs::create_new(to).map_err(Error::io("create", to))?;
        if ioctl_ficlone(&target, &source).is_err() {
            std::io::copy(&mut source, &mut target).map_err(Error::io("write", to))?;
        }
    } else if kind.is_symlink() {
        let target = fs::read_link(from).map_err(Error::io("read", from))?;
        std::os::unix::fs::symlink(target, to).map_err(Error::io("create", to))?;
    } else {
        let kind = FileType::from_raw_mode(meta.mode());
        let made = mknodat(CWD, to, kind, Mode::RUSR | Mode::WUSR, meta.rdev());
        made.map_err(Error::os("create", to))?;
    }
    finish(from, to, meta)
}

fn finish(from: &Path, to: &Path, meta: &Metadata) -> Result<(), Error> {
    // Whoever unpacked them could not give them away either.
    let _ = std::os::unix::fs::lchown(to, Some(meta.uid()), Some(meta.gid()));
    if !meta.file_type().is_symlink() {
        fs::set_permissions(to, meta.permissions()).map_err(Error::io("set the mode of", to))?;
    }
    xattr::copy(from, to);
    let times = Timestamps {
        last_access: Timespec { tv_sec: 0, tv_nsec: UTIME_OMIT },
        last_modification: Timespec { tv_sec: meta.mtime(), tv_nsec: meta.mtime_nsec() },
    };
    utimensat(CWD, to, &times, AtFlags::SYMLINK_NOFOLLOW).map_err(Error::os("set the time of", to))
}

fn names(folder: &Path) -> Result<Vec<std::ffi::OsString>, Error> {
    let entries = fs::read_dir(folder).map_err(Error::io("list", folder))?;
    entries
        .map(|entry| entry.map(|entry| entry.file_name()).map_err(Error::io("list", folder)))
        .collect()
}
