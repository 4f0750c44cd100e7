//! The room `image`.

mod archive;
mod dockerfile;
mod layer;
mod plan;
mod registry;
mod rootfs;
