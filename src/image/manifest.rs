//! Manifests and indexes, of the OCI image specification and of Docker (schema 2), read strictly and with bounds.
//!
//! Whoever keeps one keeps its bytes: what is parsed here serves to look inside, never to be written out again. Only
//! [`ImageManifest::encode`] and [`Index::encode`] make bytes, of manifests that begin here.

use std::collections::BTreeMap;

use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer, Serialize};

use crate::image::Error;
use crate::remote::registry::Digest;

/// No manifest is larger; registries refuse larger ones.
pub const MAX_BYTES: usize = 4 << 20;

/// An index may hold indexes; the image at the end is at most so deep.
pub const MAX_DEPTH: usize = 3;

/// An image has no more layers, and an index no more images.
pub const MAX_ENTRIES: usize = 4096;

/// The media types that have a meaning here. Any other may name a config or a layer.
pub mod media {
    pub const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
    pub const INDEX: &str = "application/vnd.oci.image.index.v1+json";
    pub const DOCKER_MANIFEST: &str = "application/vnd.docker.distribution.manifest.v2+json";
    pub const DOCKER_INDEX: &str = "application/vnd.docker.distribution.manifest.list.v2+json";
    pub const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
    pub const DOCKER_CONFIG: &str = "application/vnd.docker.container.image.v1+json";
    pub const EMPTY: &str = "application/vnd.oci.empty.v1+json";
    pub const LAYER: &str = "application/vnd.oci.image.layer.v1.tar";
    pub const LAYER_GZIP: &str = "application/vnd.oci.image.layer.v1.tar+gzip";
    pub const LAYER_ZSTD: &str = "application/vnd.oci.image.layer.v1.tar+zstd";
    pub const DOCKER_LAYER: &str = "application/vnd.docker.image.rootfs.diff.tar";
    pub const DOCKER_LAYER_GZIP: &str = "application/vnd.docker.image.rootfs.diff.tar.gzip";
    pub const DOCKER_LAYER_ZSTD: &str = "application/vnd.docker.image.rootfs.diff.tar.zstd";
    const NONDISTRIBUTABLE: &str = "application/vnd.oci.image.layer.nondistributable.v1.tar";
    const DOCKER_FOREIGN: &str = "application/vnd.docker.image.rootfs.foreign.diff.tar";

    /// Tells whether it names a layer that is a tar, compressed or not.
    pub fn is_layer(media_type: &str) -> bool {
        media_type.starts_with(LAYER)
            || media_type.starts_with(DOCKER_LAYER)
            || may_be_missing(media_type)
    }

    /// Returns OCI's name of a layer for which Docker has its own.
    pub fn oci_layer(media_type: &str) -> &str {
        match media_type {
            DOCKER_LAYER => LAYER,
            DOCKER_LAYER_GZIP => LAYER_GZIP,
            DOCKER_LAYER_ZSTD => LAYER_ZSTD,
            other => other,
        }
    }

    /// Tells whether it names a layer that a registry need not hold.
    pub fn may_be_missing(media_type: &str) -> bool {
        media_type.starts_with(NONDISTRIBUTABLE) || media_type.starts_with(DOCKER_FOREIGN)
    }

    /// Tells whether it names the config of an image that can be run.
    pub fn is_config(media_type: &str) -> bool {
        matches!(media_type, CONFIG | DOCKER_CONFIG)
    }

    /// Tells whether it names an index.
    pub fn is_index(media_type: &str) -> bool {
        matches!(media_type, INDEX | DOCKER_INDEX)
    }

    /// Tells whether it names a manifest or an index.
    pub fn is_known(media_type: &str) -> bool {
        is_index(media_type) || matches!(media_type, MANIFEST | DOCKER_MANIFEST)
    }
}

