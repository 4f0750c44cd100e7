//! Layouts and archives that images are carried from.

use std::fs::File;
use std::io::{Read, Seek as _, SeekFrom};
use std::path::Path;

use serde::Deserialize;

use super::origin::Origin;
use crate::image::archive::{FULL_NAME, INDEX, Input, MANIFEST, NAME, Source, blob_path, named};
use crate::image::config::{self, Config};
use crate::image::manifest::{Descriptor, ImageManifest, MAX_BYTES, Manifest, media};
use crate::image::{Error, layer};
use crate::remote::registry::{Digest, Manifest as Bytes, Reference};

/// An archive with the image that is meant.
pub(super) struct Archived {
    source: Source,
    root: Root,
}

enum Root {
    /// Manifests and blobs lie by their digests.
    Layout { meant: Descriptor, all: Vec<Descriptor> },
    /// The manifest is made of what is there; where the blobs lie that it names.
    Docker { manifest: Bytes, places: Vec<(Digest, String)> },
}

/// One image of a docker-archive.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Item {
    config: String,
    #[serde(default, deserialize_with = "crate::image::manifest::nullable")]
    repo_tags: Vec<String>,
    #[serde(default, deserialize_with = "crate::image::manifest::nullable")]
    layers: Vec<String>,
}

fn open(path: &Path) -> Result<Source, Error> {
    Source::open(Input::Path(path), &std::env::temp_dir())
}

fn bad(reason: impl Into<String>) -> Error {
    Error::BadArchive(reason.into())
}

impl Archived {
    /// Opens an OCI layout, a folder or a tar, and finds the image of this name; the only one where none is told.
    pub(super) fn layout(path: &Path, name: Option<&str>) -> Result<Self, Error> {
        let source = open(path)?;
        let bytes = source.read(INDEX, MAX_BYTES as u64)?;
        let bytes = bytes.ok_or_else(|| bad("it is no OCI layout"))?;
        let Manifest::Index(index) = Manifest::parse(&bytes, None)? else {
            return Err(bad(format!("{INDEX} is no index")));
        };
        let all = index.manifests;
        let is_called = |one: &&Descriptor, name: &str| {
            [NAME, FULL_NAME].iter().any(|key| one.annotations.get(*key).is_some_and(|n| n == name))
        };
        let meant = match name {
            Some(name) => all.iter().find(|one| is_called(one, name)),
            None => all.first().filter(|_| all.len() == 1),
        };
        let meant = meant.cloned().ok_or_else(|| match name {
            Some(name) => Error::NoImage { name: name.to_owned(), near: vec![] },
            None => bad(format!("it holds {} images, and none is named", all.len())),
        })?;
        Ok(Self { source, root: Root::Layout { meant, all } })
    }

    /// Opens what `docker save` wrote, and makes the manifest that such an archive does not have.
    pub(super) fn docker(path: &Path, name: Option<&Reference>) -> Result<Self, Error> {
        let source = open(path)?;
        let bytes = source.read(MANIFEST, MAX_BYTES as u64)?;
        let bytes = bytes.ok_or_else(|| bad("it is no docker-archive"))?;
        let items: Vec<Item> =
            serde_json::from_slice(&bytes).map_err(|error| bad(format!("{MANIFEST}: {error}")))?;
        let is_called = |item: &&Item, name: &Reference| {
            item.repo_tags.iter().any(|tag| named(tag).is_ok_and(|tag| tag == name.or_latest()))
        };
        let item = match name {
            Some(name) => items.iter().find(|item| is_called(item, name)),
            None => items.first().filter(|_| items.len() == 1),
        };
        let item = item.ok_or_else(|| match name {
            Some(name) => Error::NoImage { name: name.to_string(), near: vec![] },
            None => bad(format!("it holds {} images, and none is named", items.len())),
        })?;
        let root = docker_root(&source, item)?;
        Ok(Self { source, root })
    }
}

