//! Taking in what others push.

use std::fs::File;
use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::body::{Body, Bytes};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt as _;
use serde::Deserialize;
use tokio::time::timeout;

use crate::base::Digest;
use crate::model;
use crate::remote::Error;
use crate::remote::receive::{self, Limit, Push, Wish};
use crate::remote::uploads::Uploads;
use crate::remote::wire::{self, code};
use crate::server::limits::Limits;
use crate::server::state::{Shared, State as Hub, blocking};
use crate::server::sync::desk::Slot;
use crate::server::sync::fetch::read;
use crate::server::sync::problem::Problem;
use crate::server::sync::{reach, wishes};
use crate::store::pack::MAX_SIZE;

/// A client that sends nothing for so long has gone.
const SILENCE: Duration = Duration::from_secs(60);

/// Says how much of a pack is there. Whoever was writing it may not go on, so that this stays true.
pub(super) async fn offset(
    State(state): State<Shared>,
    Extension(limits): Extension<Limits>,
    Path((client, digest)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let (client, digest) = (known_as(client, &limits), parse(&digest)?);
    let there = blocking(&state, move |state| {
        let uploads = state.desk.uploads(&state.store)?;
        state.desk.slot(&client, digest).begin();
        uploads.offset(&client, &digest)
    });
    Ok(match there.await? {
        Ok(offset) => ([("upload-offset", offset.to_string())], "").into_response(),
        Err(size) => done(size),
    })
}

fn done(size: u64) -> Response {
    let headers = [("upload-offset", size.to_string()), ("upload-complete", "?1".to_owned())];
    (headers, "").into_response()
}

#[derive(Debug, Deserialize)]
pub(super) struct Piece {
    offset: u64,
    size: u64,
}

/// Takes a pack from where it is to its end; the answer comes when every object in it is verified.
pub(super) async fn upload(
    State(state): State<Shared>,
    Extension(limits): Extension<Limits>,
    Path((client, digest)): Path<(String, String)>,
    Query(Piece { offset, size }): Query<Piece>,
    body: Body,
) -> Result<Response, Problem> {
    let (client, digest) = (known_as(client, &limits), parse(&digest)?);
    if size > MAX_SIZE || offset > size {
        let message = "no pack is so large";
        return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, code::TOO_LARGE, message));
    }
    let slot = state.desk.slot(&client, digest);
    let turn = slot.begin();
    let upload = Upload { client, digest, slot, turn };
    let opened = on_disk(&state, &upload, move |hub, upload| {
        let uploads = hub.desk.uploads(&hub.store)?;
        match uploads.offset(&upload.client, &upload.digest)? {
            Err(_) => Ok(Opened::Whole),
            Ok(_) => Ok(match uploads.resume(&upload.client, &upload.digest, offset)? {
                Some(file) => Opened::At(Arc::new(file), uploads),
                None => Opened::Elsewhere,
            }),
        }
    });
    match opened.await? {
        Opened::Whole => Ok(done(size)),
        Opened::Elsewhere => {
            let message = "what is there ends elsewhere";
            Err(Problem::new(StatusCode::CONFLICT, code::OFFSET, message))
        }
        Opened::At(file, uploads) => {
            write(&state, &upload, &file, size - offset, body).await?;
            let _turn = state.desk.work.acquire().await;
            on_disk(&state, &upload, move |_, upload| {
                uploads.finish(&upload.client, &upload.digest)
            })
            .await?;
            Ok((StatusCode::CREATED, done(size)).into_response())
        }
    }
}

enum Opened {
    /// It is there already, and verified.
    Whole,
    At(Arc<File>, Arc<Uploads>),
    Elsewhere,
}

/// One request that writes a pack.
#[derive(Debug, Clone)]
struct Upload {
    client: String,
    digest: Digest,
    slot: Arc<Slot>,
    turn: u64,
}

