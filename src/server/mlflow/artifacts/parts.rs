//! Uploads in parts, as MLflow's client makes them where it is told to: this server is the place that the parts go to.

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State as Extract};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use crate::base::Silent;
use crate::server::intake::Taken;
use crate::server::mlflow::artifacts::address::{Address, safe};
use crate::server::mlflow::artifacts::upload::seal_if_late;
use crate::server::mlflow::failure::{Code, Failure};
use crate::server::mlflow::input::Input;
use crate::server::state::{Shared, State, blocking};
use crate::store::Store;
use crate::track::artifact::{self, Holder, MOST_PARTS, Part, Upload};

/// Begins an upload; answers an address for each part.
pub(super) async fn create(
    Extract(state): Extract<Shared>,
    uri: Uri,
    headers: HeaderMap,
    input: Input,
) -> Result<Json<Value>, Failure> {
    let address = target(&uri, "/mpu/create/", &input)?;
    let count = input.maybe_int("num_parts")?.unwrap_or(1);
    if !(1..=MOST_PARTS).contains(&count) {
        return Err(Failure::invalid(format!(
            "Invalid value {count} for parameter 'num_parts' supplied."
        )));
    }
    let upload = blocking(&state, move |state| {
        let _ = artifact::expire(&state.store);
        artifact::begin(&state.store, &address.holder, &address.path)
    })
    .await?;
    let base = base(&state, &uri, &headers)?;
    // The client sends a part with these headers and no others: what lets it in here lets it in there.
    let authorization = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let with = match authorization {
        Some(value) => json!({ "Authorization": value }),
        None => json!({}),
    };
    let credential = |number: i64| {
        let url = format!("{base}/api/2.0/mlflow-artifacts/mpu/part/{}/{number}", upload.id);
        json!({ "url": url, "part_number": number, "headers": with })
    };
    let credentials: Vec<Value> = (1..=count).map(credential).collect();
    Ok(Json(json!({ "upload_id": upload.id, "credentials": credentials })))
}

/// Returns where this server is, as the client sees it.
fn base(state: &State, uri: &Uri, headers: &HeaderMap) -> Result<String, Failure> {
    let host = uri.authority().map(|host| host.as_str().to_owned());
    let host = host.or_else(|| {
        headers.get(header::HOST).and_then(|host| host.to_str().ok()).map(str::to_owned)
    });
    let host = host.ok_or_else(|| Failure::new(Code::BadRequest, "The request has no host."))?;
    let scheme = if state.shell.secure { "https" } else { "http" };
    Ok(format!("{scheme}://{host}"))
}

/// Stores one part. Its ETag is what the client names it by in the end.
pub(super) async fn put(
    Extract(state): Extract<Shared>,
    Path((id, number)): Path<(String, i64)>,
    body: Body,
) -> Result<Response, Failure> {
    // The lowest room reads it as a stream, however short.
    let (head, rest) = match state.intake.take(body, 1).await? {
        Taken::Whole(held) => (held, Body::empty()),
        Taken::Long(held, rest) => (held, rest),
    };
    let work =
        move |state: &State, incoming| artifact::part(&state.store, &id, number, incoming, &Silent);
    let link = state.intake.stream(&state, (head, rest), work).await??;
    Ok((StatusCode::OK, [(header::ETAG, format!("\"{}\"", link.digest))]).into_response())
}

pub(super) async fn complete(
    Extract(state): Extract<Shared>,
    uri: Uri,
    input: Input,
) -> Result<Json<Value>, Failure> {
    let address = target(&uri, "/mpu/complete/", &input)?;
    let id = input.text("upload_id")?.to_owned();
    let parts = input.objects("parts")?.iter().map(part).collect::<Result<Vec<Part>, Failure>>()?;
    blocking(&state, move |state| finish(&state.store, &id, &address, &parts)).await?;
    Ok(Json(json!({})))
}

fn finish(store: &Store, id: &str, address: &Address, parts: &[Part]) -> Result<(), Failure> {
    let upload = of(store, id, address)?;
    artifact::complete(store, &upload, parts, &Silent)?;
    if let Holder::Model(id) = &upload.holder {
        seal_if_late(store, id)?;
    }
    Ok(())
}

pub(super) async fn abort(
    Extract(state): Extract<Shared>,
    uri: Uri,
    input: Input,
) -> Result<Json<Value>, Failure> {
    let address = target(&uri, "/mpu/abort/", &input)?;
    let id = input.text("upload_id")?.to_owned();
    blocking(&state, move |state| match of(&state.store, &id, &address) {
        Ok(upload) => Ok(artifact::abort(&state.store, &upload.id)?),
        Err(failure) if failure.code == Code::ResourceDoesNotExist => Ok(()),
        Err(failure) => Err(failure),
    })
    .await?;
    Ok(Json(json!({})))
}

/// Returns the upload, which must be one to this very address.
fn of(store: &Store, id: &str, address: &Address) -> Result<Upload, Failure> {
    let upload = artifact::upload_of(store, id)?;
    match upload.holder == address.holder && upload.path == address.path {
        true => Ok(upload),
        false => Err(Failure::absent(format!("no upload `{}`", id.escape_debug()))),
    }
}

fn part(input: &Input) -> Result<Part, Failure> {
    let told = input.maybe_text("etag")?.filter(|etag| !etag.is_empty());
    let digest = told.map(|etag| etag.trim_start_matches("W/").trim_matches('"').to_owned());
    Ok(Part { number: input.int("part_number")?, digest })
}

/// Returns what is uploaded: the folder is in the address, the name is that of the client's file.
fn target(uri: &Uri, route: &str, input: &Input) -> Result<Address, Failure> {
    let local = input.text("path")?;
    let name = local.rsplit(['/', '\\']).next().unwrap_or_default();
    let name = safe(name)?;
    if name.is_top() || name.as_str().contains('/') {
        return Err(Failure::invalid("Invalid path"));
    }
    let folder = Address::of_uri(uri, route)?;
    Ok(Address { path: folder.path.below(&name), ..folder })
}
