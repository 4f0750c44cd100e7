//! What an image holds: its manifest, its config, its layers in their order.

use std::io::Read as _;

use crate::image::config::{self, Config};
use crate::image::manifest::{Descriptor, Index, MAX_DEPTH, Manifest, media};
use crate::image::platform::Platform;
use crate::image::{Blob, Content, Error, Image};
use crate::remote::registry::Digest;
use crate::store::{Link, Store, file};

/// Returns the manifest of an image.
pub fn manifest(store: &Store, image: &Image) -> Result<Manifest, Error> {
    Manifest::parse(&store.read(&image.manifest)?, Some(&image.media_type))
}

/// Returns the image for `platform`: the image itself, or one of those below it.
///
/// A variant decides only where several would do; what says nothing of its platform fits where it is alone.
pub fn select(store: &Store, image: &Image, platform: &Platform) -> Result<Image, Error> {
    let mut image = image.clone();
    for _ in 0..MAX_DEPTH {
        let Manifest::Index(index) = manifest(store, &image)? else { return Ok(image) };
        let chosen = choose(&index, platform)?.digest;
        let child = image.manifests.iter().find(|child| child.digest == chosen);
        image = store.read_node(&child.ok_or(Error::MissingBlob(chosen))?.image)?;
    }
    Err(Error::BadManifest(format!("indexes are nested more than {MAX_DEPTH} deep")))
}

/// Returns which image of an index is for `platform`.
pub fn choose<'a>(index: &'a Index, platform: &Platform) -> Result<&'a Descriptor, Error> {
    let known: Vec<(&Descriptor, Platform)> =
        index.manifests.iter().filter_map(|one| Some((one, platform_of(one)?))).collect();
    let exact = known.iter().find(|(_, own)| own == platform);
    // A processor runs what is made for any before it, and the lowest of all is without a variant.
    let near = known.iter().find(|(_, own)| own.is_like(platform) && own.variant.is_empty());
    let any = known.iter().find(|(_, own)| own.is_like(platform) && platform.variant.is_empty());
    match (exact.or(near).or(any), &index.manifests[..]) {
        (Some((chosen, _)), _) => Ok(chosen),
        (None, [only]) if only.platform.is_none() => Ok(only),
        _ => Err(Error::NoPlatform {
            wanted: platform.to_string(),
            known: known.iter().map(|(_, own)| own.to_string()).collect(),
        }),
    }
}

/// Returns what an image of an index is for; nothing for what is no image: attestations are for `unknown`.
pub fn platform_of(descriptor: &Descriptor) -> Option<Platform> {
    let own = descriptor.platform.as_ref()?;
    let variant = own.variant.as_deref().unwrap_or_default();
    (own.os != "unknown").then(|| Platform::of(&own.os, &own.architecture, variant))
}

/// Returns the platforms of an image, or of those below it.
pub fn platforms(store: &Store, image: &Image) -> Result<Vec<Platform>, Error> {
    if let Manifest::Index(index) = manifest(store, image)? {
        return Ok(index.manifests.iter().filter_map(platform_of).collect());
    }
    let variant = |config: &Config| config.variant.clone().unwrap_or_default();
    let config = config(store, image)?;
    Ok(config.iter().map(|one| Platform::of(&one.os, &one.architecture, &variant(one))).collect())
}

/// Fails with [`Error::NoPlatform`] where an image says what it is for, and that is another machine.
pub fn check_platform(store: &Store, image: &Image, platform: &Platform) -> Result<(), Error> {
    let own = platforms(store, &select(store, image, platform)?)?;
    if own.is_empty() || own.iter().any(|own| own.is_like(platform)) {
        return Ok(());
    }
    let known = own.iter().map(Platform::to_string).collect();
    Err(Error::NoPlatform { wanted: platform.to_string(), known })
}

/// Returns the config of an image that can be run; nothing for an index and for an artifact.
pub fn config(store: &Store, image: &Image) -> Result<Option<Config>, Error> {
    match manifest(store, image)? {
        Manifest::Image(manifest) if is_config(&manifest.config.media_type) => {
            config_bytes(store, image)?.map(|bytes| Config::parse(&bytes)).transpose()
        }
        _ => Ok(None),
    }
}

/// Tells whether a config of this type says how to run an image.
pub fn is_config(media_type: &str) -> bool {
    media::is_config(media_type)
}

/// Returns the config of an image that must be one to run.
pub fn config_of(store: &Store, image: &Image) -> Result<Config, Error> {
    match config(store, image)? {
        Some(config) => Ok(config),
        None => match manifest(store, image)? {
            Manifest::Image(manifest) => Err(Error::NotRunnable(manifest.config.media_type)),
            Manifest::Index(_) => Err(Error::NotRunnable(image.media_type.clone())),
        },
    }
}