/// What a manifest says of something that it names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Descriptor {
    pub media_type: String,
    pub digest: Digest,
    pub size: u64,
    #[serde(default, deserialize_with = "nullable", skip_serializing_if = "Vec::is_empty")]
    pub urls: Vec<String>,
    #[serde(default, deserialize_with = "nullable", skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<Platform>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub artifact_type: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<String>,
}

impl Descriptor {
    /// Describes a blob of which nothing more is known.
    pub fn new(media_type: &str, digest: Digest, size: u64) -> Self {
        Self {
            media_type: media_type.to_owned(),
            digest,
            size,
            urls: vec![],
            annotations: BTreeMap::new(),
            platform: None,
            artifact_type: None,
            data: None,
        }
    }
}

/// What an image of an index runs on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Platform {
    #[serde(default)]
    pub architecture: String,
    #[serde(default)]
    pub os: String,
    #[serde(default, rename = "os.version", skip_serializing_if = "Option::is_none")]
    pub os_version: Option<String>,
    #[serde(
        default,
        rename = "os.features",
        deserialize_with = "nullable",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub os_features: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
}

/// The manifest of one image, or of an artifact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ImageManifest {
    schema_version: u8,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub artifact_type: Option<String>,
    pub config: Descriptor,
    #[serde(default, deserialize_with = "nullable")]
    pub layers: Vec<Descriptor>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Descriptor>,
    #[serde(default, deserialize_with = "nullable", skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: BTreeMap<String, String>,
}

/// An index: images, one for each platform, or anything else that belongs together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Index {
    schema_version: u8,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub artifact_type: Option<String>,
    #[serde(default, deserialize_with = "nullable")]
    pub manifests: Vec<Descriptor>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Descriptor>,
    #[serde(default, deserialize_with = "nullable", skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: BTreeMap<String, String>,
}

/// Go writes what is empty as `null`, and clients are written in Go.
pub(crate) fn nullable<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(
    from: D,
) -> Result<T, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}

/// A manifest as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Manifest {
    Image(Box<ImageManifest>),
    Index(Box<Index>),
}

impl ImageManifest {
    /// Begins a manifest of our own, without annotations.
    pub fn new(config: Descriptor, layers: Vec<Descriptor>) -> Self {
        Self {
            schema_version: 2,
            media_type: Some(media::MANIFEST.to_owned()),
            artifact_type: None,
            config,
            layers,
            subject: None,
            annotations: BTreeMap::new(),
        }
    }

    /// Returns its bytes: the same for the same manifest, in every version of this program.
    pub fn encode(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("all of its keys are texts")
    }
}

impl Index {
    /// Begins an index of our own.
    pub fn new(manifests: Vec<Descriptor>) -> Self {
        Self {
            schema_version: 2,
            media_type: Some(media::INDEX.to_owned()),
            artifact_type: None,
            manifests,
            subject: None,
            annotations: BTreeMap::new(),
        }
    }

    /// Returns its bytes.
    pub fn encode(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("all of its keys are texts")
    }
}

/// What decides between the kinds of manifest, before either is read.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Head {
    schema_version: Option<u64>,
    media_type: Option<String>,
}

impl Manifest {
    /// Returns what Docker calls the image of this manifest, which has this digest: that of its config; of an index, its own.
    pub fn id(&self, digest: &Digest) -> Digest {
        match self {
            Self::Image(manifest) => manifest.config.digest,
            Self::Index(_) => *digest,
        }
    }

