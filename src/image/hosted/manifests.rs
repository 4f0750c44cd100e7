//! Manifests of a repository by tag and by digest.

use std::collections::BTreeSet;
use std::io::Read as _;

use super::index::{self, How};
use super::{Error, Repository, shelf};
use crate::image::config::{self, Config};
use crate::image::layer::Layer;
use crate::image::manifest::{Manifest, media};
use crate::image::name::{self, FOLDER, Named};
use crate::image::{Content, Error as ImageError, Image, intake, layer};
use crate::remote::registry::Digest;
use crate::store::{self, Change, Expected, Link, Store, refs};

/// Which manifest of a repository is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    Tag(String),
    Digest(Digest),
}

/// A manifest that was taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Put {
    pub digest: Digest,
    /// What it says that it belongs to.
    pub subject: Option<Digest>,
}

/// Returns a manifest, with its bytes.
pub fn find(
    store: &Store,
    repository: &Repository,
    which: &Which,
) -> Result<Option<(Image, Vec<u8>)>, Error> {
    let image = match which {
        Which::Tag(tag) => match refs::get(store, &name::by_tag(repository.as_str(), tag))? {
            Some(link) => store.read_node::<Image>(&link)?,
            None => return Ok(None),
        },
        Which::Digest(digest) => match by_digest(store, repository, digest)? {
            Some((_, image)) => image,
            None => return Ok(None),
        },
    };
    let bytes = store.read(&image.manifest)?;
    // What another store has sent may say anything of itself.
    match Digest::with(image.digest.algorithm(), &bytes) == image.digest {
        true => Ok(Some((image, bytes))),
        false => Err(ImageError::BadManifest("its digest is another".to_owned()).into()),
    }
}

fn by_digest(
    store: &Store,
    repository: &Repository,
    digest: &Digest,
) -> Result<Option<(Link, Image)>, ImageError> {
    if let Some(link) = refs::get(store, &name::by_digest(repository.as_str(), digest))? {
        return Ok(Some((link, store.read_node(&link)?)));
    }
    let found = index::find(store, repository, digest, How::Itself)?.into_iter().next();
    found.map(|link| Ok((link, store.read_node(&link)?))).transpose()
}

/// Takes a manifest in: an image is made of it, and its names move, in one operation. All that it names must be there.
pub fn put(
    store: &Store,
    repository: &Repository,
    which: &Which,
    media_type: Option<&str>,
    bytes: &[u8],
) -> Result<Put, Error> {
    let digest = match which {
        Which::Tag(tag) => {
            Repository::check_tag(tag)?;
            Digest::of(bytes)
        }
        Which::Digest(digest) => *digest,
    };
    let mut writer = store.writer()?;
    let (link, image, manifest) = intake::image(
        &mut writer,
        bytes,
        media_type,
        &digest,
        false,
        |writer, named| {
            let found = match shelf::find(store, repository, &named.digest) {
                Ok(found) => found,
                Err(Error::Image(error)) => return Err(error),
                Err(_) => None,
            };
            let Some(blob) = found else { return Ok(None) };
            for link in blob.content.links() {
                if !writer.has(&link)? {
                    return Ok(None);
                }
            }
            Ok(Some(blob))
        },
        |_, named| match by_digest(store, repository, &named.digest)? {
            Some((link, _)) => Ok(Some(link)),
            None if media::is_known(&named.media_type) => {
                Err(ImageError::MissingBlob(named.digest))
            }
            None => Ok(None),
        },
    )?;
    check_layers(store, &image, &manifest)?;
    let change = |name| Change { name, expected: Expected::Any, new: Some(link) };
    let mut changes = vec![change(name::by_digest(repository.as_str(), &digest))];
    if let Which::Tag(tag) = which {
        changes.push(change(name::by_tag(repository.as_str(), tag)));
    }
    shelf::prepare(store)?;
    writer.commit_with(changes, |db| {
        let taken =
            image.blobs.iter().try_for_each(|blob| shelf::drop_in(db, repository, &blob.digest));
        taken.map_err(store.database_error("take blobs into an image"))
    })?;
    Ok(Put { digest, subject: manifest.subject().map(|subject| subject.digest) })
}

/// Checks that the config of an image says the truth of its layers (ABUSE T12), as far as it says anything: what is no tar
/// has no such digest.
fn check_layers(store: &Store, image: &Image, manifest: &Manifest) -> Result<(), ImageError> {
    let Manifest::Image(manifest) = manifest else { return Ok(()) };
    let blob = |digest: &Digest| image.blobs.iter().find(|blob| blob.digest == *digest);
    let Some(Content::File(link)) = blob(&manifest.config.digest).map(|blob| &blob.content) else {
        return Ok(());
    };
    if !media::is_config(&manifest.config.media_type) || manifest.config.size > config::MAX_BYTES {
        return Ok(());
    }
    let mut bytes = vec![];
    let read = store::file::open(store, link)?.take(config::MAX_BYTES).read_to_end(&mut bytes);
    read.map_err(layer::Error::io("read the config"))?;
    let Ok(config) = Config::parse(&bytes) else { return Ok(()) };
    if config.rootfs.diff_ids.len() != manifest.layers.len() {
        return Ok(());
    }
    for (named, told) in manifest.layers.iter().zip(&config.rootfs.diff_ids) {
        let Some(layer) = blob(&named.digest).and_then(|blob| blob.content.layer()) else {
            continue;
        };
        let found = store.read_node::<Layer>(&layer)?.diff_id;
        if found.algorithm() == told.algorithm() && found != *told {
            let reason = format!("it says that layer {} holds {told}, not {found}", named.digest);
            return Err(ImageError::BadConfig(reason));
        }
    }
    Ok(())
}

/// Removes a tag, or a manifest with all of its tags; `false` where there is none.
pub fn delete(store: &Store, repository: &Repository, which: &Which) -> Result<bool, Error> {
    let writer = store.writer()?;
    let remove = |name, link| Change { name, expected: Expected::Is(link), new: None };
    let mut changes = vec![];
    match which {
        Which::Tag(tag) => {
            let name = name::by_tag(repository.as_str(), tag);
            changes.extend(refs::get(store, &name)?.map(|link| remove(name, link)));
        }
        Which::Digest(digest) => {
            let images = index::find(store, repository, digest, How::Itself)?;
            for prefix in name::of_repository(repository.as_str()) {
                let all = refs::list(store, &prefix)?.into_iter();
                let named = all.filter(|found| images.contains(&found.target));
                changes.extend(named.map(|found| remove(found.name, found.target)));
            }
        }
    }
    let any = !changes.is_empty();
    writer.commit(changes)?;
    Ok(any)
}

/// Returns the tags of a repository, in the order of their bytes; nothing where there is no such repository.
pub fn tags(store: &Store, repository: &Repository) -> Result<Option<Vec<String>>, Error> {
    let [tags, digests] = name::of_repository(repository.as_str());
    let found = refs::list(store, &tags)?;
    if found.is_empty()
        && refs::count(store, &digests)? == 0
        && !shelf::is_known(store, repository)?
    {
        return Ok(None);
    }
    let mut tags: Vec<String> =
        found.iter().filter_map(|one| Named::parse(&one.name)?.tag).collect();
    tags.sort();
    Ok(Some(tags))
}

/// Returns the names of all repositories, in order.
pub fn repositories(store: &Store) -> Result<BTreeSet<String>, Error> {
    let all = refs::list(store, FOLDER)?;
    let names = all.iter().filter_map(|one| Named::parse(&one.name)).map(|named| named.name);
    Ok(names.filter(|name| Repository::parse(name).is_ok()).collect())
}
