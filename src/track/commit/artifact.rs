//! Files and folders that a run keeps, gathered into one tree.

use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _};
use std::path::{Component, Path, PathBuf};

use crate::base::Progress;
use crate::store::tree::{self, Builder, Entry, Target};
use crate::store::{Link, Writer, add, history};
use crate::track::artifact::{self as staged, Holder};
use crate::track::live;
use crate::track::{Error, RunId};

/// Something on disk, and where it goes among the artifacts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    pub path: PathBuf,
    /// Names with `/` between them; empty for the top.
    pub place: Vec<u8>,
}

impl Source {
    /// Reads `PATH` or `PATH:DEST`. A colon belongs to the path where there is such a file.
    ///
    /// Without `DEST` a file or folder keeps its own name; `.` and an empty `DEST` mean the top.
    pub fn parse(text: &OsString, folder: &Path) -> Result<Self, Error> {
        let bytes = text.as_bytes();
        let whole = folder.join(text);
        let colon = bytes.iter().rposition(|byte| *byte == b':');
        let (path, place) = match colon.filter(|_| whole.symlink_metadata().is_err()) {
            Some(at) => {
                let path = folder.join(std::ffi::OsStr::from_bytes(&bytes[..at]));
                (path, place(&bytes[at + 1..])?)
            }
            None => {
                let name = whole.file_name().map(|name| name.as_bytes().to_owned());
                let ends_in_dot = matches!(bytes, b".") || bytes.ends_with(b"/.");
                (whole, name.filter(|_| !ends_in_dot).unwrap_or_default())
            }
        };
        Ok(Self { path, place })
    }

    fn is_folder(&self) -> bool {
        self.path.is_dir()
    }

    /// The sources of what is in a folder, in order of their names.
    fn children(&self) -> Result<Vec<Self>, Error> {
        let mut children = Vec::new();
        for entry in fs::read_dir(&self.path).map_err(Error::io("list", &self.path))? {
            let entry = entry.map_err(Error::io("list", &self.path))?;
            let name = entry.file_name();
            if name != ".mlstore" {
                let place = join(&self.place, name.as_bytes());
                children.push(Self { path: entry.path(), place });
            }
        }
        children.sort_by(|a, b| a.place.cmp(&b.place));
        Ok(children)
    }
}

/// Checks `DEST`: a path below the top.
fn place(dest: &[u8]) -> Result<Vec<u8>, Error> {
    let mut names: Vec<&[u8]> = Vec::new();
    let path = Path::new(std::ffi::OsStr::from_bytes(dest));
    for component in path.components() {
        match component {
            Component::Normal(name) => names.push(name.as_bytes()),
            Component::CurDir => {}
            _ => {
                let name = String::from_utf8_lossy(dest).into_owned();
                let reason = "it leaves the artifacts of the run";
                return Err(Error::BadName { what: "artifact", name, reason });
            }
        }
    }
    Ok(names.join(&b'/'))
}

fn join(folder: &[u8], name: &[u8]) -> Vec<u8> {
    match folder {
        b"" => name.to_owned(),
        folder => [folder, b"/", name].concat(),
    }
}

/// Adds everything and returns the tree; `None` where there is nothing. What comes later replaces what came before.
pub(super) fn gather(
    writer: &mut Writer<'_>,
    sources: &[Source],
    progress: &dyn Progress,
) -> Result<Option<Link>, Error> {
    if let [only] = sources
        && only.place.is_empty()
        && only.is_folder()
    {
        return whole(writer, only, progress);
    }
    let places: Vec<Vec<u8>> = sources.iter().map(|source| source.place.clone()).collect();
    let mut builder = Builder::default();
    for (index, source) in sources.iter().enumerate() {
        let mut others = places.clone();
        others.remove(index);
        insert(writer, &mut builder, source, &others, progress)?;
    }
    match builder.is_empty() {
        true => Ok(None),
        false => Ok(Some(builder.write(writer)?)),
    }
}

