//! Putting files into a tree that may change meanwhile.

use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;

use rustix::fs::{self, AtFlags, FileType, Mode, OFlags, ResolveFlags, Timespec, Timestamps};
use rustix::io::Errno;
use rustix::process::{getgid, getuid};

use super::root::{Root, relative};
use super::target::{Target, failed};
use super::{Attribute, Item, Kind, LeftOut, shown};
use crate::container::{Error, beneath};

const SETUID: u32 = 0o6000;

/// A folder that files are put into.
#[derive(Debug)]
pub struct Ground {
    /// Of the container, and the path of the folder in it; or the folder itself.
    root: OwnedFd,
    prefix: Vec<u8>,
    resolve: ResolveFlags,
    inside: bool,
    /// Whether files keep their owners.
    keep: bool,
    /// The folder that was used last, by its path.
    last: Option<(Vec<u8>, OwnedFd)>,
    /// What folders that were made here are to have in the end.
    folders: Vec<Folder>,
    left_out: Vec<LeftOut>,
}

#[derive(Debug)]
struct Folder {
    path: Vec<u8>,
    mode: u32,
    time: (i64, i64),
    attributes: Vec<Attribute>,
}

impl Ground {
    pub(super) fn new(root: &Root, path: &[u8]) -> Result<Self, Error> {
        let own = |fd: &OwnedFd| fd.try_clone().map_err(failed("open", path));
        // Here, only the user's own words may lead through links; what comes out of a container may not.
        let (root_fd, prefix, resolve) = match root.inside {
            true => (own(&root.fd)?, path.to_vec(), beneath::inside()),
            false => {
                let path = if path.is_empty() { &b"/"[..] } else { path };
                let fd = root.look(path, true).map_err(failed("open", path))?;
                (fd, vec![], ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS)
            }
        };
        let (inside, keep) = (root.inside, false);
        let (last, folders, left_out) = (None, vec![], vec![]);
        Ok(Self { root: root_fd, prefix, resolve, inside, keep, last, folders, left_out })
    }

    /// Has files keep the numbers of their owners.
    pub fn keep_owners(mut self, keep: bool) -> Self {
        self.keep = keep;
        self
    }

    /// Puts an item where its path says.
    pub fn put(&mut self, item: Item<'_>) -> Result<(), Error> {
        let path = item.path.clone();
        let (folder, name) = match path.iter().rposition(|byte| *byte == b'/') {
            Some(at) => (&path[..at], &path[at + 1..]),
            None => (&b""[..], &path[..]),
        };
        if matches!(name, b"" | b"." | b"..") || path.contains(&0) {
            return Err(Error::Invalid(format!("`{}` is no name for a file", shown(&path))));
        }
        let parent = self.folder(folder).map_err(failed("open", &path))?;
        self.put_in(&parent, name, item).map_err(failed("write", &path))
    }

    /// Gives folders what they are to have once nothing is put into them any more; returns what could not be put here.
    pub fn finish(mut self) -> Result<Vec<LeftOut>, Error> {
        for Folder { path, mode, time, attributes } in
            std::mem::take(&mut self.folders).into_iter().rev()
        {
            let open = self.open(&path, OFlags::RDONLY | OFlags::DIRECTORY);
            let done = open.and_then(|folder| {
                fs::fchmod(&folder, Mode::from_raw_mode(mode))?;
                self.attributes(&folder, &path, &attributes)?;
                Ok(fs::futimens(&folder, &times(time))?)
            });
            done.map_err(failed("finish the folder", &path))?;
        }
        Ok(self.left_out)
    }

    /// Sets extended attributes; a program gets rights by them only where it would by its mode.
    fn attributes(
        &mut self,
        file: &OwnedFd,
        path: &[u8],
        attributes: &[Attribute],
    ) -> io::Result<()> {
        for one in attributes {
            let may = self.keep || self.inside || !one.gives_rights();
            if !(may && one.set(file)?) {
                self.left_out.push(LeftOut::new(path, shown(&one.name)));
            }
        }
        Ok(())
    }

