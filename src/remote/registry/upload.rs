//! A blob on its way to a registry: not sent where it is there, borrowed from another repository, else sent in one stream,
//! in one piece where it is small, or in chunks where the registry takes no more at once.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use bytes::Bytes;
use futures_util::stream;
use reqwest::header::{CONTENT_RANGE, CONTENT_TYPE, HeaderMap, LOCATION, RANGE};
use reqwest::{Body, Method, StatusCode, Url};
use tokio::sync::mpsc;
use tokio::time::sleep;

use crate::base::{Progress, Task};
use crate::remote::connect::SLOWEST;
use crate::remote::registry::blob::Failure;
use crate::remote::registry::client::{Attempt, Client};
use crate::remote::registry::endpoint::Endpoint;
use crate::remote::registry::fault::Fault;
use crate::remote::registry::request::Ask;
use crate::remote::registry::{Algorithm, Digest, Error, Hasher};

/// What is smaller goes in one request with its digest.
const SMALL: u64 = 256 << 10;
/// Read from a source at once.
const BLOCK: usize = 256 << 10;
/// Blocks that wait to be sent.
const WAITING: usize = 4;
/// What is sent at once to a registry that takes no whole blob.
const CHUNK: u64 = 8 << 20;
/// The largest chunk that a registry may ask for.
const MAX_CHUNK: u64 = 64 << 20;
const BYTES: &str = "application/octet-stream";

/// Where a blob comes from; the same bytes each time.
pub trait Source: Sync {
    /// Begins to read at `from`.
    fn open(&self, from: u64) -> io::Result<Box<dyn Read + Send + '_>>;
}

impl Source for Vec<u8> {
    fn open(&self, from: u64) -> io::Result<Box<dyn Read + Send + '_>> {
        Ok(Box::new(self.get(from as usize..).unwrap_or_default()))
    }
}

/// What is sent, and what is known of it.
#[derive(Clone, Copy)]
pub struct Upload<'a> {
    pub source: &'a dyn Source,
    /// Digest and size; nothing where they are known at the end only.
    pub known: Option<(Digest, u64)>,
    /// Other repositories of the registry that may have it.
    pub from: &'a [String],
    pub progress: &'a dyn Progress,
}

impl std::fmt::Debug for Upload<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Upload").field("known", &self.known).finish_non_exhaustive()
    }
}

/// How a blob came to be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    WasThere,
    /// The registry has taken it from another repository.
    Mounted,
    Sent,
}

/// A blob that the registry has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sent {
    pub digest: Digest,
    pub size: u64,
    pub how: How,
}

/// Where a session begins, or what it came to without one.
enum Begun {
    At(Session),
    Done,
}

/// An upload that the registry keeps open.
struct Session {
    url: Url,
    offset: u64,
    /// The registry takes no chunks that are smaller, but for the last.
    least: u64,
}

