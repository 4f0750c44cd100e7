//! Paths as entries of layers give them.

use crate::image::rootfs::Error;

/// The kernel takes no longer ones.
const MAX_PATH: usize = 4095;
const MAX_NAME: usize = 255;

/// Returns the names in a path of an entry. `.` and empty names say nothing, a leading `/` neither (as with GNU tar and
/// Docker); `..` takes a name back, and one that leads above the root is refused.
pub(super) fn names(path: &[u8]) -> Result<Vec<&[u8]>, Error> {
    if path.len() > MAX_PATH {
        return Err(Error::malformed(path, "the path is longer than 4,095 bytes"));
    }
    let mut names: Vec<&[u8]> = vec![];
    for name in path.split(|byte| *byte == b'/') {
        match name {
            b"" | b"." => {}
            b".." => {
                if names.pop().is_none() {
                    return Err(Error::unsafe_entry(path, "it leads out of the root"));
                }
            }
            _ if name.len() > MAX_NAME => {
                return Err(Error::malformed(path, "a name is longer than 255 bytes"));
            }
            _ if name.contains(&0) => {
                return Err(Error::malformed(path, "it contains a NUL byte"));
            }
            _ => names.push(name),
        }
    }
    Ok(names)
}

/// Returns the names joined by `/`.
pub(super) fn join(names: &[&[u8]]) -> Vec<u8> {
    names.join(&b'/')
}
