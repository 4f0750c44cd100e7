//! Manifests on their way: what they name goes first, the tag last.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::Ordering;

use crate::image::layer::Compression;
use crate::image::manifest::{ImageManifest, Index, Manifest, media};
use crate::image::pull;
use crate::image::push::Pushed;
use crate::image::push::layers::{Item, Layers, Packing};
use crate::image::{Error, Image, catalog};
use crate::remote::registry::{self, Client, Digest, Reference, Target};
use crate::store::Link;

/// A manifest as it goes.
type Outgoing = registry::Manifest;

/// Sends an image and all that it names.
pub(super) fn send(
    layers: &mut Layers<'_>,
    image: &Image,
    reference: &Reference,
) -> Result<Pushed, Error> {
    let target = pull::target(reference);
    let (image, alone) = sendable(layers, image)?;
    let outgoing = prepared(layers, &image)?;
    if let Some(outgoing) = &outgoing
        && is_there(layers, &target, outgoing)?
    {
        return Ok(pushed(layers, reference, outgoing, true, alone));
    }
    let outgoing = send_one(layers, &image, &target)?;
    Ok(pushed(layers, reference, &outgoing, false, alone))
}

fn pushed(
    layers: &Layers<'_>,
    reference: &Reference,
    outgoing: &Outgoing,
    was_there: bool,
    alone: bool,
) -> Pushed {
    Pushed {
        reference: reference.clone(),
        digest: outgoing.digest,
        size: outgoing.bytes.len() as u64,
        was_there,
        sent: layers.sent.load(Ordering::Relaxed),
        alone,
    }
}

/// A registry takes an index only with all of its images. Where they are neither here nor there, the one that is here goes
/// by itself.
fn sendable(layers: &Layers<'_>, image: &Image) -> Result<(Image, bool), Error> {
    let parsed = catalog::manifest(layers.store, image)?;
    let here: HashSet<Digest> = image.manifests.iter().map(|child| child.digest).collect();
    for absent in parsed.children().iter().filter(|child| !here.contains(&child.digest)) {
        let target = Target::Digest(absent.digest);
        if layers.client.find_manifest(layers.repository, &target)?.is_some() {
            continue;
        }
        return match &image.manifests[..] {
            [only] => Ok((layers.store.read_node(&only.image)?, true)),
            _ => Err(Error::MissingBlob(absent.digest)),
        };
    }
    Ok((image.clone(), false))
}

/// Returns how the layers of an image go that are kept unpacked.
fn compression(layers: &Layers<'_>, image: &Image) -> Compression {
    let usual = match image.made {
        true => Compression::Zstd,
        false => Compression::None,
    };
    layers.options.compression.unwrap_or(usual)
}

/// Returns the manifest as it will go, where nothing has to be read for that.
fn prepared(layers: &Layers<'_>, image: &Image) -> Result<Option<Outgoing>, Error> {
    match catalog::manifest(layers.store, image)? {
        Manifest::Image(manifest) => {
            let compression = compression(layers, image);
            let mut packed = HashMap::new();
            for item in
                manifest.layers.iter().filter_map(|one| layers.item(image, one, compression))
            {
                if let Item::Pack { layer, compression } = item {
                    let Some(noted) = layers.noted(&layer, compression)? else { return Ok(None) };
                    packed.insert(layer, noted);
                }
            }
            outgoing(layers, image, *manifest, &packed).map(Some)
        }
        Manifest::Index(index) => {
            let mut replaced = HashMap::new();
            for child in &image.manifests {
                let below: Image = layers.store.read_node(&child.image)?;
                let Some(below) = prepared(layers, &below)? else { return Ok(None) };
                replaced.insert(child.digest, below);
            }
            outgoing_index(layers, image, *index, &replaced).map(Some)
        }
    }
}

fn is_there(layers: &Layers<'_>, target: &Target, outgoing: &Outgoing) -> Result<bool, Error> {
    let found = layers.client.find_manifest(layers.repository, target)?;
    Ok(found.is_some_and(|found| found.digest == outgoing.digest))
}

/// Sends an image: blobs, then its manifest under `target`.
fn send_one(layers: &Layers<'_>, image: &Image, target: &Target) -> Result<Outgoing, Error> {
    let outgoing = match catalog::manifest(layers.store, image)? {
        Manifest::Image(manifest) => {
            let compression = compression(layers, image);
            let mut seen = HashSet::new();
            let layer_items = manifest
                .layers
                .iter()
                .filter(|one| seen.insert(one.digest))
                .filter_map(|one| layers.item(image, one, compression));
            let config = layers.item(image, &manifest.config, Compression::None);
            let items = layer_items.chain(config).collect();
            let packed = layers.send(items)?;
            outgoing(layers, image, *manifest, &packed)?
        }
        Manifest::Index(index) => {
            let mut replaced = HashMap::new();
            for child in &image.manifests {
                let below: Image = layers.store.read_node(&child.image)?;
                replaced.insert(child.digest, send_by_digest(layers, &below)?);
            }
            outgoing_index(layers, image, *index, &replaced)?
        }
    };
    if !layers.options.dry_run {
        put(layers.client, layers.repository, target, &outgoing)?;
    }
    Ok(outgoing)
}

