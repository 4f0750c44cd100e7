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
use crate::store::{Change, Expected, Link, Store, add};

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
    let diff_id = added.layer.diff_id;
    let created = time::rfc3339_short(store.now());
    let step = Step {
        created: Some(created.clone()),
        comment: Some(import.comment.clone()),
        ..Step::default()
    };
    let config = Config {
        created: Some(created),
        architecture: import.platform.architecture.clone(),
        os: import.platform.os.clone(),
        variant: Some(import.platform.variant.clone()).filter(|variant| !variant.is_empty()),
        config: import.settings.clone(),
        rootfs: RootFs { diff_ids: vec![diff_id], ..RootFs::default() },
        history: vec![step],
        ..Config::default()
    };
    let bytes = config.encode();
    let (id, size) = (Digest::of(&bytes), bytes.len() as u64);
    let file = Content::File(add::bytes(&mut writer, &bytes)?.link);
    let tar = Blob { digest: diff_id, size: added.layer.size, content: Content::Tar(added.link) };
    let manifest = ImageManifest::new(
        Descriptor::new(media::CONFIG, id, size),
        vec![Descriptor::new(media::LAYER, diff_id, tar.size)],
    )
    .encode();
    let digest = Digest::of(&manifest);
    let blob = |digest: &Digest| match *digest == id {
        true => Blob { digest: id, size, content: file.clone() },
        false => tar.clone(),
    };
    let (link, image, _) = intake::image(
        &mut writer,
        &manifest,
        Some(media::MANIFEST),
        &digest,
        true,
        |_, named| Ok(Some(blob(&named.digest))),
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
