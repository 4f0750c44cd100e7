//! Whose file a path of the proxy means.
//!
//! ```text
//! EXPERIMENT/RUN/artifacts/PATH
//! EXPERIMENT/models/m-…/artifacts/PATH          EXPERIMENT may be any path: an experiment's artifact location
//! registered/NAME/NUMBER/PATH                   only to be read, see `spot.rs`
//! ```

use axum::http::Uri;

use crate::server::mlflow::artifacts::spot::missing;
use crate::server::mlflow::failure::Failure;
use crate::track::artifact::{ArtifactPath, Holder};
use crate::track::logged::{LoggedModel, ModelId};
use crate::track::{Experiment, RunId};

/// A file or folder of a run or a logged model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::server::mlflow) struct Address {
    pub(in crate::server::mlflow) holder: Holder,
    pub(in crate::server::mlflow) path: ArtifactPath,
}

impl Address {
    /// Reads what stands behind `route` in an address, as it was sent: only here it is decoded.
    pub(super) fn of_uri(uri: &Uri, route: &str) -> Result<Self, Failure> {
        let path = safe(Self::rest(uri, route))?;
        Self::find(&path).ok_or_else(|| missing(&path))
    }

    /// Returns what stands behind `route`, as it was sent.
    pub(in crate::server::mlflow) fn rest<'a>(uri: &'a Uri, route: &str) -> &'a str {
        let path = uri.path();
        path.find(route).map_or("", |at| &path[at + route.len()..])
    }

    /// Returns whose file a path means; none where it is above all runs, or a trace's.
    pub(super) fn find(path: &ArtifactPath) -> Option<Self> {
        let names: Vec<&str> = path.as_str().split('/').collect();
        for at in 0..names.len() {
            let (holder, taken) = match names[at..] {
                ["models", id, "artifacts", ..] if id.parse::<ModelId>().is_ok() => {
                    (Holder::Model(id.parse().ok()?), 3)
                }
                [id, "artifacts", ..] if id.parse::<RunId>().is_ok() => {
                    (Holder::Run(id.parse().ok()?), 2)
                }
                _ => continue,
            };
            let path = ArtifactPath::parse(&names[at + taken..].join("/")).ok()?;
            return Some(Self { holder, path });
        }
        None
    }
}

/// Reads a path that must not lead elsewhere.
pub(in crate::server::mlflow) fn safe(text: &str) -> Result<ArtifactPath, Failure> {
    ArtifactPath::parse(text).map_err(|_| Failure::invalid("Invalid path"))
}

/// Returns where MLflow's clients find the files of a logged model.
pub(in crate::server::mlflow) fn model_uri(
    experiment: Option<&Experiment>,
    model: &LoggedModel,
) -> String {
    let location = experiment.and_then(|experiment| experiment.artifact_location.clone());
    let location = location.unwrap_or_else(|| format!("mlflow-artifacts:/{}", model.experiment));
    format!("{}/models/{}/artifacts", location.trim_end_matches('/'), model.id)
}
