//! Where an archive goes: a tar, or a folder.

use std::collections::HashSet;
use std::io::{self, Read, Write};
use std::path::PathBuf;

use crate::base::fs;

/// Takes files by name, each once.
pub(super) enum Sink<'a> {
    Tar { builder: Box<tar::Builder<&'a mut dyn Write>>, written: HashSet<String> },
    Folder(PathBuf),
}

impl<'a> Sink<'a> {
    pub(super) fn tar(to: &'a mut dyn Write) -> Self {
        Self::Tar { builder: Box::new(tar::Builder::new(to)), written: HashSet::new() }
    }

    /// Writes a file of `size` bytes; one that is there already is not written again.
    pub(super) fn file(&mut self, name: &str, size: u64, mut input: impl Read) -> io::Result<()> {
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

    pub(super) fn finish(self) -> io::Result<()> {
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
