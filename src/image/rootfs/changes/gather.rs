//! Walking through a folder of changes: first all that may be one, then what of it is.

use std::collections::{HashMap, HashSet};
use std::ffi::OsStr;
use std::fs;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use rustix::fs::FileType;

use super::disk::{Disk, Name};
use super::{Change, Stubs};
use crate::image::rootfs::error::shown;
use crate::image::rootfs::mount::Snapshot;
use crate::image::rootfs::view::{Found, Inode, Kind};
use crate::image::rootfs::{Error, How, View};

pub(super) struct Gather<'a> {
    disk: &'a Disk,
    how: How,
    before: Option<&'a Snapshot>,
    below: &'a View,
    stubs: &'a Stubs,
    mapped: [Ids; 2],
    items: Vec<Item>,
    todo: Vec<Folder<'a>>,
}

/// What may be a change.
struct Item {
    change: Change,
    /// Of a file with several names.
    linked: Option<(u64, u64)>,
    /// The folder it is in, as an item.
    above: usize,
    /// A folder that is no change by itself.
    quiet: bool,
    /// A folder that is none but for its time, which a stub may have changed.
    quiet_but_time: bool,
    is_new: bool,
}

/// A folder to be looked into.
struct Folder<'a> {
    path: Vec<u8>,
    item: usize,
    /// The same folder in the layers below.
    lower: Option<Found<'a>>,
    /// Only what is on disk is there: nothing of lower layers shows through.
    hidden: bool,
}

