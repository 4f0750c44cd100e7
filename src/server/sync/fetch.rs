//! Answering those who fetch, and those who ask before they push.

use std::sync::Arc;

use axum::Extension;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Path, Query, State};
use axum::http::header::{ACCEPT_RANGES, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, RANGE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde::Deserialize;
use tokio::sync::SemaphorePermit;

use crate::base::Digest;
use crate::base::fs::read_at;
use crate::remote::wire::{self, code};
use crate::remote::{Error, answer};
use crate::server::budget::Flow;
use crate::server::limits::{Limited, Limits};
use crate::server::state::{Shared, State as Hub, blocking};
use crate::server::sync::problem::Problem;
use crate::server::sync::{MAX_QUESTION, reach};
use crate::store::Link;
use crate::store::pack::Pack;
use crate::store::walk::Seen;

/// A pack goes out in blocks, each of which costs two changes of threads: in such large ones where there is room.
const BLOCK: u64 = 1 << 20;

#[derive(Debug, Deserialize)]
pub(super) struct From {
    #[serde(default)]
    from: usize,
}

pub(super) async fn refs(
    State(state): State<Shared>,
    Extension(limits): Extension<Limits>,
    Query(from): Query<From>,
) -> Result<Response, Problem> {
    let page = blocking(&state, move |state| -> Result<wire::Refs, Problem> {
        let Some(limited) = limits.get() else {
            return Ok(answer::refs(&state.store, from.from)?);
        };
        let (head, refs) = reach::refs(&state.store, limited)?;
        Ok(answer::page(head, &refs, from.from))
    })
    .await?;
    Ok(binary(Body::from(wire::encode(&page))))
}

pub(super) async fn have(
    State(state): State<Shared>,
    Extension(limits): Extension<Limits>,
    body: Body,
) -> Result<Response, Problem> {
    let question = read(body).await?;
    let links = wire::links(&question).filter(|links| links.len() <= wire::BATCH);
    let links = links.ok_or_else(|| Problem::malformed("at most 16,384 ids are asked for"))?;
    let _turn = turn(&state, &limits).await;
    let bits = blocking(&state, move |state| -> Result<Vec<u8>, Problem> {
        let reach = reach_of(state, &limits)?;
        Ok(answer::have(&state.store, &links, reach.as_deref())?)
    });
    let bits = bits.await?;
    Ok(binary(Body::from(bits)))
}

/// Waits for a processor where the answer takes a walk through the store.
async fn turn<'a>(state: &'a Shared, limits: &Limits) -> Option<SemaphorePermit<'a>> {
    limits.get()?;
    state.desk.work.acquire().await.ok()
}

/// Returns what a token that is limited to names can reach; nothing for any other.
fn reach_of(state: &Hub, limits: &Limits) -> Result<Option<Arc<Seen>>, Problem> {
    limits.get().map(|limited| reach::reach(state, limited)).transpose()
}

pub(super) async fn objects(
    State(state): State<Shared>,
    Extension(limits): Extension<Limits>,
    body: Body,
) -> Result<Response, Problem> {
    let question: wire::Records =
        wire::decode(&read(body).await?).ok_or_else(|| Problem::malformed("no question"))?;
    let links = ids(&question.links)?;
    if links.len() > wire::BATCH {
        return Err(Problem::malformed("at most 16,384 objects are asked for"));
    }
    let _turn = state.desk.work.acquire().await;
    let list = blocking(&state, move |state| -> Result<Vec<u8>, Problem> {
        let reach = reach_of(state, &limits)?;
        Ok(answer::records(&state.store, &links, question.history, reach.as_deref())?)
    });
    Ok(binary(Body::from(list.await?)))
}