    /// Reads a manifest that came with `media_type`, where it came with one.
    pub fn parse(bytes: &[u8], media_type: Option<&str>) -> Result<Self, Error> {
        if bytes.len() > MAX_BYTES {
            let size = bytes.len() as u64;
            return Err(Error::TooLarge { what: "a manifest", size, limit: MAX_BYTES as u64 });
        }
        let keys: BTreeMap<String, IgnoredAny> = read(bytes)?;
        check_keys(&keys)?;
        let Head { schema_version, media_type: own } = read(bytes)?;
        if schema_version != Some(2) {
            return Err(bad("its `schemaVersion` is not 2"));
        }
        // CVE-2021-41190: what one client takes for an image must be no index to another.
        let told = media_type.map(|told| told.split(';').next().unwrap_or_default().trim());
        if let (Some(told), Some(own)) = (told, &own)
            && told != own
        {
            return Err(bad(format!(
                "it came as `{}` and calls itself `{}`",
                told.escape_debug(),
                own.escape_debug()
            )));
        }
        let is_index = match told.or(own.as_deref()) {
            Some(known) if media::is_known(known) => media::is_index(known),
            Some(unknown) => {
                return Err(Error::UnknownMediaType(unknown.chars().take(120).collect()));
            }
            None => keys.contains_key("manifests"),
        };
        match (is_index, keys.contains_key("layers") || keys.contains_key("config")) {
            (true, true) => Err(bad("it has both `manifests` and `layers` or `config`")),
            (true, false) => Self::checked_index(read(bytes)?),
            (false, _) if keys.contains_key("manifests") => {
                Err(bad("it has both `manifests` and `layers` or `config`"))
            }
            (false, _) => Self::checked_image(read(bytes)?),
        }
    }

    fn checked_image(manifest: ImageManifest) -> Result<Self, Error> {
        check_count(manifest.layers.len())?;
        let all = manifest.layers.iter().chain([&manifest.config]).chain(&manifest.subject);
        check_sizes(all)?;
        Ok(Self::Image(Box::new(manifest)))
    }

    fn checked_index(index: Index) -> Result<Self, Error> {
        check_count(index.manifests.len())?;
        check_sizes(index.manifests.iter().chain(&index.subject))?;
        Ok(Self::Index(Box::new(index)))
    }

    /// Returns what a registry is told that it is; what does not say so itself is of the OCI kind.
    pub fn media_type(&self) -> &str {
        match self {
            Self::Image(image) => image.media_type.as_deref().unwrap_or(media::MANIFEST),
            Self::Index(index) => index.media_type.as_deref().unwrap_or(media::INDEX),
        }
    }

    /// Returns the manifest that this one belongs to: a signature to its image.
    pub const fn subject(&self) -> Option<&Descriptor> {
        match self {
            Self::Image(image) => image.subject.as_ref(),
            Self::Index(index) => index.subject.as_ref(),
        }
    }

    pub const fn annotations(&self) -> &BTreeMap<String, String> {
        match self {
            Self::Image(image) => &image.annotations,
            Self::Index(index) => &index.annotations,
        }
    }

    /// Returns what kind of artifact it is: what it says, or what its config is.
    pub fn artifact_type(&self) -> Option<&str> {
        match self {
            Self::Image(image) => {
                let own = image.artifact_type.as_deref().filter(|own| !own.is_empty());
                own.or(Some(&image.config.media_type))
            }
            Self::Index(index) => index.artifact_type.as_deref(),
        }
    }

    /// Returns the blobs that it names: the config, then the layers, each once.
    pub fn blobs(&self) -> Vec<&Descriptor> {
        let Self::Image(image) = self else { return vec![] };
        let mut blobs: Vec<&Descriptor> = vec![];
        let mut seen = std::collections::HashSet::new();
        for blob in std::iter::once(&image.config).chain(&image.layers) {
            if seen.insert(blob.digest) {
                blobs.push(blob);
            }
        }
        blobs
    }

    /// Returns the manifests that it names.
    pub fn children(&self) -> &[Descriptor] {
        match self {
            Self::Image(_) => &[],
            Self::Index(index) => &index.manifests,
        }
    }
}

/// Go reads keys in any case, so that `Layers` would be there for some clients and not for others.
fn check_keys(keys: &BTreeMap<String, IgnoredAny>) -> Result<(), Error> {
    const MEANT: [&str; 6] =
        ["schemaVersion", "mediaType", "config", "layers", "manifests", "subject"];
    let odd = keys.keys().find(|key| {
        MEANT.iter().any(|meant| meant.eq_ignore_ascii_case(key) && *meant != key.as_str())
    });
    match odd {
        Some(odd) => {
            Err(bad(format!("its key `{}` is not written as it must be", odd.escape_debug())))
        }
        None => Ok(()),
    }
}

