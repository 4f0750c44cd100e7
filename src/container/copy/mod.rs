//! Files into a container and out of it.
//!
//! ```text
//! walk (a tree on disk) ──┐             ┌──► Ground   a tree on disk
//!                         ├──► Item ────┤
//! unpack (a tar)  ────────┘             └──► Packer   a tar
//! ```
//!
//! What is inside is only ever reached by the kernel's own resolving with the container's root as `/`, so that no link, however
//! it changes meanwhile, leads outside. What is written outside goes beneath one folder, and no link on the way is followed.

mod archive;
mod attribute;
mod ground;
mod root;
mod target;
mod walk;

use std::io::Read;

pub use archive::{Packer, unpack};
pub use attribute::Attribute;
pub use ground::Ground;
pub use root::Root;
pub use target::{Source, Target};

/// What a name stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    File,
    Folder,
    Symlink(Vec<u8>),
    /// One more name of a file that came before, by its path.
    HardLink(Vec<u8>),
    Fifo,
    /// A block device, or one of characters.
    Device {
        block: bool,
        major: u32,
        minor: u32,
    },
}

/// A file on its way.
pub struct Item<'a> {
    /// Relative to where it was taken from; empty for that itself.
    pub path: Vec<u8>,
    pub kind: Kind,
    /// The lower twelve bits.
    pub mode: u32,
    pub owner: (u32, u32),
    /// Seconds since 1970, and nanoseconds.
    pub time: (i64, i64),
    /// As it was when it was opened.
    pub size: u64,
    /// What the file may do beside its owner's rights, and what else is said of it.
    pub attributes: Vec<Attribute>,
    pub content: Option<&'a mut dyn Read>,
}

impl std::fmt::Debug for Item<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Item({:?} {:?})", self.path.escape_ascii().to_string(), self.kind)
    }
}

/// What was copied.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Copied {
    pub files: u64,
    pub bytes: u64,
    pub left_out: Vec<LeftOut>,
}

/// What is not there after copying.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    pub path: String,
    /// `socket`, `device` or the name of an attribute.
    pub what: String,
}

impl LeftOut {
    fn new(path: &[u8], what: impl Into<String>) -> Self {
        Self { path: shown(path), what: what.into() }
    }
}

fn shown(path: &[u8]) -> String {
    path.escape_ascii().to_string()
}