/// Returns digest and size of all that a source gives.
fn measured(source: &dyn Source) -> io::Result<(Digest, u64)> {
    let (mut input, mut hasher) = (source.open(0)?, Algorithm::Sha256.hasher());
    let (mut size, mut block) = (0, vec![0; BLOCK]);
    loop {
        match input.read(&mut block) {
            Ok(0) => return Ok((hasher.finish(), size)),
            Ok(count) => {
                hasher.update(&block[..count]);
                size += count as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

impl Client {
    /// Sees to it that the registry has a blob in a repository.
    pub fn upload(&self, repository: &str, upload: &Upload<'_>) -> Result<Sent, Error> {
        if let Some((digest, size)) = upload.known {
            if self.has_blob(repository, &digest)? {
                return Ok(Sent { digest, size, how: How::WasThere });
            }
            for from in upload.from.iter().filter(|from| *from != repository) {
                if self.mount(repository, &digest, from)? {
                    return Ok(Sent { digest, size, how: How::Mounted });
                }
            }
            if size <= SMALL {
                return self.send_small(repository, upload, digest, size);
            }
        }
        Sending::new(self, repository, upload).run()
    }

    /// Finds out what [`Self::upload`] would do, and sends nothing. What is not known of the blob is found by reading it.
    pub fn foresee(&self, repository: &str, upload: &Upload<'_>) -> Result<Sent, Error> {
        let (digest, size) = match upload.known {
            Some(known) => known,
            None => measured(upload.source).map_err(Error::Source)?,
        };
        let mut elsewhere = upload.from.iter().filter(|from| *from != repository);
        let how = if self.has_blob(repository, &digest)? {
            How::WasThere
        // A repository that may not be read is none to take it from.
        } else if elsewhere.any(|from| self.has_blob(from, &digest).unwrap_or(false)) {
            How::Mounted
        } else {
            How::Sent
        };
        Ok(Sent { digest, size, how })
    }

    /// Asks for a blob of another repository; a registry that cannot, or may not, has begun an upload that nobody goes on
    /// with.
    fn mount(&self, repository: &str, digest: &Digest, from: &str) -> Result<bool, Error> {
        let origin = self.origin();
        self.tried(&mut || {
            let mount = async {
                let url = origin
                    .url(&format!("{repository}/blobs/uploads/?mount={digest}&from={from}"))
                    .await?;
                let ask = Ask::new(Method::POST, url, format!("blob {digest}"))
                    .scoped(repository, "pull,push")
                    .scoped(from, "pull");
                origin.send(&ask).await
            };
            match self.wait(mount) {
                Ok(response) if response.status() == StatusCode::CREATED => Ok(true),
                Ok(response) => {
                    self.wait(cancel(origin, repository, response.headers()));
                    Ok(false)
                }
                Err(Fault::Said { .. }) => Ok(false),
                Err(fault) => Err(fault),
            }
        })
    }

    /// POST, then PUT with all of it.
    fn send_small(
        &self,
        repository: &str,
        upload: &Upload<'_>,
        digest: Digest,
        size: u64,
    ) -> Result<Sent, Error> {
        let mut bytes = vec![];
        let mut source = upload.source.open(0).map_err(Error::Source)?;
        source.read_to_end(&mut bytes).map_err(Error::Source)?;
        let bytes = Bytes::from(bytes);
        let origin = self.origin();
        self.tried(&mut || {
            self.wait(async {
                let Begun::At(session) = begin(origin, repository).await? else { return Ok(()) };
                put(origin, repository, &session.url, &digest, bytes.clone()).await
            })
        })?;
        upload.progress.advance(Task::Send, size);
        Ok(Sent { digest, size, how: How::Sent })
    }
}

/// One blob that is sent, however often the connection breaks.
struct Sending<'a> {
    client: &'a Client,
    repository: &'a str,
    upload: &'a Upload<'a>,
    /// What is not known yet is found out in passing; the first bytes of it are known already.
    hasher: Option<Hasher>,
    hashed: u64,
    /// Counted for people, who are told each byte once.
    told: u64,
    chunked: bool,
}

/// What one stream came to.
struct Streamed {
    url: Url,
    /// How far the source went.
    end: u64,
}

impl<'a> Sending<'a> {
    fn new(client: &'a Client, repository: &'a str, upload: &'a Upload<'a>) -> Self {
        let hasher = upload.known.is_none().then(|| Algorithm::Sha256.hasher());
        Self { client, repository, upload, hasher, hashed: 0, told: 0, chunked: false }
    }

    fn run(mut self) -> Result<Sent, Error> {
        let (client, origin) = (self.client, self.client.origin());
        let mut attempt = Attempt::new(client);
        let mut session: Option<Session> = None;
        let mut end = None;
        loop {
            let current = match session.take() {
                Some(session) => session,
                None => match client.tried(&mut || client.wait(begin(origin, self.repository)))? {
                    Begun::At(session) => session,
                    Begun::Done => {
                        return Err(origin
                            .nonsense("it takes what was not sent")
                            .give_up(client.registry()));
                    }
                },
            };
            let before = current.offset;
            let outcome = match end {
                Some(end) => Ok(Streamed { url: current.url.clone(), end }),
                None if self.chunked => self.chunks(&current),
                None => self.stream(&current),
            };
            let outcome = outcome.and_then(|streamed| {
                end = Some(streamed.end);
                let (digest, size) = self.known(streamed.end);
                client.wait(put(origin, self.repository, &streamed.url, &digest, Bytes::new()))?;
                Ok(Sent { digest, size, how: How::Sent })
            });
            let fault = match outcome {
                Ok(sent) => return Ok(sent),
                Err(fault) => fault,
            };
            if fault.is(&[413]) && !self.chunked {
                self.chunked = true;
            } else if fault.is(&[401]) {
                attempt
                    .failed(Fault::Cut("the token ended on the way".to_owned()))
                    .map_err(|_| fault.give_up(client.registry()))?;
            } else {
                attempt.failed(fault)?;
            }
            session = client.wait(look(origin, self.repository, &current));
            if session.as_ref().is_some_and(|now| now.offset > before) {
                attempt.progressed();
            }
            end = end.filter(|end| session.as_ref().is_some_and(|now| now.offset == *end));
        }
    }

    fn known(&self, end: u64) -> (Digest, u64) {
        self.upload.known.unwrap_or_else(|| {
            let hasher = self.hasher.clone().expect("what is not known is hashed");
            (hasher.finish(), end)
        })
    }

    fn ask(&self, method: Method, url: &Url) -> Ask {
        Ask::new(method, url.clone(), "what is uploaded")
            .scoped(self.repository, "pull,push")
            .header(CONTENT_TYPE, BYTES)
    }

    /// Sends all that is left in one request.
    fn stream(&mut self, session: &Session) -> Result<Streamed, Fault> {
        let (client, origin, from) = (self.client, self.client.origin(), session.offset);
        let size = self.upload.known.map(|(_, size)| size);
        let mut ask = self.ask(Method::PATCH, &session.url);
        if let Some(size) = size.filter(|_| from > 0) {
            ask = ask.header(CONTENT_RANGE, format!("{from}-{}", size.saturating_sub(1)));
        }
        let (sender, receiver) = mpsc::channel::<io::Result<Bytes>>(WAITING);
        let body = stream::unfold(receiver, |mut receiver| async move {
            receiver.recv().await.map(|piece| (piece, receiver))
        });
        let (moved, failure) = (Arc::new(AtomicU64::new(from)), Failure::default());
        let stall = client.stall;
        let outcome = thread::scope(|scope| {
            let reading = {
                let (moved, failure) = (&moved, &failure);
                let sending = &mut *self;
                scope.spawn(move || sending.feed(from, &sender, moved, failure))
            };
            let outcome = client.wait(async {
                let length = size.map(|size| size - from);
                let answer = origin.stream(&ask, Body::wrap_stream(body), length);
                tokio::select! {
                    answer = answer => answer.map(|response| response.headers().clone()),
                    () = stuck(stall, &moved) => Err(Fault::stalled(stall)),
                }
            });
            // Whoever has panicked has been heard.
            let end = reading.join().unwrap_or(from);
            outcome.map(|headers| (headers, end))
        });
        if let Some(error) = failure.take() {
            return Err(error.into());
        }
        let (headers, end) = outcome?;
        Ok(Streamed { url: location(origin, &session.url, &headers)?, end })
    }

    /// Reads the source and hands it on; returns where it ended.
    fn feed(
        &mut self,
        from: u64,
        to: &mpsc::Sender<io::Result<Bytes>>,
        moved: &AtomicU64,
        failure: &Failure,
    ) -> u64 {
        let mut at = from;
        let mut pass = || -> io::Result<()> {
            let mut pieces = Pieces::open(self, from)?;
            while let Some(piece) = pieces.next()? {
                at += piece.len() as u64;
                if to.blocking_send(Ok(piece)).is_err() {
                    break;
                }
                moved.store(at, Ordering::Relaxed);
            }
            Ok(())
        };
        if let Err(error) = pass() {
            let words = failure.keep(Error::Source(error));
            let _ = to.blocking_send(Err(words)); // whoever receives may have gone
        }
        moved.store(u64::MAX, Ordering::Relaxed);
        at
    }

    /// Sends one chunk after the other (distribution-spec, pushing a blob in chunks).
    fn chunks(&mut self, session: &Session) -> Result<Streamed, Fault> {
        let (client, origin) = (self.client, self.client.origin());
        let size = session.least.clamp(CHUNK, MAX_CHUNK) as usize;
        let (mut url, mut at) = (session.url.clone(), session.offset);
        let unread = |error| Fault::Final(Error::Source(error));
        let asking = self.ask(Method::PATCH, &url);
        let mut pieces = Pieces::open(self, at).map_err(unread)?;
        loop {
            let mut chunk = Vec::with_capacity(size);
            while chunk.len() < size {
                match pieces.next().map_err(unread)? {
                    Some(piece) => chunk.extend_from_slice(&piece),
                    None => break,
                }
            }
            if chunk.is_empty() {
                return Ok(Streamed { url, end: at });
            }
            let length = chunk.len() as u64;
            let ask = Ask { url: url.clone(), ..asking.clone() }
                .header(CONTENT_RANGE, format!("{at}-{}", at + length - 1))
                .with_body(chunk.into());
            let headers = client
                .wait(async { Ok::<_, Fault>(origin.send(&ask).await?.headers().clone()) })?;
            url = location(origin, &url, &headers)?;
            at += length;
        }
    }
}

/// What is left of a source, hashed and counted in passing.
struct Pieces<'s, 'a> {
    sending: &'s mut Sending<'a>,
    input: Box<dyn Read + Send + 'a>,
    at: u64,
}

impl<'s, 'a> Pieces<'s, 'a> {
    /// What is not hashed yet must be read from where the hash stands, whatever the registry has.
    fn open(sending: &'s mut Sending<'a>, from: u64) -> io::Result<Self> {
        let upload: &'a Upload<'a> = sending.upload;
        let start = if sending.hasher.is_some() { from.min(sending.hashed) } else { from };
        let mut pieces = Self { sending, input: upload.source.open(start)?, at: start };
        while pieces.at < from {
            let most = BLOCK.min((from - pieces.at) as usize);
            if pieces.read(most)?.is_none() {
                return Err(io::Error::other("it is shorter than it was"));
            }
        }
        Ok(pieces)
    }

    fn next(&mut self) -> io::Result<Option<Bytes>> {
        self.read(BLOCK)
    }

    fn read(&mut self, most: usize) -> io::Result<Option<Bytes>> {
        let mut block = Vec::with_capacity(most);
        (&mut self.input).take(most as u64).read_to_end(&mut block)?;
        if block.is_empty() {
            return Ok(None);
        }
        let end = self.at + block.len() as u64;
        if let Some(hasher) = &mut self.sending.hasher {
            let known = (self.sending.hashed.saturating_sub(self.at) as usize).min(block.len());
            hasher.update(&block[known..]);
            self.sending.hashed = self.sending.hashed.max(end);
        }
        if end > self.sending.told {
            self.sending.upload.progress.advance(Task::Send, end - self.sending.told.max(self.at));
            self.sending.told = end;
        }
        self.at = end;
        Ok(Some(block.into()))
    }
}

/// Ends when a body that is not sent yet has stopped moving.
async fn stuck(stall: std::time::Duration, moved: &AtomicU64) {
    let mut before = moved.load(Ordering::Relaxed);
    // Once all is sent, the registry may think for as long as it takes to hash it.
    let mut thinking = 0;
    loop {
        sleep(stall).await;
        let now = moved.load(Ordering::Relaxed);
        thinking = if now == u64::MAX { thinking + 1 } else { 0 };
        let slow = now != u64::MAX && now - before < SLOWEST * stall.as_secs().max(1);
        if slow || thinking > 20 {
            return;
        }
        before = now;
    }
}

async fn begin(origin: &Endpoint, repository: &str) -> Result<Begun, Fault> {
    let url = origin.url(&format!("{repository}/blobs/uploads/")).await?;
    let ask = Ask::new(Method::POST, url.clone(), format!("an upload to `{repository}`"));
    let response = origin.send(&ask.scoped(repository, "pull,push")).await?;
    if response.status() == StatusCode::CREATED {
        return Ok(Begun::Done);
    }
    let headers = response.headers();
    let least =
        headers.get("oci-chunk-min-length").and_then(|least| least.to_str().ok()?.parse().ok());
    Ok(Begun::At(Session {
        url: location(origin, &url, headers)?,
        offset: 0,
        least: least.unwrap_or(0),
    }))
}

/// Ends an upload: the registry checks the digest (distribution-spec, end-6).
async fn put(
    origin: &Endpoint,
    repository: &str,
    session: &Url,
    digest: &Digest,
    bytes: Bytes,
) -> Result<(), Fault> {
    let mut url = session.clone();
    url.query_pairs_mut().append_pair("digest", &digest.to_string());
    let mut ask = Ask::new(Method::PUT, url, format!("blob {digest}"))
        .scoped(repository, "pull,push")
        .header(CONTENT_TYPE, BYTES)
        .with_body(bytes);
    if ask.body.is_empty() {
        ask = ask.header(reqwest::header::CONTENT_LENGTH, "0");
    }
    let response = origin.send(&ask).await?;
    let told = response.headers().get("docker-content-digest").and_then(|told| told.to_str().ok());
    match told
        .and_then(|told| told.parse::<Digest>().ok())
        .filter(|told| told.algorithm() == digest.algorithm())
    {
        Some(told) if told != *digest => {
            Err(origin.lied(&format!("blob {digest}"), format!("it says to have kept {told}")))
        }
        _ => Ok(()),
    }
}

/// Asks how much of an upload is there; nothing where the registry knows of none.
async fn look(origin: &Endpoint, repository: &str, session: &Session) -> Option<Session> {
    let ask = Ask::new(Method::GET, session.url.clone(), "an upload");
    let response = origin.send(&ask.scoped(repository, "pull,push")).await.ok()?;
    let headers = response.headers();
    let range = headers.get(RANGE)?.to_str().ok()?.trim_start_matches("bytes=");
    let (start, end) = range.split_once('-')?;
    let end: u64 = end.parse().ok()?;
    // `0-0` means nothing to some and one byte to others: what is safe is to begin again.
    let offset = if end == 0 { return None } else { end + 1 };
    (start == "0").then_some(())?;
    let url = location(origin, &session.url, headers).unwrap_or_else(|_| session.url.clone());
    Some(Session { url, offset, least: session.least })
}

async fn cancel(origin: &Endpoint, repository: &str, headers: &HeaderMap) {
    let Ok(base) = origin.url("").await else { return };
    if let Ok(url) = location(origin, &base, headers) {
        let ask = Ask::new(Method::DELETE, url, "an upload").scoped(repository, "pull,push");
        // The registry forgets it by itself otherwise.
        let _ = origin.send(&ask).await;
    }
}

/// Returns where an upload goes on.
fn location(origin: &Endpoint, from: &Url, headers: &HeaderMap) -> Result<Url, Fault> {
    let text = headers.get(LOCATION).and_then(|location| location.to_str().ok());
    let url = text.and_then(|text| from.join(text).ok());
    let url = url.ok_or_else(|| origin.nonsense("an upload that goes on nowhere"))?;
    origin.check(from, url)
}
