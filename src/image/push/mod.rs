//! Sending an image to a registry: what came from elsewhere byte for byte, layers that were made here compressed on the way.
//!
//! A layer that was compressed once is known by its digest from then on (`cache/pushed`): the next push asks whether the
//! registry has it, and reads nothing.

mod layers;
mod manifest;
mod source;

use crate::base::{Progress, Task};
use crate::image::layer::Compression;
use crate::image::{Error, Image};
use crate::remote::registry::{Access, Client, DOCKER_HUB, Digest, Reference};
use crate::store::{Link, Store};

use layers::Layers;
pub(in crate::image) use manifest::put;

/// How an image is sent.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// How layers go that are kept as they were unpacked; zstd for those that were made here, and as they are for those that
    /// came so, where nothing is said.
    pub compression: Option<Compression>,
    /// To find out what would go, and send nothing.
    pub dry_run: bool,
}

/// An image that a registry has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pushed {
    /// With its registry, and the tag `latest` where it had neither tag nor digest.
    pub reference: Reference,
    /// What the registry calls it.
    pub digest: Digest,
    /// Of its manifest.
    pub size: u64,
    /// Whether the registry had it already, under this very name.
    pub was_there: bool,
    /// Bytes that went.
    pub sent: u64,
    /// Set where only one image of an index could be sent: the others are not here.
    pub alone: bool,
}

/// Sends the image at `link` under the name `reference`.
pub fn push(
    store: &Store,
    link: &Link,
    reference: &Reference,
    access: &Access,
    options: &Options,
    progress: &dyn Progress,
) -> Result<Pushed, Error> {
    let reference = reference.qualified().or_latest();
    let client = Client::new(reference.registry().unwrap_or(DOCKER_HUB), access)?;
    let image: Image = store.read_node(link)?;
    // gc takes nothing of it away meanwhile. A store that may only be read has no gc either.
    let _lease = store.writer().ok();
    let mut layers = Layers::new(store, &client, &reference, options, progress)?;
    progress.start(Task::Send, None);
    let pushed = manifest::send(&mut layers, &image, &reference)?;
    progress.finish(Task::Send);
    Ok(pushed)
}
