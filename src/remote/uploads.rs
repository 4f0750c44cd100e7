//! Packs on their way into a hub: `incoming/<lease>/uploads/<client>/<digest>.part`, and `.pack` once every object in it
//! is verified. What a hub that died has left, the next one takes over.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::TempDir;

use crate::base::Digest;
use crate::base::fs::{remove, rename, sync_folder};
use crate::remote::Error;
use crate::store::lease::{self, Lease};
use crate::store::pack::{self, Entry, Pack, Sealed};
use crate::store::{self, Store};

/// What nobody has touched for so long is abandoned.
pub(crate) const PATIENCE: Duration = Duration::from_secs(24 * 3600);

/// The longest name of a client.
const MAX_CLIENT: usize = 64;

/// The place for uploads of one hub.
#[derive(Debug)]
pub(crate) struct Uploads {
    folder: PathBuf,
    _lease: Lease,
}

/// A verified pack.
#[derive(Debug)]
pub(crate) struct Arrived {
    pub(crate) sealed: Sealed,
    pub(crate) pack: Pack,
    pub(crate) frames: Vec<Vec<Entry>>,
}

impl Uploads {
    /// Makes a place in `store`, with what a hub before this one has left.
    pub(crate) fn open(store: &Store) -> Result<Self, Error> {
        let incoming = store.folder().join("incoming");
        let dead = lease::list(&incoming)?.into_iter().filter(|lease| !lease.alive);
        // It counts on nothing in the store, so no gc waits for it.
        let lease = Lease::take(&incoming, &store.context().command, || Ok(u64::MAX))?;
        let folder = lease.folder().join("uploads");
        fs::create_dir(&folder).map_err(Error::io("create", &folder))?;
        for dead in dead {
            // What cannot be taken over is sent again.
            let _ = take_over(&dead.folder, &folder);
        }
        Ok(Self { folder, _lease: lease })
    }

    /// Returns how many bytes of a pack are there; `Err` with its size where it is there whole and verified.
    pub(crate) fn offset(&self, client: &str, digest: &Digest) -> Result<Result<u64, u64>, Error> {
        let folder = self.client(client)?;
        if let Ok(meta) = fs::metadata(name(&folder, digest, "pack")) {
            return Ok(Err(meta.len()));
        }
        Ok(Ok(fs::metadata(name(&folder, digest, "part")).map_or(0, |meta| meta.len())))
    }

    /// Opens a pack to go on at its end, which must be at `offset`. The caller is the only one who writes it.
    pub(crate) fn resume(
        &self,
        client: &str,
        digest: &Digest,
        offset: u64,
    ) -> Result<Option<File>, Error> {
        let folder = self.client(client)?;
        if fs::create_dir(&folder).is_ok() {
            sync_folder(&self.folder).map_err(Error::io("sync", &self.folder))?;
        }
        let path = name(&folder, digest, "part");
        let open = OpenOptions::new().append(true).create(true).open(&path);
        let file = open.map_err(Error::io("open", &path))?;
        let length = file.metadata().map_err(Error::io("look at", &path))?.len();
        Ok((length == offset).then_some(file))
    }

    /// Verifies a pack that is there whole, every object in it; one that is not what it says is removed.
    pub(crate) fn finish(&self, client: &str, digest: &Digest) -> Result<(), Error> {
        let folder = self.client(client)?;
        let path = name(&folder, digest, "part");
        let verified = verify(&path, digest);
        if let Err(Error::Store(store::Error::Damaged { .. } | store::Error::Malformed { .. })) =
            &verified
        {
            remove(&path).map_err(Error::io("remove", &path))?;
        }
        let pack = verified?;
        let whole = name(&folder, digest, "pack");
        rename(&path, &whole).map_err(Error::io("rename", &path))?;
        // Only now: what may not be written cannot go on after a crash.
        seal(pack.file()).map_err(Error::io("protect", whole))
    }

    /// Opens a verified pack.
    pub(crate) fn arrived(&self, client: &str, digest: &Digest) -> Result<Option<Arrived>, Error> {
        let path = name(&self.client(client)?, digest, "pack");
        if !path.exists() {
            return Ok(None);
        }
        let pack = Pack::open(path.clone(), *digest)?;
        let frames = pack.tidy_frames()?.ok_or_else(|| untidy(digest))?;
        Ok(Some(Arrived { sealed: Sealed { digest: *digest, path }, pack, frames }))
    }

    /// Removes what has been abandoned.
    pub(crate) fn sweep(&self, patience: Duration) {
        for client in fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            for file in fs::read_dir(client.path()).into_iter().flatten().flatten() {
                let age = file.metadata().and_then(|meta| meta.modified()).ok();
                let age = age.and_then(|modified| modified.elapsed().ok());
                if age.is_some_and(|age| age >= patience) {
                    let _ = remove(&file.path());
                }
            }
            let _ = fs::remove_dir(client.path()); // only where nothing is left in it
        }
    }

    /// Makes a folder that is gone when it is dropped, and with this hub at the latest.
    pub(crate) fn scratch(&self) -> Result<TempDir, Error> {
        let folder = self._lease.folder();
        tempfile::Builder::new()
            .prefix("offer-")
            .tempdir_in(folder)
            .map_err(Error::io("create", folder))
    }

    /// Ends it as if its process had died: the next hub finds what is there.
    pub(crate) fn leave(self) {
        self._lease.leave();
    }

    fn client(&self, client: &str) -> Result<PathBuf, Error> {
        let plain = client.bytes().all(|byte| byte.is_ascii_hexdigit());
        match plain && !client.is_empty() && client.len() <= MAX_CLIENT {
            true => Ok(self.folder.join(client)),
            false => Err(Error::Malformed("the name of the client")),
        }
    }
}

fn name(folder: &Path, digest: &Digest, extension: &str) -> PathBuf {
    folder.join(format!("{digest}.{extension}"))
}

fn untidy(digest: &Digest) -> Error {
    store::Error::damaged(format!("pack {digest}"), "its frames leave gaps").into()
}

fn verify(path: &Path, digest: &Digest) -> Result<Pack, Error> {
    let pack = Pack::open(path.to_owned(), *digest)?;
    let frames = pack.tidy_frames()?.ok_or_else(|| untidy(digest))?;
    pack.verify(&frames, &mut |_| ())?;
    pack.file().sync_all().map_err(Error::io("sync", path))?;
    Ok(pack)
}

fn seal(file: &File) -> io::Result<()> {
    let mode = file.metadata()?.permissions().mode();
    file.set_permissions(Permissions::from_mode(mode & 0o444))
}

/// Moves the uploads in the folder of a dead lease; only regular files of names that this file gives.
fn take_over(dead: &Path, folder: &Path) -> io::Result<()> {
    let from = dead.join("uploads");
    if !fs::symlink_metadata(&from)?.is_dir() {
        return Ok(());
    }
    for client in fs::read_dir(&from)?.flatten().filter(|c| c.file_type().is_ok_and(|t| t.is_dir()))
    {
        let to = folder.join(client.file_name());
        fs::create_dir_all(&to)?;
        for file in fs::read_dir(client.path())?.flatten() {
            if pack::open_regular(&file.path()).is_ok() {
                rename(&file.path(), &to.join(file.file_name()))?;
            }
        }
    }
    remove(dead)
}
