//! The room `image`.

mod archive;
mod corpus;
mod dockerfile;
mod layer;
mod plan;
mod registry;
mod rootfs;
