//! Where COPY and ADD put things: Docker's rules of destinations, links followed inside of the image only.

use std::collections::{BTreeMap, HashMap, hash_map};

use crate::image::Error;
use crate::image::build;
use crate::image::build::copy::{Chmod, Owner, Parents, Picked, select};
use crate::image::build::tree::{Body, Inode, Item, Tree, join};
use crate::image::layer::{Entry, Kind, Time};
use crate::image::rootfs::View;

/// How things are put.
#[derive(Debug, Clone, Default)]
pub struct Placing<'a> {
    /// Absolute; with a `/` at its end it is a folder.
    pub destination: &'a str,
    pub owner: Option<Owner>,
    pub chmod: Option<Chmod>,
    /// Not into what is there, but over it.
    pub link: bool,
    /// More than one thing is copied, so that the destination must be a folder.
    pub many: bool,
}

/// Of a folder that is made because something goes into it.
const FOLDER_MODE: u32 = 0o755;

/// What goes into a layer: entries, and where the content of files is.
#[derive(Debug, Default)]
pub struct Placed {
    entries: BTreeMap<Vec<u8>, Put>,
    /// How many sources were placed.
    sources: u32,
}

#[derive(Debug)]
struct Put {
    entry: Entry,
    body: Body,
    /// The same for all names of one file of one source.
    file: Option<(u32, Inode)>,
}

/// Puts `picked` into `view`; adds to `placed` what that changes.
pub fn place(
    view: &View,
    picked: &Picked,
    placing: &Placing<'_>,
    placed: &mut Placed,
) -> Result<(), Error> {
    let empty = View::empty();
    placed.sources += 1;
    let mut at = At { view: if placing.link { &empty } else { view }, placing, placed };
    match picked.unpacked {
        true => at.unpack(picked),
        false => at.place(picked),
    }
}

/// Makes the destination itself, a folder, with all around it that is missing.
pub fn make_folder(view: &View, placing: &Placing<'_>, placed: &mut Placed) -> Result<(), Error> {
    let mut at = At { view, placing, placed };
    let target = at.real(placing.destination.as_bytes())?;
    at.folder(&target, Time::default())
}

/// Returns what lies at `path` in a view as it would lie in a root of its own.
pub fn placed_below(view: &View, path: &str) -> Result<Placed, Error> {
    let sources =
        select(&Tree::View(view), "the source of the cache", &[path.to_owned()], false, &[])?;
    let (empty, mut placed) = (View::empty(), Placed::default());
    let placing = Placing { destination: "/", ..Placing::default() };
    for picked in &sources.picked {
        place(&empty, picked, &placing, &mut placed)?;
    }
    Ok(placed)
}

impl Placed {
    /// Returns the entries as they stand in a layer: name by name, a folder before what is in it. Of the names of one file
    /// the first is the file, and the others are links to it.
    pub fn sorted(self) -> Vec<(Entry, Body)> {
        let mut all: Vec<Put> = self.entries.into_values().collect();
        all.sort_by(|Put { entry: a, .. }, Put { entry: b, .. }| {
            a.path.split(|byte| *byte == b'/').cmp(b.path.split(|byte| *byte == b'/'))
        });
        let mut first: HashMap<(u32, Inode), Vec<u8>> = HashMap::new();
        let linked = all.into_iter().map(|Put { mut entry, mut body, file }| {
            match file.map(|file| first.entry(file)) {
                Some(hash_map::Entry::Occupied(known)) => {
                    entry.kind = Kind::HardLink;
                    entry.link.clone_from(known.get());
                    entry.size = 0;
                    body = Body::Nothing;
                }
                Some(hash_map::Entry::Vacant(place)) => drop(place.insert(entry.path.clone())),
                None => {}
            }
            (entry, body)
        });
        linked.collect()
    }

    fn kind(&self, path: &[u8]) -> Option<Kind> {
        self.entries.get(path).map(|put| put.entry.kind)
    }
}

struct At<'a, 'p> {
    view: &'a View,
    placing: &'a Placing<'a>,
    placed: &'p mut Placed,
}

impl At<'_, '_> {
    fn place(&mut self, picked: &Picked) -> Result<(), Error> {
        let top = &picked.top;
        let age = top.mtime;
        let written = self.placing.destination;
        let target = self.real(written.as_bytes())?;
        if let Some(Parents { path, folders }) = &picked.parents {
            self.folder(&target, age)?;
            for (path, item) in folders {
                self.put(join(&target, path), item)?;
            }
            self.put(join(&target, path), top)?;
            return self.below(&join(&target, path), picked);
        }
        if top.is_folder() {
            self.folder(&target, age)?;
            return self.below(&target, picked);
        }
        let is_folder = written.ends_with('/') || self.placing.many || self.is_folder(&target);
        let path = match is_folder {
            true => {
                self.folder(&target, age)?;
                join(&target, &picked.name)
            }
            false => {
                let parent = target.iter().rposition(|byte| *byte == b'/').unwrap_or(0);
                self.folder(&target[..parent], age)?;
                target
            }
        };
        self.put(path, top)
    }

    fn below(&mut self, target: &[u8], picked: &Picked) -> Result<(), Error> {
        picked.below.iter().try_for_each(|(path, item)| self.put(join(target, path), item))
    }