/// Returns the bytes of an image's config, whatever they are; nothing for an index.
pub fn config_bytes(store: &Store, image: &Image) -> Result<Option<Vec<u8>>, Error> {
    let Manifest::Image(manifest) = manifest(store, image)? else { return Ok(None) };
    let blob = blob(image, &manifest.config.digest)?;
    if blob.size > config::MAX_BYTES {
        return Err(Error::TooLarge {
            what: "a config",
            size: blob.size,
            limit: config::MAX_BYTES,
        });
    }
    let Content::File(link) = &blob.content else {
        return Err(Error::BadConfig("it is a layer".to_owned()));
    };
    let mut bytes = vec![];
    let read = file::open(store, link)?.take(config::MAX_BYTES).read_to_end(&mut bytes);
    read.map_err(|source| crate::store::Error::Io {
        action: "read",
        path: "a config".into(),
        source,
    })?;
    Ok(Some(bytes))
}

/// Returns the layers of an image, lowest first, as often as the manifest names them.
pub fn layers(store: &Store, image: &Image) -> Result<Vec<Link>, Error> {
    let Manifest::Image(manifest) = manifest(store, image)? else {
        return Err(Error::NotRunnable(image.media_type.clone()));
    };
    let layer = |layer: &Descriptor| {
        let found = blob(image, &layer.digest)?.content.layer();
        found.ok_or_else(|| Error::NotRunnable(layer.media_type.clone()))
    };
    manifest.layers.iter().map(layer).collect()
}

fn blob<'a>(image: &'a Image, digest: &Digest) -> Result<&'a Blob, Error> {
    image.blobs.iter().find(|blob| blob.digest == *digest).ok_or(Error::MissingBlob(*digest))
}

/// Returns what Docker calls the image: the digest of its config; of an index, its own digest.
pub fn id(store: &Store, image: &Image) -> Result<Digest, Error> {
    Ok(manifest(store, image)?.id(&image.digest))
}

/// Returns how large the layers of an image are, unpacked; of an index, those of all images that are here.
pub fn size(store: &Store, image: &Image) -> Result<u64, Error> {
    let (mut sum, mut open) = (0_u64, vec![(image.clone(), 0)]);
    while let Some((image, depth)) = open.pop() {
        if depth < MAX_DEPTH {
            for child in &image.manifests {
                open.push((store.read_node(&child.image)?, depth + 1));
            }
        }
        for blob in &image.blobs {
            sum = sum.saturating_add(match blob.content.layer() {
                Some(layer) => store.read_node::<crate::image::layer::Layer>(&layer)?.size,
                None => blob.size,
            });
        }
    }
    Ok(sum)
}

/// Returns the manifest that an image belongs to: a signature to what it signs.
pub fn subject(store: &Store, image: &Image) -> Result<Option<Digest>, Error> {
    let bytes = store.read(&image.manifest)?;
    // Most manifests have none, and need not be taken apart to see that.
    if !bytes.windows(9).any(|part| part == b"\"subject\"") {
        return Ok(None);
    }
    let manifest = Manifest::parse(&bytes, Some(&image.media_type)).ok();
    Ok(manifest.and_then(|manifest| manifest.subject().map(|subject| subject.digest)))
}

/// Returns the image at `root` and those below it that are here, as deep as indexes may be nested.
pub fn tree(store: &Store, root: &Link) -> Result<Vec<(Link, Image)>, Error> {
    let (mut open, mut found) = (vec![(*root, 0)], vec![]);
    while let Some((link, depth)) = open.pop() {
        let image: Image = store.read_node(&link)?;
        if depth < MAX_DEPTH {
            open.extend(image.manifests.iter().map(|child| (child.image, depth + 1)));
        }
        found.push((link, image));
    }
    Ok(found)
}

/// Returns how many bytes are kept only so that compressed layers come out again as they came.
pub fn kept(store: &Store) -> Result<u64, Error> {
    let (mut seen, mut sum) = (std::collections::HashSet::new(), 0);
    let mut open: Vec<Link> = super::list(store)?.into_iter().map(|found| found.link).collect();
    while let Some(link) = open.pop() {
        if !seen.insert(link) {
            continue;
        }
        let image: Image = store.read_node(&link)?;
        open.extend(image.manifests.iter().map(|child| child.image));
        for blob in image.blobs {
            if let Content::Kept { bytes, .. } = blob.content
                && seen.insert(bytes)
            {
                sum += blob.size;
            }
        }
    }
    Ok(sum)
}
