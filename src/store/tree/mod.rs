//! Folders as nodes.
//!
//! ```text
//! { "type": "tree", "entries": [ [name bytes, mode, size, link of the content | target of the symlink], … ] }
//! { "type": "tree", "parts":   [ [first name, link of a tree], … ] }          above 4,096 entries
//! ```
//!
//! Names are bytes, and sorted as such. Nothing here follows entries by recursion: a tree may be as deep as it likes.

mod build;
mod diff;
mod entry;
mod read;

pub use build::{Builder, Parts, write};
pub use diff::{Difference, diff};
pub use entry::{EXECUTABLE, Entry, FILE, FOLDER, SYMLINK, Target, Tree};
pub use read::{get, read, walk};