    /// Returns the path without links that `path` means, whether it is there or not.
    fn real(&self, path: &[u8]) -> Result<Vec<u8>, Error> {
        let (folder, missing) = self.view.nearest(path)?;
        Ok(join(&folder.path, &missing))
    }

    /// Tells whether a folder is, or will be, at a path without links.
    fn is_folder(&self, path: &[u8]) -> bool {
        if let Some(kind) = self.placed.kind(path) {
            return kind == Kind::Directory;
        }
        path.is_empty() || self.there(path) == Some(Kind::Directory)
    }

    /// Returns what the image has at a path without links.
    fn there(&self, path: &[u8]) -> Option<Kind> {
        let found = Tree::View(self.view).look(path).ok()??;
        Some(found.kind)
    }

    /// Makes the folder at a path without links, with all around it, where it is missing.
    fn folder(&mut self, path: &[u8], mtime: Time) -> Result<(), Error> {
        let ends = path.iter().enumerate().filter(|(_, byte)| **byte == b'/').map(|(at, _)| at);
        for end in ends.chain((!path.is_empty()).then_some(path.len())) {
            let path = &path[..end];
            match self.placed.kind(path).or_else(|| self.there(path)) {
                Some(Kind::Directory) => {}
                Some(kind) => return Err(in_the_way(path, kind, "a folder")),
                // Laid over what is there, a folder that nobody asked for would change its mode.
                None if self.placing.link => {}
                None => {
                    let mut entry = Entry::new(path, Kind::Directory, FOLDER_MODE);
                    entry.mtime = Time { nanoseconds: 0, ..mtime };
                    self.own(&mut entry);
                    let put = Put { entry, body: Body::Nothing, file: None };
                    self.placed.entries.insert(path.to_vec(), put);
                }
            }
        }
        Ok(())
    }

    fn own(&self, entry: &mut Entry) {
        if let Some(owner) = self.placing.owner {
            (entry.uid, entry.gid) = (owner.uid, owner.gid);
        }
    }

    /// Puts one thing at a path without links; what is there is not to be anything else.
    fn put(&mut self, path: Vec<u8>, item: &Item) -> Result<(), Error> {
        if path.is_empty() {
            return Ok(());
        }
        let there = self.placed.kind(&path).or_else(|| self.there(&path));
        match (there, item.kind) {
            (Some(Kind::Directory) | None, Kind::Directory) => {}
            (Some(found), Kind::Directory) => return Err(in_the_way(&path, found, "a folder")),
            (Some(Kind::Directory), _) => {
                return Err(in_the_way(&path, Kind::Directory, "anything else"));
            }
            _ => {}
        }
        let mode = match (&self.placing.chmod, item.kind) {
            (_, Kind::Symlink) => 0o777,
            (Some(chmod), _) => chmod.apply(item.mode, item.is_folder()),
            (None, _) => item.mode,
        };
        self.set(path, item, mode);
        Ok(())
    }

    /// Puts one thing at a path without links, instead of what is there.
    fn set(&mut self, path: Vec<u8>, item: &Item, mode: u32) {
        let mut entry = Entry::new(&path[..], item.kind, mode);
        (entry.uid, entry.gid) = (item.uid, item.gid);
        self.own(&mut entry);
        entry.mtime = item.mtime;
        entry.link = item.target.clone();
        entry.device = item.device;
        entry.xattrs = item.xattrs.clone();
        // What a file system says of the size of a link or a folder means nothing in a tar.
        entry.size = if item.kind == Kind::File { item.size() } else { 0 };
        let file = item.inode.map(|inode| (self.placed.sources, inode));
        self.placed.entries.insert(path, Put { entry, body: item.body.clone(), file });
    }

    /// Puts what is in an archive, as `tar` unpacks it: what is in its way is replaced, and its modes are its own.
    fn unpack(&mut self, picked: &Picked) -> Result<(), Error> {
        let target = self.real(self.placing.destination.as_bytes())?;
        self.folder(&target, picked.top.mtime)?;
        // Where folders of the archive are in the image.
        let mut folders: HashMap<&[u8], Vec<u8>> = HashMap::from([(&b""[..], target)]);
        for (path, item) in &picked.below {
            let split = path.iter().rposition(|byte| *byte == b'/');
            let (around, name) =
                split.map_or((&b""[..], &path[..]), |at| (&path[..at], &path[at + 1..]));
            let at = join(&folders[around], name);
            if item.is_implied() {
                // The archive says nothing of it: it stays as it is, or where a link leads.
                let real = self.real(&at)?;
                if self.is_folder(&real) {
                    folders.insert(path, real);
                    continue;
                }
            }
            self.clear(&at, item.is_folder());
            if item.is_folder() {
                folders.insert(path, at.clone());
            }
            self.set(at, item, item.mode);
        }
        Ok(())
    }

    /// Drops what was placed at a path and below it, unless folder meets folder.
    fn clear(&mut self, path: &[u8], folder: bool) {
        if self.placed.kind(path) == Some(Kind::Directory) && !folder {
            let below = [path, b"/"].concat();
            self.placed.entries.retain(|path, _| !path.starts_with(&below));
        }
    }
}

fn in_the_way(path: &[u8], found: Kind, wanted: &'static str) -> Error {
    let found = match found {
        Kind::Directory => "a folder",
        Kind::Symlink => "a symlink",
        Kind::File => "a file",
        _ => "something else",
    };
    let path = format!("/{}", path.escape_ascii());
    build::Error::InTheWay { path, found, wanted }.into()
}
