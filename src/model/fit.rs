//! Whether what a ref points at is what its name says.

use crate::image;
use crate::model::registry;
use crate::track;

/// Tells whether the bytes of a record are what a ref of this name may point at, whatever kind of ref it is.
pub fn fits(name: &str, bytes: &[u8]) -> bool {
    match name.split('/').next() {
        Some("models") => registry::fits(name, bytes),
        Some("images") => image::catalog::fits(name, bytes),
        _ => track::fits(name, bytes),
    }
}
