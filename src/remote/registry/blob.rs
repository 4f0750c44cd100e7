//! A blob on its way here: read as it comes, gone on with where it was cut, refused where it is not what was asked for.

use std::io::{self, Read};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::{Buf as _, Bytes};
use reqwest::header::{CONTENT_RANGE, HeaderMap, RANGE};
use reqwest::{Method, Response, StatusCode, Url};

use crate::remote::connect::Watch;
use crate::remote::registry::client::{Attempt, Client};
use crate::remote::registry::endpoint::Endpoint;
use crate::remote::registry::fault::Fault;
use crate::remote::registry::request::{Ask, body};
use crate::remote::registry::{Algorithm, Descriptor, Digest, Error, Hasher};

/// A blob that is read where it is needed: whoever reads it learns why it ended from [`Blob::failure`].
pub struct Blob<'a> {
    client: &'a Client,
    repository: &'a str,
    digest: Digest,
    size: u64,
    /// Of the endpoints, the one that is asked.
    place: usize,
    /// Outside of the registry, where it lies there.
    foreign: Option<Url>,
    at: u64,
    open: Option<(Response, Watch)>,
    chunk: Bytes,
    hasher: Option<Hasher>,
    attempt: Attempt<'a>,
    failure: Failure,
}

/// Keeps what went wrong in a reader that can only say so in the words of the system.
#[derive(Debug, Clone, Default)]
pub struct Failure(Arc<Mutex<Option<Error>>>);

impl Failure {
    /// Returns what went wrong, once.
    pub fn take(&self) -> Option<Error> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    pub(super) fn keep(&self, error: Error) -> io::Error {
        let words = error.to_string();
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
        io::Error::other(words)
    }
}

impl std::fmt::Debug for Blob<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Blob")
            .field("digest", &self.digest)
            .field("at", &self.at)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// Returns whether the registry itself has a blob in a repository.
    pub fn has_blob(&self, repository: &str, digest: &Digest) -> Result<bool, Error> {
        let origin = self.origin();
        self.tried(&mut || {
            let head = async {
                let url = origin.url(&format!("{repository}/blobs/{digest}")).await?;
                let ask = Ask::new(Method::HEAD, url, format!("blob {digest}"));
                origin.send(&ask.scoped(repository, "pull,push")).await
            };
            match self.wait(head) {
                Ok(_) => Ok(true),
                Err(fault) if fault.is(&[404]) => Ok(false),
                Err(fault) => Err(fault),
            }
        })
    }

    /// Reads a small blob whole; its digest is checked.
    pub fn small_blob(
        &self,
        repository: &str,
        digest: &Digest,
        size: u64,
        limit: u64,
    ) -> Result<Vec<u8>, Error> {
        let what = format!("blob {digest}");
        if size > limit {
            return Err(Error::TooLarge { what, limit });
        }
        self.read(&mut |endpoint| {
            let response = self.wait(get(endpoint, repository, digest, 0, None))?;
            let bytes = self.wait(body(self.stall, response, size, &what))?;
            if bytes.len() as u64 != size {
                return Err(
                    endpoint.lied(&what, format!("it has {} bytes, not {size}", bytes.len()))
                );
            }
            match Digest::with(digest.algorithm(), &bytes) == *digest {
                true => Ok(bytes),
                false => Err(endpoint.lied(&what, "its bytes have another digest")),
            }
        })
    }

    /// Begins to read a blob, of which not more than `descriptor` says is ever returned.
    ///
    /// With `verify`, its digest is checked before its end is told; without, whoever reads it has to.
    pub fn blob<'a>(
        &'a self,
        repository: &'a str,
        descriptor: &Descriptor,
        verify: bool,
    ) -> Blob<'a> {
        let algorithm: Algorithm = descriptor.digest.algorithm();
        Blob {
            client: self,
            repository,
            digest: descriptor.digest,
            size: descriptor.size,
            place: 0,
            foreign: None,
            at: 0,
            open: None,
            chunk: Bytes::new(),
            hasher: verify.then(|| algorithm.hasher()),
            attempt: Attempt::new(self),
            failure: Failure::default(),
        }
    }
}

