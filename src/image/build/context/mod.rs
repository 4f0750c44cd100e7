//! What a build is given to copy from: a folder, read as far as a step asks for it, or layers.

mod folder;
mod known;

pub use folder::{Folder, Listing, Seen};
pub use known::Attributes;

use crate::base::{self, Progress};
use crate::image::Error;
use crate::image::build::cache::{self, Key};
use crate::image::build::copy::{self, Placed, Placing, Sources};
use crate::image::build::execute;
use crate::image::build::state::{Held, State};
use crate::image::build::tree::Tree;
use crate::image::layer::Maker;
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
            Self::Folder(folder) => folder_state(store, folder, progress),
        }
    }

    /// Keeps what is known of its files for the next build.
    pub fn remember(&self) {
        if let Self::Folder(folder) = self {
            folder.remember();
        }
    }
}

/// Makes a layer of all that is in a folder, or finds it as it was made before.
fn folder_state(store: &Store, folder: &Folder, progress: &dyn Progress) -> Result<State, Error> {
    let all = [".".to_owned()];
    let sources = copy::select(&Tree::Folder(folder), "the context", &all, false, &[])?;
    let seen = sources.seen();
    let mut writer = store.writer()?;
    folder.read(&mut writer, &seen, progress)?;
    let mut key = Key::new("context");
    key.digest(sources.digest());
    let key = key.finish();
    let known = cache::find(store, &key)?.and_then(|step| step.held());
    let layer = match known {
        Some(layer) => layer,
        None => folder_layer(writer, folder, &sources, key)?,
    };
    Ok(State { layers: vec![layer], history: vec![] })
}

fn folder_layer(
    mut writer: Writer<'_>,
    folder: &Folder,
    sources: &Sources,
    key: base::Digest,
) -> Result<Held, Error> {
    let (empty, mut placed) = (View::empty(), Placed::default());
    let placing = Placing { destination: "/", ..Placing::default() };
    for picked in &sources.picked {
        copy::place(&empty, picked, &placing, &mut placed)?;
    }
    let store = writer.store();
    let mut maker = Maker::begin(&mut writer, None);
    for (entry, body) in placed.sorted() {
        execute::write(&mut maker, entry, body, Some(folder))?;
    }
    let added = maker.finish()?;
    Ok(cache::keep(store, writer, &added, &[key], "context")?.0)
}
