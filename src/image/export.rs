//! The file system of a container as a tar: the layers of its image, and over them what it has changed.
//!
//! Nothing is mounted for it. Content comes from the store, or from the folder of changes, which is read beneath its own
//! descriptor; what is mounted in the container is not of it, as with Docker.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::{self, Write};

use crate::container::Container;
use crate::image::layer::{self, Archive, Entry, Kind as Type, Sparse, Time};
use crate::image::rootfs::{self, Change, Changes, Inode, Kind, View};
use crate::image::{Error, start};
use crate::store::Store;

/// What a container has changed, and what it has changed it in.
#[derive(Debug)]
pub struct Changed {
    pub below: View,
    pub changes: Changes,
}

/// Returns what a container has changed since it was made, while it runs or when it does not.
pub fn changed(store: &Store, container: &Container) -> Result<Changed, Error> {
    let config = container.config()?;
    let below = View::of(store, &start::layers(store, container, &config)?)?;
    let changes = rootfs::changes_in(container.folder(), &below, &start::stubs(&config))?;
    Ok(Changed { below, changes })
}

/// Where an entry comes from.
enum Origin<'a> {
    Layers { inode: &'a Inode, id: u32 },
    Change(&'a Change),
}

/// Writes all files of a container as one tar.
pub fn write(store: &Store, container: &Container, to: &mut dyn Write) -> Result<(), Error> {
    let Changed { below, changes } = changed(store, container)?;
    let mut archive = Archive::new(io::BufWriter::with_capacity(1 << 18, to));
    // The first name of a file with several in the layers.
    let mut first: HashMap<u32, Vec<u8>> = HashMap::new();
    for (key, from) in merged(&below, &changes)? {
        let path: Vec<u8> = key.iter().map(|byte| if *byte == 0 { b'/' } else { *byte }).collect();
        match from {
            Origin::Layers { inode, id } => match first.get(&id) {
                Some(to) if inode.kind != Kind::Folder => {
                    archive.add(&linked(&path, to, inode), io::empty())?;
                }
                _ => {
                    first.insert(id, path.clone());
                    let entry = stored(&path, inode);
                    archive.add(&entry, layer::file(store, &entry)?)?;
                }
            },
            Origin::Change(Change::HardLink { to, inode, .. }) => {
                archive.add(&linked(&path, to, inode), io::empty())?;
            }
            Origin::Change(Change::Made { inode, .. }) => {
                let entry = plain(&path, inode);
                match entry.size {
                    0 => archive.add(&entry, io::empty())?,
                    _ => archive.add(&entry, changes.open(&path)?)?,
                }
            }
            Origin::Change(Change::Whiteout { .. }) => {}
        }
    }
    archive.finish()?;
    Ok(())
}

/// Returns what there is, by paths whose `/` are zeros: so a folder stands right before what is in it.
fn merged<'a>(
    below: &'a View,
    changes: &'a Changes,
) -> Result<BTreeMap<Vec<u8>, Origin<'a>>, Error> {
    // What hides all below it in the layers.
    let mut gone: HashSet<&[u8]> = HashSet::new();
    for change in &changes.list {
        match change {
            Change::Made { inode, .. } if inode.kind == Kind::Folder => {}
            Change::Made { path, .. }
            | Change::HardLink { path, .. }
            | Change::Whiteout { path } => {
                gone.insert(path);
            }
        }
    }
    let key = |path: &[u8]| -> Vec<u8> {
        path.iter().map(|byte| if *byte == b'/' { 0 } else { *byte }).collect()
    };
    let mut all = BTreeMap::new();
    below.walk(b"", |found| -> Result<(), Error> {
        if !found.path.is_empty() && !is_hidden(&gone, &found.path) {
            let from = Origin::Layers { inode: found.inode, id: found.id };
            all.insert(key(&found.path), from);
        }
        Ok(())
    })?;
    for change in &changes.list {
        match change {
            Change::Made { path, .. } | Change::HardLink { path, .. } if !path.is_empty() => {
                all.insert(key(path), Origin::Change(change));
            }
            _ => {}
        }
    }
    Ok(all)
}

fn is_hidden(gone: &HashSet<&[u8]>, path: &[u8]) -> bool {
    let ends = path.iter().enumerate().filter(|(_, byte)| **byte == b'/').map(|(at, _)| at);
    !gone.is_empty() && ends.chain([path.len()]).any(|end| gone.contains(&path[..end]))
}

/// As archives of file systems are written: whole seconds, and a `/` behind the name of a folder.
fn plain(path: &[u8], inode: &Inode) -> Entry {
    let kind = rootfs::of_kind(inode.kind);
    let mut entry = rootfs::of_inode(path, inode, kind);
    entry.mtime = Time { seconds: inode.mtime.0, nanoseconds: 0 };
    if kind == Type::Directory {
        entry.path.push(b'/');
    }
    entry
}

fn stored(path: &[u8], inode: &Inode) -> Entry {
    let content = inode.content.as_ref();
    let sparse = content.and_then(|content| content.sparse.as_ref());
    Entry {
        content: content.map(|content| content.link),
        sparse: sparse.map(|map| Sparse { map: map.to_vec() }),
        ..plain(path, inode)
    }
}

fn linked(path: &[u8], to: &[u8], inode: &Inode) -> Entry {
    Entry { kind: Type::HardLink, size: 0, link: to.to_vec(), ..plain(path, inode) }
}
