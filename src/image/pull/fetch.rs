//! Fetching what a tree of manifests names and the store lacks: two blobs at once, each verified as it comes.

use std::collections::{HashMap, VecDeque};
use std::io::{self, Read};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

use crate::base::{Progress, Silent, Task};
use crate::image::catalog::{BlobIndex, blob_index};
use crate::image::config::{self, Config};
use crate::image::layer::{self, Compression};
use crate::image::manifest::{Descriptor, Manifest, media};
use crate::image::pull::note::Note;
use crate::image::pull::tree::Tree;
use crate::image::{Blob, Content, Error};
use crate::remote::registry::{self, Client, Digest, Failure, Reference};
use crate::store::{self, Link, Store, Writer, add, walk};

/// So many blobs come at once; a layer alone keeps a core busy.
const STREAMS: usize = 2;
/// So much is made durable at once; a blob that is larger, by itself.
const BATCH: u64 = 8 << 20;

/// What all blobs of the tree are now.
#[derive(Debug, Default)]
pub(super) struct Fetched {
    pub(super) blobs: HashMap<Digest, Blob>,
    pub(super) received: u64,
}

/// What of a tree is here, and what is to be fetched.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub(super) here: HashMap<Digest, Blob>,
    /// What takes longest goes first.
    pub(super) missing: Vec<Wanted>,
}

/// A blob that is wanted, and what is known of it.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    descriptor: Descriptor,
    /// A layer of an image; its tar has this digest.
    layer: Option<Option<Digest>>,
}

struct Fetching<'a> {
    store: &'a Store,
    client: &'a Client,
    repository: &'a str,
    foreign_urls: bool,
    progress: &'a dyn Progress,
    queue: Mutex<VecDeque<Wanted>>,
    done: Mutex<HashMap<Digest, Blob>>,
    failed: Mutex<Option<Error>>,
    stop: AtomicBool,
    received: AtomicU64,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Plan {
    /// Returns how much is to be fetched, as the manifests say.
    pub(super) fn size(&self) -> u64 {
        self.missing.iter().map(|wanted| wanted.descriptor.size).fold(0, u64::saturating_add)
    }
}

/// Finds out what is not here.
pub(super) fn plan(
    store: &Store,
    client: &Client,
    reference: &Reference,
    tree: &Tree,
) -> Result<Plan, Error> {
    let index = blob_index(store)?;
    let mut plan = Plan::default();
    let mut named = std::collections::HashSet::new();
    for manifest in tree.walk() {
        let diff_ids = diff_ids(store, client, reference, &index, manifest)?;
        for wanted in wanted(&manifest.parsed, diff_ids.as_deref())? {
            let digest = wanted.descriptor.digest;
            if !named.insert(digest) {
                continue;
            }
            match here(store, &index, &wanted)? {
                Some(blob) => drop(plan.here.insert(digest, blob)),
                None => plan.missing.push(wanted),
            }
        }
    }
    plan.missing.sort_by_key(|wanted| std::cmp::Reverse(wanted.descriptor.size));
    Ok(plan)
}

/// Fetches what is not here.
pub(super) fn blobs(
    store: &Store,
    client: &Client,
    reference: &Reference,
    plan: Plan,
    foreign_urls: bool,
    progress: &dyn Progress,
) -> Result<Fetched, Error> {
    let total = plan.size();
    let fetching = Fetching {
        store,
        client,
        repository: reference.repository(),
        foreign_urls,
        progress,
        queue: Mutex::new(plan.missing.into()),
        done: Mutex::default(),
        failed: Mutex::default(),
        stop: AtomicBool::new(false),
        received: AtomicU64::new(0),
    };
    progress.start(Task::Receive, Some(total));
    fetching.run()?;
    progress.finish(Task::Receive);
    let mut blobs = plan.here;
    blobs.extend(lock(&fetching.done).drain());
    Ok(Fetched { blobs, received: fetching.received.into_inner() })
}

/// Takes the notes of a pull away that has come to its end.
pub(super) fn forget_notes(store: &Store, tree: &Tree) {
    for blob in tree.walk().iter().flat_map(|tree| tree.parsed.blobs()) {
        note(store, &blob.digest).remove();
    }
}

fn note(store: &Store, digest: &Digest) -> Note {
    Note::new(store, "pulled", &digest.to_string().replace(':', "-"))
}

