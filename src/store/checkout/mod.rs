//! Writing content out of a store.
//!
//! Every file is written beside its place and renamed into it, so that it is whole or not there. Nothing is written
//! through a symlink, whoever put it there and when: all paths are opened below the target's own descriptor. No file is
//! ever a link into the store, so that editing one harms nothing.

mod plan;
mod target;
mod work;

use std::path::Path;

use crate::base::{Progress, Task};
use crate::store::{Error, Kind, Link, Store, file, object};
use plan::Plan;
use target::Target;

/// How to write out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Options {
    /// Whether files that are there may be replaced. What else lies in the target stays.
    pub replace: bool,
}

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Report {
    pub files: u64,
    pub folders: u64,
    pub symlinks: u64,
    pub bytes: u64,
}

/// Writes a tree to the folder `to`, or a blob or file node to the file `to`.
///
/// A folder that is not empty and a file that is there are refused, unless they may be replaced.
pub fn write(
    store: &Store,
    link: &Link,
    to: &Path,
    options: &Options,
    progress: &dyn Progress,
) -> Result<Report, Error> {
    match is_tree(store, link)? {
        true => {
            let target = Target::folder_at(to, options.replace)?;
            Plan::new(store, &target, progress).tree(link)
        }
        false => {
            let (target, name) = Target::file_at(to, options.replace)?;
            let size = file::open(store, link)?.size();
            progress.start(Task::Checkout, Some(size));
            Plan::new(store, &target, progress).file(name, *link, size)
        }
    }
}

#[derive(serde::Deserialize)]
struct Typed {
    r#type: String,
}

fn is_tree(store: &Store, link: &Link) -> Result<bool, Error> {
    if link.kind == Kind::Blob {
        return Ok(false);
    }
    let node: Typed = object::decode(&store.read(link)?)?;
    match node.r#type.as_str() {
        "tree" => Ok(true),
        "file" => Ok(false),
        other => Err(Error::Malformed {
            link: *link,
            wanted: "file or tree",
            reason: format!("it is a {}", other.escape_debug()),
        }),
    }
}
