//! The room `image`.

mod archive;
mod build;
mod copy;
mod corpus;
mod dockerfile;
mod drop_compressed;
mod layer;
mod plan;
pub(crate) mod registry;
mod rootfs;
mod squeeze;
mod trees;
