//! Layers as folders, each unpacked once.
//!
//! ```text
//! cache/layers/
//!   <diff id>/           a layer that says all of itself: the same upon whatever it lies
//!   chain-<id>/          one that leans on those below it (a folder it does not name, a link to their file): of all their ids
//!     fs/                what overlayfs takes as a lower folder
//!     about.json         written last; without it there is nothing
//!   lock-<name>          held alone while one is made, so that a second process waits and does not work in vain; and
//!                        together by all that use it, so that it is not pruned
//!   .new-<random>/       in the making; swept when its process is dead
//! ```
//!
//! A folder gets its name by a rename when it is whole, so that no kill and no second process can leave or see a part. After
//! a power cut it is trusted only where it was synced: what was not carries the id of the boot that made it.
//!
//! All paths are settled in a [`View`] before anything is made: what an entry's path leads to through symlinks of its own and
//! of lower layers is known then. So nothing in the folder is followed while it is filled (`openat2` with `RESOLVE_BENEATH`
//! and `RESOLVE_NO_SYMLINKS`), and a layer can reach nothing outside of it.

mod cache;
mod checkout;
mod fill;
mod form;
mod ground;
mod plan;
mod prune;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::base::{Progress, Task};
use crate::image::layer::Layer;
use crate::image::rootfs::view::{Applied, View};
use crate::image::rootfs::{Error, making};
use crate::store::{Link, Store};
use cache::{Kept, Names};
pub use checkout::{Report, checkout, survey};
use fill::Fill;
use form::Form;
use ground::{Ground, Hand};
use plan::Plan;
pub use prune::{Folder, folder_names, folders, remove_folder};

/// The folders of layers, ready to be mounted.
#[derive(Debug, Clone, Default)]
pub struct Lowers {
    /// One for each layer, lowest first.
    pub folders: Vec<PathBuf>,
    /// What could not be made as the layers say; only of those layers that this call unpacked.
    pub warnings: Vec<Warning>,
    /// The topmost of the folders whose layer says something of the root folder.
    pub(super) root: Option<PathBuf>,
    /// Keep the folders from being pruned.
    pub(super) locks: Vec<Arc<File>>,
}

/// What a file system has otherwise than the layers say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// In the image.
    pub path: String,
    pub reason: &'static str,
}

/// Unpacks `layers`, lowest first, each once, below `cache` (a store's `cache/layers`).
///
/// What is there already costs a look, and stays while the outcome lives. Killed at any moment, it leaves nothing that a later call would take for whole; two
/// at once come to the same. Owners, devices and `trusted.*` need root; without, devices are left out with a warning.
pub fn unpack(
    store: &Store,
    layers: &[Link],
    cache: &Path,
    progress: &dyn Progress,
) -> Result<Lowers, Error> {
    let mut unpacking = Unpacking {
        store,
        layers,
        cache,
        progress,
        form: Form::here(),
        below: View::empty(),
        laid: 0,
        lowers: Lowers::default(),
    };
    let mut names = Names::begin(unpacking.form);
    for (at, link) in layers.iter().enumerate() {
        let layer: Layer = store.read_node(link)?;
        names.next(&layer.diff_id);
        unpacking.layer(at, &layer, &names)?;
    }
    Ok(unpacking.lowers)
}

struct Unpacking<'a> {
    store: &'a Store,
    layers: &'a [Link],
    cache: &'a Path,
    progress: &'a dyn Progress,
    form: Form,
    /// The view of the first `laid` layers: only made where a layer leans on those below it.
    below: View,
    laid: usize,
    lowers: Lowers,
}