/// Returns what the config of an image says of its layers; nothing for what is no image that can be run.
fn diff_ids(
    store: &Store,
    client: &Client,
    reference: &Reference,
    index: &BlobIndex,
    tree: &Tree,
) -> Result<Option<Vec<Digest>>, Error> {
    let Manifest::Image(manifest) = &tree.parsed else { return Ok(None) };
    let config = &manifest.config;
    if !media::is_config(&config.media_type) {
        return Ok(None);
    }
    let bytes = match index.blob(&config.digest).map(|blob| &blob.content) {
        Some(Content::File(link)) => {
            let mut bytes = vec![];
            let read =
                store::file::open(store, link)?.take(config::MAX_BYTES).read_to_end(&mut bytes);
            read.map_err(layer::Error::io("read the config"))?;
            bytes
        }
        _ => client.small_blob(
            reference.repository(),
            &config.digest,
            config.size,
            config::MAX_BYTES,
        )?,
    };
    let diff_ids = Config::parse(&bytes)?.rootfs.diff_ids;
    match diff_ids.len() == manifest.layers.len() {
        true => Ok(Some(diff_ids)),
        // Attestations have the config of an image, and no layers that were ever unpacked.
        false if manifest.layers.iter().all(|layer| !media::is_layer(&layer.media_type)) => {
            Ok(None)
        }
        false => Err(Error::BadConfig(format!(
            "it knows {} layers, and the manifest {}",
            diff_ids.len(),
            manifest.layers.len()
        ))),
    }
}

fn wanted(manifest: &Manifest, diff_ids: Option<&[Digest]>) -> Result<Vec<Wanted>, Error> {
    let Manifest::Image(image) = manifest else { return Ok(vec![]) };
    let mut wanted = vec![Wanted { descriptor: image.config.clone(), layer: None }];
    for (place, layer) in image.layers.iter().enumerate() {
        let diff_id = diff_ids.and_then(|diff_ids| diff_ids.get(place).copied());
        let is_layer = diff_ids.is_some() && media::is_layer(&layer.media_type);
        wanted.push(Wanted { descriptor: layer.clone(), layer: is_layer.then_some(diff_id) });
    }
    Ok(wanted)
}

/// Returns a blob that is here: in an image, or left by a pull that was cut off.
fn here(store: &Store, index: &BlobIndex, wanted: &Wanted) -> Result<Option<Blob>, Error> {
    let digest = &wanted.descriptor.digest;
    let fits = |blob: &Blob| {
        blob.size == wanted.descriptor.size
            && blob.content.layer().is_some() == wanted.layer.is_some()
    };
    if let Some(blob) = index.blob(digest).filter(|blob| fits(blob)) {
        return Ok(Some(blob.clone()));
    }
    let Some(blob) = note(store, digest).read::<Blob>().filter(fits) else { return Ok(None) };
    match blob.digest == *digest && is_whole(store, &blob.content)? {
        true => Ok(Some(blob)),
        false => Ok(None),
    }
}

/// Returns whether all that a noted blob needs is still there: gc may have come by.
fn is_whole(store: &Store, content: &Content) -> Result<bool, Error> {
    let links: Vec<Link> = match content {
        Content::File(link) | Content::Tar(link) => vec![*link],
        Content::Kept { layer, bytes } => vec![*layer, *bytes],
        Content::Made { layer, .. } => vec![*layer],
        Content::Record { layer, record } => vec![*layer, *record],
    };
    let (mut seen, mut blobs, mut lost) = (walk::Seen::default(), vec![], false);
    walk::walk(
        store,
        links,
        &mut seen,
        |link, bytes| {
            if bytes.is_none() {
                blobs.push(*link);
            }
            Ok(())
        },
        |_, _| {
            lost = true;
            Ok(())
        },
    )?;
    for link in blobs {
        lost = lost || !store.has(&link)?;
    }
    Ok(!lost)
}

