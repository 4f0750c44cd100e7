//! What belongs to a manifest: signatures, bills of materials, attestations.

use std::collections::BTreeMap;

use super::index::{self, How};
use super::{Error, Repository};
use crate::image::manifest::{Descriptor, Manifest};
use crate::image::name;
use crate::image::{Error as ImageError, Image};
use crate::remote::registry::Digest;
use crate::store::{Store, refs};

/// A manifest that names another as its subject.
pub type Referrer = Descriptor;

/// Returns what belongs to `subject`, in the order of digests.
///
/// Clients of registries without this list keep it under a tag made of the digest; what they have put there counts too.
pub fn referrers(
    store: &Store,
    repository: &Repository,
    subject: &Digest,
) -> Result<Vec<Referrer>, Error> {
    let mut found: BTreeMap<Digest, Referrer> = BTreeMap::new();
    for descriptor in listed_by_tag(store, repository, subject)? {
        found.insert(descriptor.digest, descriptor);
    }
    for link in index::find(store, repository, subject, How::Subject)? {
        let image: Image = store.read_node(&link)?;
        let bytes = store.read(&image.manifest)?;
        let Ok(manifest) = Manifest::parse(&bytes, Some(&image.media_type)) else { continue };
        found.insert(image.digest, describe(&image, &manifest, bytes.len()));
    }
    Ok(found.into_values().collect())
}

fn describe(image: &Image, manifest: &Manifest, size: usize) -> Referrer {
    Descriptor {
        artifact_type: manifest.artifact_type().map(str::to_owned),
        annotations: manifest.annotations().clone(),
        ..Descriptor::new(&image.media_type, image.digest, size as u64)
    }
}

fn listed_by_tag(
    store: &Store,
    repository: &Repository,
    subject: &Digest,
) -> Result<Vec<Referrer>, ImageError> {
    let tag = format!("{}-{}", subject.algorithm().as_str(), subject.hex());
    // A tag has at most 128 characters: of sha512 there is none.
    let Some(link) = refs::get(store, &name::by_tag(repository.as_str(), &tag))? else {
        return Ok(vec![]);
    };
    let image: Image = store.read_node(&link)?;
    match Manifest::parse(&store.read(&image.manifest)?, Some(&image.media_type))? {
        Manifest::Index(index) => Ok(index.manifests),
        Manifest::Image(_) => Ok(vec![]),
    }
}
