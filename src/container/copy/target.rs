//! What is copied, and where to: Docker's rules for names that are there or not.

use std::io;
use std::os::fd::OwnedFd;

use rustix::fs::{self, FileType};

use super::ground::Ground;
use super::root::Root;
use super::shown;
use crate::container::Error;

/// As many links as the kernel follows in one path.
const LINKS: usize = 40;

/// What is copied.
#[derive(Debug)]
pub struct Source {
    pub(super) place: OwnedFd,
    pub(super) is_folder: bool,
    /// The name that it has where it is put into a folder.
    pub(super) name: Vec<u8>,
    /// Only what is in the folder is meant: `folder/.`.
    pub(super) content: bool,
}

impl Source {
    /// Finds `path` beneath `root`. A link at its end is what is meant, unless `follow` or a `/` behind it says otherwise.
    pub fn find(root: &Root, path: &[u8], follow: bool) -> Result<Self, Error> {
        let slash = path.ends_with(b"/") || path.ends_with(b"/.");
        let place = root.look(path, follow || slash).map_err(failed("find", path))?;
        let kind = kind(&place).map_err(failed("look at", path))?;
        let is_folder = kind == FileType::Directory;
        if slash && !is_folder {
            return Err(failed("open", path)(io::ErrorKind::NotADirectory.into()));
        }
        let name = name(path);
        let nameless = matches!(name, b"" | b"." | b"..");
        let content = is_folder && (path.ends_with(b"/.") || nameless);
        Ok(Self { place, is_folder, name: name.to_vec(), content })
    }
}

/// Where it is put.
#[derive(Debug)]
pub struct Target {
    pub ground: Ground,
    /// The path that the source itself has there; nothing where only what is in it is put.
    pub(super) top: Option<Vec<u8>>,
}

impl Target {
    /// Finds out where `source` comes to lie if it is copied to `path` beneath `root`.
    pub fn find(root: &Root, path: &[u8], source: &Source) -> Result<Self, Error> {
        let there = match root.look(path, true) {
            Ok(place) => Some(kind(&place).map_err(failed("look at", path))?),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(failed("find", path)(error)),
        };
        match there {
            Some(FileType::Directory) => {
                let top = (!source.content).then(|| source.name.clone());
                Ok(Self { ground: Ground::new(root, path)?, top })
            }
            Some(_) if source.is_folder => {
                let what =
                    format!("`{}` is no folder, and a folder cannot be copied to it", shown(path));
                Err(Error::Invalid(what))
            }
            None if path.ends_with(b"/") && !source.is_folder => {
                Err(Error::Invalid(format!("there is no folder `{}`", shown(path))))
            }
            _ => {
                let path = behind_links(root, path).map_err(failed("find", path))?;
                let (folder, name) = split(&path);
                if matches!(name, b"" | b"." | b"..") {
                    return Err(failed("find", &path)(io::ErrorKind::NotFound.into()));
                }
                Ok(Self { ground: Ground::new(root, folder)?, top: Some(name.to_vec()) })
            }
        }
    }

    /// Returns a folder that is there, to unpack into.
    pub fn folder(root: &Root, path: &[u8]) -> Result<Ground, Error> {
        let place = root.look(path, true).map_err(failed("find", path))?;
        match kind(&place).map_err(failed("look at", path))? {
            FileType::Directory => Ground::new(root, path),
            _ => Err(Error::Invalid(format!("`{}` is no folder", shown(path)))),
        }
    }
}

/// Follows links at the end of a path, though they may lead nowhere; as seen from inside.
fn behind_links(root: &Root, path: &[u8]) -> io::Result<Vec<u8>> {
    let mut path = path.to_vec();
    while path.len() > 1 && path.ends_with(b"/") {
        path.pop();
    }
    for _ in 0..LINKS {
        let link = match root.look(&path, false) {
            Ok(place) if kind(&place)? == FileType::Symlink => fs::readlinkat(&place, "", vec![])?,
            Ok(_) => return Ok(path),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(path),
            Err(error) => return Err(error),
        };
        let link = link.into_bytes();
        path = match link.first() {
            Some(b'/') => link,
            _ => [split(&path).0, b"/", &link].concat(),
        };
    }
    Err(rustix::io::Errno::LOOP.into())
}

/// Splits a path before its last name.
fn split(path: &[u8]) -> (&[u8], &[u8]) {
    match path.iter().rposition(|byte| *byte == b'/') {
        Some(at) => (&path[..at], &path[at + 1..]),
        None => (b"", path),
    }
}

fn name(path: &[u8]) -> &[u8] {
    let path = path.strip_suffix(b"/.").unwrap_or(path);
    let end = path.iter().rposition(|byte| *byte != b'/').map_or(0, |at| at + 1);
    split(&path[..end]).1
}

pub(super) fn kind(place: &OwnedFd) -> io::Result<FileType> {
    Ok(FileType::from_raw_mode(fs::fstat(place)?.st_mode))
}

pub(super) fn failed(action: &'static str, path: &[u8]) -> impl FnOnce(io::Error) -> Error + use<> {
    let path = shown(path).into();
    move |source| Error::Io { action, path, source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_path_is_its_last_word() {
        for (path, expected) in
            [("/a/b", "b"), ("/a/b/", "b"), ("/a/b/.", "b"), ("/", ""), ("a", "a"), ("/a//", "a")]
        {
            assert_eq!(name(path.as_bytes()), expected.as_bytes(), "{path}");
        }
    }
}
