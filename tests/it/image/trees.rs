//! File systems, from wherever they come, as values that can be compared.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use mls::image::rootfs::{self, Error, View};
use mls::store::Store;

/// All paths, each with what there is to be seen.
pub(crate) type Tree = BTreeMap<String, Seen>;

/// What there is to be seen of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) kind: &'static str,
    /// The lower twelve bits.
    pub(crate) mode: u32,
    pub(crate) owner: (u32, u32),
    pub(crate) mtime: (i64, u32),
    /// Size and hash of a file; where a symlink leads; numbers of a device.
    pub(crate) content: String,
    /// The first path that is the same file.
    pub(crate) same: String,
    pub(crate) xattrs: Vec<String>,
}

/// Returns what is in a view.
pub(crate) fn of_view(store: &Store, view: &View) -> Tree {
    let mut tree = BTreeMap::new();
    let mut first: BTreeMap<u32, String> = BTreeMap::new();
    view.walk(b"", |found| {
        let inode = found.inode;
        let path = String::from_utf8_lossy(&found.path).into_owned();
        let (kind, content) = match inode.kind {
            rootfs::Kind::File => {
                let bytes = view.read(store, &found.path, 1 << 30)?.unwrap();
                ("file", hash(&bytes))
            }
            rootfs::Kind::Folder => ("folder", String::new()),
            rootfs::Kind::Symlink => {
                ("symlink", String::from_utf8_lossy(&inode.target).into_owned())
            }
            rootfs::Kind::CharDevice => ("character device", format!("{:?}", inode.device)),
            rootfs::Kind::BlockDevice => ("block device", format!("{:?}", inode.device)),
            rootfs::Kind::Fifo => ("fifo", String::new()),
        };
        let xattrs = inode.xattrs.iter();
        let seen = Seen {
            kind,
            mode: if kind == "symlink" { 0o777 } else { inode.mode },
            owner: (inode.uid, inode.gid),
            mtime: inode.mtime,
            content,
            same: first.entry(found.id).or_insert_with(|| path.clone()).clone(),
            xattrs: xattrs
                .map(|(name, value)| format!("{}={value:?}", String::from_utf8_lossy(name)))
                .collect(),
        };
        tree.insert(path, seen);
        Ok::<(), Error>(())
    })
    .unwrap();
    tree
}

/// Returns what is in a folder on disk.
pub(crate) fn of_disk(root: &Path) -> Tree {
    let mut tree = BTreeMap::new();
    let mut first: BTreeMap<u64, String> = BTreeMap::new();
    let mut stack = vec![root.to_owned()];
    let mut paths = vec![];
    while let Some(path) = stack.pop() {
        if fs::symlink_metadata(&path).unwrap().is_dir() {
            stack.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        }
        paths.push(path);
    }
    let key = |path: &Path| -> Vec<Vec<u8>> {
        path.components().map(|part| part.as_os_str().as_bytes().to_vec()).collect()
    };
    paths.sort_by_key(|path| key(path));
    for full in paths {
        let meta = fs::symlink_metadata(&full).unwrap();
        let path = full.strip_prefix(root).unwrap().to_string_lossy().into_owned();
        let device = (rustix::fs::major(meta.rdev()), rustix::fs::minor(meta.rdev()));
        let (kind, content) = match meta.mode() & 0o170_000 {
            0o100_000 => ("file", hash(&fs::read(&full).unwrap())),
            0o040_000 => ("folder", String::new()),
            0o120_000 => ("symlink", fs::read_link(&full).unwrap().to_string_lossy().into_owned()),
            0o020_000 => ("character device", format!("{device:?}")),
            0o060_000 => ("block device", format!("{device:?}")),
            0o010_000 => ("fifo", String::new()),
            0o140_000 => ("socket", String::new()),
            other => panic!("{other:o} {}", full.display()),
        };
        let seen = Seen {
            kind,
            mode: meta.mode() & 0o7777,
            owner: (meta.uid(), meta.gid()),
            mtime: (meta.mtime(), meta.mtime_nsec() as u32),
            content,
            same: first.entry(meta.ino()).or_insert_with(|| path.clone()).clone(),
            xattrs: xattrs(&full),
        };
        tree.insert(path, seen);
    }
    tree
}

fn hash(bytes: &[u8]) -> String {
    format!("{} {}", bytes.len(), blake3::hash(bytes).to_hex())
}

/// The attributes of a file that belong to it.
pub(crate) fn xattrs(path: &Path) -> Vec<String> {
    let mut names = [0; 4096];
    let Ok(length) = rustix::fs::llistxattr(path, &mut names[..]) else { return vec![] };
    let names = names[..length].split(|byte| *byte == 0).filter(|name| !name.is_empty());
    let mut found: Vec<String> = names
        .filter(|name| !name.starts_with(b"trusted.overlay."))
        .map(|name| {
            let mut value = [0; 4096];
            let length = rustix::fs::lgetxattr(path, name, &mut value[..]).unwrap();
            format!("{}={:?}", String::from_utf8_lossy(name), &value[..length])
        })
        .collect();
    found.sort();
    found
}

/// Compares two trees and says where they differ.
#[track_caller]
pub(crate) fn same(a: &Tree, b: &Tree) {
    let mut wrong = vec![];
    for path in a.keys().chain(b.keys()) {
        if a.get(path) != b.get(path) {
            wrong.push(format!("{path}\n  {:?}\n  {:?}", a.get(path), b.get(path)));
        }
    }
    wrong.dedup();
    wrong.truncate(20);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
