//! The room `image`.

mod archive;
mod dockerfile;
mod layer;
mod registry;
mod rootfs;
