//! Giving up digests for room: of layers whose compressed bytes are kept only the tar stays, and the manifests that name them
//! are written anew.
//!
//! The config keeps its bytes, and so the image its id. What somebody counts on by digest stays as it came: an image that was
//! asked for by digest, one that a signature here belongs to, and an artifact, whose layers need not be layers.

use std::collections::{HashMap, HashSet};

use crate::image::catalog::{self, Found};
use crate::image::layer::Layer;
use crate::image::manifest::{Descriptor, ImageManifest, Index, MAX_DEPTH, Manifest, media};
use crate::image::{Blob, Content, Error, Image, name};
use crate::remote::registry::Digest;
use crate::store::{Change, Expected, Link, Store, Writer};

/// What went, or would go.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Report {
    /// Manifests that have another digest now, indexes not counted.
    pub images: u64,
    /// Layers of which only the tar stays, and the compressed bytes that nothing of the images needs any more.
    pub layers: u64,
    pub bytes: u64,
    /// Layers that stay as they came, and their compressed bytes.
    pub left: u64,
    pub left_bytes: u64,
}

/// Lets go of all kept bytes of compressed layers that no digest is counted on for, in one operation.
///
/// Layers that are made again from a record, or by our own compressor, keep their digests: [`crate::image::squeeze`] goes first.
/// The bytes themselves go when gc finds that nothing needs them: an older operation that may be undone still does.
pub fn drop_compressed(store: &Store, dry_run: bool) -> Result<Report, Error> {
    let mut writer = store.writer()?;
    let all = catalog::list(store)?;
    let mut dropping = Dropping {
        bound: bound(store, &all)?,
        writer: &mut writer,
        done: HashMap::new(),
        gone: HashMap::new(),
        left: HashMap::new(),
        images: 0,
    };
    let mut changes = vec![];
    for found in &all {
        if let Some(new) = dropping.image(&found.link, 0)? {
            changes.extend(renamed(found, &new));
        }
    }
    let report = dropping.report();
    if !dry_run {
        writer.commit(changes)?;
    }
    Ok(report)
}

/// Returns the digests that somebody counts on.
fn bound(store: &Store, all: &[Found]) -> Result<HashSet<Digest>, Error> {
    let mut bound = HashSet::new();
    let mut tagged: HashSet<(&str, Link)> = HashSet::new();
    for found in all {
        bound.extend(found.name.tag.as_deref().and_then(signed));
        for (link, image) in catalog::tree(store, &found.link)? {
            bound.extend(catalog::subject(store, &image)?);
            if found.name.digest.is_none() {
                tagged.insert((&found.name.name, link));
            }
        }
    }
    // What came to the hub with a tag has a name by digest, too; what has only that was asked for so.
    let named = all.iter().filter(|found| !found.name.name.is_empty());
    let alone = named.filter(|found| !tagged.contains(&(&found.name.name, found.link)));
    bound.extend(alone.filter_map(|found| found.name.digest));
    Ok(bound)
}

/// Returns what a tag of the forms `sha256-<hex>` and `sha256-<hex>.sig` belongs to.
fn signed(tag: &str) -> Option<Digest> {
    let hex = tag.strip_prefix("sha256-")?.get(..64)?;
    format!("sha256:{hex}").parse().ok()
}

/// Returns the changes that lead a name to what its image is now; a name by digest is another then.
fn renamed(found: &Found, new: &New) -> Vec<Change> {
    let own = &found.name.name;
    let name = match found.name.digest {
        None => {
            let expected = Expected::Is(found.link);
            return vec![Change { name: found.ref_name.clone(), expected, new: Some(new.link) }];
        }
        Some(_) if own.is_empty() => name::untagged(&new.digest),
        Some(_) => name::by_digest(own, &new.digest),
    };
    vec![catalog::remove(found), Change { name, expected: Expected::Any, new: Some(new.link) }]
}

/// What an image is afterwards.
#[derive(Debug, Clone, Copy)]
struct New {
    link: Link,
    digest: Digest,
    size: u64,
    media_type: &'static str,
}

struct Dropping<'a, 'w> {
    writer: &'a mut Writer<'w>,
    bound: HashSet<Digest>,
    /// What has been looked at; nothing where it stays as it is.
    done: HashMap<Link, Option<New>>,
    /// Layers by their compressed digests, with what these bytes take.
    gone: HashMap<Digest, u64>,
    left: HashMap<Digest, u64>,
    images: u64,
}

impl Dropping<'_, '_> {
    fn report(&self) -> Report {
        let gone = self.gone.iter().filter(|(digest, _)| !self.left.contains_key(*digest));
        Report {
            images: self.images,
            layers: gone.clone().count() as u64,
            bytes: gone.map(|(_, size)| size).sum(),
            left: self.left.len() as u64,
            left_bytes: self.left.values().sum(),
        }
    }

