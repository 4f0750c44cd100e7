//! Registries, as the one end and the other.

use std::collections::{HashMap, VecDeque};
use std::io::Read;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

use super::origin::Origin;
use super::stream::Stream;
use super::target::Target;
use crate::base::Progress;
use crate::image::manifest::{Descriptor, Manifest};
use crate::image::{Error, pull, push};
use crate::remote::registry::{
    self, Access, Client, DOCKER_HUB, Digest, Failure, How, Manifest as Bytes, Reference, Upload,
};

/// So many blobs go at once.
const STREAMS: usize = 3;

/// A repository, and the name in it that is meant.
pub(super) struct Remote {
    client: Client,
    reference: Reference,
    failures: Mutex<HashMap<Digest, Failure>>,
    sent: AtomicU64,
    dry_run: bool,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Remote {
    pub(super) fn new(reference: &Reference, access: &Access) -> Result<Self, Error> {
        let reference = reference.qualified().or_latest();
        let client = Client::new(reference.registry().unwrap_or(DOCKER_HUB), access)?;
        let (failures, sent) = (Mutex::default(), AtomicU64::new(0));
        Ok(Self { client, reference, failures, sent, dry_run: false })
    }

    fn target(&self) -> registry::Target {
        pull::target(&self.reference)
    }

    /// Sends nothing from here on.
    pub(super) fn rehearsed(self) -> Self {
        Self { dry_run: true, ..self }
    }

    fn blob(
        &self,
        origin: &dyn Origin,
        blob: &Descriptor,
        progress: &dyn Progress,
    ) -> Result<(), Error> {
        let stream = Stream::new(origin, blob);
        let same = origin.repository().filter(|(host, _)| *host == self.client.registry());
        let from: Vec<String> = same.iter().map(|(_, name)| (*name).to_owned()).collect();
        let known = Some((blob.digest, blob.size));
        let upload = Upload { source: &stream, known, from: &from, progress };
        let repository = self.reference.repository();
        let sent = match self.dry_run {
            true => self.client.foresee(repository, &upload),
            false => self.client.upload(repository, &upload),
        };
        let sent = sent.map_err(|error| stream.blame(error.into()))?;
        if sent.how == How::Sent {
            self.sent.fetch_add(sent.size, Ordering::Relaxed);
        }
        Ok(())
    }

    fn blobs(
        &self,
        origin: &dyn Origin,
        blobs: &[&Descriptor],
        progress: &dyn Progress,
    ) -> Result<(), Error> {
        let queue: Mutex<VecDeque<&Descriptor>> = Mutex::new(blobs.iter().copied().collect());
        let failed: Mutex<Option<Error>> = Mutex::default();
        thread::scope(|scope| {
            for _ in 0..STREAMS.min(blobs.len()) {
                scope.spawn(|| {
                    loop {
                        let next = lock(&queue).pop_front();
                        let Some(blob) = next.filter(|_| lock(&failed).is_none()) else { return };
                        if let Err(error) = self.blob(origin, blob, progress) {
                            lock(&failed).get_or_insert(error);
                        }
                    }
                });
            }
        });
        lock(&failed).take().map_or(Ok(()), Err)
    }
}

impl Origin for Remote {
    fn manifest(&self, digest: Option<&Digest>) -> Result<Bytes, Error> {
        let target = digest.map_or_else(|| self.target(), |one| registry::Target::Digest(*one));
        Ok(self.client.manifest(self.reference.repository(), &target)?)
    }

    fn open(&self, blob: &Descriptor, from: u64) -> Result<Box<dyn Read + Send + '_>, Error> {
        let asked = registry::Descriptor::new(&blob.media_type, blob.digest, blob.size);
        let open = self.client.blob(self.reference.repository(), &asked, true).starting_at(from);
        lock(&self.failures).insert(blob.digest, open.failure());
        Ok(Box::new(open))
    }

    fn cause(&self, blob: &Digest) -> Option<Error> {
        lock(&self.failures).get(blob).and_then(Failure::take).map(Error::from)
    }

    fn referrers(&self, subject: &Digest) -> Result<Vec<Digest>, Error> {
        let found = self.client.referrers(self.reference.repository(), subject, None)?;
        Ok(found.into_iter().map(|one| one.digest).collect())
    }

    fn repository(&self) -> Option<(&str, &str)> {
        Some((self.client.registry(), self.reference.repository()))
    }
}

impl Target for Remote {
    fn has(&mut self, manifest: &Bytes) -> Result<bool, Error> {
        let found = self.client.find_manifest(self.reference.repository(), &self.target())?;
        Ok(found.is_some_and(|found| found.digest == manifest.digest))
    }

    fn take(
        &mut self,
        origin: &dyn Origin,
        (found, _): (&Bytes, &Manifest),
        blobs: &[&Descriptor],
        named: bool,
        progress: &dyn Progress,
    ) -> Result<(), Error> {
        let repository = self.reference.repository();
        let target = match named {
            true => self.target(),
            false => registry::Target::Digest(found.digest),
        };
        let there = !named && self.client.find_manifest(repository, &target)?.is_some();
        if there {
            return Ok(());
        }
        self.blobs(origin, blobs, progress)?;
        if self.dry_run {
            return Ok(());
        }
        push::put(&self.client, repository, &target, found)
    }

    fn finish(self: Box<Self>) -> Result<u64, Error> {
        Ok(self.sent.into_inner())
    }
}
