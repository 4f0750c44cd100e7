//! What is in a folder.

use axum::extract::State;
use axum::{Extension, Json};
use serde::Serialize;

use crate::server::limits::Limits;
use crate::server::mlflow::artifacts::address::safe;
use crate::server::mlflow::artifacts::spot::Spot;
use crate::server::mlflow::failure::{Code, Failure};
use crate::server::mlflow::input::Input;
use crate::server::state::{Shared, blocking};
use crate::store::Store;
use crate::track::artifact::{self, ArtifactPath, Holder, Listed};
use crate::track::{Error, RunId};

/// MLflow's answer to all questions for a list of files.
#[derive(Debug, Default, Serialize)]
pub(in crate::server::mlflow) struct Listing {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::server::mlflow) root_uri: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    files: Vec<File>,
}

#[derive(Debug, Serialize)]
struct File {
    path: String,
    is_dir: bool,
    /// Left out for an empty file, as MLflow does.
    #[serde(skip_serializing_if = "Option::is_none")]
    file_size: Option<u64>,
}

/// `GET mlflow-artifacts/artifacts?path=`: names relative to the folder.
pub(super) async fn proxied(
    State(state): State<Shared>,
    Extension(limits): Extension<Limits>,
    input: Input,
) -> Result<Json<Listing>, Failure> {
    let path = safe(input.maybe_text("path")?.unwrap_or_default())?;
    let Some(spot) = Spot::find(&path) else { return Ok(Json(Listing::default())) };
    match blocking(&state, move |state| spot.list(&state.store, &limits)).await {
        // A folder that is not there is empty.
        Err(failure) if failure.code == Code::ResourceDoesNotExist => Ok(Json(Listing::default())),
        other => Ok(Json(Listing { root_uri: None, files: files(other?, "") })),
    }
}

/// `GET artifacts/list`: names relative to the run.
pub(super) async fn of_run(
    State(state): State<Shared>,
    input: Input,
) -> Result<Json<Listing>, Failure> {
    let id = run_id(&input)?;
    let path = safe(input.maybe_text("path")?.unwrap_or_default())?;
    let listing = blocking(&state, move |state| -> Result<Listing, Error> {
        let experiment = experiment_of(&state.store, &id)?;
        let root = format!("{}/{id}/artifacts", experiment.trim_end_matches('/'));
        list(&state.store, &Holder::Run(id), &path, root)
    });
    Ok(Json(listing.await?))
}

/// Lists a folder of `holder`, whose files are below the address `root`.
pub(in crate::server::mlflow) fn list(
    store: &Store,
    holder: &Holder,
    path: &ArtifactPath,
    root: String,
) -> Result<Listing, Error> {
    let listed = artifact::list(store, holder, path)?;
    Ok(Listing { root_uri: Some(root), files: files(listed, path.as_str()) })
}

fn files(listed: Vec<Listed>, folder: &str) -> Vec<File> {
    let slash = if folder.is_empty() { "" } else { "/" };
    let file = |listed: Listed| File {
        path: format!("{folder}{slash}{}", listed.name),
        is_dir: listed.size.is_none(),
        file_size: listed.size.filter(|size| *size > 0),
    };
    listed.into_iter().map(file).collect()
}

/// Returns the id of the run that is asked about, by either of its names.
pub(super) fn run_id(input: &Input) -> Result<RunId, Failure> {
    let text = match input.maybe_text("run_id")? {
        Some(text) if !text.is_empty() => text,
        _ => match input.maybe_text("run_uuid")? {
            Some(text) if !text.is_empty() => text,
            _ => input.text("run_id")?,
        },
    };
    text.parse().map_err(|_| Failure::absent(format!("Run with id={text} not found")))
}

/// Returns the artifact location of the experiment of a run.
fn experiment_of(store: &Store, id: &RunId) -> Result<String, Error> {
    let run = match crate::track::live::get(store, id)? {
        Some(run) => run,
        None => crate::track::edit::get(store, id)?.ok_or_else(|| Error::NoRun(id.to_string()))?.1,
    };
    let experiment = crate::track::experiment::get(store, &run.experiment)?;
    let location = experiment.and_then(|experiment| experiment.artifact_location);
    Ok(location.unwrap_or_else(|| format!("mlflow-artifacts:/{}", run.experiment)))
}
