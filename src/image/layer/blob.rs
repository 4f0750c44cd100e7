//! Giving out a blob as it travels.

use std::io::{self, Read};

use crate::image::layer::gzip::Remade;
use crate::image::layer::{Compressed, Error, open};
use crate::image::{Blob, Content};
use crate::remote::registry::{Digest, Hasher};
use crate::store::{Link, Store, file};

/// No record is larger: that of a layer of 40 GB is.
const MAX_RECORD: u64 = 256 << 20;

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
            Box::new(Checked::new(made, blob.digest))
        }
        Content::Record { layer, record } => {
            let mut bytes = vec![];
            let read = file::open(store, record)?.take(MAX_RECORD).read_to_end(&mut bytes);
            read.map_err(Error::io("read how a layer was compressed"))?;
            Box::new(Checked::new(remade(store, layer, &bytes)?, blob.digest))
        }
    })
}

/// Makes the bytes of a layer again from what was recorded of its compression; whoever reads them holds them against what
/// they must be.
pub(in crate::image) fn remade<'a>(
    store: &'a Store,
    layer: &Link,
    record: &[u8],
) -> Result<impl Read + Send + 'a, Error> {
    let made = Remade::new(open(store, layer)?, record);
    made.map_err(Error::io("read how a layer was compressed"))
}

/// Bytes that must have a digest.
pub(in crate::image) struct Checked<R> {
    input: R,
    digest: Digest,
    /// Taken at the end.
    hasher: Option<Hasher>,
}

impl<R> Checked<R> {
    pub(in crate::image) fn new(input: R, digest: Digest) -> Self {
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
