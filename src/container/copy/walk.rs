//! Taking files from a tree that may change meanwhile, by whoever is hostile: every file is looked at by its descriptor.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::rc::Rc;

use rustix::fs::{self, Dir, FileType, Mode, OFlags, Stat};
use rustix::io::Errno;

use super::target::{Source, failed};
use super::{Attribute, Copied, Item, Kind, LeftOut, attribute};
use crate::container::Error;

/// Folders in folders; deeper ones cannot be named in one path by most programs.
const DEEPEST: usize = 2000;

/// A name that is still to be looked at, in a folder that stays open as long as one of its names is.
struct Open {
    folder: Rc<OwnedFd>,
    name: Vec<u8>,
    path: Vec<u8>,
    depth: usize,
}

impl Source {
    /// Hands all files to `take`, a folder before what is in it.
    pub fn walk(
        &self,
        take: &mut dyn FnMut(Item<'_>) -> Result<(), Error>,
    ) -> Result<Copied, Error> {
        let mut walk = Walk { copied: Copied::default(), first: HashMap::new(), take };
        let top = self.place.try_clone().map_err(failed("open", &self.name))?;
        let mut stack = vec![];
        walk.step(top, vec![], 0, &mut stack)?;
        while let Some(Open { folder, name, path, depth }) = stack.pop() {
            let how = OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            match fs::openat(&*folder, &name[..], how, Mode::empty()) {
                Ok(place) => walk.step(place, path, depth, &mut stack)?,
                // It is gone by now.
                Err(Errno::NOENT) => {}
                Err(error) => return Err(failed("open", &path)(error.into())),
            }
        }
        Ok(walk.copied)
    }
}

struct Walk<'a> {
    copied: Copied,
    /// The first name of a file with several.
    first: HashMap<(u64, u64), Vec<u8>>,
    take: &'a mut dyn FnMut(Item<'_>) -> Result<(), Error>,
}

impl Walk<'_> {
    fn step(
        &mut self,
        place: OwnedFd,
        path: Vec<u8>,
        depth: usize,
        stack: &mut Vec<Open>,
    ) -> Result<(), Error> {
        let stat = fs::fstat(&place).map_err(|error| failed("look at", &path)(error.into()))?;
        match FileType::from_raw_mode(stat.st_mode) {
            FileType::Directory => {
                self.item(&path, Kind::Folder, &stat, vec![], None)?;
                folder(place, &path, depth, stack)
            }
            FileType::RegularFile => self.file(&place, &path, &stat),
            FileType::Symlink => {
                let target = fs::readlinkat(&place, "", vec![]);
                let target = target.map_err(|error| failed("read", &path)(error.into()))?;
                self.item(&path, Kind::Symlink(target.into_bytes()), &stat, vec![], None)
            }
            FileType::Fifo => self.item(&path, Kind::Fifo, &stat, vec![], None),
            kind @ (FileType::BlockDevice | FileType::CharacterDevice) => {
                let (major, minor) = (fs::major(stat.st_rdev), fs::minor(stat.st_rdev));
                let block = kind == FileType::BlockDevice;
                self.item(&path, Kind::Device { block, major, minor }, &stat, vec![], None)
            }
            _ => {
                self.copied.left_out.push(LeftOut::new(&path, "socket"));
                Ok(())
            }
        }
    }

    fn file(&mut self, place: &OwnedFd, path: &[u8], stat: &Stat) -> Result<(), Error> {
        if stat.st_nlink > 1 {
            let id = (stat.st_dev, stat.st_ino);
            if let Some(first) = self.first.get(&id) {
                let kind = Kind::HardLink(first.clone());
                return self.item(path, kind, stat, vec![], None);
            }
            self.first.insert(id, path.to_vec());
        }
        // It is a regular file by its descriptor, and stays that one.
        let how = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK;
        let opened = fs::open(format!("/proc/self/fd/{}", place.as_raw_fd()), how, Mode::empty());
        let mut file = File::from(opened.map_err(|error| failed("open", path)(error.into()))?);
        self.copied.bytes += u64::try_from(stat.st_size).unwrap_or(0);
        let attributes = attribute::of_file(&file);
        self.item(path, Kind::File, stat, attributes, Some(&mut file))
    }

    fn item(
        &mut self,
        path: &[u8],
        kind: Kind,
        stat: &Stat,
        attributes: Vec<Attribute>,
        content: Option<&mut dyn io::Read>,
    ) -> Result<(), Error> {
        self.copied.files += 1;
        (self.take)(Item {
            path: path.to_vec(),
            size: if kind == Kind::File { u64::try_from(stat.st_size).unwrap_or(0) } else { 0 },
            kind,
            mode: stat.st_mode & 0o7777,
            owner: (stat.st_uid, stat.st_gid),
            time: (stat.st_mtime, i64::try_from(stat.st_mtime_nsec).unwrap_or(0)),
            attributes,
            content,
        })
    }
}

/// Adds the names in a folder to what is to be looked at, the first one last.
fn folder(place: OwnedFd, path: &[u8], depth: usize, stack: &mut Vec<Open>) -> Result<(), Error> {
    let told = |errno: Errno| failed("list", path)(errno.into());
    if depth > DEEPEST {
        return Err(told(Errno::NAMETOOLONG));
    }
    let how = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let list = fs::openat(&place, ".", how, Mode::empty()).map_err(told)?;
    let mut names = vec![];
    for entry in Dir::new(list).map_err(told)? {
        let name = entry.map_err(told)?.file_name().to_bytes().to_vec();
        if !matches!(&name[..], b"." | b"..") {
            names.push(name);
        }
    }
    names.sort_unstable_by(|a, b| b.cmp(a));
    let folder = Rc::new(place);
    for name in names {
        let path = match path.is_empty() {
            true => name.clone(),
            false => [path, b"/", &name].concat(),
        };
        stack.push(Open { folder: Rc::clone(&folder), name, path, depth: depth + 1 });
    }
    Ok(())
}
