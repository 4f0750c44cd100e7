//! Giving out a blob as it travels.

use std::io::{self, Read};

use crate::image::layer::{Compressed, Error, open};
use crate::image::{Blob, Content};
use crate::remote::registry::{Digest, Hasher};
use crate::store::{Store, file};

/// Opens a blob of an image, however it is kept. Bytes that have to be made again are held against its digest: the last
/// read fails if they are others.
pub fn blob<'a>(store: &'a Store, blob: &Blob) -> Result<Box<dyn Read + Send + 'a>, Error> {
    Ok(match &blob.content {
        Content::File(link) | Content::Kept { bytes: link, .. } => {
            Box::new(file::open(store, link)?)
        }
        Content::Tar(layer) => Box::new(open(store, layer)?),
        Content::Made { layer, by } => {
            let (compression, level) = Compressed::<io::Empty>::find(by)?;
            let made = Compressed::new(open(store, layer)?, compression, level);
            Box::new(Checked::new(made, blob))
        }
        Content::Record { .. } => return Err(Error::UnknownCompressor("preflate".to_owned())),
    })
}

/// Bytes that must have a digest.
pub(super) struct Checked<R> {
    input: R,
    digest: Digest,
    /// Taken at the end.
    hasher: Option<Hasher>,
}

impl<R> Checked<R> {
    pub(super) fn new(input: R, blob: &Blob) -> Self {
        let digest = blob.digest;
        Self { input, digest, hasher: Some(digest.algorithm().hasher()) }
    }
}

impl<R: Read> Read for Checked<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let length = self.input.read(to)?;
        match &mut self.hasher {
            Some(hasher) if length > 0 => hasher.update(&to[..length]),
            None => {}
            Some(_) if to.is_empty() => {}
            Some(_) => {
                let found = self.hasher.take().expect("it is there").finish();
                if found != self.digest {
                    let (expected, found) = (self.digest.to_string(), found.to_string());
                    let error = Error::Mismatch { what: "digest", expected, found };
                    return Err(io::Error::other(error));
                }
            }
        }
        Ok(length)
    }
}