    fn open(&self, path: &[u8], how: OFlags) -> io::Result<OwnedFd> {
        let whole = match self.prefix.is_empty() {
            true => path.to_vec(),
            false => [&self.prefix[..], b"/", path].concat(),
        };
        let how = how | OFlags::CLOEXEC;
        let path = relative(&whole);
        Ok(beneath::retried(|| fs::openat2(&self.root, path, how, Mode::empty(), self.resolve))?)
    }

    fn folder(&mut self, path: &[u8]) -> io::Result<OwnedFd> {
        if let Some((_, folder)) = self.last.as_ref().filter(|(known, _)| known == path) {
            return folder.try_clone();
        }
        let folder = match self.open(path, OFlags::PATH | OFlags::DIRECTORY) {
            Ok(folder) => folder,
            Err(error) if error.kind() == io::ErrorKind::NotFound && !path.is_empty() => {
                self.make_folders(path)?
            }
            Err(error) => return Err(error),
        };
        self.last = Some((path.to_vec(), folder.try_clone()?));
        Ok(folder)
    }

    /// Makes a folder that a tar does not name, and those above it.
    fn make_folders(&self, path: &[u8]) -> io::Result<OwnedFd> {
        let mut folder = self.open(b"", OFlags::PATH | OFlags::DIRECTORY)?;
        let mut done: Vec<u8> = vec![];
        for name in path.split(|byte| *byte == b'/').filter(|name| !name.is_empty()) {
            match fs::mkdirat(&folder, name, Mode::from_raw_mode(0o755)) {
                Ok(()) | Err(Errno::EXIST) => {}
                Err(error) => return Err(error.into()),
            }
            if !done.is_empty() {
                done.push(b'/');
            }
            done.extend_from_slice(name);
            folder = self.open(&done, OFlags::PATH | OFlags::DIRECTORY)?;
        }
        Ok(folder)
    }

    fn put_in(&mut self, parent: &OwnedFd, name: &[u8], item: Item<'_>) -> io::Result<()> {
        let there = match fs::statat(parent, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => Some(FileType::from_raw_mode(stat.st_mode)),
            Err(Errno::NOENT) => None,
            Err(error) => return Err(error.into()),
        };
        if item.kind == Kind::Folder {
            return self.put_folder(parent, name, &item, there);
        }
        if there == Some(FileType::Directory) {
            return Err(io::Error::new(io::ErrorKind::IsADirectory, "a folder is in its place"));
        }
        let mut in_place = false;
        if there.is_some() {
            match fs::unlinkat(parent, name, AtFlags::empty()) {
                Ok(()) | Err(Errno::NOENT) => {}
                // Something is mounted on it, as on `/etc/hosts`.
                Err(Errno::BUSY) if item.kind == Kind::File => in_place = true,
                Err(error) => return Err(error.into()),
            }
        }
        self.make(parent, name, item, in_place)
    }

    fn make(
        &mut self,
        parent: &OwnedFd,
        name: &[u8],
        item: Item<'_>,
        in_place: bool,
    ) -> io::Result<()> {
        let Item { path, kind, content, owner, mode, time, attributes, .. } = item;
        match kind {
            Kind::Symlink(target) => {
                fs::symlinkat(&target[..], parent, name)?;
                self.own(parent, name, owner)?;
                return Ok(fs::utimensat(parent, name, &times(time), AtFlags::SYMLINK_NOFOLLOW)?);
            }
            Kind::HardLink(to) => {
                let place = self.open(&to, OFlags::PATH | OFlags::NOFOLLOW)?;
                // By its descriptor: what its name leads to by now does not matter.
                let link = fs::linkat(&place, "", parent, name, AtFlags::EMPTY_PATH);
                return Ok(link.or_else(|_| {
                    use std::os::fd::AsRawFd as _;
                    let path = format!("/proc/self/fd/{}", place.as_raw_fd());
                    fs::linkat(fs::CWD, path, parent, name, AtFlags::SYMLINK_FOLLOW)
                })?);
            }
            Kind::Fifo => {
                let mode = Mode::from_raw_mode(mode);
                fs::mknodat(parent, name, FileType::Fifo, mode, 0)?;
                return self.own(parent, name, owner);
            }
            Kind::Device { block, major, minor } => {
                let kind = if block { FileType::BlockDevice } else { FileType::CharacterDevice };
                let made = match self.inside {
                    true => {
                        let device = fs::makedev(major, minor);
                        fs::mknodat(parent, name, kind, Mode::from_raw_mode(mode), device)
                    }
                    // Who may open it here would be for a container to say.
                    false => Err(Errno::PERM),
                };
                return match made {
                    Err(Errno::PERM) => {
                        self.left_out.push(LeftOut::new(&path, "device"));
                        Ok(())
                    }
                    made => {
                        made?;
                        self.own(parent, name, owner)
                    }
                };
            }
            Kind::File | Kind::Folder => {}
        }
        let how = OFlags::WRONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let how = how | if in_place { OFlags::TRUNC } else { OFlags::CREATE | OFlags::EXCL };
        let mut file = File::from(fs::openat(parent, name, how, Mode::from_raw_mode(0o600))?);
        if let Some(content) = content {
            io::copy(content, &mut file)?;
        }
        if !in_place {
            self.own(parent, name, owner)?;
        }
        fs::fchmod(&file, Mode::from_raw_mode(self.mode(mode)))?;
        let file = OwnedFd::from(file);
        self.attributes(&file, &path, &attributes)?;
        Ok(fs::futimens(&file, &times(time))?)
    }

