//! A root file system becomes an image of one layer.

use std::fs::File;
use std::io::Read as _;

use super::unpack::unpack;
use crate::base::{Progress, time};
use crate::image::assemble::{Assembled, Held};
use crate::image::config::{Config, Settings, Step};
use crate::image::platform::Platform;
use crate::image::{Error, catalog, layer};
use crate::remote::registry::{Digest, Reference};
use crate::store::{Change, Link, Store, Writer};

/// What the image says of itself.
#[derive(Debug, Clone, Default)]
pub struct Import {
    pub reference: Option<Reference>,
    pub settings: Settings,
    pub platform: Platform,
    /// What made the layer, as `history` shows it.
    pub comment: String,
}

/// An image that is written, and that nothing leads to yet.
pub(super) struct Written {
    pub(super) link: Link,
    pub(super) id: Digest,
    /// What names it.
    pub(super) change: Change,
    /// Bytes of its layers, plain, and of its config.
    pub(super) size: u64,
}

/// Makes an image of the tar that `input` gives, packed or not; returns it with its id. A dry run leaves nothing of it.
pub fn import(
    store: &Store,
    input: File,
    import: &Import,
    dry_run: bool,
    progress: &dyn Progress,
) -> Result<(Link, Digest), Error> {
    let mut writer = store.writer()?;
    let plain = unpack(input).map_err(layer::Error::io("read the archive"))?;
    let mut plain = std::io::BufReader::with_capacity(1 << 20, plain);
    let added = layer::add(&mut writer, plain.by_ref(), &layer::Options::default(), progress)?;
    let written = write(&mut writer, vec![(added, import.comment.clone())], import)?;
    if !dry_run {
        writer.commit(vec![written.change])?;
    }
    Ok((written.link, written.id))
}

/// Writes the image of layers, lowest first, each with what made it.
pub(super) fn write(
    writer: &mut Writer<'_>,
    layers: Vec<(layer::Added, String)>,
    import: &Import,
) -> Result<Written, Error> {
    let config = config(&layers, import, &time::rfc3339_short(writer.store().now()));
    let size: u64 = layers.iter().map(|(added, _)| added.layer.size).sum();
    let layers: Vec<Held> = layers.into_iter().map(|(added, _)| added.into()).collect();
    let assembled = Assembled::new(config, &layers);
    let link = assembled.write(writer)?;
    let change = catalog::keep(import.reference.as_ref(), link, &assembled.digest)?;
    let size = size + assembled.config.len() as u64;
    Ok(Written { link, id: assembled.id, change, size })
}

fn config(layers: &[(layer::Added, String)], import: &Import, created: &str) -> Config {
    let step = |(_, comment): &(layer::Added, String)| Step {
        created: Some(created.to_owned()),
        comment: Some(comment.clone()),
        ..Step::default()
    };
    Config {
        created: Some(created.to_owned()),
        architecture: import.platform.architecture.clone(),
        os: import.platform.os.clone(),
        variant: Some(import.platform.variant.clone()).filter(|variant| !variant.is_empty()),
        config: import.settings.clone(),
        history: layers.iter().map(step).collect(),
        ..Config::default()
    }
}