/// Publishes what was gathered for a run where staged artifacts will be laid over it, since they read it in the store;
/// returns the writer to go on with.
pub(super) fn settle<'a>(
    writer: Writer<'a>,
    id: &RunId,
    tree: Option<&Link>,
) -> Result<Writer<'a>, Error> {
    let store = writer.store();
    let Some(tree) = tree else { return Ok(writer) };
    if !staged::is_staged(store, &Holder::Run(id.clone()))? {
        return Ok(writer);
    }
    writer.commit_with(vec![], |db| {
        history::hold_within(db, &live::holder(id), tree)
            .map_err(store.database_error("hold artifacts"))
            .map_err(Error::from)
    })?;
    Ok(store.writer()?)
}

fn whole(
    writer: &mut Writer<'_>,
    folder: &Source,
    progress: &dyn Progress,
) -> Result<Option<Link>, Error> {
    let added = add::path(writer, &folder.path, &add::Options::default(), progress)?;
    Ok((added.files > 0).then_some(added.link))
}

/// Puts a source into the tree. A folder in which another source has a place too is taken apart.
fn insert(
    writer: &mut Writer<'_>,
    builder: &mut Builder,
    source: &Source,
    others: &[Vec<u8>],
    progress: &dyn Progress,
) -> Result<(), Error> {
    let inside = join(&source.place, b"");
    let shared = |other: &Vec<u8>| *other == source.place || other.starts_with(&inside);
    if source.is_folder() && (source.place.is_empty() || others.iter().any(shared)) {
        for child in source.children()? {
            insert(writer, builder, &child, others, progress)?;
        }
        return Ok(());
    }
    if source.place.is_empty() {
        let name = source.path.display().to_string();
        let reason = "a file needs a name among the artifacts";
        return Err(Error::BadName { what: "artifact", name, reason });
    }
    let added = add::path(writer, &source.path, &add::Options::default(), progress)?;
    let mode = match added.kind {
        add::Kind::Tree => tree::FOLDER,
        add::Kind::File => file_mode(&source.path),
    };
    let target = Target::Content(added.link);
    builder.insert(&source.place, Entry { name: vec![], mode, size: added.size, target })?;
    Ok(())
}

fn file_mode(path: &Path) -> u32 {
    match fs::metadata(path).is_ok_and(|meta| meta.permissions().mode() & 0o100 != 0) {
        true => tree::EXECUTABLE,
        false => tree::FILE,
    }
}

/// Removes sockets, pipes and devices that a command left in its own folder; returns their names.
pub(super) fn remove_special(folder: &Path) -> Vec<String> {
    let mut removed = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let Ok(kind) = entry.file_type() else { continue };
            let special = kind.is_socket()
                || kind.is_fifo()
                || kind.is_block_device()
                || kind.is_char_device();
            if kind.is_dir() {
                open.push(entry.path());
            } else if special && fs::remove_file(entry.path()).is_ok() {
                removed.push(entry.path().display().to_string());
            }
        }
    }
    removed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_stays_below_the_top() {
        for (dest, place_of) in [("a/b", "a/b"), ("./a//b/", "a/b"), ("", ""), (".", "")] {
            assert_eq!(place(dest.as_bytes()).unwrap(), place_of.as_bytes());
        }
        for dest in ["..", "a/../..", "/etc", "/"] {
            assert!(place(dest.as_bytes()).is_err(), "{dest}");
        }
    }

    #[test]
    fn an_artifact_keeps_its_name_or_gets_another() {
        let folder = Path::new("/nowhere");
        let parse = |text: &str| Source::parse(&text.into(), folder).unwrap();
        for (text, path, place) in [
            ("model.bin", "/nowhere/model.bin", "model.bin"),
            ("out/model.bin", "/nowhere/out/model.bin", "model.bin"),
            ("out/", "/nowhere/out/", "out"),
            (".", "/nowhere/.", ""),
            ("out:best/model", "/nowhere/out", "best/model"),
            ("/abs/out:", "/abs/out", ""),
        ] {
            let source = parse(text);
            assert_eq!(source.path.to_str(), Some(path), "{text}");
            assert_eq!(source.place, place.as_bytes(), "{text}");
        }
    }
}