impl Fetching<'_> {
    fn run(&self) -> Result<(), Error> {
        thread::scope(|scope| {
            for _ in 0..STREAMS.min(lock(&self.queue).len()) {
                scope.spawn(|| {
                    if let Err(error) = self.work() {
                        self.stop.store(true, Ordering::Relaxed);
                        lock(&self.failed).get_or_insert(error);
                    }
                });
            }
        });
        lock(&self.failed).take().map_or(Ok(()), Err)
    }

    /// Takes blobs from the queue until it is empty. What is finished is kept, whatever comes of the rest.
    fn work(&self) -> Result<(), Error> {
        let mut batch =
            Batch { store: self.store, writer: None, blobs: vec![], pending: 0, size: 0 };
        let outcome = self.take_all(&mut batch);
        let kept = batch.keep();
        for blob in batch.blobs {
            lock(&self.done).insert(blob.digest, blob);
        }
        outcome.and(kept)
    }

    fn take_all(&self, batch: &mut Batch<'_>) -> Result<(), Error> {
        loop {
            let next = lock(&self.queue).pop_front();
            let Some(wanted) = next.filter(|_| !self.stop.load(Ordering::Relaxed)) else {
                return Ok(());
            };
            let size = wanted.descriptor.size;
            if batch.size + size > BATCH {
                batch.keep()?;
            }
            let blob = match self.fetch(batch.writer()?, &wanted) {
                Ok(blob) => blob,
                Err(error) => {
                    batch.drop_if_unused();
                    return Err(error);
                }
            };
            batch.size += size;
            batch.blobs.push(blob);
            batch.pending += 1;
        }
    }

    fn fetch(&self, writer: &mut Writer<'_>, wanted: &Wanted) -> Result<Blob, Error> {
        let descriptor = &wanted.descriptor;
        let asked =
            registry::Descriptor::new(&descriptor.media_type, descriptor.digest, descriptor.size);
        let mut blob = self.client.blob(self.repository, &asked, wanted.layer.is_none());
        let foreign = media::may_be_missing(&descriptor.media_type);
        if let Some(address) = descriptor.urls.first().filter(|_| foreign && self.foreign_urls) {
            blob = blob.from_outside(address)?;
        }
        let failure = blob.failure();
        let input = Counted { input: blob, fetching: self };
        let content = match wanted.layer {
            Some(diff_id) => self.layer(writer, input, descriptor, diff_id),
            None => add::reader(writer, input, &Silent)
                .map(|added| Content::File(added.link))
                .map_err(Error::from),
        };
        let content = content.map_err(|error| self.blame(error, &failure, descriptor))?;
        Ok(Blob { digest: descriptor.digest, size: descriptor.size, content })
    }

    fn layer(
        &self,
        writer: &mut Writer<'_>,
        input: impl Read + Send,
        descriptor: &Descriptor,
        diff_id: Option<Digest>,
    ) -> Result<Content, Error> {
        let options = layer::Options {
            digest: Some(descriptor.digest),
            diff_id,
            size: Some(descriptor.size),
            compression: compression(&descriptor.media_type),
            ..layer::Options::default()
        };
        Ok(layer::add(writer, input, &options, &Silent)?.content)
    }

    /// The registry's own failure says more than that of whoever read from it.
    fn blame(&self, error: Error, failure: &Failure, descriptor: &Descriptor) -> Error {
        match failure.take() {
            Some(registry::Error::NotFound { .. })
                if media::may_be_missing(&descriptor.media_type) =>
            {
                registry::Error::Foreign(descriptor.digest).into()
            }
            Some(cause) => cause.into(),
            None => error,
        }
    }
}

/// Returns what the media type says of how a layer is packed.
fn compression(media_type: &str) -> Option<Compression> {
    match () {
        () if media_type.ends_with("gzip") => Some(Compression::Gzip),
        () if media_type.ends_with("zstd") => Some(Compression::Zstd),
        () if media_type.ends_with("tar") => Some(Compression::None),
        () => None,
    }
}

/// Blobs that are made durable together.
struct Batch<'a> {
    store: &'a Store,
    writer: Option<Writer<'a>>,
    blobs: Vec<Blob>,
    /// So many of them at the end are not durable yet.
    pending: usize,
    size: u64,
}

impl<'a> Batch<'a> {
    fn writer(&mut self) -> Result<&mut Writer<'a>, Error> {
        if self.writer.is_none() {
            self.writer = Some(self.store.writer()?);
        }
        Ok(self.writer.as_mut().expect("made just now"))
    }

    /// Makes what has come durable, with no ref that leads there, and notes which digest it is.
    fn keep(&mut self) -> Result<(), Error> {
        let Some(writer) = self.writer.take().filter(|_| self.pending > 0) else { return Ok(()) };
        writer.commit(vec![])?;
        let first = self.blobs.len() - self.pending;
        for blob in &self.blobs[first..] {
            note(self.store, &blob.digest).write(blob);
        }
        (self.pending, self.size) = (0, 0);
        Ok(())
    }

    /// What came of a blob that failed is not kept, if nothing else lies beside it.
    fn drop_if_unused(&mut self) {
        if self.pending == 0 {
            self.writer = None;
        }
    }
}

/// Counts what comes, and ends where another stream has failed.
struct Counted<'a, R> {
    input: R,
    fetching: &'a Fetching<'a>,
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        if self.fetching.stop.load(Ordering::Relaxed) {
            return Err(io::Error::other("another layer has failed"));
        }
        let length = self.input.read(to)?;
        self.fetching.progress.advance(Task::Receive, length as u64);
        self.fetching.received.fetch_add(length as u64, Ordering::Relaxed);
        Ok(length)
    }
}
