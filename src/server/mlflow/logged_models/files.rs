//! The files of a logged model, by its id.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::{Extension, Json};

use crate::server::limits::Limits;
use crate::server::mlflow::artifacts::{self, Address, Listing, Spot, model_uri};
use crate::server::mlflow::failure::{Code, Failure};
use crate::server::mlflow::input::Input;
use crate::server::mlflow::logged_models::find;
use crate::server::state::{Shared, blocking};
use crate::track::artifact::{ArtifactPath, Holder};
use crate::track::experiment;

/// `GET …/artifacts/directories`: names relative to the model.
pub(super) async fn list(
    State(state): State<Shared>,
    Path(id): Path<String>,
    input: Input,
) -> Result<Json<Listing>, Failure> {
    let path = safe(input.maybe_text("artifact_directory_path")?.unwrap_or_default())?;
    let listing = blocking(&state, move |state| -> Result<Listing, Failure> {
        let model = find(&state.store, &id, false)?;
        let experiment = experiment::get(&state.store, &model.experiment)?;
        let root = model_uri(experiment.as_ref(), &model);
        Ok(artifacts::list(&state.store, &Holder::Model(model.id), &path, root)?)
    });
    Ok(Json(listing.await?))
}

/// `GET …/artifacts/files?artifact_file_path=`: one file.
pub(super) async fn get(
    State(state): State<Shared>,
    Extension(limits): Extension<Limits>,
    Path(id): Path<String>,
    headers: HeaderMap,
    input: Input,
) -> Result<Response, Failure> {
    let Some(path) = input.maybe_text("artifact_file_path")?.filter(|path| !path.is_empty()) else {
        let message = "Request must include the \"artifact_file_path\" query parameter.";
        return Err(Failure::new(Code::BadRequest, message));
    };
    let path = safe(path)?;
    let model = blocking(&state, move |state| find(&state.store, &id, false)).await?;
    let address = Address { holder: Holder::Model(model.id), path };
    artifacts::send(&state, limits, Spot::Held(address), &headers).await
}

fn safe(text: &str) -> Result<ArtifactPath, Failure> {
    ArtifactPath::parse(text).map_err(|_| Failure::invalid("Invalid path"))
}
