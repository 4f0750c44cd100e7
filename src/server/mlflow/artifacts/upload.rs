//! Files that come: a short one is a row among others in one transaction, a long one flows into packs as it arrives.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use serde_json::{Value, json};

use crate::base::Silent;
use crate::server::intake::{Broken, Incoming, Taken};
use crate::server::mlflow::artifacts::address::Address;
use crate::server::mlflow::failure::{Code, Failure};
use crate::server::state::{self, Shared, blocking};
use crate::store::{Store, add};
use crate::track::Error;
use crate::track::artifact::{self, Content, Holder, INLINE};
use crate::track::logged::{self, ModelId, ModelStatus};

/// So many bytes are staged as rows before they move into packs.
const STAGED: u64 = 128 << 20;

pub(super) async fn put(
    State(state): State<Shared>,
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
    let checked = address.clone();
    // Before anything is read: who may not write here need not send.
    blocking(state, move |state| {
        artifact::check_room(&state.store, &checked.holder, &checked.path)
    })
    .await?;
    match state.intake.take(body, INLINE as usize).await? {
        Taken::Whole(mut held) => {
            let bytes = std::mem::take(&mut held.bytes);
            let (to, content) = (address.clone(), Content::of(bytes));
            state
                .scribe
                .write(move |db, store| artifact::put(store, db, &to.holder, &to.path, &content))
                .await?;
        }
        Taken::Long(head, rest) => {
            let whole = address.clone();
            let work = move |state: &state::State, incoming: Incoming| {
                long(&state.store, &whole, incoming)
            };
            state.intake.stream(state, (head, rest), work).await??;
        }
    }
    settle_later(state).await;
    seal_model(state, &address.holder).await
}

fn long(store: &Store, address: &Address, incoming: Incoming) -> Result<(), Error> {
    let mut writer = store.writer()?;
    let added = add::reader(&mut writer, incoming, &Silent)?;
    let content = Content::Stored { link: added.link, size: added.size };
    writer.commit_with(vec![], |db| {
        artifact::put(store, db, &address.holder, &address.path, &content)
    })?;
    Ok(())
}

/// Moves staged bytes into packs where there are many, while the client goes on.
async fn settle_later(state: &Shared) {
    let many = blocking(state, |state| artifact::inline_bytes(&state.store)).await;
    if many.is_ok_and(|bytes| bytes >= STAGED) {
        let state = std::sync::Arc::clone(state);
        tokio::spawn(async move {
            if let Ok(_one) = std::sync::Arc::clone(&state.settling).try_lock_owned() {
                // What fails now is tried again with the next file, and at the end of the run.
                let _ = blocking(&state, |state| artifact::settle(&state.store)).await;
            }
        });
    }
}

/// Takes a late file into a model that waits for none any more.
async fn seal_model(state: &Shared, holder: &Holder) -> Result<(), Failure> {
    let Holder::Model(id) = holder.clone() else { return Ok(()) };
    Ok(blocking(state, move |state| seal_if_late(&state.store, &id)).await?)
}

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
    State(state): State<Shared>,
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
    seal_model(&state, &holder).await?;
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
