//! Objects, and links between them; no meaning.
//!
//! ```text
//! .mlstore/
//! ├── format            the version of this layout; an unknown one is refused
//! ├── config.toml       settings and remotes
//! ├── packs/            <digest>.pack: many objects, never changed; *.idx: derived, one search over many packs
//! ├── meta.db           SQLite: refs, operations, live runs, indexes over runs
//! ├── reserve           a little room for gc on a full disk
//! ├── incoming/         a folder for each writer: its lease, and packs that are not published yet
//! ├── live/             a folder for each live run: its lock, its output, the files of its command
//! ├── cache/            derived, may be deleted at any time
//! └── containers/       one folder per container
//! ```
//!
//! An object is a [`Kind::Blob`], bytes, or a [`Kind::Node`], a record in DAG-CBOR that links to others by CID. This room
//! follows links and knows no meaning: gc, fsck and sync are written once for all that is ever kept here.
//!
//! A write is: packs written and synced, renamed in, their folder synced, then one SQLite transaction that moves the
//! refs ([`Writer`]). A read is checked against the digest that was asked for, always ([`Store::read`]).

pub mod add;
pub(crate) mod beneath;
pub mod checkout;
pub mod chunk;
pub mod codec;
pub mod config;
mod error;
pub mod file;
pub mod fsck;
pub mod gc;
pub mod history;
mod layout;
pub(crate) mod lease;
pub(crate) mod leftover;
mod link;
mod link_set;
mod meta;
pub mod name;
pub mod object;
pub mod operation;
pub(crate) mod pack;
mod rebuild;
pub mod refs;
pub mod repack;
pub mod repair;
mod source;
pub(crate) mod stamp;
mod stat_cache;
#[expect(clippy::module_inception, reason = "the room's main type has the room's name")]
mod store;
pub mod tree;
pub mod usage;
pub mod walk;
mod writer;

pub use error::Error;
pub use layout::{Trust, check, locate};
pub use link::{ForeignCid, Kind, Link};
pub use meta::Durability;
pub use operation::{Logged, Moved, Operation};
pub use pack::{Frame, Part};
pub use refs::{Change, Expected, Ref};
pub use source::Supply;
pub use store::{Context, Store};
pub use writer::Writer;
