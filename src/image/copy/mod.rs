//! Carrying images from one place to another that are no stores: registries, layouts, archives. Nothing is unpacked but what
//! goes into a docker-archive, whose layers are plain.
//!
//! ```text
//! origin: registry, layout, archive ──manifest──► the image that is meant, or all of an index
//!                                                   └─► target: blobs that it lacks, streamed; then the manifest, byte for byte
//! ```
//!
//! Bytes are held against their digests where they arrive: by the registry, or by us where they go into a file.

mod archived;
mod files;
mod origin;
mod place;
mod plain;
mod registry;
mod rehearsal;
mod stored;
mod stream;
mod target;

use std::collections::HashSet;

use crate::base::{Progress, Task};
use crate::image::Error;
use crate::image::catalog;
use crate::image::manifest::{Descriptor, MAX_DEPTH, MAX_ENTRIES, Manifest, media};
use crate::image::platform::Platform;
use crate::remote::registry::{Access, Digest, Manifest as Bytes};
use crate::store::Store;

use origin::Origin;
pub use place::Place;
use target::Target;

/// What of an image is carried.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// All images of an index, and the index.
    pub all: bool,
    /// Of an index, the image for this machine; for the one that this runs on where nothing is said.
    pub platform: Option<Platform>,
    /// What belongs to the image too: signatures, attestations.
    pub referrers: bool,
    /// To find out what would go, and send and write nothing.
    pub dry_run: bool,
}

/// What was carried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copied {
    /// Of the manifest as it is at its new place.
    pub digest: Digest,
    /// Whether it was there already, under this very name.
    pub was_there: bool,
    /// Bytes of blobs that went.
    pub sent: u64,
    /// Manifests that belong to it and went, too.
    pub referrers: u64,
}

/// Carries the image at `from` to `to`; `store` is the one that is meant where a place is in one.
pub fn copy(
    store: Option<&Store>,
    (from, to): (&Place, &Place),
    access: &Access,
    options: &Options,
    progress: &dyn Progress,
) -> Result<Copied, Error> {
    let origin = origin::open(store, from, access)?;
    let mut target = match options.dry_run {
        true => rehearsal::open(to, access)?,
        false => target::open(to, access)?,
    };
    progress.start(Task::Send, None);
    let named = origin.manifest(None)?;
    let mut carrying = Carrying {
        origin: &*origin,
        target: &mut *target,
        progress,
        left: MAX_ENTRIES,
        done: HashSet::new(),
    };
    let root = carrying.chosen(named, options)?;
    let was_there = carrying.target.has(&root)?;
    if !was_there {
        carrying.tree(&root, true, MAX_DEPTH)?;
    }
    let referrers = match options.referrers {
        true => carrying.referrers(&root.digest, MAX_DEPTH)?,
        false => 0,
    };
    let sent = target.finish()?;
    progress.finish(Task::Send);
    Ok(Copied { digest: root.digest, was_there, sent, referrers })
}

struct Carrying<'a> {
    origin: &'a dyn Origin,
    target: &'a mut dyn Target,
    progress: &'a dyn Progress,
    /// So many more manifests are looked at (ABUSE R07).
    left: usize,
    done: HashSet<Digest>,
}

impl Carrying<'_> {
    /// Returns the manifest that is carried: of an index, the one for the machine, unless all of it is.
    fn chosen(&mut self, mut found: Bytes, options: &Options) -> Result<Bytes, Error> {
        for _ in 0..=MAX_DEPTH {
            let Manifest::Index(index) = parsed(&found)? else { return Ok(found) };
            if options.all {
                return Ok(found);
            }
            let platform = options.platform.clone().unwrap_or_else(Platform::host);
            found = self.below(&catalog::choose(&index, &platform)?.clone())?;
        }
        Err(Error::BadManifest(format!("indexes are nested more than {MAX_DEPTH} deep")))
    }

    /// Carries a manifest and all that it names, what is below first.
    fn tree(&mut self, found: &Bytes, named: bool, depth: usize) -> Result<(), Error> {
        let manifest = parsed(found)?;
        if depth == 0 {
            let reason = format!("indexes are nested more than {MAX_DEPTH} deep");
            return Err(Error::BadManifest(reason));
        }
        for child in manifest.children() {
            if self.done.insert(child.digest) {
                let below = self.below(child)?;
                self.tree(&below, false, depth - 1)?;
            }
        }
        let mut blobs = manifest.blobs();
        blobs.retain(|blob| !may_be_missing(blob));
        self.target.take(self.origin, (found, &manifest), &blobs, named, self.progress)
    }

    fn below(&mut self, named: &Descriptor) -> Result<Bytes, Error> {
        self.left = self.left.checked_sub(1).ok_or_else(|| {
            Error::BadManifest(format!("it leads to more than {MAX_ENTRIES} manifests"))
        })?;
        if !media::is_known(&named.media_type) {
            return Err(Error::UnknownMediaType(named.media_type.chars().take(120).collect()));
        }
        let found = self.origin.manifest(Some(&named.digest))?;
        match found.bytes.len() as u64 == named.size && found.media_type == named.media_type {
            true => Ok(found),
            false => Err(Error::BadManifest(format!("{} is another than was named", named.digest))),
        }
    }

    /// Carries what belongs to a manifest, and what belongs to that.
    fn referrers(&mut self, subject: &Digest, depth: usize) -> Result<u64, Error> {
        if depth == 0 {
            return Ok(0);
        }
        let mut count = 0;
        for digest in self.origin.referrers(subject)? {
            if !self.done.insert(digest) {
                continue;
            }
            self.left = self.left.saturating_sub(1);
            if self.left == 0 {
                break;
            }
            let found = self.origin.manifest(Some(&digest))?;
            self.tree(&found, false, MAX_DEPTH)?;
            count += 1 + self.referrers(&digest, depth - 1)?;
        }
        Ok(count)
    }
}

fn parsed(found: &Bytes) -> Result<Manifest, Error> {
    Manifest::parse(&found.bytes, Some(&found.media_type))
}

/// A layer that is nobody's to hand on stays where it is.
fn may_be_missing(blob: &Descriptor) -> bool {
    media::may_be_missing(&blob.media_type) || !blob.urls.is_empty()
}
