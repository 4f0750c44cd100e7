//! The room `image`.

mod dockerfile;
mod layer;
