//! Blobs that go out: piece by piece as the client takes them, whole or in parts.

use std::collections::VecDeque;
use std::io::{self, Read};
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream;
use tokio::sync::mpsc;

use super::empty;
use super::failure::Failure;
use super::range::{self, Asked};
use crate::image::hosted::{self, Repository};
use crate::image::{Blob, Content, layer};
use crate::remote::registry::Digest;
use crate::server::budget::Flow;
use crate::server::state::{Shared, blocking};
use crate::store::{self, Store, file};

/// So much is read at once: what a slow client holds in memory.
const READ: u64 = 256 << 10;

/// A blob never changes: whoever has it has it for ever.
const CACHE: &str = "private, max-age=31536000, immutable";

pub(super) async fn get(
    state: &Shared,
    repository: Repository,
    digest: Digest,
    is_head: bool,
    headers: &HeaderMap,
) -> Result<Response, Failure> {
    let found = blocking(state, move |state| hosted::find_blob(&state.store, &repository, &digest));
    let blob = found.await?.ok_or_else(|| Failure::no_blob(&digest))?;
    let tag = format!("\"{digest}\"");
    let known = headers.get(header::IF_NONE_MATCH).and_then(|known| known.to_str().ok());
    if known.is_some_and(|known| known.split(',').any(|one| one.trim() == tag)) {
        return Ok(empty(StatusCode::NOT_MODIFIED, [("etag", tag)]));
    }
    let size = blob.size;
    let mut response = match range::of(headers, &tag, size) {
        _ if is_head => sized(StatusCode::OK, size, Body::empty()),
        Asked::Beyond => {
            return Ok(empty(
                StatusCode::RANGE_NOT_SATISFIABLE,
                [("content-range", format!("bytes */{size}"))],
            ));
        }
        Asked::Whole => {
            sized(StatusCode::OK, size, body(state, blob, vec![(vec![], 0, size)]).await?)
        }
        Asked::Parts(parts) => match parts.as_slice() {
            [(start, end)] => {
                let (start, end) = (*start, *end);
                let body = body(state, blob, vec![(vec![], start, end)]).await?;
                let mut response = sized(StatusCode::PARTIAL_CONTENT, end - start, body);
                insert(&mut response, "content-range", format!("bytes {start}-{}/{size}", end - 1));
                response
            }
            several => multipart(state, blob, several).await?,
        },
    };
    insert(&mut response, "docker-content-digest", digest.to_string());
    insert(&mut response, "accept-ranges", "bytes".to_owned());
    insert(&mut response, "etag", tag);
    insert(&mut response, "cache-control", CACHE.to_owned());
    if !response.headers().contains_key("content-type") {
        insert(&mut response, "content-type", "application/octet-stream".to_owned());
    }
    Ok(response)
}

fn sized(status: StatusCode, size: u64, body: Body) -> Response {
    let mut response = (status, body).into_response();
    insert(&mut response, "content-length", size.to_string());
    response
}

fn insert(response: &mut Response, name: &'static str, value: String) {
    if let Ok(value) = value.parse() {
        response.headers_mut().insert(name, value);
    }
}

/// Some text that goes before a part, and the part.
type Piece = (Vec<u8>, u64, u64);

/// Answers with several parts (RFC 9110, 14.6): what readers of zstd:chunked and eStargz ask for.
async fn multipart(state: &Shared, blob: Blob, parts: &[(u64, u64)]) -> Result<Response, Failure> {
    const BOUNDARY: &str = "mls-2f1d7c0a9b3e4856";
    let size = blob.size;
    let mut pieces: Vec<Piece> = vec![];
    for (number, (start, end)) in parts.iter().enumerate() {
        let before = if number == 0 { "" } else { "\r\n" };
        let head = format!(
            "{before}--{BOUNDARY}\r\nContent-Type: application/octet-stream\r\nContent-Range: bytes {start}-{}/{size}\r\n\r\n",
            end - 1
        );
        pieces.push((head.into_bytes(), *start, *end));
    }
    pieces.push((format!("\r\n--{BOUNDARY}--\r\n").into_bytes(), 0, 0));
    let length = pieces.iter().map(|(head, start, end)| head.len() as u64 + end - start).sum();
    let body = body(state, blob, pieces).await?;
    let mut response = sized(StatusCode::PARTIAL_CONTENT, length, body);
    insert(&mut response, "content-type", format!("multipart/byteranges; boundary={BOUNDARY}"));
    Ok(response)
}