fn check_count(count: usize) -> Result<(), Error> {
    match count > MAX_ENTRIES {
        true => Err(bad(format!("it names {count} parts; at most {MAX_ENTRIES} are read"))),
        false => Ok(()),
    }
}

/// Sizes are added up and sent as signed numbers elsewhere.
fn check_sizes<'a>(all: impl IntoIterator<Item = &'a Descriptor>) -> Result<(), Error> {
    match all.into_iter().any(|one| one.size > i64::MAX as u64 / 2 / MAX_ENTRIES as u64) {
        true => Err(bad("it names something larger than anything")),
        false => Ok(()),
    }
}

fn read<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, Error> {
    serde_json::from_slice(bytes).map_err(|error| bad(error.to_string()))
}

fn bad(reason: impl Into<String>) -> Error {
    Error::BadManifest(reason.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn descriptor() -> serde_json::Value {
        let digest = Digest::of(b"{}");
        serde_json::json!({"mediaType": media::CONFIG, "digest": digest, "size": 2})
    }

    #[test]
    fn r03_what_two_clients_could_read_in_two_ways_is_refused() {
        let one = descriptor();
        let image = serde_json::json!({"schemaVersion": 2, "config": one, "layers": [one]});
        let parse = |value: &serde_json::Value, media_type: Option<&str>| {
            Manifest::parse(value.to_string().as_bytes(), media_type)
        };
        assert!(matches!(parse(&image, None), Ok(Manifest::Image(_))));
        assert!(matches!(parse(&image, Some(media::DOCKER_MANIFEST)), Ok(Manifest::Image(_))));
        let with = |key: &str, value: serde_json::Value| {
            let mut other = image.clone();
            other[key] = value;
            other
        };
        for (odd, told) in [
            (with("manifests", serde_json::json!([one])), None),
            (with("Manifests", serde_json::json!([one])), None),
            (with("manifests", serde_json::Value::Null), None),
            (with("mediaType", media::INDEX.into()), None),
            (with("mediaType", media::MANIFEST.into()), Some(media::DOCKER_MANIFEST)),
            (with("mediaType", "application/json".into()), None),
            (with("schemaVersion", 1.into()), None),
            (image.clone(), Some(media::INDEX)),
            (image.clone(), Some("text/html")),
            (serde_json::json!([]), None),
            (serde_json::json!({"schemaVersion": 2}), None),
        ] {
            assert!(parse(&odd, told).is_err(), "{odd} {told:?}");
        }
        let twice = format!(r#"{{"schemaVersion":2,"config":{one},"layers":[],"layers":[{one}]}}"#);
        assert!(Manifest::parse(twice.as_bytes(), None).is_err());
    }

    #[test]
    fn r07_a_manifest_without_measure_is_refused() {
        let mut layers = ImageManifest::new(
            Descriptor::new(media::CONFIG, Digest::of(b""), 0),
            vec![Descriptor::new(media::LAYER, Digest::of(b""), 0); MAX_ENTRIES + 1],
        );
        assert!(Manifest::parse(&layers.encode(), None).is_err());
        layers.layers.truncate(1);
        let bytes = layers.encode();
        assert_eq!(
            Manifest::parse(&bytes, None).unwrap(),
            Manifest::Image(Box::new(layers.clone()))
        );
        layers.layers[0].size = u64::MAX;
        assert!(Manifest::parse(&layers.encode(), None).is_err());
        assert!(Manifest::parse(&vec![b' '; MAX_BYTES + 1], None).is_err());
        assert!(Manifest::parse("[".repeat(100_000).as_bytes(), None).is_err());
    }
}
