//! Files of this machine become an image, layer by layer.

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use super::plain::{Import, write};
use crate::image::Error;
use crate::image::layer::{self, Entry, Kind, Maker};
use crate::remote::registry::Digest;
use crate::store::Store;

/// What a layer is made of: everything in it is as old as time, so that the same files are the same layer.
#[derive(Debug, Clone, Default)]
pub struct Files {
    /// What made it, as `history` shows it.
    pub comment: String,
    entries: Vec<(Entry, Option<PathBuf>)>,
}

impl Files {
    /// Returns a layer without files.
    pub fn new(comment: &str) -> Self {
        Self { comment: comment.to_owned(), entries: vec![] }
    }

    /// Adds a folder that belongs to `owner`, if it is not there yet.
    pub fn folder(&mut self, path: &str, mode: u32, owner: u32) {
        let path = format!("{}/", path.trim_matches('/')).into_bytes();
        if path != b"/" && !self.entries.iter().any(|(entry, _)| entry.path == path) {
            let entry = Entry::new(path, Kind::Directory, mode);
            self.entries.push((Entry { uid: owner, gid: owner, ..entry }, None));
        }
    }

    /// Adds the file `from`, and the folders above it as root's.
    pub fn file(&mut self, path: &str, from: &Path, mode: u32, owner: u32) {
        let path = path.trim_matches('/');
        for (end, _) in path.match_indices('/') {
            self.folder(&path[..end], 0o755, 0);
        }
        let entry = Entry::new(path, Kind::File, mode);
        self.entries.push((Entry { uid: owner, gid: owner, ..entry }, Some(from.to_owned())));
    }

    /// Adds a folder with all folders and plain files in it; they belong to `owner`.
    pub fn tree(&mut self, path: &str, from: &Path, owner: u32) -> Result<(), Error> {
        self.folder(path, 0o700, owner);
        let read = layer::Error::io("read a folder");
        let mut all: Vec<_> =
            fs::read_dir(from).and_then(Iterator::collect::<Result<_, _>>).map_err(read)?;
        all.sort_by_key(fs::DirEntry::file_name);
        for found in all {
            let about = found.metadata().map_err(layer::Error::io("read a file"))?;
            let own = format!("{path}/{}", found.file_name().to_string_lossy());
            if about.is_dir() {
                self.tree(&own, &found.path(), owner)?;
            } else if about.is_file() {
                self.file(&own, &found.path(), about.permissions().mode() & 0o777, owner);
            }
        }
        Ok(())
    }
}

/// Makes an image of layers, lowest first; returns its id, and its bytes. A dry run leaves nothing of it.
pub fn compose(
    store: &Store,
    layers: &[Files],
    import: &Import,
    dry_run: bool,
) -> Result<(Digest, u64), Error> {
    let mut writer = store.writer()?;
    let mut made = vec![];
    for files in layers {
        let mut maker = Maker::begin(&mut writer, None);
        for (entry, from) in &files.entries {
            match from {
                None => maker.stored(entry)?,
                Some(from) => {
                    let open = layer::Error::io("open a file");
                    let content = File::open(from).map_err(open)?;
                    let size = content.metadata().map_err(layer::Error::io("read a file"))?.len();
                    maker.file(&Entry { size, ..entry.clone() }, content)?;
                }
            }
        }
        made.push((maker.finish()?, files.comment.clone()));
    }
    let written = write(&mut writer, made, import)?;
    if !dry_run {
        writer.commit(vec![written.change])?;
    }
    Ok((written.id, written.size))
}