fn docker_root(source: &Source, item: &Item) -> Result<Root, Error> {
    let missing = |name: &str| bad(format!("`{}` is not in it", name.escape_debug()));
    let bytes = source.read(&item.config, config::MAX_BYTES)?;
    let bytes = bytes.ok_or_else(|| missing(&item.config))?;
    let config = Config::parse(&bytes)?;
    config.check_layers(item.layers.len())?;
    let id = Digest::of(&bytes);
    let (mut layers, mut places) = (vec![], vec![(id, item.config.clone())]);
    for (name, diff_id) in item.layers.iter().zip(&config.rootfs.diff_ids) {
        let file = source.file(name)?.ok_or_else(|| missing(name))?;
        layers.push(Descriptor::new(media::LAYER, *diff_id, file.size));
        places.push((*diff_id, name.clone()));
    }
    let config = Descriptor::new(media::CONFIG, id, bytes.len() as u64);
    let bytes = ImageManifest::new(config, layers).encode();
    let digest = Digest::of(&bytes);
    let manifest = Bytes { digest, media_type: media::MANIFEST.to_owned(), bytes };
    Ok(Root::Docker { manifest, places })
}

impl Origin for Archived {
    fn manifest(&self, digest: Option<&Digest>) -> Result<Bytes, Error> {
        let (meant, all) = match (&self.root, digest) {
            (Root::Docker { manifest, .. }, None) => return Ok(manifest.clone()),
            (Root::Docker { .. }, Some(digest)) => return Err(Error::MissingBlob(*digest)),
            (Root::Layout { meant, all }, _) => (meant, all),
        };
        let digest = digest.copied().unwrap_or(meant.digest);
        let bytes = self.source.read(&blob_path(&digest), MAX_BYTES as u64)?;
        let bytes = bytes.ok_or(Error::MissingBlob(digest))?;
        let found = Digest::with(digest.algorithm(), &bytes);
        if found != digest {
            let (expected, found) = (digest.to_string(), found.to_string());
            return Err(layer::Error::Mismatch { what: "digest", expected, found }.into());
        }
        let told = all.iter().find(|one| one.digest == digest).map(|one| one.media_type.clone());
        let told = told.filter(|told| media::is_known(told));
        let parsed = Manifest::parse(&bytes, told.as_deref())?;
        let media_type = told.unwrap_or_else(|| parsed.media_type().to_owned());
        Ok(Bytes { digest, media_type, bytes })
    }

    fn open(&self, blob: &Descriptor, from: u64) -> Result<Box<dyn Read + Send + '_>, Error> {
        let place = match &self.root {
            Root::Layout { .. } => blob_path(&blob.digest),
            Root::Docker { places, .. } => {
                let place = places.iter().find(|(digest, _)| *digest == blob.digest);
                place.map(|(_, place)| place.clone()).ok_or(Error::MissingBlob(blob.digest))?
            }
        };
        let mut file = self.source.file(&place)?.ok_or(Error::MissingBlob(blob.digest))?;
        file.seek(SeekFrom::Start(from)).map_err(layer::Error::io("read the archive"))?;
        Ok(Box::new(file))
    }

    /// What lies in the index of a layout and belongs to `subject`.
    fn referrers(&self, subject: &Digest) -> Result<Vec<Digest>, Error> {
        let Root::Layout { all, .. } = &self.root else { return Ok(vec![]) };
        let mut found = vec![];
        for one in all.iter().filter(|one| media::is_known(&one.media_type)) {
            let manifest = self.manifest(Some(&one.digest))?;
            let parsed = Manifest::parse(&manifest.bytes, Some(&manifest.media_type))?;
            if parsed.subject().is_some_and(|own| own.digest == *subject) {
                found.push(one.digest);
            }
        }
        Ok(found)
    }
}

/// Returns a file for what must be seen whole before it can be written.
pub(super) fn scratch() -> Result<File, Error> {
    Ok(tempfile::tempfile().map_err(layer::Error::io("make a temporary file"))?)
}
