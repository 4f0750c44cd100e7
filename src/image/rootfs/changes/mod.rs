//! What was changed in a mounted root file system, as entries of a layer.

use std::fs::File;
use std::path::Path;

use crate::image::rootfs::{Error, Inode, Mounted, View};

/// One entry of the layer, in the order in which they belong into it.
#[derive(Debug)]
pub enum Change {
    /// A file, folder, link or device; whole, even where only its mode changed.
    Made { path: Vec<u8>, inode: Inode, content: Option<File> },
    /// One more name of a file that was `Made` before.
    HardLink { path: Vec<u8>, to: Vec<u8>, inode: Inode },
    /// A file of the layers below is gone: `.wh.<name>`.
    Whiteout { path: Vec<u8> },
    /// All that the layers below have in a folder is gone: `.wh..wh..opq` in it.
    Opaque { path: Vec<u8> },
}

/// Paths in the image where a container mounts something: what it makes there to mount upon is no change, unless it was in
/// the image or something is in it.
#[derive(Debug, Clone)]
pub struct Stubs(Vec<Vec<u8>>);

impl Default for Stubs {
    /// What every container has mounted upon.
    fn default() -> Self {
        let known = ["etc/resolv.conf", "etc/hosts", "etc/hostname", "dev", "proc", "sys"];
        Self(known.iter().map(|path| path.as_bytes().to_owned()).collect())
    }
}

impl Stubs {
    /// Adds the place of one more mount.
    pub fn add(&mut self, path: &Path) {
        use std::os::unix::ffi::OsStrExt as _;
        let names = path.as_os_str().as_bytes().split(|byte| *byte == b'/');
        let names: Vec<&[u8]> = names.filter(|name| !matches!(*name, b"" | b".")).collect();
        self.0.push(names.join(&b'/'));
    }
}

/// Hands out what was changed in `mounted` since it was mounted, sorted, a folder before what is in it.
///
/// `below` is the view of the layers that were mounted. Sockets are left out, and so are folders in which nothing changed
/// but what is left out.
pub fn changes<E: From<Error>>(
    mounted: &Mounted,
    below: &View,
    stubs: &Stubs,
    take: impl FnMut(Change) -> Result<(), E>,
) -> Result<(), E> {
    let _ = (mounted, below, stubs, take);
    unimplemented!()
}
