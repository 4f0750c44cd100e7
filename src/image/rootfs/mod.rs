//! The file system that layers make together: seen without unpacking, unpacked once into the cache, mounted, compared.
//!
//! ```text
//! layers ──► View        what is where, whiteouts applied; no disk
//!        ──► unpack      cache/layers/<diff id>/fs   one folder for each layer, as overlayfs wants a lower one
//!                 └────► Mounted   lowers + a fresh upper folder
//!                          └─────► changes   what was done in it, as entries of a layer
//! ```
//!
//! A path is bytes, relative to the root of the image; a leading `/` changes nothing. Symlinks are followed inside of that
//! root only: `..` stops at it.

mod changes;
mod diff;
mod error;
mod making;
mod mount;
mod path;
mod unpack;
mod view;
mod xattr;

pub use changes::{Change, Changes, Stubs, changes, changes_in};
pub(in crate::image) use changes::{of_inode, of_kind};
pub use diff::{Difference, diff};
pub use error::Error;
pub(super) use making::{lock_shared, remove_idle};
pub use mount::{How, Mounted, Upper, mount_in};
pub use unpack::{
    Folder, Lowers, Report, Warning, checkout, folder_names, folders, remove_folder, survey, unpack,
};
pub use view::{Content, Found, Inode, Kind, View, Xattrs};
