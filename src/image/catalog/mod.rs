//! Which images a store has: names to images, and what each of them holds.

mod blobs;
mod content;
mod resolve;
mod unique;

use crate::image::name::{self, FOLDER, Named};
use crate::image::{Error, Image};
use crate::remote::registry::{Digest, Reference};
use crate::store::{Change, Expected, Link, Ref, Store, object, refs};

pub use blobs::{BlobIndex, blob_index};
pub use content::{
    check_platform, choose, config, config_bytes, config_of, id, is_config, kept, layers, manifest,
    platform_of, platforms, select, size, subject, tree,
};
pub use resolve::resolve;
pub use unique::unique_sizes;

/// An image by one of its names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub ref_name: String,
    pub name: Named,
    pub link: Link,
    pub image: Image,
}

/// Returns the image that `reference` names, as Docker completes it.
///
/// A name of this store goes before one of Docker Hub: what was built here is meant before what was pulled.
pub fn find(store: &Store, reference: &Reference) -> Result<Option<Found>, Error> {
    let candidates = candidates(reference);
    for candidate in &candidates {
        let ref_name = name::ref_name(candidate)?;
        if let Some(target) = refs::get(store, &ref_name)? {
            return read(store, Ref { name: ref_name, target });
        }
    }
    match reference.digest() {
        Some(_) => candidates
            .iter()
            .map(|one| by_content(store, one))
            .find_map(Result::transpose)
            .transpose(),
        None => Ok(None),
    }
}

/// Returns the names that `reference` may stand for, in the order in which they are looked for.
fn candidates(reference: &Reference) -> Vec<Reference> {
    let mut all = vec![reference.or_latest()];
    let mut add = |other: Reference| {
        let other = other.or_latest();
        if !all.contains(&other) {
            all.push(other);
        }
    };
    match reference.registry() {
        None => add(reference.qualified()),
        // What docker.io/library/x is here if it was never pulled: podman and Docker write it out.
        Some(_) => reference.familiar().parse().into_iter().for_each(&mut add),
    }
    // Podman's name for what has no registry.
    let text = reference.to_string();
    text.strip_prefix("localhost/").and_then(|own| own.parse().ok()).into_iter().for_each(&mut add);
    all
}

/// Finds a digest under any tag of its repository.
fn by_content(store: &Store, reference: &Reference) -> Result<Option<Found>, Error> {
    for prefix in name::of_repository(&reference.name()) {
        for found in refs::list(store, &prefix)? {
            let found = read(store, found)?;
            if let Some(found) =
                found.filter(|found| Some(&found.image.digest) == reference.digest())
            {
                return Ok(Some(found));
            }
        }
    }
    Ok(None)
}

/// Returns all images by all of their names, in order of the names of their refs.
pub fn list(store: &Store) -> Result<Vec<Found>, Error> {
    refs::list(store, FOLDER)?
        .into_iter()
        .filter_map(|found| read(store, found).transpose())
        .collect()
}

/// Reads what a ref points at; nothing where its name is none of an image.
pub fn read(store: &Store, Ref { name, target }: Ref) -> Result<Option<Found>, Error> {
    let Some(named) = Named::parse(&name) else { return Ok(None) };
    let image = store.read_node(&target)?;
    Ok(Some(Found { ref_name: name, name: named, link: target, image }))
}

/// Returns the change that makes `reference` the name of an image, whatever it was before.
pub fn set(reference: &Reference, image: Link) -> Result<Change, Error> {
    let name = name::ref_name(reference)?;
    Ok(Change { name, expected: Expected::Any, new: Some(image) })
}

/// As [`set`], with the tag `latest` where none is said; an image without a name has one by its digest.
pub fn keep(reference: Option<&Reference>, image: Link, digest: &Digest) -> Result<Change, Error> {
    match reference {
        Some(reference) => set(&reference.or_latest(), image),
        None => {
            let name = name::untagged(digest);
            Ok(Change { name, expected: Expected::Any, new: Some(image) })
        }
    }
}

/// Returns the change that takes a name away.
pub fn remove(found: &Found) -> Change {
    Change { name: found.ref_name.clone(), expected: Expected::Is(found.link), new: None }
}

/// Tells whether the bytes of a record are what a ref of this name may point at: one that is not would keep all images
/// from being listed.
pub fn fits(ref_name: &str, bytes: &[u8]) -> bool {
    let (Some(name), Ok(image)) = (Named::parse(ref_name), object::decode::<Image>(bytes)) else {
        return false;
    };
    name.digest.is_none_or(|digest| digest == image.digest)
}
