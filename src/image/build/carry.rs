//! A build's cache on its way: between stores as refs, through a registry as an image whose layers are what steps came to.
//!
//! ```text
//! remotes/<name>/cache/build/<key> ──► cache/build/<key>        what another store has, once it was fetched
//! image, config label LABEL: [{key, layer: its number or null, created, text}]
//! ```
//!
//! That a step came to a layer is the word of whoever keeps the cache; that the layer is what its digest says is checked.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use crate::base;
use crate::image::assemble::{Assembled, Held};
use crate::image::build::bases::Bases;
use crate::image::build::cache::{self, FOLDER, Step};
use crate::image::build::plan::Found;
use crate::image::config::Config;
use crate::image::layer::Layer;
use crate::image::platform::Platform;
use crate::image::{Error, Image};
use crate::store::{Change, Expected, Link, Store, refs};

/// What an image that is a cache says in its config.
pub const LABEL: &str = "mls.build.cache";

/// No text of a step is longer in an image.
const MAX_TEXT: usize = 1000;

#[derive(Debug, Serialize, Deserialize)]
struct Line {
    key: String,
    /// The place of its layer in the image; nothing where only a time is kept.
    layer: Option<usize>,
    created: i64,
    text: String,
}

/// Returns the steps of this store that came to one of `layers`, and the one of a whole image, by their refs.
pub fn used(
    store: &Store,
    layers: &HashSet<Link>,
    whole: Option<&base::Digest>,
) -> Result<Vec<(String, Step)>, Error> {
    let whole = whole.map(cache::name);
    let mut used = vec![];
    for found in refs::list(store, FOLDER)? {
        // What else is kept there is no step: files from the web.
        let Ok(step) = store.read_node::<Step>(&found.target) else { continue };
        let is_whole = whole.as_ref() == Some(&found.name);
        if is_whole || step.layer.is_some_and(|layer| layers.contains(&layer)) {
            used.push((found.name, step));
        }
    }
    Ok(used)
}

/// Makes an image of steps; no ref leads to it.
pub fn image(store: &Store, steps: &[(String, Step)]) -> Result<Link, Error> {
    let (mut layers, mut lines): (Vec<Held>, Vec<Line>) = (vec![], vec![]);
    for (name, step) in steps {
        let layer = step.held().map(|held| {
            let place = layers.iter().position(|known| known.diff_id == held.diff_id);
            place.unwrap_or_else(|| {
                layers.push(held);
                layers.len() - 1
            })
        });
        let key = name.strip_prefix(FOLDER).unwrap_or(name).to_owned();
        let text = step.text.chars().take(MAX_TEXT).collect();
        lines.push(Line { key, layer, created: step.created, text });
    }
    let host = Platform::host();
    let mut config = Config { architecture: host.architecture, os: host.os, ..Config::default() };
    let told = serde_json::to_string(&lines).expect("all of its keys are texts");
    config.config.labels.insert(LABEL.to_owned(), told);
    let mut writer = store.writer()?;
    let link = Assembled::new(config, &layers).write(&mut writer)?;
    writer.commit(vec![])?;
    Ok(link)
}

/// Takes in the steps that an image carries; returns how many are new here.
pub fn unpack(store: &Store, image: &Image) -> Result<usize, Error> {
    let mut bases = Bases::default();
    let Found::Image { key, config } = bases.add(store, image)? else { return Ok(0) };
    let Some(told) = config.config.labels.get(LABEL) else { return Ok(0) };
    let malformed = |error| Error::BadConfig(format!("its cache makes no sense: {error}"));
    let lines: Vec<Line> = serde_json::from_str(told).map_err(malformed)?;
    let state = bases.states.remove(&key).unwrap_or_default();
    let mut steps = vec![];
    for line in lines {
        let Ok(key) = line.key.parse() else { continue };
        let mut step = Step {
            layer: None,
            diff_id: None,
            size: 0,
            created: line.created,
            text: line.text.chars().take(MAX_TEXT).collect(),
        };
        if let Some(place) = line.layer {
            let Some(held) = state.layers.get(place) else { continue };
            step.size = store.read_node::<Layer>(&held.link)?.size;
            (step.layer, step.diff_id) = (Some(held.link), Some(held.diff_id));
        }
        steps.push((key, step));
    }
    take(store, steps, vec![])
}

/// Takes over the steps that were fetched from the remote `name`; `forget` drops what is remembered of it.
pub fn adopt(store: &Store, name: &str, forget: bool) -> Result<usize, Error> {
    let folder = format!("remotes/{name}/{FOLDER}");
    let (mut steps, mut gone) = (vec![], vec![]);
    for found in refs::list(store, &folder)? {
        let key = found.name.strip_prefix(&folder).and_then(|key| key.parse().ok());
        if let (Some(key), Ok(step)) = (key, store.read_node::<Step>(&found.target))
            && is_sound(store, &step)?
        {
            steps.push((key, step));
        }
        if forget {
            gone.push(Change { name: found.name, expected: Expected::Any, new: None });
        }
    }
    take(store, steps, gone)
}

/// Tells whether a step's layer, if it has one, is here and has the digest that the step says.
fn is_sound(store: &Store, step: &Step) -> Result<bool, Error> {
    let link = match (step.layer, step.diff_id) {
        (Some(link), Some(_)) => link,
        (layer, diff_id) => return Ok(layer.is_none() && diff_id.is_none()),
    };
    if !store.has(&link)? {
        return Ok(false);
    }
    let layer = store.read_node::<Layer>(&link);
    Ok(layer.is_ok_and(|layer| Some(layer.diff_id) == step.diff_id && layer.size == step.size))
}

/// Sets those steps that are not known here.
fn take(
    store: &Store,
    steps: Vec<(base::Digest, Step)>,
    mut changes: Vec<Change>,
) -> Result<usize, Error> {
    let mut writer = store.writer()?;
    let mut count = 0;
    for (key, step) in steps {
        if cache::find(store, &key)?.is_none() {
            let link = writer.node(&step)?;
            changes.extend(cache::set(&[key], link));
            count += 1;
        }
    }
    if !changes.is_empty() {
        writer.commit(changes)?;
    }
    Ok(count)
}
