//! The room `image`.

mod dockerfile;