/// Returns a body of parts of a blob.
async fn body(state: &Shared, blob: Blob, pieces: Vec<Piece>) -> Result<Body, Failure> {
    let link = match &blob.content {
        Content::File(link) | Content::Kept { bytes: link, .. } => *link,
        Content::Tar(_) | Content::Made { .. } | Content::Record { .. } => {
            return made(state, blob, pieces).await;
        }
    };
    let chunks = blocking(state, move |state| state.budget.chunks(&state.store, &link));
    let (state, flow) = (Shared::clone(state), state.budget.begin());
    let reading = Reading { state, flow, chunks: chunks.await?, pieces: pieces.into() };
    Ok(Body::from_stream(stream::try_unfold(reading, |mut reading| async move {
        let bytes = reading.next().await?;
        Ok::<_, store::Error>(bytes.map(|bytes| (bytes, reading)))
    })))
}

/// A file that goes out. Nothing is held between two pieces but the list of its chunks.
struct Reading {
    state: Shared,
    flow: Flow,
    chunks: Arc<[file::Chunk]>,
    pieces: VecDeque<Piece>,
}

impl Reading {
    async fn next(&mut self) -> Result<Option<Bytes>, store::Error> {
        while let Some((head, start, end)) = self.pieces.front_mut() {
            if !head.is_empty() {
                return Ok(Some(std::mem::take(head).into()));
            }
            if start < end {
                let piece = self.flow.piece(&self.state, &self.chunks, *start, *end).await?;
                *start += piece.len() as u64;
                return Ok(Some(piece));
            }
            self.pieces.pop_front();
        }
        Ok(None)
    }
}

/// A blob that is made again while it goes out, by a thread; parts of it in another order than theirs are not given.
async fn made(state: &Shared, blob: Blob, pieces: Vec<Piece>) -> Result<Body, Failure> {
    let permit = Arc::clone(&state.registry.streams).acquire_owned().await;
    let (to, from) = mpsc::channel::<io::Result<Bytes>>(4);
    let shared = Shared::clone(state);
    tokio::task::spawn_blocking(move || {
        let _permit = permit;
        if let Err(error) = pour(&shared.store, &blob, pieces, &to) {
            let _ = to.blocking_send(Err(error));
        }
    });
    Ok(Body::from_stream(stream::unfold(from, |mut from| async move {
        from.recv().await.map(|bytes| (bytes, from))
    })))
}

fn pour(
    store: &Store,
    blob: &Blob,
    pieces: Vec<Piece>,
    to: &mpsc::Sender<io::Result<Bytes>>,
) -> io::Result<()> {
    let open = || layer::blob(store, blob).map_err(io::Error::other);
    let (mut input, mut at) = (open()?, 0);
    let gone = |_| io::Error::from(io::ErrorKind::BrokenPipe);
    for (head, start, end) in pieces {
        if !head.is_empty() {
            to.blocking_send(Ok(head.into())).map_err(gone)?;
        }
        if start < at && start < end {
            (input, at) = (open()?, 0);
        }
        if start < end {
            at += io::copy(&mut input.by_ref().take(start - at), &mut io::sink())?;
        }
        while at < end {
            let mut block = vec![];
            input.by_ref().take(READ.min(end - at)).read_to_end(&mut block)?;
            if block.is_empty() {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            at += block.len() as u64;
            to.blocking_send(Ok(block.into())).map_err(gone)?;
        }
    }
    Ok(())
}

pub(super) async fn delete(
    state: &Shared,
    repository: Repository,
    digest: Digest,
) -> Result<Response, Failure> {
    let gone =
        blocking(state, move |state| hosted::remove_blob(&state.store, &repository, &digest));
    match gone.await? {
        true => Ok(empty(StatusCode::ACCEPTED, [])),
        false => Err(Failure::no_blob(&digest)),
    }
}