pub(super) async fn plan(
    State(state): State<Shared>,
    Extension(limits): Extension<Limits>,
    body: Body,
) -> Result<Response, Problem> {
    let question: wire::Wants =
        wire::decode(&read(body).await?).ok_or_else(|| Problem::malformed("no question"))?;
    let roots = ids(&question.roots)?;
    let complete = ids(&question.complete)?.into_iter().collect();
    let _turn = state.desk.work.acquire().await;
    let to = limits.get().cloned();
    let plan = blocking(&state, move |state| -> Result<answer::Plan, Problem> {
        let reach = reach_of(state, &limits)?;
        if let Some(reach) = &reach {
            reach::check(reach, &roots)?;
        }
        let plan = answer::plan(&state.store, &roots, complete, question.blobs)?;
        if reach.is_none() {
            return Ok(plan);
        }
        let folder = state.desk.uploads(&state.store)?.scratch()?;
        Ok(plan.apart(folder.path())?)
    });
    let plan = plan.await?;
    plan.packs().for_each(|pack| state.desk.offer(pack, to.as_ref()));
    let pieces = plan.pieces().map(|piece| Ok::<_, std::io::Error>(Bytes::from(piece)));
    Ok(binary(Body::from_stream(stream::iter(pieces))))
}

/// Answers with a pack, or the one range of it that is asked for.
pub(super) async fn pack(
    State(state): State<Shared>,
    Extension(limits): Extension<Limits>,
    Path(digest): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let digest = digest.parse().map_err(|_| Problem::malformed("no digest"))?;
    let pack = find(&state, digest, limits.get()).await?;
    let range = match headers.get(RANGE).map(|range| range.to_str().ok().and_then(parse_range)) {
        None => None,
        Some(Some((from, last))) if from <= last && last < pack.size => Some((from, last + 1)),
        Some(_) => {
            let whole = format!("bytes */{}", pack.size);
            return Ok(
                (StatusCode::RANGE_NOT_SATISFIABLE, [(CONTENT_RANGE, whole)]).into_response()
            );
        }
    };
    let (from, end) = range.unwrap_or((0, pack.size));
    let size = pack.size;
    let flow = state.budget.begin();
    let mut response = binary(Body::from_stream(pieces(pack, from, end, flow)));
    let headers = response.headers_mut();
    headers.insert(CONTENT_LENGTH, (end - from).into());
    headers.insert(ACCEPT_RANGES, axum::http::HeaderValue::from_static("bytes"));
    if range.is_some() {
        let range = format!("bytes {from}-{}/{size}", end - 1);
        headers.insert(CONTENT_RANGE, range.parse().expect("numbers make a header"));
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    }
    Ok(response)
}

/// Finds a pack that was offered, or any other for whoever may read all.
async fn find(
    state: &Shared,
    digest: Digest,
    to: Option<&Arc<Limited>>,
) -> Result<Arc<Pack>, Problem> {
    if let Some(pack) = state.desk.offered(&digest, to) {
        return Ok(pack);
    }
    let found = match to {
        Some(_) => None,
        None => blocking(state, move |state| state.store.packs().open_pack(&digest)).await?,
    };
    found.ok_or_else(|| Problem::new(StatusCode::NOT_FOUND, code::NOT_FOUND, "no such pack"))
}

fn pieces(
    pack: Arc<Pack>,
    from: u64,
    end: u64,
    flow: Flow,
) -> impl futures_util::Stream<Item = std::io::Result<Bytes>> {
    stream::try_unfold((from, pack, flow), move |(at, pack, flow)| async move {
        if at >= end {
            return Ok(None);
        }
        let room = flow.room(BLOCK.min(end - at)).await;
        let next = at + room.bytes();
        let block = {
            let (_turn, pack) = (flow.turn().await, Arc::clone(&pack));
            let length = room.bytes() as usize;
            let read = move || read_at(pack.file(), at, length).map(|bytes| room.hold(bytes));
            tokio::task::spawn_blocking(read).await.map_err(std::io::Error::other)??
        };
        Ok(Some((block, (next, pack, flow))))
    })
}

fn parse_range(range: &str) -> Option<(u64, u64)> {
    let (from, last) = range.strip_prefix("bytes=")?.split_once('-')?;
    Some((from.parse().ok()?, last.parse().ok()?))
}

/// Reads a question, as long as one may be.
pub(super) async fn read(body: Body) -> Result<Bytes, Problem> {
    to_bytes(body, MAX_QUESTION).await.map_err(|_| {
        let message = "the question is too long, or was cut off";
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, code::TOO_LARGE, message)
    })
}

fn ids(bytes: &[u8]) -> Result<Vec<Link>, Problem> {
    wire::links(bytes).ok_or_else(|| Error::Malformed("the ids").into())
}

fn binary(body: Body) -> Response {
    ([(CONTENT_TYPE, "application/octet-stream")], body).into_response()
}