/// Runs work on the files of an upload, unless a later request has taken it over.
async fn on_disk<T: Send + 'static>(
    state: &Shared,
    upload: &Upload,
    work: impl FnOnce(&Hub, &Upload) -> Result<T, Error> + Send + 'static,
) -> Result<T, Problem> {
    let upload = upload.clone();
    let outcome =
        blocking(state, move |state| upload.slot.in_turn(upload.turn, || work(state, &upload)));
    match outcome.await {
        Some(outcome) => Ok(outcome?),
        None => {
            let message = "another request goes on with this upload";
            Err(Problem::new(StatusCode::CONFLICT, code::OFFSET, message))
        }
    }
}

/// Writes a body of which `left` bytes are to come.
async fn write(
    state: &Shared,
    upload: &Upload,
    file: &Arc<File>,
    mut left: u64,
    mut body: Body,
) -> Result<(), Problem> {
    let room = state.desk.room();
    let mut waiting: Vec<Bytes> = vec![];
    let mut size = 0;
    let outcome = loop {
        match timeout(SILENCE, body.frame()).await {
            Ok(Some(Ok(frame))) => {
                let Ok(data) = frame.into_data() else { continue };
                if data.len() as u64 > left {
                    break Err(Problem::malformed("more came than was announced"));
                }
                left -= data.len() as u64;
                size += data.len();
                waiting.push(data);
            }
            Ok(None) if left == 0 => break Ok(()),
            Ok(None | Some(Err(_))) | Err(_) => {
                let message = "the upload was cut off";
                break Err(Problem::new(StatusCode::REQUEST_TIMEOUT, code::MALFORMED, message));
            }
        }
        if size >= room.block() {
            append(state, upload, file, std::mem::take(&mut waiting)).await?;
            size = 0;
        }
    };
    // What came before a cut need not come again.
    append(state, upload, file, waiting).await?;
    outcome
}

async fn append(
    state: &Shared,
    upload: &Upload,
    file: &Arc<File>,
    blocks: Vec<Bytes>,
) -> Result<(), Problem> {
    if blocks.is_empty() {
        return Ok(());
    }
    let file = Arc::clone(file);
    on_disk(state, upload, move |_, upload| {
        let mut file = &*file;
        blocks.iter().try_for_each(|block| file.write_all(block)).map_err(|source| Error::Io {
            action: "write",
            path: format!("{}.part", upload.digest).into(),
            source,
        })
    })
    .await
}

/// Moves refs, all or none.
pub(super) async fn refs(
    State(state): State<Shared>,
    Extension(limits): Extension<Limits>,
    body: Body,
) -> Result<Response, Problem> {
    let swap: wire::Swap =
        wire::decode(&read(body).await?).ok_or_else(|| Problem::malformed("no push"))?;
    let mut push = Push::read(swap).ok_or_else(|| Problem::malformed("no push"))?;
    push.client = known_as(push.client, &limits);
    let _turn = state.desk.work.acquire().await;
    blocking(&state, move |state| {
        let Some(_moving) = state.desk.begin(&push.id) else { return Err(Problem::busy()) };
        let uploads = state.desk.uploads(&state.store)?;
        let Some(limited) = limits.get() else {
            return Ok(receive::receive(&state.store, &uploads, push, &model::fits, None)?);
        };
        let refuse = |wishes: &[Wish<'_>]| {
            wishes::refused(&state.store, limited, wishes).map_err(|e| Error::Choose(e.into()))
        };
        let limit = Limit { refuse: &refuse, reach: &*reach::reach(state, limited)? };
        Ok(receive::receive(&state.store, &uploads, push, &model::fits, Some(&limit))?)
    })
    .await?;
    Ok(StatusCode::OK.into_response())
}

/// Returns where the uploads of a client are. Those of a token that is limited to names are its own, whatever it calls itself.
fn known_as(client: String, limits: &Limits) -> String {
    match limits.get() {
        None => client,
        Some(limited) => Digest::of(format!("{}\0{client}", limited.token).as_bytes()).to_string(),
    }
}

fn parse(digest: &str) -> Result<Digest, Problem> {
    digest.parse().map_err(|_| Problem::malformed("no digest"))
}
