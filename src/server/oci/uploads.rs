//! Blobs that come: at once, in pieces, or as one stream without a length.

use axum::body::Body;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::Response;

use super::failure::Failure;
use super::{empty, query};
use crate::image::hosted::{self, Error, Repository};
use crate::remote::registry::Digest;
use crate::server::intake::Taken;
use crate::server::limits::Limits;
use crate::server::state::{Shared, blocking};
use crate::server::token::Kind;

/// Begins an upload; takes a blob from another repository, or whole, where that is asked for.
pub(super) async fn begin(
    state: &Shared,
    limits: Limits,
    (repository, uri): (Repository, &Uri),
    headers: &HeaderMap,
    body: Body,
) -> Result<Response, Failure> {
    if let (Some(digest), Some(from)) = (query(uri, "mount"), query(uri, "from")) {
        let digest: Digest = digest.parse().map_err(|error| Failure::digest(&error))?;
        let to = repository.clone();
        // A name that is none, or not for whoever asks, holds nothing: the blob is uploaded then.
        if let Ok(from) = Repository::parse(&from)
            && limits.allow(Kind::Image, from.as_str())
            && blocking(state, move |state| hosted::mount(&state.store, &from, &to, &digest))
                .await?
        {
            return Ok(created(&repository, &digest));
        }
    }
    let digest = query(uri, "digest").map(|digest| digest.parse::<Digest>());
    let digest = digest.transpose().map_err(|error| Failure::digest(&error))?;
    let of = repository.clone();
    let id = blocking(state, move |state| hosted::begin(&state.store, &of)).await?;
    match digest {
        None => Ok(accepted(&repository, &id, 0)),
        Some(digest) => {
            let done = whole(state, &repository, &id, &digest, headers, body).await;
            if done.is_err() {
                let (repository, id) = (repository.clone(), id.clone());
                let _ = blocking(state, move |state| hosted::abort(&state.store, &repository, &id))
                    .await;
            }
            done
        }
    }
}

/// Says how far an upload is.
pub(super) async fn status(
    state: &Shared,
    repository: Repository,
    id: String,
) -> Result<Response, Failure> {
    let (of, name) = (repository.clone(), id.clone());
    let size = blocking(state, move |state| hosted::size(&state.store, &of, &name)).await?;
    let mut response = accepted(&repository, &id, size);
    *response.status_mut() = StatusCode::NO_CONTENT;
    Ok(response)
}

pub(super) async fn append(
    state: &Shared,
    repository: Repository,
    id: String,
    headers: &HeaderMap,
    body: Body,
) -> Result<Response, Failure> {
    let _turn = state.registry.turn(&id).await?;
    let size = take(state, &repository, &id, headers, body).await?;
    Ok(accepted(&repository, &id, size))
}

/// Ends an upload, perhaps with its last piece.
pub(super) async fn finish(
    state: &Shared,
    repository: Repository,
    id: String,
    uri: &Uri,
    headers: &HeaderMap,
    body: Body,
) -> Result<Response, Failure> {
    let digest = query(uri, "digest")
        .ok_or_else(|| Failure::bad("DIGEST_INVALID", "the digest of the blob is not told"))?;
    let digest: Digest = digest.parse().map_err(|error| Failure::digest(&error))?;
    whole(state, &repository, &id, &digest, headers, body).await
}

async fn whole(
    state: &Shared,
    repository: &Repository,
    id: &str,
    digest: &Digest,
    headers: &HeaderMap,
    body: Body,
) -> Result<Response, Failure> {
    let _turn = state.registry.turn(id).await?;
    take(state, repository, id, headers, body).await?;
    let _work = state.registry.work.acquire().await;
    let (of, name, wanted) = (repository.clone(), id.to_owned(), *digest);
    blocking(state, move |state| hosted::finish(&state.store, &of, &name, &wanted)).await?;
    Ok(created(repository, digest))
}

/// Adds a body to an upload; returns how many bytes it has then.
async fn take(
    state: &Shared,
    repository: &Repository,
    id: &str,
    headers: &HeaderMap,
    body: Body,
) -> Result<u64, Failure> {
    let range = content_range(headers)?;
    let (of, name) = (repository.clone(), id.to_owned());
    let at = blocking(state, move |state| hosted::size(&state.store, &of, &name)).await?;
    // Before anything is read: what does not follow need not be sent.
    if range.is_some_and(|(first, _)| first != at) {
        return Err(out_of_order(repository, id, at));
    }
    let (of, name) = (repository.clone(), id.to_owned());
    let size = match state.intake.take(body, 64 << 10).await? {
        Taken::Whole(mut held) => {
            let bytes = std::mem::take(&mut held.bytes);
            blocking(state, move |state| {
                hosted::append(&state.store, &of, &name, Some(at), bytes.as_slice())
            })
            .await?
        }
        Taken::Long(head, rest) => {
            let work = move |state: &crate::server::state::State, incoming| {
                hosted::append(&state.store, &of, &name, Some(at), incoming)
            };
            state.intake.stream(state, (head, rest), work).await??
        }
    };
    match range {
        Some((first, last)) if size - first != last - first + 1 => {
            Err(Failure::bad("SIZE_INVALID", "the piece is not as long as its range"))
        }
        _ => Ok(size),
    }
}

pub(super) async fn abort(
    state: &Shared,
    repository: Repository,
    id: String,
) -> Result<Response, Failure> {
    let _turn = state.registry.turn(&id).await?;
    blocking(state, move |state| hosted::abort(&state.store, &repository, &id)).await?;
    Ok(empty(StatusCode::NO_CONTENT, []))
}

/// Reads `0-99`, which some clients write as HTTP has it: `bytes 0-99/200`.
fn content_range(headers: &HeaderMap) -> Result<Option<(u64, u64)>, Failure> {
    let Some(value) = headers.get(header::CONTENT_RANGE) else { return Ok(None) };
    let text = value.to_str().unwrap_or_default().trim();
    let text = text.strip_prefix("bytes ").or_else(|| text.strip_prefix("bytes=")).unwrap_or(text);
    let text = text.split('/').next().unwrap_or_default();
    let read = || {
        let (first, last) = text.split_once('-')?;
        let (first, last) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
        (first <= last && last < u64::MAX).then_some((first, last))
    };
    match read() {
        Some(range) => Ok(Some(range)),
        None => Err(Failure::new(
            StatusCode::RANGE_NOT_SATISFIABLE,
            "BLOB_UPLOAD_INVALID",
            "the range of the piece cannot be read",
        )),
    }
}

fn out_of_order(repository: &Repository, id: &str, at: u64) -> Failure {
    Failure::from(Error::OutOfOrder { at }).header(header::LOCATION, location(repository, id))
}

fn location(repository: &Repository, id: &str) -> String {
    format!("/v2/{repository}/blobs/uploads/{id}")
}

fn accepted(repository: &Repository, id: &str, size: u64) -> Response {
    empty(
        StatusCode::ACCEPTED,
        [
            ("location", location(repository, id)),
            ("docker-upload-uuid", id.to_owned()),
            ("range", format!("0-{}", size.saturating_sub(1))),
        ],
    )
}

fn created(repository: &Repository, digest: &Digest) -> Response {
    empty(
        StatusCode::CREATED,
        [
            ("location", format!("/v2/{repository}/blobs/{digest}")),
            ("docker-content-digest", digest.to_string()),
        ],
    )
}
