//! Letting go of what only makes builds and starts faster: steps of builds, and unpacked layers, that nothing has used for long.

use std::collections::HashSet;
use std::time::Duration;

use crate::image::build::cache::{self, Step};
use crate::image::rootfs::{self, Pruned};
use crate::image::{Error, catalog};
use crate::remote::registry::Digest;
use crate::store::{Change, Expected, Link, Store, refs};

/// What went, or would go.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Report {
    /// Steps of builds that will run again when they are asked for.
    pub steps: u64,
    pub unpacked: Pruned,
}

/// Lets go of what was not used for `unused` milliseconds.
///
/// A step stays for as long as an image has its layer. Safe beside builds and containers: what they use is locked, and
/// content goes with gc only.
pub fn prune(store: &Store, unused: i64, dry_run: bool) -> Result<Report, Error> {
    let mut layers = HashSet::new();
    let mut in_images = HashSet::new();
    for found in catalog::list(store)? {
        // An image that cannot be read keeps nothing; fsck tells of it.
        let Ok(config) = catalog::config_of(store, &found.image) else { continue };
        layers.extend(config.rootfs.diff_ids);
        in_images.extend(catalog::layers(store, &found.image).unwrap_or_default());
    }
    let steps = idle_steps(store, unused, &in_images, &mut layers)?;
    let report = Report { steps: steps.len() as u64, unpacked: Pruned::default() };
    if !dry_run && !steps.is_empty() {
        let gone =
            |name: &String| Change { name: name.clone(), expected: Expected::Any, new: None };
        store.writer()?.commit(steps.iter().map(gone).collect())?;
        steps.iter().for_each(|name| cache::forget(store, name));
    }
    let folder = store.folder().join("cache/layers");
    let unused = Duration::from_millis(u64::try_from(unused).unwrap_or(0));
    let unpacked = match has_containers(store) {
        // Theirs are not locked while they run by themselves.
        true => Pruned::default(),
        false => rootfs::prune(&folder, &layers, unused, dry_run)?,
    };
    Ok(Report { unpacked, ..report })
}

/// Returns the refs of steps that go; adds the layers of those that stay to `layers`.
fn idle_steps(
    store: &Store,
    unused: i64,
    in_images: &HashSet<Link>,
    layers: &mut HashSet<Digest>,
) -> Result<Vec<String>, Error> {
    let mut idle = vec![];
    for found in refs::list(store, cache::FOLDER)? {
        // What another version of this program wrote is used by that.
        let Ok(step) = store.read_node::<Step>(&found.target) else { continue };
        let last = step.created.max(cache::last_used(store, &found.name).unwrap_or(0));
        let is_young = last.saturating_add(unused) > store.now();
        if is_young || step.layer.is_some_and(|layer| in_images.contains(&layer)) {
            layers.extend(step.diff_id);
        } else {
            idle.push(found.name);
        }
    }
    Ok(idle)
}

/// Tells whether there is a container: each has a folder by its id.
fn has_containers(store: &Store) -> bool {
    let entries = std::fs::read_dir(store.folder().join("containers"));
    entries.is_ok_and(|entries| entries.flatten().any(|entry| entry.file_name().len() == 64))
}
