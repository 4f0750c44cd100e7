//! Extended attributes on their way: as with Docker, of a file on disk what it may do (`security.capability`), of an entry of
//! a tar all that it names.

use std::os::fd::AsFd;

use rustix::fs::{self, XattrFlags};
use rustix::io::Errno;

/// An extended attribute of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    pub name: Vec<u8>,
    pub value: Vec<u8>,
}

const CAPABILITY: &str = "security.capability";
/// The length of its second version, and where the version stands in it.
const SECOND: usize = 20;
const VERSION: usize = 3;

/// Returns the rights that the program in an open file has, if any.
pub(super) fn of_file(file: impl AsFd) -> Vec<Attribute> {
    let mut value = [0; 64];
    let Ok(length) = fs::fgetxattr(file, CAPABILITY, &mut value) else { return vec![] };
    let mut value = value[..length].to_vec();
    // The third version names who is root where it was set, which says nothing elsewhere.
    if value.get(VERSION) == Some(&3) {
        value[VERSION] = 2;
        value.truncate(SECOND);
    }
    vec![Attribute { name: CAPABILITY.into(), value }]
}

impl Attribute {
    /// Sets it, unless it steers how mounts are laid over each other; tells whether it did.
    pub(super) fn set(&self, file: impl AsFd) -> std::io::Result<bool> {
        let steers = [&b"trusted.overlay."[..], b"user.overlay.", b"user.fuseoverlayfs."];
        if steers.iter().any(|prefix| self.name.starts_with(prefix)) {
            return Ok(false);
        }
        match fs::fsetxattr(file, &self.name[..], &self.value, XattrFlags::empty()) {
            Ok(()) => Ok(true),
            Err(Errno::PERM | Errno::OPNOTSUPP | Errno::INVAL) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Tells whether a program gets rights by it, as by the bits for its owner.
    pub(super) fn gives_rights(&self) -> bool {
        self.name == CAPABILITY.as_bytes()
    }
}
