//! Which folders of layers there are, and whether they may be believed.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::form::Form;
use crate::base::fs::{note_use, remove_all, rename, sync_folder, write_atomic, write_derived};
use crate::image::rootfs::{Error, making};
use crate::remote::registry::Digest;

/// From so many bytes on, unpacking again after a reboot would cost more than to sync.
pub(super) const LARGE: u64 = 64 << 20;

/// Without it there is no layer.
pub(super) const ABOUT: &str = "about.json";

/// Beside the files of a layer.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct About {
    /// The boot in which it was made; nothing where it was synced and outlives it.
    boot: Option<String>,
    /// The number of the folder `fs`: a copy of the cache has another, and may lack attributes.
    inode: u64,
    /// Whether the layer says something of the root folder.
    pub(super) has_root: bool,
}

impl About {
    /// Whether it outlives a power cut.
    pub(super) fn is_synced(&self) -> bool {
        self.boot.is_none()
    }

    /// Writes what there is to say of the folder `fs` in `folder`.
    pub(super) fn write(
        folder: &Path,
        fs: &Path,
        has_root: bool,
        size: u64,
    ) -> Result<Self, Error> {
        let inode = fs::symlink_metadata(fs).map_err(Error::io("look at", fs))?.ino();
        let boot = if size >= LARGE { None } else { Some(boot()) };
        let about = Self { boot, inode, has_root };
        let path = folder.join(ABOUT);
        let bytes = serde_json::to_vec(&about).expect("plain values");
        let write = if about.boot.is_none() { write_atomic } else { write_derived };
        write(&path, &bytes).map_err(Error::io("write", &path))?;
        Ok(about)
    }

    fn holds(&self, folder: &Path) -> bool {
        let fs = fs::symlink_metadata(folder.join("fs"));
        fs.is_ok_and(|fs| fs.is_dir() && fs.ino() == self.inode)
            && self.boot.as_ref().is_none_or(|boot| *boot == self::boot() && !boot.is_empty())
    }
}

/// Changes with each start of the machine; empty where the system does not tell.
fn boot() -> String {
    let id = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    id.trim().to_owned()
}

/// The names that a layer's folder may have.
pub(super) struct Names {
    form: Form,
    chain: blake3::Hasher,
    alone: String,
}

impl Names {
    pub(super) fn begin(form: Form) -> Self {
        Self { form, chain: blake3::Hasher::new(), alone: String::new() }
    }

    /// Goes on to the layer above.
    pub(super) fn next(&mut self, diff_id: &Digest) {
        self.chain.update(diff_id.to_string().as_bytes());
        self.chain.update(b"\n");
        self.alone = diff_id.hex();
    }

    /// Returns the name of one that leans on those below it, or does not.
    pub(super) fn of(&self, leans: bool) -> String {
        let suffix = self.form.suffix();
        match leans {
            false => format!("{}{suffix}", self.alone),
            true => format!("chain-{}{suffix}", self.chain.finalize().to_hex()),
        }
    }
}

/// A layer's folder, and the lock that keeps it from being pruned.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) folder: PathBuf,
    pub(super) about: About,
    pub(super) lock: File,
}

/// Returns the folder of a layer, if it is there and whole; it stays for as long as its lock is held.
pub(super) fn find(cache: &Path, names: &Names) -> Result<Option<Kept>, Error> {
    for leans in [false, true] {
        let name = names.of(leans);
        let folder = cache.join(&name);
        if read(&folder)?.is_none() {
            continue;
        }
        let lock = making::lock_shared(&lock_path(cache, &name))?;
        // It may have gone between the look and the lock.
        if let Some(about) = read(&folder)? {
            note_use(&folder.join(ABOUT));
            return Ok(Some(Kept { folder, about, lock }));
        }
    }
    Ok(None)
}

/// Returns what is said of the layer in `folder`, if it is to be believed.
pub(super) fn read(folder: &Path) -> Result<Option<About>, Error> {
    let path = folder.join(ABOUT);
    let bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Error::io("read", path)(error)),
    };
    let about = serde_json::from_slice::<About>(&bytes).ok();
    Ok(about.filter(|about| about.holds(folder)))
}

/// Returns the lock of the layer's folder `name`.
pub(super) fn lock_path(cache: &Path, name: &str) -> PathBuf {
    cache.join(format!("lock-{name}"))
}

/// Gives what was made its name; what is there and was not to be believed goes. The caller holds the lock of the name.
pub(super) fn publish(
    cache: &Path,
    made: &Path,
    name: &str,
    synced: bool,
) -> Result<PathBuf, Error> {
    let place = cache.join(name);
    let old = made.join("old");
    match rename(&place, &old) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(Error::io("rename", place)(error)),
    }
    // The lock of the making stays behind, and so does what was there.
    let whole = made.join("whole");
    fs::create_dir(&whole).map_err(Error::io("create", &whole))?;
    for name in ["fs", ABOUT] {
        rename(&made.join(name), &whole.join(name)).map_err(Error::io("rename", &whole))?;
    }
    rename(&whole, &place).map_err(Error::io("rename", &place))?;
    if synced {
        sync_folder(cache).map_err(Error::io("sync", cache))?;
    }
    let _ = remove_all(&old);
    Ok(place)
}
