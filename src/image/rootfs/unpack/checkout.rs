//! Writing a part of an image out for a person: all layers merged into one folder.

use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use super::form::Form;
use super::ground::Ground;
use super::plan::Plan;
use super::{Warning, fill_ground};
use crate::base::fs::rename;
use crate::base::{Progress, Task};
use crate::image::rootfs::Error;
use crate::image::rootfs::error::shown;
use crate::image::rootfs::view::{Kind, View};
use crate::store::{Error as StoreError, Store};

/// What was written, or would be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Where: the folder itself, or the file in it.
    pub path: PathBuf,
    pub files: u64,
    pub folders: u64,
    /// Symlinks, devices and fifos.
    pub others: u64,
    pub bytes: u64,
    /// What could not be made as the image says.
    pub warnings: Vec<Warning>,
}

/// Returns what [`checkout`] would write, and writes nothing.
pub fn survey(view: &View, path: &[u8], to: &Path) -> Result<Report, Error> {
    plan(view, path, to).map(|(_, report)| report)
}

/// Writes what `path` leads to in the image: a folder with all that is in it as the folder `to`, a file into it under its own
/// name. As root with owners and devices, otherwise without.
///
/// What is there is never replaced: `to` must not be there or be empty, and no file may have the file's name.
pub fn checkout(
    store: &Store,
    view: &View,
    path: &[u8],
    to: &Path,
    progress: &dyn Progress,
) -> Result<Report, Error> {
    let (plan, mut report) = plan(view, path, to)?;
    let taken = match plan.folders.is_empty() {
        true => fs::symlink_metadata(&report.path).is_ok(),
        false => {
            let is_there = fs::symlink_metadata(to).is_ok();
            is_there && fs::read_dir(to).map_err(Error::io("list", to))?.next().is_some()
        }
    };
    if taken {
        return Err(StoreError::Exists(report.path).into());
    }
    let above = to.parent().filter(|above| !above.as_os_str().is_empty());
    let above = above.unwrap_or(Path::new("."));
    fs::create_dir_all(above).map_err(Error::io("create", above))?;
    progress.start(Task::Checkout, Some(report.bytes));
    if plan.folders.is_empty() {
        fs::create_dir_all(to).map_err(Error::io("create", to))?;
    }
    report.warnings = match to.is_dir() {
        true => write(store, &plan, to, progress)?,
        // Written beside and renamed, so that no part of it is ever seen as the whole.
        false => {
            let beside = tempfile::Builder::new()
                .prefix(".mls-checkout-")
                .tempdir_in(above)
                .map_err(Error::io("create a folder in", above))?;
            let warnings = write(store, &plan, beside.path(), progress)?;
            rename(beside.path(), to).map_err(Error::io("create", to))?;
            let _ = beside.keep();
            warnings
        }
    };
    progress.finish(Task::Checkout);
    Ok(report)
}

fn write(
    store: &Store,
    plan: &Plan,
    to: &Path,
    progress: &dyn Progress,
) -> Result<Vec<Warning>, Error> {
    let ground = Ground::open(to, Form::here())?;
    fill_ground(store, plan, &ground, progress)?;
    Ok(ground.warnings())
}

fn plan(view: &View, path: &[u8], to: &Path) -> Result<(Plan, Report), Error> {
    let found = view.resolve(path)?.ok_or_else(|| Error::NotFound(shown(path)))?;
    let mut report = Report { path: to.to_owned(), ..Report::default() };
    let is_folder = found.inode.kind == Kind::Folder;
    let start = match found.path.iter().rposition(|byte| *byte == b'/') {
        _ if is_folder && found.path.is_empty() => 0,
        _ if is_folder => found.path.len() + 1,
        Some(slash) => slash + 1,
        None => 0,
    };
    if !is_folder {
        report.path = to.join(std::ffi::OsStr::from_bytes(&found.path[start..]));
    }
    let plan = Plan::whole(view, &found, start);
    report.files = (plan.files.len() + plan.links.len()) as u64;
    report.folders = plan.folders.len() as u64;
    report.others = plan.others.len() as u64;
    report.bytes = plan.files.iter().map(|(_, inode)| inode.size).sum();
    Ok((plan, report))
}
