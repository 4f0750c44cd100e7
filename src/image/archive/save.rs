//! Saving: images as others read them.

use std::io::{self, Write};
use std::path::Path;

use serde_json::json;

use super::sink::Sink;
use super::{FULL_NAME, INDEX, LAYOUT, MANIFEST, NAME, VERSION, blob_path};
use crate::image::catalog::{self, Found};
use crate::image::layer::{self, Layer};
use crate::image::manifest::{Descriptor, Index, MAX_DEPTH};
use crate::image::platform::Platform;
use crate::image::{Error, Image};
use crate::remote::registry::Digest;
use crate::store::Store;

/// How images lie in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Docker,
    Oci,
}

/// Writes images as a tar.
pub fn save(
    store: &Store,
    images: &[Found],
    format: Format,
    to: &mut dyn Write,
) -> Result<(), Error> {
    let mut sink = Sink::tar(to);
    match format {
        Format::Docker => docker(store, images, &mut sink)?,
        Format::Oci => oci(store, images, &mut sink)?,
    }
    sink.finish().map_err(written)
}

/// Writes images as an OCI layout into a folder.
pub fn save_layout(store: &Store, images: &[Found], folder: &Path) -> Result<(), Error> {
    let mut sink: Sink<io::Sink> = Sink::Folder(folder.to_owned());
    oci(store, images, &mut sink)?;
    sink.finish().map_err(written)
}

fn written(source: io::Error) -> Error {
    layer::Error::Io { action: "write the archive", source }.into()
}

/// Names of one image go together.
fn grouped(images: &[Found]) -> Vec<(&Found, Vec<String>)> {
    let mut groups: Vec<(&Found, Vec<String>)> = vec![];
    for found in images {
        let tag = found.name.tag.is_some().then(|| found.name.text()).flatten();
        match groups.iter_mut().find(|(known, _)| known.link == found.link) {
            Some((_, names)) => names.extend(tag),
            None => groups.push((found, tag.into_iter().collect())),
        }
    }
    groups
}

fn docker(store: &Store, images: &[Found], sink: &mut Sink<impl Write>) -> Result<(), Error> {
    let mut items = vec![];
    for (found, names) in grouped(images) {
        let image = catalog::select(store, &found.image, &Platform::host())?;
        catalog::config_of(store, &image)?;
        let config = catalog::config_bytes(store, &image)?.unwrap_or_default();
        let name = format!("{}.json", Digest::of(&config).hex());
        sink.file(&name, config.len() as u64, config.as_slice()).map_err(written)?;
        let mut layers = vec![];
        for link in catalog::layers(store, &image)? {
            let layer: Layer = store.read_node(&link)?;
            let path = format!("{}.tar", layer.diff_id.hex());
            sink.file(&path, layer.size, layer::open(store, &link)?).map_err(written)?;
            layers.push(path);
        }
        items.push(json!({"Config": name, "RepoTags": names, "Layers": layers}));
    }
    let bytes = serde_json::to_vec(&items).expect("made of texts");
    sink.file(MANIFEST, bytes.len() as u64, bytes.as_slice()).map_err(written)
}

fn oci(store: &Store, images: &[Found], sink: &mut Sink<impl Write>) -> Result<(), Error> {
    sink.file(LAYOUT, VERSION.len() as u64, VERSION).map_err(written)?;
    let mut manifests = vec![];
    for (found, names) in grouped(images) {
        let size = store.size(&found.image.manifest)?;
        let descriptor = Descriptor::new(&found.image.media_type, found.image.digest, size);
        blobs(store, &found.image, sink)?;
        for name in &names {
            let mut named = descriptor.clone();
            named.annotations.insert(NAME.to_owned(), name.clone());
            if let Ok(reference) = name.parse::<crate::remote::registry::Reference>()
                && reference.registry().is_some()
            {
                named.annotations.insert(FULL_NAME.to_owned(), reference.full());
            }
            manifests.push(named);
        }
        if names.is_empty() {
            manifests.push(descriptor);
        }
    }
    let bytes = Index::new(manifests).encode();
    sink.file(INDEX, bytes.len() as u64, bytes.as_slice()).map_err(written)
}

/// Writes the manifest of an image, its blobs, and those of the images below it.
fn blobs(store: &Store, image: &Image, sink: &mut Sink<impl Write>) -> Result<(), Error> {
    let mut open = vec![(image.clone(), 0)];
    while let Some((image, depth)) = open.pop() {
        let bytes = store.read(&image.manifest)?;
        let path = blob_path(&image.digest);
        sink.file(&path, bytes.len() as u64, bytes.as_slice()).map_err(written)?;
        for blob in &image.blobs {
            let input = layer::blob(store, blob)?;
            sink.file(&blob_path(&blob.digest), blob.size, input).map_err(written)?;
        }
        for child in image.manifests.iter().filter(|_| depth < MAX_DEPTH) {
            open.push((store.read_node(&child.image)?, depth + 1));
        }
    }
    Ok(())
}
