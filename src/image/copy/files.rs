//! OCI layouts that images are carried to: a folder, which may hold others already, or a tar.

use std::fs::{self, File};
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::origin::Origin;
use super::stream;
use super::target::Target;
use crate::base::{Progress, Task};
use crate::image::archive::{INDEX, LAYOUT, NAME, Sink, VERSION, blob_path};
use crate::image::manifest::{Descriptor, Index, MAX_BYTES, Manifest};
use crate::image::{Error, layer};
use crate::remote::registry::Manifest as Bytes;

/// A layout that is being written.
pub(super) struct Files {
    sink: Sink<BufWriter<File>>,
    /// A tar is seen under its name once it is whole.
    tar: Option<(NamedTempFile, PathBuf)>,
    name: Option<String>,
    index: Vec<Descriptor>,
    sent: u64,
}

pub(super) fn unwritten(source: std::io::Error) -> Error {
    layer::Error::Io { action: "write the archive", source }.into()
}

impl Files {
    /// Opens a folder, where that is empty, not there, or a layout.
    pub(super) fn layout(path: &Path, name: Option<&str>) -> Result<Self, Error> {
        fs::create_dir_all(path).map_err(unwritten)?;
        let index = listed(path)?;
        let sink = Sink::Folder(path.to_owned());
        Ok(Self { sink, tar: None, name: name.map(str::to_owned), index, sent: 0 })
    }

    /// Begins a tar, which takes the place of what is there.
    pub(super) fn archive(path: &Path, name: Option<&str>) -> Result<Self, Error> {
        let (sink, tar) = new_tar(path)?;
        let (tar, name) = (Some((tar, path.to_owned())), name.map(str::to_owned));
        Ok(Self { sink, tar, name, index: vec![], sent: 0 })
    }

    fn enter(&mut self, found: &Bytes, named: bool) {
        let size = found.bytes.len() as u64;
        let mut entry = Descriptor::new(&found.media_type, found.digest, size);
        let name = self.name.clone().filter(|_| named);
        if let Some(name) = &name {
            // A name means one image.
            self.index.retain(|one| one.annotations.get(NAME) != Some(name));
        }
        let is_there = self.index.iter().any(|one| one.digest == found.digest);
        entry.annotations.extend(name.clone().map(|name| (NAME.to_owned(), name)));
        if name.is_some() || !is_there {
            self.index.push(entry);
        }
    }
}

/// Returns what the index of a layout lists; nothing for a folder that is empty.
pub(super) fn listed(path: &Path) -> Result<Vec<Descriptor>, Error> {
    match fs::read(path.join(INDEX)) {
        Ok(bytes) if bytes.len() <= MAX_BYTES => match Manifest::parse(&bytes, None)? {
            Manifest::Index(index) => Ok(index.manifests),
            Manifest::Image(_) => Err(Error::BadArchive(format!("{INDEX} is no index"))),
        },
        Ok(_) => Err(Error::BadArchive(format!("{INDEX} is too large"))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            match fs::read_dir(path).map_err(unwritten)?.next() {
                None => Ok(vec![]),
                Some(_) => Err(Error::BadArchive("the folder holds something else".to_owned())),
            }
        }
        Err(error) => Err(unwritten(error)),
    }
}

/// Begins a tar beside `path`.
pub(super) fn new_tar(path: &Path) -> Result<(Sink<BufWriter<File>>, NamedTempFile), Error> {
    let folder = path.parent().filter(|above| !above.as_os_str().is_empty());
    let mut builder = tempfile::Builder::new();
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let tar = builder.tempfile_in(folder.unwrap_or(Path::new("."))).map_err(unwritten)?;
    let file = tar.as_file().try_clone().map_err(unwritten)?;
    Ok((Sink::tar(BufWriter::with_capacity(1 << 18, file)), tar))
}

impl Target for Files {
    fn has(&mut self, _manifest: &Bytes) -> Result<bool, Error> {
        Ok(false)
    }

    fn take(
        &mut self,
        origin: &dyn Origin,
        (found, manifest): (&Bytes, &Manifest),
        blobs: &[&Descriptor],
        named: bool,
        progress: &dyn Progress,
    ) -> Result<(), Error> {
        for blob in blobs {
            let path = blob_path(&blob.digest);
            if self.sink.has(&path, blob.size) {
                continue;
            }
            let input = stream::checked(origin, blob)?;
            let blame = |error| origin.cause(&blob.digest).unwrap_or_else(|| unwritten(error));
            self.sink.file(&path, blob.size, input).map_err(blame)?;
            self.sent += blob.size;
            progress.advance(Task::Send, blob.size);
        }
        let (path, size) = (blob_path(&found.digest), found.bytes.len() as u64);
        self.sink.file(&path, size, found.bytes.as_slice()).map_err(unwritten)?;
        // What belongs to another manifest is found through the index alone.
        if named || manifest.subject().is_some() {
            self.enter(found, named);
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<u64, Error> {
        let index = Index::new(std::mem::take(&mut self.index)).encode();
        for (name, bytes) in [(LAYOUT, VERSION), (INDEX, &index)] {
            self.sink.file(name, bytes.len() as u64, bytes).map_err(unwritten)?;
        }
        self.sink.finish().map_err(unwritten)?;
        if let Some((tar, path)) = self.tar {
            tar.persist(path).map_err(|error| unwritten(error.error))?;
        }
        Ok(self.sent)
    }
}
