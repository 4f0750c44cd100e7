//! Whether what a ref points at is what its name says.

use crate::model::registry;
use crate::track;

/// Tells whether the bytes of a record are what a ref of this name may point at, whatever kind of ref it is.
pub fn fits(name: &str, bytes: &[u8]) -> bool {
    match name.starts_with("models/") {
        true => registry::fits(name, bytes),
        false => track::fits(name, bytes),
    }
}
