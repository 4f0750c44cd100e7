//! Putting a pack of another store into quarantine: as a second name of the same file, as a copy that shares its blocks,
//! or as a copy.

use std::fs::{self, File, Permissions};
use std::io;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;

use crate::base::fs::{create_new, remove};
use crate::remote::Error;
use crate::store::Trust;
use crate::store::pack::Pack;

/// Whether bytes were written, or only names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Placed {
    /// A second name of a file that the user's own program wrote.
    Linked,
    /// A copy that shares its blocks.
    Shared,
    Copied,
}

/// Gives `pack` the name `to`. What is there afterwards is as durable as the pack was.
///
/// A file of another user is never shared: its owner could still change it.
pub(crate) fn place(pack: &Pack, to: &Path, trust: Trust) -> Result<Placed, Error> {
    if trust == Trust::Own && is_own(pack.path()) && fs::hard_link(pack.path(), to).is_ok() {
        if opens_the_same(pack, to) {
            return Ok(Placed::Linked);
        }
        remove(to).map_err(Error::io("remove", to))?;
    }
    let target = create_new(to).map_err(Error::io("create", to))?;
    copy(pack, &target).map_err(Error::io("copy a pack to", to))
}

fn copy(pack: &Pack, target: &File) -> io::Result<Placed> {
    let placed = match rustix::fs::ioctl_ficlone(target, pack.file()) {
        Ok(()) => Placed::Shared,
        Err(_) => {
            pack.copy_to(target)?;
            Placed::Copied
        }
    };
    let mode = target.metadata()?.permissions().mode();
    target.set_permissions(Permissions::from_mode(mode & 0o444))?;
    target.sync_all()?;
    Ok(placed)
}

fn is_own(path: &Path) -> bool {
    let own = rustix::process::geteuid().as_raw();
    fs::symlink_metadata(path).is_ok_and(|meta| meta.is_file() && meta.uid() == own)
}

/// The name may have been given to another file between opening and linking.
fn opens_the_same(pack: &Pack, path: &Path) -> bool {
    let (Ok(a), Ok(b)) = (pack.file().metadata(), fs::symlink_metadata(path)) else {
        return false;
    };
    (a.dev(), a.ino()) == (b.dev(), b.ino())
}
