//! The folder of a store: making it, and refusing what is not one or cannot be trusted.

use std::fs;
use std::io::{self, Read as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};

use crate::base::fs::{remove, sync_folder, write_atomic, write_derived};
use crate::store::meta::Meta;
use crate::store::{Error, pack};

/// What the file `format` of this version says.
const FORMAT: &str = "mls store format 1\n";

const FOLDERS: [&str; 4] = ["packs", "incoming", "cache", "containers"];

/// Makes the folders and files of a store, as far as they are not there, and syncs them.
///
/// `format` comes last: a folder without it is no store yet, and making it again completes it.
pub(super) fn make(folder: &Path) -> Result<(), Error> {
    match fs::symlink_metadata(folder) {
        Ok(_) => check_folder(folder, Trust::Own)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => make_folder(folder)?,
        Err(error) => return Err(Error::io("look at", folder)(error)),
    }
    if folder.join("format").exists() {
        check_format(folder)?;
    }
    for name in FOLDERS {
        make_folder(&folder.join(name))?;
    }
    Meta::create(&folder.join("meta.db"))?;
    let ignore = folder.join(".gitignore");
    if !ignore.exists() {
        // Git then passes over the store in whatever repository it lies, with no change to that one's files.
        write_atomic(&ignore, b"*\n").map_err(Error::io("write", &ignore))?;
    }
    fill_reserve(folder);
    sync_folder(folder).map_err(Error::io("sync", folder))?;
    let format = folder.join("format");
    if !format.exists() {
        write_atomic(&format, FORMAT.as_bytes()).map_err(Error::io("write", &format))?;
        let parent = folder.parent().filter(|parent| !parent.as_os_str().is_empty());
        let parent = parent.unwrap_or(Path::new("."));
        sync_folder(parent).map_err(Error::io("sync", parent))?;
    }
    Ok(())
}

/// Bytes that gc can free at once: on a full disk it needs a little room to make more.
const RESERVE: usize = 256 << 10;

/// Gives the reserve back to the file system.
pub(super) fn open_reserve(folder: &Path) -> Result<(), Error> {
    let path = folder.join("reserve");
    remove(&path).map_err(Error::io("remove", path))
}

/// Puts the reserve in place where it is not; a disk without room for it has none.
pub(super) fn fill_reserve(folder: &Path) {
    let path = folder.join("reserve");
    if !path.exists() {
        let _ = write_derived(&path, &vec![0; RESERVE]);
    }
}

/// Whose stores are opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    /// The user's own.
    Own,
    /// Anybody's, because the user said so.
    Any,
}

/// Checks that `folder` is a store that this program may open.
pub fn check(folder: &Path, trust: Trust) -> Result<(), Error> {
    match fs::symlink_metadata(folder) {
        Ok(_) => check_folder(folder, trust)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(Error::NoStore(folder.to_owned()));
        }
        Err(error) => return Err(Error::io("look at", folder)(error)),
    }
    check_format(folder)?;
    for name in ["packs", "incoming"] {
        check_folder(&folder.join(name), trust)?;
    }
    Ok(())
}

/// A folder of a store is a folder, no link to one, its owner is this user, and not everybody may write there.
fn check_folder(folder: &Path, trust: Trust) -> Result<(), Error> {
    let meta = fs::symlink_metadata(folder).map_err(Error::io("look at", folder))?;
    if !meta.is_dir() {
        let found = match meta.file_type().is_symlink() {
            true => "a symbolic link",
            false => "no folder",
        };
        return Err(Error::WrongFileType { path: folder.to_owned(), found, wanted: "a folder" });
    }
    let foreign = meta.uid() != rustix::process::geteuid().as_raw();
    let open = meta.mode() & 0o002 != 0 && meta.mode() & 0o1000 == 0;
    match (foreign || open) && trust == Trust::Own {
        true => Err(Error::ForeignOwner(folder.to_owned())),
        false => Ok(()),
    }
}

fn check_format(folder: &Path) -> Result<(), Error> {
    let path = folder.join("format");
    let file = match pack::open_regular(&path) {
        Ok(file) => file,
        Err(Error::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
            return Err(Error::NoStore(folder.to_owned()));
        }
        Err(error) => return Err(error),
    };
    let mut text = vec![];
    file.take(200).read_to_end(&mut text).map_err(Error::io("read", &path))?;
    let text = String::from_utf8_lossy(&text);
    match text == FORMAT {
        true => Ok(()),
        false => {
            let known = text.strip_prefix("mls store format ").map(str::trim_end);
            match known.filter(|version| version.parse::<u32>().is_ok()) {
                Some(version) => Err(Error::UnsupportedFormat {
                    path: folder.to_owned(),
                    found: version.to_owned(),
                }),
                None => Err(Error::damaged(format!("`{}`", path.display()), "it names no format")),
            }
        }
    }
}

/// Writes `format` again where it is damaged and a pack proves the version; returns whether it did.
pub(super) fn mend(folder: &Path) -> Result<bool, Error> {
    match check_format(folder) {
        Err(Error::Damaged { .. } | Error::NoStore(_)) if folder.join("packs").is_dir() => {}
        other => return other.map(|()| false),
    }
    let packs = pack::PackSet::open(folder.join("packs"))?;
    if packs.survey()?.packs.is_empty() {
        check_format(folder)?;
    }
    let format = folder.join("format");
    write_atomic(&format, FORMAT.as_bytes()).map_err(Error::io("write", &format))?;
    make(folder).map(|()| true)
}

/// Makes a folder that only its owner may write to, whatever the umask; one that is there stays as it is.
fn make_folder(path: &Path) -> Result<(), Error> {
    if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        fs::create_dir_all(parent).map_err(Error::io("create", parent))?;
    }
    match fs::DirBuilder::new().mode(0o755).create(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            check_folder(path, Trust::Own)
        }
        other => other.map_err(Error::io("create", path)),
    }
}

/// Returns the store in `folder`: the folder itself where it is one, or the `.mlstore` in it.
pub fn locate(folder: &Path) -> PathBuf {
    let inner = folder.join(".mlstore");
    match inner.join("format").exists() && !folder.join("format").exists() {
        true => inner,
        false => folder.to_owned(),
    }
}
