//! Files that come: a short one is a row among others in one transaction, a long one flows into packs as it arrives.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State as Extract;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use rusqlite::Transaction;
use serde_json::{Value, json};

use crate::base::Silent;
use crate::server::intake::{Broken, Incoming, Taken};
use crate::server::mlflow::artifacts::address::Address;
use crate::server::mlflow::failure::{Code, Failure};
use crate::server::state::{Shared, State, blocking};
use crate::store::{Link, Store, add, refs};
use crate::track::Error;
use crate::track::artifact::{self, Content, Holder, INLINE};
use crate::track::logged::{self, ModelId, ModelStatus};

/// So many bytes are staged as rows before they move into packs.
const STAGED: u64 = 64 << 20;

pub(super) async fn put(
    Extract(state): Extract<Shared>,
    uri: Uri,
    headers: HeaderMap,
    body: Body,
) -> Result<StatusCode, Failure> {
    if headers.contains_key(header::CONTENT_RANGE) || headers.contains_key(header::CONTENT_ENCODING)
    {
        return Err(Failure::new(Code::BadRequest, "A file is sent whole and as it is."));
    }
    let address = Address::of_uri(&uri, "/mlflow-artifacts/artifacts/")?;
    take(&state, address, body).await?;
    Ok(StatusCode::OK)
}

/// Takes a file in; it is durable when this returns, and not there at all if this fails.
pub(super) async fn take(state: &Shared, address: Address, body: Body) -> Result<(), Failure> {
    let to = address.clone();
    // Before anything is read: who may not write here need not send.
    let waiting = blocking(state, move |state| -> Result<Option<Link>, Error> {
        artifact::check_room(&state.store, &to.holder, &to.path)?;
        waits(&state.store, &to.holder)
    })
    .await?;
    let to = address.clone();
    let now = match state.intake.take(body, INLINE as usize).await? {
        Taken::Whole(mut held) => {
            let content = Content::of(std::mem::take(&mut held.bytes));
            settle_later(state, content.size());
            let write = move |db: &Transaction<'_>, store: &Store| put_in(store, db, &to, &content);
            state.scribe.write(write).await?
        }
        Taken::Long(head, rest) => {
            let work = move |state: &State, incoming| long(&state.store, &to, incoming);
            state.intake.stream(state, (head, rest), work).await??
        }
    };
    match address.holder {
        // The model has changed meanwhile, or waits for no files: it takes them in by another change.
        Holder::Model(id) if waiting.is_none() || now != waiting => {
            Ok(blocking(state, move |state| seal_if_late(&state.store, &id)).await?)
        }
        _ => Ok(()),
    }
}

/// Returns the node of a logged model that waits for files; none for any other, and for runs.
fn waits(store: &Store, holder: &Holder) -> Result<Option<Link>, Error> {
    let Holder::Model(id) = holder else { return Ok(None) };
    let found = logged::get(store, id)?;
    Ok(found.filter(|(_, model)| model.status == ModelStatus::Pending).map(|(link, _)| link))
}

/// Stages a file; returns what its model is at that very moment.
fn put_in(
    store: &Store,
    db: &Transaction<'_>,
    to: &Address,
    content: &Content,
) -> Result<Option<Link>, Error> {
    artifact::put(store, db, &to.holder, &to.path, content)?;
    let Holder::Model(id) = &to.holder else { return Ok(None) };
    Ok(refs::get_in(db, store, &id.ref_name())?)
}

fn long(store: &Store, to: &Address, incoming: Incoming) -> Result<Option<Link>, Error> {
    let mut writer = store.writer()?;
    let added = add::reader(&mut writer, incoming, &Silent)?;
    let content = Content::Stored { link: added.link, size: added.size };
    let mut now = None;
    writer.commit_with(vec![], |db| {
        now = put_in(store, db, to, &content)?;
        Ok::<_, Error>(())
    })?;
    Ok(now)
}

/// Counts staged bytes, and moves them into packs where there are many, while clients go on.
fn settle_later(state: &Shared, bytes: u64) {
    // Whoever moves them at this moment moves these too, or leaves them for the end of the run.
    let Ok(mut staged) = Arc::clone(&state.settling).try_lock_owned() else { return };
    *staged += bytes;
    if *staged >= STAGED {
        *staged = 0;
        let state = Arc::clone(state);
        tokio::spawn(async move {
            let _one = staged;
            // What fails now is tried again with later files, and at the end of the run.
            let _ = blocking(&state, |state| artifact::settle(&state.store)).await;
        });
    }
}

/// Takes late files into a model that waits for none any more.
pub(super) fn seal_if_late(store: &Store, id: &ModelId) -> Result<(), Error> {
    match logged::get(store, id)? {
        Some((_, model)) if model.status != ModelStatus::Pending => {
            logged::seal(store, id).map(drop)
        }
        _ => Ok(()),
    }
}

/// Removes a file, or a folder with all that is in it.
pub(super) async fn delete(
    Extract(state): Extract<Shared>,
    uri: Uri,
) -> Result<axum::Json<Value>, Failure> {
    let Address { holder, path } = Address::of_uri(&uri, "/mlflow-artifacts/artifacts/")?;
    let (asked, at) = (holder.clone(), path.clone());
    let in_base =
        blocking(&state, move |state| artifact::in_base(&state.store, &asked, &at)).await?;
    let (asked, at) = (holder.clone(), path.clone());
    let removed = state
        .scribe
        .write(move |db, store| artifact::remove(store, db, &asked, &at, in_base))
        .await?;
    if !removed {
        return Err(Failure::absent(format!("No such artifact: '{path}'")));
    }
    if let Holder::Model(id) = holder {
        blocking(&state, move |state| seal_if_late(&state.store, &id)).await?;
    }
    Ok(axum::Json(json!({})))
}

impl From<Broken> for Failure {
    fn from(broken: Broken) -> Self {
        match broken {
            Broken::Off => Self::new(Code::BadRequest, "The body ended before its end."),
            Broken::Stalled => Self::new(Code::BadRequest, "The body stopped coming."),
            Broken::Busy => Self::new(
                Code::TemporarilyUnavailable,
                "Too much is being uploaded at this moment; try again.",
            ),
        }
    }
}
