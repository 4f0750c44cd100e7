//! What `docker save` writes: `manifest.json`, configs, and layers as plain tars (or packed, as some tools do).

use std::collections::HashMap;

use serde::Deserialize;

use super::MANIFEST;
use super::load::{Loaded, Loading, named};
use crate::image::config::{self, Config};
use crate::image::layer::Layer;
use crate::image::manifest::{Descriptor, ImageManifest, MAX_BYTES, MAX_ENTRIES, media};
use crate::image::{Blob, Content, Error, intake, layer};
use crate::remote::registry::Digest;
use crate::store::{Link, add};

/// One image.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Item {
    config: String,
    #[serde(default, deserialize_with = "crate::image::manifest::nullable")]
    repo_tags: Vec<String>,
    #[serde(default, deserialize_with = "crate::image::manifest::nullable")]
    layers: Vec<String>,
}

/// Layers that were read, by the digest of their tar: link and size.
type Layers = HashMap<Digest, (Link, u64)>;

pub(super) fn load(loading: &mut Loading<'_, '_>) -> Result<Vec<Loaded>, Error> {
    let bytes = loading.source.read(MANIFEST, MAX_BYTES as u64)?.unwrap_or_default();
    let items: Vec<Item> = serde_json::from_slice(&bytes)
        .map_err(|error| Error::BadArchive(format!("{MANIFEST}: {error}")))?;
    if items.is_empty() || items.len() > MAX_ENTRIES {
        return Err(Error::BadArchive(format!("{MANIFEST} names {} images", items.len())));
    }
    let (mut layers, mut loaded) = (Layers::new(), vec![]);
    for item in &items {
        let (link, image, id) = one(loading, item, &mut layers)?;
        let names = item.repo_tags.iter().map(|tag| named(tag).map(Some));
        let mut names = names.collect::<Result<Vec<_>, _>>()?;
        if names.is_empty() {
            names.push(None);
        }
        let own = |reference| Loaded { reference, link, image: image.clone(), id };
        loaded.extend(names.into_iter().map(own));
    }
    Ok(loaded)
}

/// Takes an image in; returns it with its id.
fn one(
    loading: &mut Loading<'_, '_>,
    item: &Item,
    layers: &mut Layers,
) -> Result<(Link, crate::image::Image, Digest), Error> {
    let bytes = loading.source.read(&item.config, config::MAX_BYTES)?;
    let bytes = bytes.ok_or_else(|| missing(&item.config))?;
    let config = Config::parse(&bytes)?;
    config.check_layers(item.layers.len())?;
    let mut named = vec![];
    let mut blobs: HashMap<Digest, Blob> = HashMap::new();
    for (path, diff_id) in item.layers.iter().zip(&config.rootfs.diff_ids) {
        let (link, size) = layer(loading, path, diff_id, layers)?;
        named.push(Descriptor::new(media::LAYER, *diff_id, size));
        blobs.insert(*diff_id, Blob { digest: *diff_id, size, content: Content::Tar(link) });
    }
    let (digest, size) = (Digest::of(&bytes), bytes.len() as u64);
    let file = add::bytes(loading.writer, &bytes)?;
    blobs.insert(digest, Blob { digest, size, content: Content::File(file.link) });
    let manifest = ImageManifest::new(Descriptor::new(media::CONFIG, digest, size), named).encode();
    let (link, image, _) = intake::image(
        loading.writer,
        &manifest,
        Some(media::MANIFEST),
        &Digest::of(&manifest),
        true,
        |_, named| Ok(blobs.get(&named.digest).cloned()),
        |_, _| Ok(None),
    )?;
    Ok((link, image, digest))
}

fn layer(
    loading: &mut Loading<'_, '_>,
    path: &str,
    diff_id: &Digest,
    layers: &mut Layers,
) -> Result<(Link, u64), Error> {
    if let Some(known) = layers.get(diff_id) {
        return Ok(*known);
    }
    let input = loading.source.file(path)?.ok_or_else(|| missing(path))?;
    let found = match loading.layer(diff_id)? {
        Some(link) => (link, loading.writer.store().read_node::<Layer>(&link)?.size),
        None => {
            let options = layer::Options { diff_id: Some(*diff_id), ..layer::Options::default() };
            let added = layer::add(loading.writer, input, &options, loading.progress)?;
            (added.link, added.layer.size)
        }
    };
    layers.insert(*diff_id, found);
    Ok(found)
}

fn missing(path: &str) -> Error {
    Error::BadArchive(format!("`{}`, which it names, is not in it", path.escape_debug()))
}