impl Blob<'_> {
    /// Returns where it is kept why reading failed.
    pub fn failure(&self) -> Failure {
        self.failure.clone()
    }

    /// Goes on at `from` as if what is before had been read; its digest is then for somebody else to check.
    #[must_use]
    pub fn starting_at(mut self, from: u64) -> Self {
        if from > 0 {
            (self.at, self.hasher) = (from.min(self.size), None);
        }
        self
    }

    /// Reads it from an address outside of the registry, where nobody is told who we are (ABUSE R05).
    pub fn from_outside(mut self, address: &str) -> Result<Self, Error> {
        let url = Url::parse(address).ok().filter(|url| url.scheme() == "https");
        self.foreign = Some(url.ok_or(Error::Foreign(self.digest))?);
        self.place = self.client.endpoints().len() - 1;
        Ok(self)
    }

    fn fill(&mut self) -> Result<(), Error> {
        while self.chunk.is_empty() && self.at < self.size {
            match self.next() {
                Ok(()) => {}
                Err(fault) => {
                    self.open = None;
                    self.next_place(fault)?;
                }
            }
        }
        if self.at == self.size && self.chunk.is_empty() {
            self.end()?;
        }
        Ok(())
    }

    /// A mirror that fails leaves the rest to the next one.
    fn next_place(&mut self, fault: Fault) -> Result<(), Error> {
        match self.place + 1 < self.client.endpoints().len() {
            true => {
                self.place += 1;
                Ok(())
            }
            false => self.attempt.failed(fault),
        }
    }

    fn next(&mut self) -> Result<(), Fault> {
        let client = self.client;
        let endpoint = &client.endpoints()[self.place];
        let (response, watch) = match &mut self.open {
            Some(open) => (&mut open.0, &mut open.1),
            None => {
                let response = client.wait(get(
                    endpoint,
                    self.repository,
                    &self.digest,
                    self.at,
                    self.foreign.as_ref(),
                ))?;
                self.check(endpoint, response.status(), response.headers())?;
                let whole = response.status() != StatusCode::PARTIAL_CONTENT;
                let mut open = (response, Watch::new(client.stall));
                if whole && self.at > 0 {
                    self.skip(endpoint, &mut open)?;
                }
                let open = self.open.insert(open);
                (&mut open.0, &mut open.1)
            }
        };
        if !self.chunk.is_empty() {
            return Ok(());
        }
        match client.wait(watch.next(response))? {
            Some(chunk) => self.take(chunk),
            None => Err(Fault::Cut("it ended too early".to_owned())),
        }
    }

    fn take(&mut self, chunk: Bytes) -> Result<(), Fault> {
        if chunk.len() as u64 > self.size - self.at {
            let endpoint = &self.client.endpoints()[self.place];
            let reason = format!("it has more than {} bytes", self.size);
            return Err(endpoint.lied(&self.what(), reason));
        }
        if let Some(hasher) = &mut self.hasher {
            hasher.update(&chunk);
        }
        self.at += chunk.len() as u64;
        self.attempt.progressed();
        self.chunk = chunk;
        Ok(())
    }

    /// A registry that knows no ranges begins again at the beginning.
    fn skip(&mut self, endpoint: &Endpoint, open: &mut (Response, Watch)) -> Result<(), Fault> {
        let mut left = self.at;
        while left > 0 {
            let Some(mut chunk) = self.client.wait(open.1.next(&mut open.0))? else {
                return Err(Fault::Cut("it ended too early".to_owned()));
            };
            let skipped = left.min(chunk.len() as u64);
            left -= skipped;
            chunk.advance(skipped as usize);
            if !chunk.is_empty() {
                self.take(chunk)?;
            }
        }
        let _ = endpoint;
        Ok(())
    }

    /// Refuses an answer whose length or place is not what was asked for (ABUSE R02).
    fn check(
        &self,
        endpoint: &Endpoint,
        status: StatusCode,
        headers: &HeaderMap,
    ) -> Result<(), Fault> {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        if status == StatusCode::PARTIAL_CONTENT {
            let place = text(CONTENT_RANGE).and_then(|range| range.strip_prefix("bytes "));
            let (range, total) = place.and_then(|place| place.split_once('/')).unwrap_or_default();
            let start = range.split_once('-').and_then(|(start, _)| start.parse().ok());
            let total = if total == "*" { Some(self.size) } else { total.parse().ok() };
            return match start == Some(self.at) && total == Some(self.size) {
                true => Ok(()),
                false => Err(endpoint.lied(&self.what(), "another part came than was asked for")),
            };
        }
        let length = text(reqwest::header::CONTENT_LENGTH).and_then(|length| length.parse().ok());
        match length.filter(|length: &u64| *length != self.size) {
            Some(length) => {
                let reason = format!("it has {length} bytes, not {}", self.size);
                Err(endpoint.lied(&self.what(), reason))
            }
            None => Ok(()),
        }
    }

    /// Looks whether more comes than should, and whether what came is right.
    fn end(&mut self) -> Result<(), Error> {
        let registry = self.client.registry();
        let endpoint = &self.client.endpoints()[self.place];
        if let Some((mut response, mut watch)) = self.open.take()
            && let Ok(Some(more)) = self.client.wait(watch.next(&mut response))
            && !more.is_empty()
        {
            let reason = format!("it has more than {} bytes", self.size);
            return Err(endpoint.lied(&self.what(), reason).give_up(registry));
        }
        match self.hasher.take().map(Hasher::finish) {
            Some(found) if found != self.digest => {
                Err(endpoint.lied(&self.what(), "its bytes have another digest").give_up(registry))
            }
            _ => Ok(()),
        }
    }

    fn what(&self) -> String {
        format!("blob {}", self.digest)
    }
}

impl Read for Blob<'_> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        if to.is_empty() {
            return Ok(0);
        }
        if self.chunk.is_empty() {
            self.fill().map_err(|error| self.failure.keep(error))?;
        }
        let length = to.len().min(self.chunk.len());
        to[..length].copy_from_slice(&self.chunk[..length]);
        self.chunk.advance(length);
        Ok(length)
    }
}

async fn get(
    endpoint: &Endpoint,
    repository: &str,
    digest: &Digest,
    from: u64,
    foreign: Option<&Url>,
) -> Result<Response, Fault> {
    let url = match foreign {
        Some(url) => {
            let base = endpoint.url("").await?;
            endpoint.check(&base, url.clone())?
        }
        None => endpoint.url(&format!("{repository}/blobs/{digest}")).await?,
    };
    let mut ask = Ask::new(Method::GET, url, format!("blob {digest}")).scoped(repository, "pull");
    if from > 0 {
        ask = ask.header(RANGE, format!("bytes={from}-"));
    }
    endpoint.send(&ask).await
}
