//! Taking in what others made: blobs as they travel, and the manifests that name them.

use std::io::{self, Read, Seek};

use crate::base::Progress;
use crate::image::manifest::{Descriptor, Manifest};
use crate::image::{Blob, Child, Content, Error, Image, layer};
use crate::remote::registry::{Digest, Hasher};
use crate::store::{Link, Writer, add};

/// What a blob is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// A layer, and nothing else will do; with the digest of its tar, where that is known.
    Layer(Option<Digest>),
    /// A config, or anything that is no layer.
    File,
    /// Nobody has said: a layer if it can be read as one.
    Unknown,
}

/// Adds the blob with `digest` that `input` gives; it is verified when this returns.
pub fn blob(
    writer: &mut Writer<'_>,
    mut input: impl Read + Seek + Send,
    digest: &Digest,
    sort: Sort,
    progress: &dyn Progress,
) -> Result<Blob, Error> {
    let is_layer = match sort {
        Sort::Layer(_) => true,
        Sort::File => false,
        Sort::Unknown => looks_like_layer(&mut input).map_err(layer::Error::io("read a blob"))?,
    };
    if is_layer {
        let diff_id = if let Sort::Layer(diff_id) = sort { diff_id } else { None };
        let options =
            layer::Options { digest: Some(*digest), diff_id, ..layer::Options::default() };
        match layer::add(writer, &mut input, &options, progress) {
            Ok(added) => {
                return Ok(Blob { digest: *digest, size: added.size, content: added.content });
            }
            // An artifact may be packed as layers are, and hold anything.
            Err(layer::Error::Malformed(_) | layer::Error::TooMuch { .. })
                if sort == Sort::Unknown => {}
            Err(error) => return Err(error.into()),
        }
        input.rewind().map_err(layer::Error::io("read a blob"))?;
    }
    file(writer, input, digest, progress)
}

/// Adds a blob as a file.
fn file(
    writer: &mut Writer<'_>,
    input: impl Read + Send,
    digest: &Digest,
    progress: &dyn Progress,
) -> Result<Blob, Error> {
    let mut hashed = Hashed { input, hasher: digest.algorithm().hasher() };
    let added = add::reader(writer, &mut hashed, progress)?;
    let found = hashed.hasher.finish();
    match found == *digest {
        true => Ok(Blob { digest: *digest, size: added.size, content: Content::File(added.link) }),
        false => Err(layer::Error::Mismatch {
            what: "digest",
            expected: digest.to_string(),
            found: found.to_string(),
        }
        .into()),
    }
}

/// Hashes what passes.
struct Hashed<R> {
    input: R,
    hasher: Hasher,
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let length = self.input.read(to)?;
        self.hasher.update(&to[..length]);
        Ok(length)
    }
}

/// Tells whether the first block is that of a tar, or of something compressed as layers are.
fn looks_like_layer(input: &mut (impl Read + Seek)) -> io::Result<bool> {
    let mut head = vec![];
    input.by_ref().take(512).read_to_end(&mut head)?;
    input.rewind()?;
    let packed = head.starts_with(&[0x1f, 0x8b]) || head.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]);
    // Frames that zstd skips stand before those of zstd:chunked.
    let skipped = head.len() > 4 && head[0] & 0xf0 == 0x50 && head[1..4] == [0x2a, 0x4d, 0x18];
    Ok(packed || skipped || head.get(257..262) == Some(b"ustar"))
}

/// Writes the image that a manifest is, out of what is here; `made` says whether the manifest was written here.
///
/// `blob` and `child` find what it names. What they do not find is left out where it may be: a layer that is not distributed,
/// an image of an index.
pub fn image(
    writer: &mut Writer<'_>,
    bytes: &[u8],
    media_type: Option<&str>,
    digest: &Digest,
    made: bool,
    mut blob: impl FnMut(&mut Writer<'_>, &Descriptor) -> Result<Option<Blob>, Error>,
    mut child: impl FnMut(&mut Writer<'_>, &Descriptor) -> Result<Option<Link>, Error>,
) -> Result<(Link, Image, Manifest), Error> {
    let found = Digest::with(digest.algorithm(), bytes);
    if found != *digest {
        let (expected, found) = (digest.to_string(), found.to_string());
        return Err(layer::Error::Mismatch { what: "digest", expected, found }.into());
    }
    let manifest = Manifest::parse(bytes, media_type)?;
    let (mut blobs, mut manifests) = (vec![], vec![]);
    for named in manifest.blobs() {
        match blob(writer, named)? {
            Some(found) if found.size == named.size => blobs.push(found),
            Some(found) => {
                let reason =
                    format!("{} has {} bytes, not {}", named.digest, found.size, named.size);
                return Err(Error::BadManifest(reason));
            }
            None if may_be_missing(named) => {}
            None => return Err(Error::MissingBlob(named.digest)),
        }
    }
    for named in manifest.children() {
        let known = manifests.iter().any(|child: &Child| child.digest == named.digest);
        if let (false, Some(image)) = (known, child(writer, named)?) {
            manifests.push(Child { digest: named.digest, image });
        }
    }
    let image = Image {
        digest: *digest,
        media_type: media_type.unwrap_or(manifest.media_type()).to_owned(),
        manifest: writer.blob(bytes)?,
        blobs,
        manifests,
        made,
        came_as: None,
    };
    Ok((writer.node(&image)?, image, manifest))
}

fn may_be_missing(blob: &Descriptor) -> bool {
    super::manifest::media::may_be_missing(&blob.media_type) || !blob.urls.is_empty()
}
