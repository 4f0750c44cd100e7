//! The room `image`.

mod dockerfile;
mod layer;
mod registry;
mod rootfs;
