//! Adding files that the caller has chosen, below one folder.

use std::os::fd::{AsFd, BorrowedFd};
use std::path::Path;

use super::group::{Pending, groups};
use super::pipe;
use super::read::Source;
use super::root::Root;
use crate::base::{Progress, Task};
use crate::store::stamp::Stamp;
use crate::store::{Error, Link, Writer};

/// A file that is to be read.
#[derive(Debug, Clone)]
pub(crate) struct File {
    /// Names with `/` between them, below the folder.
    pub(crate) path: Vec<u8>,
    /// As it was when it was chosen.
    pub(crate) stamp: Stamp,
    /// What it was when it was last read.
    pub(crate) before: Option<Link>,
}

/// Adds `wanted`, which lie below `folder` (at `path`, for messages); `found` is told the place of each in the list, and
/// what it was while it was read.
pub(crate) fn files(
    writer: &mut Writer<'_>,
    (folder, path): (BorrowedFd<'_>, &Path),
    wanted: Vec<File>,
    progress: &dyn Progress,
    mut found: impl FnMut(usize, Link, Stamp),
) -> Result<(), Error> {
    if wanted.is_empty() {
        return Ok(());
    }
    let folder = folder.as_fd().try_clone_to_owned().map_err(Error::io("open", path))?;
    let root = Root::of(folder, path.to_owned());
    progress.start(Task::Add, Some(wanted.iter().map(|file| file.stamp.size).sum()));
    let pending = wanted.into_iter().enumerate().map(|(entry, file)| {
        let File { path, stamp, before } = file;
        Pending { folder: 0, entry, path, stamp, before }
    });
    let source = Source::Files(&root, groups(pending.collect()));
    pipe::run(writer, source, progress, &mut |file, link, _| {
        if let Some(file) = file {
            found(file.entry, link, file.stamp);
        }
    })?;
    progress.finish(Task::Add);
    Ok(())
}
