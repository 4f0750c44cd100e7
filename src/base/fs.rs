//! Files that are either wholly there or not there at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

use rustix::buffer::spare_capacity;
use rustix::fs::{Timespec, Timestamps, UTIME_NOW};
use tempfile::NamedTempFile;

use super::Clock;

/// Writes `bytes` to `path` so that no reader, no crash and no power cut ever leaves a part of them.
pub fn write_atomic(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder =
        path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    sync_folder(folder)
}

/// Writes a file that can be made again at any time: whole or not at all, but not synced.
pub fn write_derived(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.persist(path)?;
    Ok(())
}

/// Lets everybody read what is at `path`, whatever mask it was made with: folders with all below them, programs as programs.
///
/// Links are left as they are. For what nobody else changes meanwhile.
pub fn let_all_read(path: &Path) -> io::Result<()> {
    let mut open = vec![path.to_owned()];
    while let Some(path) = open.pop() {
        let about = fs::symlink_metadata(&path)?;
        if about.is_symlink() {
            continue;
        }
        let mode = about.permissions().mode();
        let runs = if mode & 0o100 == 0 { 0 } else { 0o111 };
        if mode & (0o444 | runs) != 0o444 | runs {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode | 0o444 | runs))?;
        }
        if about.is_dir() {
            for entry in fs::read_dir(&path)? {
                open.push(entry?.path());
            }
        }
    }
    Ok(())
}

/// Writes a file for the user, with the permissions that the user's other files get: whole or not at all.
///
/// A device or a pipe, such as `/dev/stdout`, is written to as it is. A link is followed.
pub fn write_whole<T, E: From<io::Error>>(
    path: &Path,
    fill: impl FnOnce(&mut BufWriter<&File>) -> Result<T, E>,
) -> Result<T, E> {
    let special = fs::metadata(path).is_ok_and(|meta| !meta.is_file() && !meta.is_dir());
    if special {
        let file = OpenOptions::new().write(true).open(path)?;
        let mut out = BufWriter::new(&file);
        let filled = fill(&mut out)?;
        out.flush()?;
        return Ok(filled);
    }
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    fs::metadata(folder)?;
    let file = tempfile::Builder::new()
        .permissions(fs::Permissions::from_mode(0o666))
        .tempfile_in(folder)
        // Its own words name a file that nobody asked for.
        .map_err(|error| io::Error::from(error.kind()))?;
    let mut out = BufWriter::new(file.as_file());
    let filled = fill(&mut out)?;
    out.flush()?;
    drop(out);
    file.persist(&path).map_err(|error| error.error)?;
    Ok(filled)
}

/// Makes the names in `folder` durable: without it, a renamed file may come back under its old name.
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Renames `from` to `to`, both in the same file system. The caller has synced the file and syncs the folder.
#[expect(clippy::disallowed_methods, reason = "the one place that renames")]
pub fn rename(from: &Path, to: &Path) -> io::Result<()> {
    fs::rename(from, to)
}

/// Makes a file that was not there; fails with `AlreadyExists` otherwise, and never follows a link.
pub fn create_new(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create_new(true).open(path)
}

/// Makes a folder, with those above it, that nobody but its owner may look into; one that is there becomes so.
///
/// For what strangers wrote: a program in it that runs as its owner, whoever starts it, is within nobody's reach.
pub fn create_private(path: &Path) -> io::Result<()> {
    if let Some(above) = path.parent() {
        fs::create_dir_all(above)?;
    }
    match fs::DirBuilder::new().mode(0o700).create(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        done => return done,
    }
    match fs::metadata(path)?.permissions().mode() & 0o077 {
        0 => Ok(()),
        // Another's is for that one to close.
        _ => match fs::set_permissions(path, fs::Permissions::from_mode(0o700)) {
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(()),
            done => done,
        },
    }
}

/// Removes a file or a folder with all that is in it; one that is not there is no error.
pub fn remove(path: &Path) -> io::Result<()> {
    let gone = match fs::symlink_metadata(path) {
        Ok(meta) if meta.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(error) => Err(error),
    };
    match gone {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// Removes a folder with all in it, folders too that forbid it to their owner; that it is not there is well.
pub fn remove_all(folder: &Path) -> io::Result<()> {
    match remove(folder) {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {}
        other => return other,
    }
    let mut stack = vec![folder.to_owned()];
    while let Some(path) = stack.pop() {
        let _ = fs::set_permissions(&path, fs::Permissions::from_mode(0o700));
        for entry in fs::read_dir(&path)?.flatten() {
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                stack.push(entry.path());
            }
        }
    }
    remove(folder)
}

/// Reads `length` bytes from `at` on, into memory that was not filled with zeros first.
pub fn read_at(file: &File, at: u64, length: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(length);
    while bytes.len() < length {
        let next = at + bytes.len() as u64;
        match rustix::io::pread(file, spare_capacity(&mut bytes), next) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
    // The allocator may have given more than was asked for.
    bytes.truncate(length);
    Ok(bytes)
}

/// Says that a file was changed now; it must be there.
pub fn touch(path: &Path) -> io::Result<()> {
    let now = Timespec { tv_sec: 0, tv_nsec: UTIME_NOW };
    let times = Timestamps { last_access: now, last_modification: now };
    rustix::fs::utimensat(rustix::fs::CWD, path, &times, rustix::fs::AtFlags::empty())?;
    Ok(())
}

/// A use is noted again after so long: to note each would be a write for each look.
pub const USE_NOTED: Duration = Duration::from_secs(6 * 3600);

/// Notes in the time of a file that what it stands for is used.
pub fn note_use(path: &Path) {
    if age(path).is_none_or(|age| age >= USE_NOTED) {
        // Where this user may not, another does.
        let _ = touch(path);
    }
}

/// Returns how long ago a file was changed, by the clock that gives files their times; a time to come is now. Nothing where
/// there is no file.
pub fn age(path: &Path) -> Option<Duration> {
    let changed = fs::metadata(path).ok()?.modified().ok()?;
    let changed = changed.duration_since(UNIX_EPOCH).unwrap_or_default();
    let now = Duration::from_millis(u64::try_from(Clock::System.now()).unwrap_or_default());
    Some(now.saturating_sub(changed))
}
