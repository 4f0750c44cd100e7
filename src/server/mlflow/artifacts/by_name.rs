//! Files as MLflow's pages ask for them, and send them: by the run or the registered version, and a path in it.

use std::collections::HashMap;

use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_LENGTH;
use axum::response::Response;
use axum::{Extension, Json};
use serde_json::{Value, json};

use crate::server::limits::Limits;
use crate::server::mlflow::artifacts::address::{Address, safe};
use crate::server::mlflow::artifacts::download::send;
use crate::server::mlflow::artifacts::listing::run_id;
use crate::server::mlflow::artifacts::spot::Spot;
use crate::server::mlflow::artifacts::upload::take;
use crate::server::mlflow::failure::Failure;
use crate::server::mlflow::input::Input;
use crate::server::state::Shared;
use crate::track::artifact::Holder;

/// The largest file that a page may send.
const LARGEST: u64 = 10 << 20;

/// `GET /get-artifact?path&run_uuid`.
pub(super) async fn of_run(
    State(state): State<Shared>,
    Extension(limits): Extension<Limits>,
    headers: HeaderMap,
    input: Input,
) -> Result<Response, Failure> {
    let path = safe(input.text("path")?)?;
    let holder = Holder::Run(run_id(&input)?);
    send(&state, limits, Spot::Held(Address { holder, path }), &headers).await
}

/// `GET /model-versions/get-artifact?path&name&version`.
pub(super) async fn of_version(
    State(state): State<Shared>,
    Extension(limits): Extension<Limits>,
    headers: HeaderMap,
    input: Input,
) -> Result<Response, Failure> {
    let path = safe(input.text("path")?)?;
    let name = input.text("name")?.to_owned();
    let number = input.int("version")?;
    let number = u64::try_from(number).map_err(|_| {
        Failure::absent(format!("Model Version (name={name}, version={number}) not found"))
    })?;
    send(&state, limits, Spot::Version { name, number, path }, &headers).await
}

/// `POST upload-artifact?run_uuid&path`: the body is the file.
pub(super) async fn upload(
    State(state): State<Shared>,
    Query(asked): Query<HashMap<String, String>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Value>, Failure> {
    let said = |name: &str| {
        asked
            .get(name)
            .filter(|text| !text.is_empty())
            .ok_or_else(|| Failure::invalid(format!("Request must specify {name}.")))
    };
    let (id, path) = (said("run_uuid")?, safe(said("path")?)?);
    let length = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    match length {
        Some(0) => return Err(Failure::invalid("Request must specify data.")),
        Some(1..=LARGEST) | None => {}
        Some(_) => {
            return Err(Failure::invalid("Artifact size is too large. Max size is 10MB."));
        }
    }
    let id = id.parse().map_err(|_| Failure::absent(format!("Run with id={id} not found")))?;
    take(&state, Address { holder: Holder::Run(id), path }, body).await?;
    Ok(Json(json!({})))
}