    fn put_folder(
        &mut self,
        parent: &OwnedFd,
        name: &[u8],
        item: &Item<'_>,
        there: Option<FileType>,
    ) -> io::Result<()> {
        match there {
            Some(FileType::Directory) => Ok(()),
            Some(_) => {
                Err(io::Error::new(io::ErrorKind::NotADirectory, "something else is in its place"))
            }
            None => {
                fs::mkdirat(parent, name, Mode::from_raw_mode(0o700))?;
                self.own(parent, name, item.owner)?;
                let (path, mode, time) = (item.path.clone(), self.mode(item.mode), item.time);
                let attributes = item.attributes.clone();
                self.folders.push(Folder { path, mode, time, attributes });
                Ok(())
            }
        }
    }

    /// What is put into a container is root's there, what comes out of it is the user's, unless owners are kept.
    fn own(&self, parent: &OwnedFd, name: &[u8], owner: (u32, u32)) -> io::Result<()> {
        let (uid, gid) = match (self.keep, self.inside) {
            (true, _) => owner,
            (false, true) => (0, 0),
            (false, false) => (getuid().as_raw(), getgid().as_raw()),
        };
        let (uid, gid) = (fs::Uid::from_raw(uid), fs::Gid::from_raw(gid));
        let done = fs::chownat(parent, name, Some(uid), Some(gid), AtFlags::SYMLINK_NOFOLLOW);
        match done {
            // Who may not give files away has made them its own.
            Err(Errno::PERM | Errno::INVAL) if !self.keep => Ok(()),
            done => Ok(done?),
        }
    }

    /// A program that runs with its owner's rights is not to be another's out here.
    fn mode(&self, mode: u32) -> u32 {
        if self.keep || self.inside { mode } else { mode & !SETUID }
    }
}

impl Target {
    /// Puts an item of the source where it belongs.
    pub fn put(&mut self, mut item: Item<'_>) -> Result<(), Error> {
        let Some(path) = self.path(&item.path) else { return Ok(()) };
        if let Kind::HardLink(to) = &item.kind {
            item.kind = Kind::HardLink(self.path(to).unwrap_or_default());
        }
        item.path = path;
        self.ground.put(item)
    }

    /// Returns the path that an item has there; nothing for a folder whose content alone is copied.
    fn path(&self, path: &[u8]) -> Option<Vec<u8>> {
        match (&self.top, path) {
            (None, b"") => None,
            (None, path) => Some(path.to_vec()),
            (Some(top), b"") => Some(top.clone()),
            (Some(top), path) => Some([top, &b"/"[..], path].concat()),
        }
    }
}

fn times((seconds, nanoseconds): (i64, i64)) -> Timestamps {
    Timestamps {
        last_access: Timespec { tv_sec: 0, tv_nsec: fs::UTIME_OMIT },
        last_modification: Timespec { tv_sec: seconds, tv_nsec: nanoseconds as _ },
    }
}