/// Sends an image of an index, which needs no tag.
fn send_by_digest(layers: &Layers<'_>, image: &Image) -> Result<Outgoing, Error> {
    if let Some(ready) = prepared(layers, image)? {
        let target = Target::Digest(ready.digest);
        if is_there(layers, &target, &ready)? {
            return Ok(ready);
        }
        return send_one(layers, image, &target);
    }
    // Its digest is known once its layers are packed; they are there then, and packed no second time.
    let Manifest::Image(manifest) = catalog::manifest(layers.store, image)? else {
        return Err(Error::BadManifest("an index cannot be packed".to_owned()));
    };
    let compression = compression(layers, image);
    let items = manifest.layers.iter().filter_map(|one| layers.item(image, one, compression));
    layers.send(items.collect())?;
    match prepared(layers, image)? {
        Some(ready) => send_one(layers, image, &Target::Digest(ready.digest)),
        None => Err(Error::BadManifest("what was packed could not be noted".to_owned())),
    }
}

/// Writes a manifest; where the registry keeps no list of what belongs to its subject, it is entered there.
pub(in crate::image) fn put(
    client: &Client,
    repository: &str,
    target: &Target,
    found: &registry::Manifest,
) -> Result<(), Error> {
    let registry::Manifest { media_type, bytes, digest } = found;
    let listed = client.put_manifest(repository, target, media_type, bytes)?;
    let parsed = Manifest::parse(bytes, Some(media_type))?;
    let Some(subject) = parsed.subject().filter(|_| !listed) else { return Ok(()) };
    let added = registry::Descriptor {
        artifact_type: parsed.artifact_type().map(str::to_owned),
        annotations: Some(parsed.annotations().clone()).filter(|all| !all.is_empty()),
        ..registry::Descriptor::new(media_type, *digest, bytes.len() as u64)
    };
    Ok(client.add_referrer(repository, &subject.digest, &added)?)
}

/// Returns the manifest with the layers as they went; byte for byte as it was where they went as they are.
fn outgoing(
    layers: &Layers<'_>,
    image: &Image,
    mut manifest: ImageManifest,
    packed: &HashMap<Link, Packing>,
) -> Result<Outgoing, Error> {
    let compression = compression(layers, image);
    let mut changed = false;
    for named in &mut manifest.layers {
        let blob = image.blobs.iter().find(|blob| blob.digest == named.digest);
        let layer = blob.and_then(|blob| blob.content.layer());
        if let Some(packing) = layer.and_then(|layer| packed.get(&layer)) {
            changed = true;
            named.media_type = packed_type(&named.media_type, compression).to_owned();
            (named.digest, named.size) = (packing.digest, packing.size);
        }
    }
    if changed {
        let bytes = manifest.encode();
        let media_type = image.media_type.clone();
        return Ok(Outgoing { digest: Digest::of(&bytes), media_type, bytes });
    }
    as_it_is(layers, image)
}

fn outgoing_index(
    layers: &Layers<'_>,
    image: &Image,
    mut index: Index,
    replaced: &HashMap<Digest, Outgoing>,
) -> Result<Outgoing, Error> {
    let mut changed = false;
    for child in &mut index.manifests {
        if let Some(new) = replaced.get(&child.digest).filter(|new| new.digest != child.digest) {
            changed = true;
            (child.digest, child.size) = (new.digest, new.bytes.len() as u64);
        }
    }
    if changed {
        let bytes = index.encode();
        let media_type = image.media_type.clone();
        return Ok(Outgoing { digest: Digest::of(&bytes), media_type, bytes });
    }
    as_it_is(layers, image)
}

fn as_it_is(layers: &Layers<'_>, image: &Image) -> Result<Outgoing, Error> {
    let bytes = layers.store.read(&image.manifest)?;
    Ok(Outgoing { media_type: image.media_type.clone(), bytes, digest: image.digest })
}

fn packed_type(media_type: &str, compression: Compression) -> &'static str {
    match (media_type.starts_with("application/vnd.docker."), compression) {
        (true, Compression::Gzip) => media::DOCKER_LAYER_GZIP,
        (true, Compression::Zstd) => media::DOCKER_LAYER_ZSTD,
        (true, Compression::None) => media::DOCKER_LAYER,
        (false, Compression::Gzip) => media::LAYER_GZIP,
        (false, Compression::Zstd) => media::LAYER_ZSTD,
        (false, Compression::None) => media::LAYER,
    }
}
