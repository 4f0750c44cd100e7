//! The blobs of an image on their way: several at once, borrowed from other repositories where the registry has them.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

use serde::{Deserialize, Serialize};

use crate::base::Progress;
use crate::image::layer::{Compression, Layer};
use crate::image::manifest::{Descriptor, media};
use crate::image::pull::Note;
use crate::image::push::Options;
use crate::image::push::source::{Packed, Stored};
use crate::image::{Blob, Content, Error, Image, catalog};
use crate::remote::registry::{self, Client, Digest, How, Reference, Upload};
use crate::store::{Link, Store};

/// So many blobs go at once.
const STREAMS: usize = 3;
/// So many other repositories are asked for a blob.
const MAX_MOUNTS: usize = 2;

/// What sends blobs.
pub(super) struct Layers<'a> {
    pub(super) store: &'a Store,
    pub(super) client: &'a Client,
    pub(super) repository: &'a str,
    pub(super) options: &'a Options,
    progress: &'a dyn Progress,
    /// Where the registry may have a blob already.
    elsewhere: HashMap<Digest, Vec<String>>,
    pub(super) sent: AtomicU64,
}

/// What a layer is once it is compressed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Packing {
    pub(super) digest: Digest,
    pub(super) size: u64,
    /// `host/repository` of those that have it.
    #[serde(default)]
    at: Vec<String>,
}

/// A blob to be sent.
#[derive(Debug, Clone)]
pub(super) enum Item<'a> {
    AsIs(&'a Blob),
    Pack {
        layer: Link,
        compression: Compression,
    },
    /// Not here: the registry must have it.
    There(Digest),
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<'a> Layers<'a> {
    pub(super) fn new(
        store: &'a Store,
        client: &'a Client,
        reference: &'a Reference,
        options: &'a Options,
        progress: &'a dyn Progress,
    ) -> Result<Self, Error> {
        let repository = reference.repository();
        let mut elsewhere: HashMap<Digest, Vec<String>> = HashMap::new();
        for found in catalog::list(store)? {
            let name = found.name.reference();
            let Some(name) = name.filter(|name| name.registry() == Some(client.registry())) else {
                continue;
            };
            if name.repository() == repository {
                continue;
            }
            for image in with_children(store, found.image)? {
                for blob in image.blobs {
                    let known = elsewhere.entry(blob.digest).or_default();
                    if known.len() < MAX_MOUNTS && !known.iter().any(|one| one == name.repository())
                    {
                        known.push(name.repository().to_owned());
                    }
                }
            }
        }
        let sent = AtomicU64::new(0);
        Ok(Self { store, client, repository, options, progress, elsewhere, sent })
    }

    /// Sends all of `items`; returns what became of those that are compressed on the way, by their layers.
    pub(super) fn send(&self, items: Vec<Item<'_>>) -> Result<HashMap<Link, Packing>, Error> {
        let packed = Mutex::new(HashMap::new());
        let failed: Mutex<Option<Error>> = Mutex::new(None);
        let threads = STREAMS.min(items.len());
        let queue = Mutex::new(VecDeque::from(items));
        thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    loop {
                        let next = lock(&queue).pop_front();
                        let Some(item) = next.filter(|_| lock(&failed).is_none()) else { return };
                        let outcome = match item {
                            Item::AsIs(blob) => self.blob(blob),
                            Item::There(digest) => self.must_be_there(&digest),
                            Item::Pack { layer, compression } => self
                                .pack(layer, compression)
                                .map(|packing| drop(lock(&packed).insert(layer, packing))),
                        };
                        if let Err(error) = outcome {
                            lock(&failed).get_or_insert(error);
                        }
                    }
                });
            }
        });
        match lock(&failed).take() {
            Some(error) => Err(error),
            None => Ok(packed.into_inner().unwrap_or_else(PoisonError::into_inner)),
        }
    }

    fn blob(&self, blob: &Blob) -> Result<(), Error> {
        let source = Stored { store: self.store, blob };
        let from = self.elsewhere.get(&blob.digest).map(Vec::as_slice).unwrap_or_default();
        let known = Some((blob.digest, blob.size));
        self.upload(&Upload { source: &source, known, from, progress: self.progress }).map(drop)
    }

    fn must_be_there(&self, digest: &Digest) -> Result<(), Error> {
        match self.client.has_blob(self.repository, digest)? {
            true => Ok(()),
            false => Err(Error::MissingBlob(*digest)),
        }
    }

    fn pack(&self, layer: Link, compression: Compression) -> Result<Packing, Error> {
        let note = self.note(&layer, compression)?;
        let noted = note.read::<Packing>();
        let mut at = noted.as_ref().map(|noted| noted.at.clone()).unwrap_or_default();
        let own = format!("{}/", self.client.registry());
        let from: Vec<String> = at
            .iter()
            .filter_map(|at| at.strip_prefix(&own))
            .filter(|repository| *repository != self.repository)
            .map(str::to_owned)
            .take(MAX_MOUNTS)
            .collect();
        let level = compression.level();
        let source = Packed { store: self.store, layer, compression, level };
        let known = noted.map(|noted| (noted.digest, noted.size));
        let sent =
            self.upload(&Upload { source: &source, known, from: &from, progress: self.progress })?;
        if !self.options.dry_run {
            let here = format!("{own}{}", self.repository);
            at.retain(|known| *known != here);
            at.insert(0, here);
            at.truncate(8);
        }
        let packing = Packing { digest: sent.digest, size: sent.size, at };
        note.write(&packing);
        Ok(packing)
    }

    /// Returns what a layer is once it is compressed, where it has been before.
    pub(super) fn noted(
        &self,
        layer: &Link,
        compression: Compression,
    ) -> Result<Option<Packing>, Error> {
        Ok(self.note(layer, compression)?.read())
    }

    fn note(&self, layer: &Link, compression: Compression) -> Result<Note, Error> {
        use crate::image::layer::Compressed;
        let diff_id = self.store.read_node::<Layer>(layer)?.diff_id.to_string().replace(':', "-");
        let by = Compressed::<std::io::Empty>::name(compression, compression.level());
        let by: String =
            by.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        Ok(Note::new(self.store, "pushed", &format!("{diff_id}.{by}")))
    }

    fn upload(&self, upload: &Upload<'_>) -> Result<registry::Sent, Error> {
        let sent = match self.options.dry_run {
            true => self.client.foresee(self.repository, upload)?,
            false => self.client.upload(self.repository, upload)?,
        };
        if sent.how == How::Sent {
            self.sent.fetch_add(sent.size, Ordering::Relaxed);
        }
        Ok(sent)
    }

    /// Tells what has to be done for a layer of a manifest.
    pub(super) fn item<'b>(
        &self,
        image: &'b Image,
        named: &Descriptor,
        compression: Compression,
    ) -> Option<Item<'b>> {
        match image.blobs.iter().find(|blob| blob.digest == named.digest) {
            Some(Blob { content: Content::Tar(layer), .. }) if compression != Compression::None => {
                Some(Item::Pack { layer: *layer, compression })
            }
            Some(blob) => Some(Item::AsIs(blob)),
            None if media::may_be_missing(&named.media_type) => None,
            None => Some(Item::There(named.digest)),
        }
    }
}

fn with_children(store: &Store, image: Image) -> Result<Vec<Image>, Error> {
    let (mut all, mut open) = (vec![], vec![image]);
    while let Some(image) = open.pop() {
        for child in &image.manifests {
            open.push(store.read_node(&child.image)?);
        }
        all.push(image);
    }
    Ok(all)
}
