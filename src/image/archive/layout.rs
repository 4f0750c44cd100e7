//! OCI layouts: manifests by digest, kept as they are.

use std::collections::HashMap;

use super::load::{Loaded, Loading, named};
use super::{FULL_NAME, INDEX, NAME, blob_path};
use crate::image::catalog;
use crate::image::config::Config;
use crate::image::intake::{self, Sort};
use crate::image::manifest::{Descriptor, MAX_BYTES, MAX_DEPTH, Manifest, media};
use crate::image::{Blob, Error, Image, config};
use crate::remote::registry::Digest;
use crate::store::Link;

pub(super) fn load(loading: &mut Loading<'_, '_>) -> Result<Vec<Loaded>, Error> {
    let bytes = loading.source.read(INDEX, MAX_BYTES as u64)?.unwrap_or_default();
    let Manifest::Index(index) = Manifest::parse(&bytes, None)? else {
        return Err(Error::BadArchive(format!("{INDEX} is no index")));
    };
    if index.manifests.is_empty() {
        return Err(Error::BadArchive(format!("{INDEX} names no image")));
    }
    let mut done = HashMap::new();
    let mut loaded = vec![];
    for descriptor in &index.manifests {
        let (link, image, id) = manifest(loading, descriptor, 0, &mut done)?
            .ok_or(Error::MissingBlob(descriptor.digest))?;
        let name = |key: &str| descriptor.annotations.get(key);
        let name = name(FULL_NAME).or_else(|| name(NAME));
        let reference = name.map(|text| named(text)).transpose()?;
        loaded.push(Loaded { reference, link, image, id });
    }
    Ok(loaded)
}

/// By the digests of their manifests: images, and their ids.
type Done = HashMap<Digest, (Link, Image, Digest)>;

/// Takes a manifest in with all that it names; nothing where it is not in the layout.
fn manifest(
    loading: &mut Loading<'_, '_>,
    descriptor: &Descriptor,
    depth: usize,
    done: &mut Done,
) -> Result<Option<(Link, Image, Digest)>, Error> {
    if let Some(known) = done.get(&descriptor.digest) {
        return Ok(Some(known.clone()));
    }
    if depth > MAX_DEPTH {
        return Err(Error::BadManifest(format!("indexes are nested more than {MAX_DEPTH} deep")));
    }
    let path = blob_path(&descriptor.digest);
    let Some(bytes) = loading.source.read(&path, MAX_BYTES as u64)? else { return Ok(None) };
    if bytes.len() as u64 != descriptor.size {
        let reason =
            format!("{} has {} bytes, not {}", descriptor.digest, bytes.len(), descriptor.size);
        return Err(Error::BadManifest(reason));
    }
    let parsed = Manifest::parse(&bytes, Some(&descriptor.media_type))?;
    let mut children = HashMap::new();
    for child in parsed.children() {
        if let Some((link, ..)) = manifest(loading, child, depth + 1, done)? {
            children.insert(child.digest, link);
        }
    }
    if children.is_empty() && !parsed.children().is_empty() {
        return Err(Error::MissingBlob(parsed.children()[0].digest));
    }
    let blobs = blobs(loading, &parsed)?;
    let (link, image, parsed) = intake::image(
        loading.writer,
        &bytes,
        Some(&descriptor.media_type),
        &descriptor.digest,
        false,
        |_, named| Ok(blobs.get(&named.digest).cloned()),
        |_, named| Ok(children.get(&named.digest).copied()),
    )?;
    let id = parsed.id(&descriptor.digest);
    done.insert(descriptor.digest, (link, image.clone(), id));
    Ok(Some((link, image, id)))
}

fn blobs(
    loading: &mut Loading<'_, '_>,
    manifest: &Manifest,
) -> Result<HashMap<Digest, Blob>, Error> {
    let mut blobs = HashMap::new();
    let diff_ids = diff_ids(loading, manifest)?;
    for named in manifest.blobs() {
        if let Some(known) = known(loading, &named.digest)? {
            blobs.insert(named.digest, known);
            continue;
        }
        let sort = match media::is_layer(&named.media_type) {
            true => Sort::Layer(diff_ids.get(&named.digest).copied()),
            false => Sort::File,
        };
        let Some(input) = loading.source.file(&blob_path(&named.digest))? else { continue };
        let blob = intake::blob(loading.writer, input, &named.digest, sort, loading.progress)?;
        blobs.insert(named.digest, blob);
    }
    Ok(blobs)
}

/// Returns which tar each layer must hold, as the config says.
fn diff_ids(
    loading: &Loading<'_, '_>,
    manifest: &Manifest,
) -> Result<HashMap<Digest, Digest>, Error> {
    let Manifest::Image(image) = manifest else { return Ok(HashMap::new()) };
    if !catalog::is_config(&image.config.media_type) {
        return Ok(HashMap::new());
    }
    let path = blob_path(&image.config.digest);
    let bytes = loading.source.read(&path, config::MAX_BYTES)?;
    let config = Config::parse(&bytes.ok_or(Error::MissingBlob(image.config.digest))?)?;
    config.check_layers(image.layers.len())?;
    let layers = image.layers.iter().map(|layer| layer.digest);
    Ok(layers.zip(config.rootfs.diff_ids).collect())
}

fn known(loading: &mut Loading<'_, '_>, digest: &Digest) -> Result<Option<Blob>, Error> {
    let Some(blob) = loading.known.blob(digest).cloned() else { return Ok(None) };
    for link in blob.content.links() {
        if !loading.writer.has(&link)? {
            return Ok(None);
        }
    }
    Ok(Some(blob))
}
