//! What a build is given to copy from: a folder, read as far as a step asks for it, or layers.

mod folder;
mod given;
mod known;

pub use folder::{Folder, Listing, Seen};
pub use given::{Given, from_web, stream, without};
pub use known::Attributes;
pub(in crate::image) use known::PREFIX;

use crate::base::{self, Progress};
use crate::image::Error;
use crate::image::assemble::Held;
use crate::image::build::cache::{self, Key};
use crate::image::build::copy::{self, Chmod, Placed, Placing, Sources};
use crate::image::build::execute;
use crate::image::build::state::State;
use crate::image::build::tree::Tree;
use crate::image::layer::{Added, Maker};
use crate::image::rootfs::View;
use crate::store::{Store, Writer};

/// Where files come from that are in no stage.
#[derive(Debug)]
pub enum Context {
    /// Looked at and read as far as something asks for it.
    Folder(Folder),
    /// In the store already.
    Layers(State),
}

impl Context {
    /// Returns it as layers; a folder is read as a whole.
    pub fn state(&self, store: &Store, progress: &dyn Progress) -> Result<State, Error> {
        match self {
            Self::Layers(state) => Ok(state.clone()),
            Self::Folder(folder) => {
                let whole = Whole { path: ".", place: "the context", ..Whole::default() };
                folder_state(store, folder, &whole, progress)
            }
        }
    }

    /// Keeps what is known of its files for the next build.
    pub fn remember(&self) {
        if let Self::Folder(folder) = self {
            folder.remember();
        }
    }
}

/// What of a folder becomes a layer, and how.
#[derive(Debug, Default)]
pub(in crate::image::build) struct Whole<'a> {
    /// The folder that is meant, beneath the root.
    pub(in crate::image::build) path: &'a str,
    /// What messages call the root.
    pub(in crate::image::build) place: &'a str,
    pub(in crate::image::build) chmod: Option<Chmod>,
    /// Nothing in it is younger, in seconds.
    pub(in crate::image::build) epoch: Option<i64>,
    /// What it is kept under beside its content.
    pub(in crate::image::build) key: Option<base::Digest>,
}

/// Makes a layer of what is in a folder, or finds it as it was made before.
pub(in crate::image::build) fn folder_state(
    store: &Store,
    folder: &Folder,
    whole: &Whole<'_>,
    progress: &dyn Progress,
) -> Result<State, Error> {
    let all = [whole.path.to_owned()];
    let sources = copy::select(&Tree::Folder(folder), whole.place, &all, false, &[])?;
    let seen = sources.seen();
    let mut writer = store.writer()?;
    folder.read(&mut writer, &seen, progress)?;
    let key = whole.key.unwrap_or_else(|| {
        let mut key = Key::new("context");
        key.digest(sources.digest());
        key.finish()
    });
    let known = cache::find(store, &key)?.and_then(|step| step.held());
    let layer = match known {
        Some(layer) => layer,
        None => folder_layer(writer, folder, &sources, whole, key)?,
    };
    Ok(State { layers: vec![layer], history: vec![] })
}

fn folder_layer(
    mut writer: Writer<'_>,
    folder: &Folder,
    sources: &Sources,
    whole: &Whole<'_>,
    key: base::Digest,
) -> Result<Held, Error> {
    let placing = Placing { destination: "/", chmod: whole.chmod.clone(), ..Placing::default() };
    let placed = in_empty(sources, &placing)?;
    let store = writer.store();
    let added = write_all(&mut writer, placed, Some(folder), whole.epoch)?;
    Ok(cache::keep(store, writer, &added, &[key], "context")?.0)
}

/// Makes a layer of what was placed.
pub(in crate::image::build) fn write_all(
    writer: &mut Writer<'_>,
    placed: Placed,
    folder: Option<&Folder>,
    epoch: Option<i64>,
) -> Result<Added, Error> {
    let mut maker = Maker::begin(writer, epoch);
    for (entry, body) in placed.sorted() {
        execute::write(&mut maker, entry, body, folder)?;
    }
    Ok(maker.finish()?)
}

/// Returns what sources come to in a root that holds nothing else.
fn in_empty(sources: &Sources, placing: &Placing<'_>) -> Result<Placed, Error> {
    let (empty, mut placed) = (View::empty(), Placed::default());
    for picked in &sources.picked {
        copy::place(&empty, picked, placing, &mut placed)?;
    }
    Ok(placed)
}
