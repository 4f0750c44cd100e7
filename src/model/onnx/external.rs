//! Weights in files beside the model: opened beneath its folder only, through no link, as plain files with one name.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::Path;

use rustix::fs::{CWD, Mode, OFlags, ResolveFlags, openat2};

use super::{Error, Payload, Tensor};

/// Reads the elements of `tensor` from its file in `folder`; bytes are allocated once the file is known to hold them.
pub fn load(folder: &Path, tensor: &Tensor<'_>) -> Result<Option<Vec<u8>>, Error> {
    let Payload::External(external) = &tensor.payload else { return Ok(None) };
    let size = tensor.size()?.unwrap_or(0);
    let read = || {
        let file = open(folder, external.location)?;
        let has = file.metadata()?.len();
        if external.offset.checked_add(size).is_none_or(|end| end > has) {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the file is too short"));
        }
        let length = usize::try_from(size).map_err(io::Error::other)?;
        let mut bytes = vec![0; length];
        file.read_exact_at(&mut bytes, external.offset)?;
        Ok(bytes)
    };
    let failed = |source| Error::External {
        name: tensor.name.to_owned(),
        location: external.location.to_owned(),
        source,
    };
    read().map(Some).map_err(failed)
}

/// Reads the whole file in which the elements of `tensor` lie, unless it is longer than `most`.
pub fn whole(folder: &Path, tensor: &Tensor<'_>, most: u64) -> Result<Vec<u8>, Error> {
    let Payload::External(external) = &tensor.payload else { return Ok(vec![]) };
    let read = || {
        let mut file = open(folder, external.location)?;
        let size = file.metadata()?.len();
        let end = external.offset.checked_add(tensor.size().ok().flatten().unwrap_or(0));
        if size > most || end.is_none_or(|end| end > size) {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "the file has another length"));
        }
        let mut bytes = vec![];
        file.read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    let failed = |source| Error::External {
        name: tensor.name.to_owned(),
        location: external.location.to_owned(),
        source,
    };
    read().map_err(failed)
}

/// Opens a plain file beneath `folder`.
pub fn open(folder: &Path, location: &str) -> io::Result<File> {
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let root = rustix::fs::openat(CWD, folder, flags, Mode::empty())?;
    let within = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
    // Without NONBLOCK the opening of a pipe would wait for its other end.
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = File::from(openat2(&root, location, flags, Mode::empty(), within)?);
    let data = file.metadata()?;
    if !data.is_file() || data.nlink() != 1 {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a plain file of its own"));
    }
    Ok(file)
}
