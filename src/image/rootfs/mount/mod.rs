//! A root file system to run in: layers below, a fresh folder on top that takes all that is changed.
//!
//! ```text
//! cache/mounts/root-<random>/
//!   lock      held by the process whose mount it is; one that nobody holds is unmounted and swept by the next
//!   upper/    what was changed, as overlayfs writes it
//!   work/     overlayfs's own
//!   root/     the mount; where nothing can be mounted, a copy of all
//! ```

mod copy;
mod overlay;

use std::fs;
use std::path::{Path, PathBuf};

use rustix::io::Errno;
use rustix::mount::{UnmountFlags, unmount};

use crate::image::rootfs::making::Making;
use crate::image::rootfs::{Error, Lowers};
pub(super) use copy::Snapshot;

/// How the folders were put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// The kernel's overlayfs.
    Overlay,
    /// `fuse-overlayfs`, where the kernel refuses.
    Fuse,
    /// One folder with a copy of all, where nothing else goes.
    Copy,
}

/// A mounted root file system; unmounted and removed when dropped.
///
/// One whose process is killed stays mounted until the next [`Mounted::new`] in the same scratch folder.
#[derive(Debug)]
pub struct Mounted {
    making: Making,
    root: PathBuf,
    how: How,
    /// Of a copy: what was there before anything was changed.
    before: Option<Snapshot>,
}

impl Mounted {
    /// Mounts `lowers` with a fresh upper folder in `scratch` (a store's `cache/mounts`), which is made if it is not there.
    ///
    /// In a user namespace this needs a mount namespace of its own, as `container::enter_namespace_if_rootless` makes it.
    pub fn new(lowers: &Lowers, scratch: &Path) -> Result<Self, Error> {
        Self::with(lowers, scratch, &[How::Overlay, How::Fuse, How::Copy])
    }

    /// As [`Mounted::new`], in the first of some ways that can be gone here.
    pub fn with(lowers: &Lowers, scratch: &Path, ways: &[How]) -> Result<Self, Error> {
        let making = Making::begin(scratch, "root-", |dead| detach(&dead.join("root")))?;
        let folder =
            fs::canonicalize(making.folder()).map_err(Error::io("look at", making.folder()))?;
        let root = folder.join("root");
        let mut mounted = Self { making, root, how: How::Copy, before: None };
        (mounted.how, mounted.before) = lay(lowers, &folder, ways, Upper::Derived)?;
        Ok(mounted)
    }

    /// Returns the merged root folder.
    pub fn path(&self) -> &Path {
        &self.root
    }

    /// Returns how it was made.
    pub fn how(&self) -> How {
        self.how
    }

    /// Returns the folder that lies beside the root and goes with it: room for what a container needs on disk.
    pub fn scratch(&self) -> &Path {
        self.making.folder()
    }

    /// Unmounts and removes it, and says what went wrong, which dropping cannot.
    pub fn close(self) -> Result<(), Error> {
        self.unmount()
    }

    pub(super) fn before(&self) -> Option<&Snapshot> {
        self.before.as_ref()
    }

    /// Returns the folder in which the changes are.
    pub(super) fn changed(&self) -> PathBuf {
        match self.how {
            How::Overlay | How::Fuse => self.root.with_file_name("upper"),
            How::Copy => self.root.clone(),
        }
    }

    fn unmount(&self) -> Result<(), Error> {
        match self.how {
            How::Copy => Ok(()),
            How::Overlay | How::Fuse => detach(&self.root),
        }
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        // Were anything still mounted there, removing would reach into it.
        if self.unmount().is_err() || is_mounted(&self.root) {
            self.making.leave();
        }
    }
}

/// Whether what is changed is worth more than the time to write it to the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Upper {
    /// It is to outlive a power cut, as far as the programs in there see to it.
    Kept,
    Derived,
}

/// Mounts `lowers` at `root` in `folder`, with what is in `upper` there from earlier mounts, in the first way that can be
/// gone. The folder, which is no other's while it is mounted, and the mount are the caller's to end.
pub fn mount_in(lowers: &Lowers, folder: &Path, upper: Upper) -> Result<How, Error> {
    let (how, _) = lay(lowers, folder, &[How::Overlay, How::Fuse, How::Copy], upper)?;
    if how == How::Fuse {
        let by = folder.join(BY_FUSE);
        crate::base::fs::write_derived(&by, b"").map_err(Error::io("write", &by))?;
    }
    Ok(how)
}

/// There where `fuse-overlayfs` was used, which has its own words for what is gone.
const BY_FUSE: &str = "by-fuse";
/// There where all was copied.
const COPIED: &str = "copied";

/// Returns how what [`mount_in`] mounts in `folder` is put together, and where its changes are; nothing where it never was.
pub(super) fn changed_in(folder: &Path) -> Option<(How, PathBuf)> {
    let [upper, root] = ["upper", "root"].map(|name| folder.join(name));
    match (folder.join(COPIED).exists(), folder.join(BY_FUSE).exists()) {
        (true, _) => Some((How::Copy, root)),
        (false, true) => Some((How::Fuse, upper)),
        (false, false) => upper.exists().then_some((How::Overlay, upper)),
    }
}

fn lay(
    lowers: &Lowers,
    folder: &Path,
    ways: &[How],
    kept: Upper,
) -> Result<(How, Option<Snapshot>), Error> {
    let [upper, work, root] = ["upper", "work", "root"].map(|name| folder.join(name));
    let fresh = !upper.exists();
    // Overlayfs marks it when it is not to be synced, and then takes it only once.
    crate::base::fs::remove(&work).map_err(Error::io("remove", &work))?;
    for path in [&upper, &work, &root] {
        fs::create_dir_all(path).map_err(Error::io("create", path))?;
    }
    if fresh {
        overlay::dress(lowers, &upper)?;
    }
    let whole = folder.join(COPIED);
    if whole.exists() {
        return Ok((How::Copy, None));
    }
    for way in ways {
        match way {
            How::Overlay if overlay::mount(lowers, folder, kept).is_ok() => {}
            How::Fuse if overlay::mount_fuse(lowers, folder) => {}
            How::Copy => {
                crate::base::fs::remove_all(&root)
                    .and_then(|()| fs::create_dir(&root))
                    .map_err(Error::io("create", &root))?;
                let before = copy::copy(lowers, &root)?;
                overlay::dress(lowers, &root)?;
                crate::base::fs::write_derived(&whole, b"").map_err(Error::io("write", &whole))?;
                return Ok((How::Copy, Some(before)));
            }
            _ => continue,
        }
        return Ok((*way, None));
    }
    Err(Error::NoMount(folder.to_owned()))
}

/// Unmounts what is mounted at `path`, if anything is, and all that is mounted below it.
fn detach(path: &Path) -> Result<(), Error> {
    match unmount(path, UnmountFlags::DETACH | UnmountFlags::NOFOLLOW) {
        Ok(()) => detach(path), // there may be one below it
        Err(Errno::INVAL | Errno::NOENT) => Ok(()),
        Err(Errno::PERM) if overlay::unmount_fuse(path) => Ok(()),
        // Nothing was mounted that an ordinary user could see.
        Err(Errno::PERM) if !is_mounted(path) => Ok(()),
        Err(errno) => Err(Error::os("unmount", path)(errno)),
    }
}

fn is_mounted(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let device = |path: &Path| fs::symlink_metadata(path).map(|meta| meta.dev());
    let above = path.parent().unwrap_or(path);
    matches!((device(path), device(above)), (Ok(a), Ok(b)) if a != b)
}
