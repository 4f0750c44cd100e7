//! Container images: layers and manifests as objects, built, exchanged and unpacked.
//!
//! ```text
//! refs
//! images/train:1                             image     a tag of this store
//! images/docker.io/library/python:3.11       image     a tag as it was pulled: with its registry
//! images/team/train@sha256:…                 image     pushed to the hub by digest alone
//! cache/build/<key>                          step      what one step of a build came to
//! ```
//!
//! An [`Image`] node is one manifest, byte for byte, with links to what it names; a layer is a [`layer::Layer`] node, whose
//! files are shared by content with everything else in the store, and whose tar comes back byte for byte. An index is an
//! [`Image`] with images below it.

pub mod archive;
pub mod assemble;
pub mod build;
pub mod catalog;
pub mod commit;
pub mod config;
pub mod copy;
pub mod dockerfile;
mod drop_compressed;
mod error;
pub mod export;
pub mod hosted;
pub mod intake;
pub mod layer;
pub mod manifest;
pub mod name;
mod node;
pub mod platform;
pub mod prune;
pub mod pull;
pub mod push;
pub mod rootfs;
pub mod squeeze;
pub mod start;

pub use drop_compressed::{Report as Dropped, drop_compressed};
pub use error::Error;
pub use node::{Blob, Child, Content, Image};
