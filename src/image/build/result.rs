//! The image that a build comes to: config and manifest, made the same from the same, and its names.

use crate::base::{self, time};
use crate::image::assemble::{self, Assembled};
use crate::image::build::cache::{self, Key};
use crate::image::build::plan::Stage;
use crate::image::build::state::State;
use crate::image::config::Config;
use crate::image::manifest::media;
use crate::image::{Error, Image, catalog, name};
use crate::remote::registry::{Digest, Reference};
use crate::store::{Change, Link, Store};

/// A built image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Built {
    pub link: Link,
    /// Of the manifest.
    pub digest: Digest,
    /// Of the config: what Docker calls the image.
    pub id: Digest,
    /// The media type and the size of the manifest.
    pub media_type: String,
    pub size: u64,
    /// Under which it is known when it was made; see [`cache::find`].
    pub key: base::Digest,
    /// Whether anything is otherwise in the store than before.
    pub changed: bool,
}

/// Writes the image that `stage` has come to, and gives it its names, all at once.
///
/// An image without a name keeps one by its digest. The same layers and config made before keep the time they had then.
pub fn write(
    store: &Store,
    stage: &Stage,
    state: &State,
    tags: &[Reference],
    epoch: Option<i64>,
) -> Result<Built, Error> {
    let mut config = stage.config.clone();
    config.rootfs = assemble::rootfs(&state.layers);
    config.history = state.history.clone();
    let key = whole_key(&config, state);
    // Two builds that end at the same time are one image, of one time.
    let _claim = cache::claim(store, &key, &|| false)?;
    let known = cache::find(store, &key)?;
    if known.is_some() {
        cache::used(store, &key);
    }
    let created = epoch.map(|epoch| epoch.saturating_mul(1000));
    let created = created.or(known.as_ref().map(|step| step.created)).unwrap_or(store.now());
    date(&mut config, &time::rfc3339_short(created), epoch.is_some());
    let assembled = Assembled::new(config, &state.layers);
    let Assembled { id, digest, .. } = assembled;
    let changes = |link| changes(tags, link, &digest);
    let built = |link, changed| Built {
        link,
        digest,
        id,
        media_type: media::MANIFEST.to_owned(),
        size: assembled.manifest.len() as u64,
        key,
        changed,
    };
    if known.is_some()
        && let Some(link) = unchanged(store, &digest, tags)?
    {
        return Ok(built(link, false));
    }
    let mut writer = store.writer()?;
    let link = assembled.write(&mut writer)?;
    let step = cache::Step { layer: None, diff_id: None, size: 0, created, text: String::new() };
    let step = writer.node(&step)?;
    let mut all = changes(link)?;
    all.extend(cache::set(&[key], step));
    writer.commit(all)?;
    Ok(built(link, true))
}

/// Returns the image where all of its names lead to it already.
fn unchanged(store: &Store, digest: &Digest, tags: &[Reference]) -> Result<Option<Link>, Error> {
    let mut link = None;
    let untagged = [name::untagged(digest)];
    let names: Vec<String> = match tags.is_empty() {
        true => untagged.to_vec(),
        false => tags.iter().map(name::ref_name).collect::<Result<_, _>>()?,
    };
    for name in names {
        let Some(found) = crate::store::refs::get(store, &name)? else { return Ok(None) };
        let image: Image = store.read_node(&found)?;
        if image.digest != *digest {
            return Ok(None);
        }
        link = Some(found);
    }
    Ok(link)
}

fn changes(tags: &[Reference], link: Link, digest: &Digest) -> Result<Vec<Change>, Error> {
    match tags.is_empty() {
        false => tags.iter().map(|tag| catalog::set(tag, link)).collect(),
        true => Ok(vec![catalog::keep(None, link, digest)?]),
    }
}

fn whole_key(config: &Config, state: &State) -> base::Digest {
    let mut key = Key::new("image");
    key.value(config);
    state.layers.iter().for_each(|layer| key.value(&layer.descriptor()));
    key.finish()
}

/// Gives times to what has none: a line of the history that only changes the config has that of the layer before it.
fn date(config: &mut Config, created: &str, fixed: bool) {
    let first = config.history.iter().find_map(|step| step.created.clone());
    let mut last = first.unwrap_or_else(|| created.to_owned());
    for step in &mut config.history {
        match &step.created {
            Some(created) => last.clone_from(created),
            None => step.created = Some(last.clone()),
        }
    }
    config.created = Some(match fixed || config.history.is_empty() {
        true => created.to_owned(),
        false => created.to_owned().max(last),
    });
}
