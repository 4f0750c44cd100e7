//! Where an archive goes: a tar, or a folder.

use std::collections::HashSet;
use std::io::{self, Read, Write};
use std::path::PathBuf;

use crate::base::fs;

/// Takes files by name, each once.
pub(in crate::image) enum Sink<W: Write> {
    Tar { builder: Box<tar::Builder<W>>, written: HashSet<String> },
    Folder(PathBuf),
}

impl<W: Write> Sink<W> {
    pub(in crate::image) fn tar(to: W) -> Self {
        Self::Tar { builder: Box::new(tar::Builder::new(to)), written: HashSet::new() }
    }

    /// Returns whether a file is there; a blob of a folder, if it is as long as it should be.
    pub(in crate::image) fn has(&self, name: &str, size: u64) -> bool {
        match self {
            Self::Tar { written, .. } => written.contains(name),
            Self::Folder(folder) => {
                let found = std::fs::symlink_metadata(folder.join(name));
                found.is_ok_and(|found| found.is_file() && found.len() == size)
            }
        }
    }

    /// Writes a file of `size` bytes; one that is there already is not written again.
    pub(in crate::image) fn file(
        &mut self,
        name: &str,
        size: u64,
        mut input: impl Read,
    ) -> io::Result<()> {
        match self {
            Self::Tar { builder, written } => {
                if !written.insert(name.to_owned()) {
                    return Ok(());
                }
                // The same image gives the same archive: no times, no owners.
                let mut header = tar::Header::new_gnu();
                header.set_size(size);
                header.set_mode(0o644);
                header.set_mtime(0);
                let mut counted = Exactly { input, left: size };
                builder.append_data(&mut header, name, &mut counted)
            }
            Self::Folder(folder) => {
                let path = folder.join(name);
                if name.starts_with("blobs/") && path.is_file() {
                    return Ok(());
                }
                if let Some(above) = path.parent() {
                    std::fs::create_dir_all(above)?;
                }
                fs::write_whole(&path, |out| io::copy(&mut input, out).map(drop))
            }
        }
    }

    pub(in crate::image) fn finish(self) -> io::Result<()> {
        match self {
            Self::Tar { builder, .. } => builder.into_inner()?.flush(),
            Self::Folder(_) => Ok(()),
        }
    }
}

/// A tar that says another size than its entry has is broken for all who read it.
struct Exactly<R> {
    input: R,
    left: u64,
}

impl<R: Read> Read for Exactly<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let length = self.input.read(to)?;
        match (length as u64 <= self.left, length) {
            (true, 0) if self.left > 0 => Err(io::ErrorKind::UnexpectedEof.into()),
            (true, length) => {
                self.left -= length as u64;
                Ok(length)
            }
            (false, _) => Err(io::Error::other("there is more of it than there should be")),
        }
    }
}
