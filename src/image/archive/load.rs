//! Loading: the images of an archive, all of them or none.

use super::source::{Input, Source};
use super::{INDEX, LAYOUT, MANIFEST, docker, layout};
use crate::base::Progress;
use crate::image::catalog::{self, BlobIndex};
use crate::image::{Error, Image};
use crate::remote::registry::{Digest, Reference};
use crate::store::{Change, Link, Store, Writer};

/// An image that was loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loaded {
    /// Nothing where the archive gives it no name.
    pub reference: Option<Reference>,
    pub link: Link,
    pub image: Image,
    /// What Docker calls it.
    pub id: Digest,
}

/// What loading needs.
pub(super) struct Loading<'a, 'w> {
    pub(super) source: Source,
    pub(super) writer: &'w mut Writer<'a>,
    /// What need not be read.
    pub(super) known: BlobIndex,
    pub(super) progress: &'w dyn Progress,
}

/// Loads all images of an archive, in one operation.
///
/// Every digest is verified: of what is packed and of what is inside. Memory is bounded whatever the archive says. A dry
/// run goes all of that way, and then leaves nothing.
pub fn load(
    store: &Store,
    input: Input<'_>,
    dry_run: bool,
    progress: &dyn Progress,
) -> Result<Vec<Loaded>, Error> {
    let mut writer = store.writer()?;
    let loaded = read(&mut writer, input, progress)?;
    let keep = |one: &Loaded| catalog::keep(one.reference.as_ref(), one.link, &one.image.digest);
    let changes = loaded.iter().map(keep).collect::<Result<Vec<Change>, Error>>()?;
    if !dry_run {
        writer.commit(changes)?;
    }
    Ok(loaded)
}

/// As [`load`], and no name of this store moves: the names are those of the archive alone.
pub fn load_apart(
    store: &Store,
    input: Input<'_>,
    progress: &dyn Progress,
) -> Result<Vec<Loaded>, Error> {
    let mut writer = store.writer()?;
    let loaded = read(&mut writer, input, progress)?;
    let keep = |one: &Loaded| catalog::keep(None, one.link, &one.image.digest);
    writer.commit(loaded.iter().map(keep).collect::<Result<_, _>>()?)?;
    Ok(loaded)
}

/// Reads and verifies all images of an archive; nothing leads to them yet.
fn read(
    writer: &mut Writer<'_>,
    input: Input<'_>,
    progress: &dyn Progress,
) -> Result<Vec<Loaded>, Error> {
    let source = Source::open(input, writer.folder())?;
    let known = catalog::blob_index(writer.store())?;
    let is_layout = source.file(LAYOUT)?.is_some() && source.file(INDEX)?.is_some();
    let is_docker = source.file(MANIFEST)?.is_some();
    let mut loading = Loading { source, writer, known, progress };
    match (is_layout, is_docker) {
        (true, _) => layout::load(&mut loading),
        (false, true) => docker::load(&mut loading),
        (false, false) => {
            let reason = "it is neither of Docker nor an OCI layout";
            Err(Error::BadArchive(reason.to_owned()))
        }
    }
}

/// Reads the name that an archive gives an image. `localhost/` is what podman puts before a name without a registry.
pub(in crate::image) fn named(text: &str) -> Result<Reference, Error> {
    let text = text.strip_prefix("localhost/").unwrap_or(text);
    let reference: Reference = text.parse().map_err(crate::remote::registry::Error::from)?;
    Ok(reference.or_latest())
}

impl Loading<'_, '_> {
    /// Returns the layer whose tar has this digest, if it is there.
    pub(super) fn layer(&mut self, diff_id: &Digest) -> Result<Option<Link>, Error> {
        match self.known.layer(diff_id) {
            Some(link) if self.writer.has(&link)? => Ok(Some(link)),
            _ => Ok(None),
        }
    }
}
