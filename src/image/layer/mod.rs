//! Layers: tar archives whose files are shared with everything else in the store, and which come back byte for byte.
//!
//! ```text
//! layer   diff id, size, parts ──► layer-part   pieces: bytes of the tar, and the content of a file behind them, by link
//! ```
//!
//! What a tar says of a file (header, PAX records, padding) stays inline as it was; its content is a blob or a file node,
//! the same as in an artifact or a model.
//!
//! [`add()`] takes a layer in, [`open`] gives its tar, [`blob`] its bytes as they travel, [`entries`] its files; [`Maker`]
//! makes one from files, [`Compressed`] compresses.

mod add;
mod archive;
mod blob;
mod compress;
mod decode;
mod entries;
mod entry;
mod error;
mod gzip;
mod intake;
mod maker;
mod node;
mod open;
mod options;
mod parts;
mod pieces;
mod tar;

pub use add::{Added, add};
pub use archive::Archive;
pub use blob::blob;
pub(in crate::image) use blob::{Checked, remade};
pub use compress::{Compressed, Compression, compress};
pub use entries::{Entries, File, entries, file};
pub use entry::{Entry, Kind, Sparse, Time};
pub use error::Error;
pub(in crate::image) use gzip::record;
pub use maker::{Maker, sort};
pub use node::{Layer, Part};
pub use open::{Tar, open};
pub use options::{Limits, Options};

/// Tells whether a tar begins so: with a header whose checksum is right.
pub fn is_tar(head: &[u8]) -> bool {
    tar::is_header(head)
}