    /// Writes an image anew where a layer of it, or of those below it, is let go; nothing where it stays as it is.
    fn image(&mut self, link: &Link, depth: usize) -> Result<Option<New>, Error> {
        if let Some(known) = self.done.get(link) {
            return Ok(*known);
        }
        let store = self.writer.store();
        let image: Image = store.read_node(link)?;
        let new = match catalog::manifest(store, &image)? {
            _ if self.bound.contains(&image.digest) || depth > MAX_DEPTH => {
                self.leave(link)?;
                None
            }
            Manifest::Image(manifest) if media::is_config(&manifest.config.media_type) => {
                self.manifest(image, *manifest)?
            }
            Manifest::Image(_) => {
                self.leave(link)?;
                None
            }
            Manifest::Index(index) => self.index(image, *index, depth)?,
        };
        self.done.insert(*link, new);
        Ok(new)
    }

    fn leave(&mut self, link: &Link) -> Result<(), Error> {
        for (_, image) in catalog::tree(self.writer.store(), link)? {
            self.left.extend(kept(&image).map(|(blob, _)| (blob.digest, blob.size)));
        }
        Ok(())
    }

    fn manifest(
        &mut self,
        mut image: Image,
        mut manifest: ImageManifest,
    ) -> Result<Option<New>, Error> {
        let mut tars = HashMap::new();
        for (blob, layer) in kept(&image) {
            let Layer { diff_id, size, .. } = self.writer.store().read_node(&layer)?;
            tars.insert(blob.digest, Blob { digest: diff_id, size, content: Content::Tar(layer) });
            self.gone.insert(blob.digest, blob.size);
        }
        if tars.is_empty() {
            return Ok(None);
        }
        for named in &mut manifest.layers {
            match tars.get(&named.digest) {
                Some(tar) => to_tar(named, tar),
                None => named.media_type = media::oci_layer(&named.media_type).to_owned(),
            }
        }
        manifest.media_type = Some(media::MANIFEST.to_owned());
        manifest.config.media_type = media::CONFIG.to_owned();
        for blob in &mut image.blobs {
            if let Some(tar) = tars.remove(&blob.digest) {
                *blob = tar;
            }
        }
        let mut seen = HashSet::new();
        image.blobs.retain(|blob| seen.insert(blob.digest));
        self.images += 1;
        self.write(image, &manifest.encode(), media::MANIFEST).map(Some)
    }

    fn index(
        &mut self,
        mut image: Image,
        mut index: Index,
        depth: usize,
    ) -> Result<Option<New>, Error> {
        let mut changed = false;
        for child in &mut image.manifests {
            let Some(new) = self.image(&child.image, depth + 1)? else { continue };
            changed = true;
            for named in index.manifests.iter_mut().filter(|one| one.digest == child.digest) {
                named.media_type = new.media_type.to_owned();
                (named.digest, named.size, named.data) = (new.digest, new.size, None);
            }
            (child.digest, child.image) = (new.digest, new.link);
        }
        if !changed {
            return Ok(None);
        }
        index.media_type = Some(media::INDEX.to_owned());
        self.write(image, &index.encode(), media::INDEX).map(Some)
    }

    /// Writes an image with another manifest.
    fn write(
        &mut self,
        image: Image,
        bytes: &[u8],
        media_type: &'static str,
    ) -> Result<New, Error> {
        let digest = Digest::of(bytes);
        let came_as = image.came_as.or_else(|| (!image.made).then_some(image.digest));
        let manifest = self.writer.blob(bytes)?;
        let media = media_type.to_owned();
        let image = Image { digest, media_type: media, manifest, made: true, came_as, ..image };
        let link = self.writer.node(&image)?;
        Ok(New { link, digest, size: bytes.len() as u64, media_type })
    }
}

/// Returns the layers of which compressed bytes are kept.
fn kept(image: &Image) -> impl Iterator<Item = (&Blob, Link)> {
    image.blobs.iter().filter_map(|blob| match blob.content {
        Content::Kept { layer, .. } => Some((blob, layer)),
        _ => None,
    })
}

/// Says of a layer that it is a tar. What was said of its compressed form (where its table of contents is) goes.
fn to_tar(named: &mut Descriptor, tar: &Blob) {
    const OF_FORM: [&str; 3] =
        ["io.github.containers.zstd-chunked.", "io.containers.estargz.", "containerd.io/snapshot/"];
    named.media_type = media::LAYER.to_owned();
    (named.digest, named.size, named.data) = (tar.digest, tar.size, None);
    named.urls.clear();
    named.annotations.retain(|key, _| !OF_FORM.iter().any(|form| key.starts_with(form)));
}