impl<'a> Gather<'a> {
    pub(super) fn new(
        disk: &'a Disk,
        (how, before): (How, Option<&'a Snapshot>),
        below: &'a View,
        stubs: &'a Stubs,
    ) -> Self {
        let mapped = [Ids::read("uid_map"), Ids::read("gid_map")];
        Self { disk, how, before, below, stubs, mapped, items: vec![], todo: vec![] }
    }

    pub(super) fn run(mut self) -> Result<Vec<Change>, Error> {
        let lower = self.below.get(b"")?;
        let hidden = self.how == How::Copy;
        self.root(lower.as_ref())?;
        self.todo.push(Folder { path: vec![], item: 0, lower, hidden });
        while let Some(folder) = self.todo.pop() {
            self.folder(&folder)?;
        }
        Ok(self.choose())
    }

    /// The root's time changes with all that is made in it, and says nothing.
    fn root(&mut self, lower: Option<&Found<'_>>) -> Result<(), Error> {
        let folder = self.disk.folder(b"")?;
        let name = self.disk.own(&folder)?;
        let inode = self.disk.inode(&folder, &name, b"")?.expect("an open folder is one");
        let quiet = lower.is_some_and(|lower| is_same(&inode, lower.inode, false));
        self.items.push(Item {
            change: Change::Made { path: vec![], inode },
            linked: None,
            above: 0,
            quiet,
            quiet_but_time: quiet,
            is_new: false,
        });
        Ok(())
    }

    fn folder(&mut self, folder: &Folder<'a>) -> Result<(), Error> {
        let open = self.disk.folder(&folder.path)?;
        let names = self.disk.list(&open, &folder.path)?;
        let fuse = self.how == How::Fuse;
        let opaque_file = fuse && names.iter().any(|name| name.name == b".wh..wh..opq");
        let hidden =
            folder.hidden || opaque_file || (self.how != How::Copy && self.disk.is_opaque(&open));
        let mut there: HashSet<Vec<u8>> = HashSet::new();
        for name in names {
            if name.name.starts_with(b".wh.") {
                match fuse {
                    true if name.name != b".wh..wh..opq" => {
                        self.gone(folder, &name.name[b".wh.".len()..]);
                    }
                    true => {}
                    false => return Err(self.no_name(folder, &name.name)),
                }
            } else if name.is_whiteout() {
                if !hidden {
                    self.gone(folder, &name.name);
                }
            } else {
                there.insert(name.name.clone());
                self.name(folder, &open, name, hidden)?;
            }
        }
        if let Some(lower) = folder.lower.as_ref().filter(|_| hidden) {
            for name in self.below.names(lower) {
                if !there.contains(name) {
                    self.gone(folder, name);
                }
            }
        }
        Ok(())
    }

    fn no_name(&self, folder: &Folder<'_>, name: &[u8]) -> Error {
        let reason = "in a layer, such a name says that another file is gone";
        Error::NoName { path: shown(&join(&folder.path, name)), reason }
    }

    /// A name that only overlayfs knows of is nothing that could be gone.
    fn gone(&mut self, folder: &Folder<'_>, name: &[u8]) {
        let lower = folder.lower.as_ref();
        if lower.is_some_and(|lower| self.below.child_of_found(lower, name).is_some()) {
            let path = join(&folder.path, name);
            self.push(Change::Whiteout { path }, folder.item, None);
        }
    }

    fn name(
        &mut self,
        folder: &Folder<'a>,
        open: &OwnedFd,
        name: Name,
        hidden: bool,
    ) -> Result<(), Error> {
        let path = join(&folder.path, &name.name);
        let lower =
            folder.lower.as_ref().and_then(|lower| self.below.child_of_found(lower, &name.name));
        let is_folder = name.kind() == FileType::Directory;
        if !is_folder && self.is_unchanged(&path, &name) {
            return Ok(());
        }
        let Some(mut inode) = self.disk.inode(open, &name, &path)? else { return Ok(()) };
        if let Some(lower) = &lower {
            self.keep_owner(&mut inode, lower.inode);
        }
        let as_before = || lower.as_ref().is_some_and(|lower| is_same_file(&inode, lower.inode));
        if !is_folder && self.how == How::Copy && self.before.is_none() && as_before() {
            return Ok(());
        }
        if !is_folder {
            if lower.is_none() && inode.size == 0 && self.stubs.has(&path) {
                self.items[folder.item].quiet |= self.items[folder.item].quiet_but_time;
                return Ok(());
            }
            let linked = (name.stat.st_nlink > 1).then_some((name.stat.st_dev, name.stat.st_ino));
            self.push(Change::Made { path, inode }, folder.item, linked);
            return Ok(());
        }
        let same = |time| lower.as_ref().is_some_and(|lower| is_same(&inode, lower.inode, time));
        let (quiet, quiet_but_time) = (same(true), same(false));
        let stub = lower.is_none() && (self.stubs.has(&path) || self.stubs.is_above(&path));
        let item = self.push(Change::Made { path: path.clone(), inode }, folder.item, None);
        self.items[item].quiet = quiet || stub;
        self.items[item].quiet_but_time = quiet_but_time;
        self.items[item].is_new = lower.is_none();
        let lower = lower.filter(|lower| lower.inode.kind == Kind::Folder);
        self.todo.push(Folder { path, item, lower, hidden });
        Ok(())
    }

    fn is_unchanged(&self, path: &[u8], name: &Name) -> bool {
        let path = Path::new(OsStr::from_bytes(path));
        self.before.is_some_and(|before| before.is_unchanged(path, &name.stat))
    }

    /// A number that this user namespace has not is shown as root's; what it was, it still is.
    fn keep_owner(&self, inode: &mut Inode, lower: &Inode) {
        let [uids, gids] = &self.mapped;
        if inode.uid == 0 && !uids.has(lower.uid) {
            inode.uid = lower.uid;
        }
        if inode.gid == 0 && !gids.has(lower.gid) {
            inode.gid = lower.gid;
        }
    }

    fn push(&mut self, change: Change, above: usize, linked: Option<(u64, u64)>) -> usize {
        let (quiet, quiet_but_time, is_new) = (false, false, false);
        self.items.push(Item { change, linked, above, quiet, quiet_but_time, is_new });
        self.items.len() - 1
    }

    /// Leaves out folders in which nothing is changed, sorts, and tells first names from further ones.
    fn choose(self) -> Vec<Change> {
        let mut items = self.items;
        let mut keep = vec![false; items.len()];
        for at in (1..items.len()).rev() {
            let above = items[at].above;
            keep[at] |= !items[at].quiet;
            keep[above] |= keep[at];
            if !keep[at] && items[at].is_new {
                // To make it changed the time of the folder it is in.
                items[above].quiet |= items[above].quiet_but_time;
            }
        }
        keep[0] = !items[0].quiet;
        let kept = items.into_iter().zip(keep).filter(|(_, keep)| *keep).map(|(item, _)| item);
        let mut kept: Vec<(Change, Option<(u64, u64)>)> =
            kept.map(|item| (item.change, item.linked)).collect();
        kept.sort_by(|(a, _), (b, _)| order(a).cmp(order(b)));
        let mut first: HashMap<(u64, u64), Vec<u8>> = HashMap::new();
        let mut list = Vec::with_capacity(kept.len());
        for (change, linked) in kept {
            list.push(match (change, linked) {
                (Change::Made { path, inode }, Some(key)) => match first.get(&key) {
                    Some(to) => Change::HardLink { path, to: to.clone(), inode },
                    None => {
                        first.insert(key, path.clone());
                        Change::Made { path, inode }
                    }
                },
                (change, _) => change,
            });
        }
        list
    }
}

/// What is compared to sort: part by part, and by the name of the whiteout.
fn order(change: &Change) -> impl Iterator<Item = u8> {
    let (path, prefix) = match change {
        Change::Made { path, .. } | Change::HardLink { path, .. } => (path, &b""[..]),
        Change::Whiteout { path } => (path, &b".wh."[..]),
    };
    let name = path.iter().rposition(|byte| *byte == b'/').map_or(0, |slash| slash + 1);
    let bytes = path[..name].iter().chain(prefix).chain(&path[name..]);
    bytes.map(|byte| if *byte == b'/' { 0 } else { *byte })
}

fn is_same(a: &Inode, b: &Inode, time: bool) -> bool {
    let all =
        (a.kind, a.mode, a.uid, a.gid, &a.xattrs) == (b.kind, b.mode, b.uid, b.gid, &b.xattrs);
    // Some file systems keep whole seconds only.
    let coarse = a.mtime.1 == 0 && a.mtime.0 == b.mtime.0;
    all && (!time || a.mtime == b.mtime || coarse)
}

/// Of a copy of which nobody knows what it was: what Docker goes by, too.
fn is_same_file(a: &Inode, b: &Inode) -> bool {
    is_same(a, b, true) && (a.size, a.device, &a.target) == (b.size, b.device, &b.target)
}

fn join(folder: &[u8], name: &[u8]) -> Vec<u8> {
    match folder.is_empty() {
        true => name.to_vec(),
        false => [folder, b"/", name].concat(),
    }
}

/// The numbers of users or groups that this process's namespace has.
struct Ids(Vec<(u32, u32)>);

impl Ids {
    fn read(name: &str) -> Self {
        let text = fs::read_to_string(format!("/proc/self/{name}")).unwrap_or_default();
        let ranges = text.lines().filter_map(|line| {
            let mut numbers = line.split_whitespace().map(str::parse);
            Some((numbers.next()?.ok()?, numbers.nth(1)?.ok()?))
        });
        Self(ranges.collect())
    }

    fn has(&self, id: u32) -> bool {
        self.0.is_empty() || self.0.iter().any(|(start, count)| id.wrapping_sub(*start) < *count)
    }
}