impl Unpacking<'_> {
    fn layer(&mut self, at: usize, layer: &Layer, names: &Names) -> Result<(), Error> {
        if let Some(kept) = cache::find(self.cache, names)? {
            self.take(kept);
            return Ok(());
        }
        let (view, applied) = self.view(at)?;
        let name = names.of(applied.leans);
        crate::base::fs::create_private(self.cache).map_err(Error::io("create", self.cache))?;
        let busy = making::lock(&cache::lock_path(self.cache, &name))?;
        if cache::read(&self.cache.join(&name))?.is_none() {
            self.make(&Plan::of(&view, &applied), layer, &name, applied.has_root)?;
        }
        drop((view, busy));
        match cache::find(self.cache, names)? {
            Some(kept) => self.take(kept),
            // It has been pruned already.
            None => return self.layer(at, layer, names),
        }
        Ok(())
    }

    /// Makes the folder `name`, whose lock the caller holds.
    fn make(
        &mut self,
        plan: &Plan,
        layer: &Layer,
        name: &str,
        has_root: bool,
    ) -> Result<(), Error> {
        let making = making::Making::begin(self.cache, ".new-", |_| Ok(()))?;
        let (fs, warnings) = self.fill(plan, layer, making.folder())?;
        let about = cache::About::write(making.folder(), &fs, has_root, layer.content)?;
        cache::publish(self.cache, making.folder(), name, about.is_synced())?;
        self.lowers.warnings.extend(warnings);
        Ok(())
    }

    fn take(&mut self, kept: Kept) {
        let fs = kept.folder.join("fs");
        if kept.about.has_root {
            self.lowers.root = Some(fs.clone());
        }
        self.lowers.folders.push(fs);
        self.lowers.locks.push(Arc::new(kept.lock));
    }

    /// Returns a view with the layer on top. Where the layer tells all itself, it lies on nothing there.
    fn view(&mut self, at: usize) -> Result<(View, Applied), Error> {
        let mut alone = View::empty();
        match alone.lay(self.store, &self.layers[at]) {
            Ok(applied) if !applied.leans || at == 0 => return Ok((alone, applied)),
            Err(error @ (Error::Store(_) | Error::Layer(_))) => return Err(error),
            _ => {}
        }
        while self.laid < at {
            self.below.apply(self.store, &self.layers[self.laid])?;
            self.laid += 1;
        }
        let mut view = self.below.clone();
        let applied = view.lay(self.store, &self.layers[at])?;
        Ok((view, applied))
    }

    fn fill(
        &self,
        plan: &Plan,
        layer: &Layer,
        folder: &Path,
    ) -> Result<(PathBuf, Vec<Warning>), Error> {
        let fs = folder.join("fs");
        std::fs::create_dir(&fs).map_err(Error::io("create", &fs))?;
        let ground = Ground::open(&fs, self.form)?;
        self.progress.start(Task::Checkout, Some(layer.content));
        fill_ground(self.store, plan, &ground, self.progress)?;
        if layer.content >= cache::LARGE {
            rustix::fs::syncfs(ground.root()).map_err(Error::os("sync", &fs))?;
        }
        self.progress.finish(Task::Checkout);
        Ok((fs, ground.warnings()))
    }
}

/// Makes all of a plan.
fn fill_ground(
    store: &Store,
    plan: &Plan,
    ground: &Ground,
    progress: &dyn Progress,
) -> Result<(), Error> {
    let mut hand = Hand::default();
    for (path, ..) in plan.folders.iter().skip(1) {
        ground.make_folder(&mut hand, path)?;
    }
    Fill { store, ground, progress }.run(&plan.files)?;
    for (path, inode) in &plan.others {
        ground.make_other(&mut hand, path, inode)?;
    }
    for path in &plan.whiteouts {
        ground.make_whiteout(&mut hand, path)?;
    }
    for (path, first) in &plan.links {
        ground.make_link(&mut hand, path, first)?;
    }
    // From within outwards: what is made in a folder changes its time.
    for (path, inode, opaque) in plan.folders.iter().rev() {
        ground.finish_folder(path, inode, *opaque)?;
    }
    Ok(())
}

/// Whether layers are unpacked as root, with all that they say.
pub(super) fn is_root() -> bool {
    Form::here() == Form::Root
}
