//! Getting an image from a registry: every layer goes straight into the store, and the tag moves once all digests hold.

use crate::base::Progress;
use crate::image::Error;
use crate::image::platform::Platform;
use crate::remote::registry::{Access, Digest, Reference};
use crate::store::{Link, Store};

/// What is pulled.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The machine that the image is for; this one where nothing is said.
    pub platform: Option<Platform>,
    /// Whether all images of an index are fetched.
    pub all_platforms: bool,
}

/// An image that is here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pulled {
    /// With its registry, and the tag `latest` where it had neither tag nor digest.
    pub reference: Reference,
    /// An [`Image`](crate::image::Image): what the tag points at, an index where the registry has one.
    pub link: Link,
    /// Of the bytes that `link` stands for: what the registry calls it.
    pub digest: Digest,
    /// The image for the platform that was asked for: `link` itself, or one of those below it.
    pub image: Link,
    /// Whether anything is otherwise here than before.
    pub changed: bool,
}

/// Pulls `reference`; one without a registry is Docker Hub's. What is here already is not fetched.
pub fn pull(
    _store: &Store,
    _reference: &Reference,
    _access: &Access,
    _options: &Options,
    _progress: &dyn Progress,
) -> Result<Pulled, Error> {
    unimplemented!("no command leads here yet")
}
