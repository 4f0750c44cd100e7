//! What a build gives out beside an image: the file system that it came to, as a tar or in a folder.

use std::fs;
use std::path::Path;

use crate::base::{self, Progress};
use crate::image::build::context::write_all;
use crate::image::build::copy::placed_below;
use crate::image::build::{self, state::State};
use crate::image::rootfs::{self, View};
use crate::image::{Error, layer};
use crate::store::{Link, Store};

/// Puts all layers together as one, whose tar is [`layer::open`]; no ref leads to it.
pub fn merged(store: &Store, state: &State, epoch: Option<i64>) -> Result<Link, Error> {
    let view = View::of(store, &state.links())?;
    let placed = placed_below(&view, "/")?;
    let mut writer = store.writer()?;
    let added = write_all(&mut writer, placed, None, epoch)?;
    writer.commit(vec![])?;
    Ok(added.link)
}

/// Writes the tar of [`merged`].
pub fn tar(
    store: &Store,
    state: &State,
    epoch: Option<i64>,
    to: &mut dyn std::io::Write,
) -> Result<(), Error> {
    let layer = merged(store, state, epoch)?;
    let mut tar = layer::open(store, &layer)?;
    std::io::copy(&mut tar, to).map_err(layer::Error::io("write the archive"))?;
    Ok(())
}

/// Writes the file system into `folder`: over what is there, and leaving what it has not. Returns what could not be made as
/// the image says.
pub fn folder(
    store: &Store,
    state: &State,
    folder: &Path,
    progress: &dyn Progress,
) -> Result<rootfs::Report, Error> {
    let view = View::of(store, &state.links())?;
    let occupied = fs::read_dir(folder).is_ok_and(|mut all| all.next().is_some());
    if !occupied {
        return Ok(rootfs::checkout(store, &view, b"/", folder, progress)?);
    }
    // Beside it, so that it moves there by renames.
    let beside = tempfile::Builder::new()
        .prefix(".mls-build-")
        .tempdir_in(folder)
        .map_err(build::Error::io("make a folder in", folder))?;
    let made = beside.path().join("root");
    let report = rootfs::checkout(store, &view, b"/", &made, progress)?;
    lay(&made, folder)?;
    Ok(rootfs::Report { path: folder.to_owned(), ..report })
}

/// Moves all in `from` into `to`; folders meet, and no link is followed.
fn lay(from: &Path, to: &Path) -> Result<(), Error> {
    let list = || build::Error::io("list", from);
    for entry in fs::read_dir(from).map_err(list())? {
        let entry = entry.map_err(list())?;
        let (old, new) = (entry.path(), to.join(entry.file_name()));
        let is_folder = entry.file_type().map_err(list())?.is_dir();
        let there = fs::symlink_metadata(&new).ok().map(|meta| meta.is_dir());
        match (is_folder, there) {
            (true, Some(true)) => {
                lay(&old, &new)?;
                continue;
            }
            (true, Some(false)) => {
                fs::remove_file(&new).map_err(build::Error::io("replace", &new))?;
            }
            (false, Some(true)) => {
                let path = new.display().to_string();
                let (found, wanted) = ("a folder", "anything else");
                return Err(build::Error::InTheWay { path, found, wanted }.into());
            }
            _ => {}
        }
        base::fs::rename(&old, &new).map_err(build::Error::io("write", &new))?;
    }
    Ok(())
}
