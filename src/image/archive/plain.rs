//! A root file system becomes an image of one layer.

use std::fs::File;
use std::io::Read as _;

use super::unpack::unpack;
use crate::base::{Progress, time};
use crate::image::config::{Config, RootFs, Settings, Step};
use crate::image::manifest::{Descriptor, ImageManifest, media};
use crate::image::platform::Platform;
use crate::image::{Blob, Content, Error, catalog, intake, layer, name};
use crate::remote::registry::{Digest, Reference};
use crate::store::{Change, Expected, Link, Store, Writer, add};

/// What the image says of itself.
#[derive(Debug, Clone, Default)]
pub struct Import {
    pub reference: Option<Reference>,
    pub settings: Settings,
    pub platform: Platform,
    /// What made the layer, as `history` shows it.
    pub comment: String,
}

/// Makes an image of the tar that `input` gives, packed or not; returns it with its id.
pub fn import(
    store: &Store,
    input: File,
    import: &Import,
    progress: &dyn Progress,
) -> Result<(Link, Digest), Error> {
    let mut writer = store.writer()?;
    let plain = unpack(input).map_err(layer::Error::io("read the archive"))?;
    let mut plain = std::io::BufReader::with_capacity(1 << 20, plain);
    let added = layer::add(&mut writer, plain.by_ref(), &layer::Options::default(), progress)?;
    write(store, writer, vec![(added, import.comment.clone())], import)
}

/// Writes the image of layers, lowest first, each with what made it; returns it with its id.
pub(super) fn write(
    store: &Store,
    mut writer: Writer<'_>,
    layers: Vec<(layer::Added, String)>,
    import: &Import,
) -> Result<(Link, Digest), Error> {
    let bytes = config(&layers, import, &time::rfc3339_short(store.now())).encode();
    let (id, size) = (Digest::of(&bytes), bytes.len() as u64);
    let file = Content::File(add::bytes(&mut writer, &bytes)?.link);
    let tar = |added: &layer::Added| Blob {
        digest: added.layer.diff_id,
        size: added.layer.size,
        content: Content::Tar(added.link),
    };
    let tars: Vec<Blob> = layers.iter().map(|(added, _)| tar(added)).collect();
    let descriptor = |tar: &Blob| Descriptor::new(media::LAYER, tar.digest, tar.size);
    let manifest = ImageManifest::new(
        Descriptor::new(media::CONFIG, id, size),
        tars.iter().map(descriptor).collect(),
    )
    .encode();
    let digest = Digest::of(&manifest);
    let config = Blob { digest: id, size, content: file };
    let blob =
        |digest: &Digest| tars.iter().chain([&config]).find(|blob| blob.digest == *digest).cloned();
    let (link, image, _) = intake::image(
        &mut writer,
        &manifest,
        Some(media::MANIFEST),
        &digest,
        true,
        |_, named| Ok(blob(&named.digest)),
        |_, _| Ok(None),
    )?;
    let change = match &import.reference {
        Some(reference) => catalog::set(&reference.or_latest(), link)?,
        None => {
            Change { name: name::untagged(&image.digest), expected: Expected::Any, new: Some(link) }
        }
    };
    writer.commit(vec![change])?;
    Ok((link, id))
}

fn config(layers: &[(layer::Added, String)], import: &Import, created: &str) -> Config {
    let step = |(_, comment): &(layer::Added, String)| Step {
        created: Some(created.to_owned()),
        comment: Some(comment.clone()),
        ..Step::default()
    };
    let diff_ids = layers.iter().map(|(added, _)| added.layer.diff_id).collect();
    Config {
        created: Some(created.to_owned()),
        architecture: import.platform.architecture.clone(),
        os: import.platform.os.clone(),
        variant: Some(import.platform.variant.clone()).filter(|variant| !variant.is_empty()),
        config: import.settings.clone(),
        rootfs: RootFs { diff_ids, ..RootFs::default() },
        history: layers.iter().map(step).collect(),
        ..Config::default()
    }
}
