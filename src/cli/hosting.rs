//! A hub for the life of one command: MLflow code in it logs into the run that it is recorded as.

use std::ffi::OsString;
use std::time::Duration;

use mls::server::token::{Keys, Passing, Secret};
use mls::server::{Hub, Options, Right, start};
use mls::store::Store;
use mls::track::Run;
use mls::track::capture::Variables;
use mls::track::commit::{Guard, Served};
use mls::track::experiment;

use crate::cli::error::CommandError;
use crate::cli::session::Session;

/// Variables that would lead MLflow's client elsewhere, or to other rights.
const OTHERWISE: [&str; 6] = [
    "MLFLOW_TRACKING_USERNAME",
    "MLFLOW_TRACKING_PASSWORD",
    "MLFLOW_TRACKING_AUTH",
    "MLFLOW_REGISTRY_URI",
    "MLFLOW_EXPERIMENT_NAME",
    "MLFLOW_WORKSPACE",
];

/// Starts a hub on a free loopback port, for whoever knows the secret that the command finds in its environment.
///
/// A command without MLflow never asks: that the hub cannot be started is no reason not to run it.
pub(crate) fn serve(session: &Session, run: &Run, given: &Variables) -> Served {
    let secret = Secret::new();
    match hub(session, run, &secret) {
        Ok(hub) => Served {
            variables: variables(run, given, &hub.url(), &secret),
            warnings: vec![],
            guard: Some(Guard(Box::new(hub))),
        },
        Err(error) => Served {
            warnings: vec![format!(
                "MLflow code in the command cannot log into the run: {}",
                error.message().unwrap_or_default()
            )],
            ..Served::default()
        },
    }
}

fn hub(session: &Session, run: &Run, secret: &Secret) -> Result<Hub, CommandError> {
    let store = Store::open(session.store_folder()?, session.context())?;
    experiment::make_for(&store, run)?;
    let name = format!("the command of run {}", run.id);
    let keys = Keys::Passing(vec![Passing { name, right: Right::Write, secret: secret.clone() }]);
    // The command has ended when it is stopped: whoever still asks then need not be waited for long.
    let patience = Duration::from_secs(2);
    Ok(start(store, &Options { keys: Some(keys), patience, ..Options::default() })?)
}

fn variables(
    run: &Run,
    given: &Variables,
    url: &str,
    secret: &Secret,
) -> Vec<(OsString, Option<OsString>)> {
    let mut variables: Vec<(OsString, Option<OsString>)> = vec![
        ("MLFLOW_TRACKING_URI".into(), Some(url.into())),
        ("MLFLOW_TRACKING_TOKEN".into(), Some(secret.reveal().into())),
        ("MLFLOW_RUN_ID".into(), Some(run.id.as_str().into())),
        ("MLFLOW_EXPERIMENT_ID".into(), Some(run.experiment.as_str().into())),
    ];
    variables.extend(OTHERWISE.iter().map(|name| (name.into(), None)));
    // A proxy for the world outside would be asked for this address too.
    for name in ["no_proxy", "NO_PROXY"] {
        let mut list = given.get(std::ffi::OsStr::new(name)).cloned().unwrap_or_default();
        if list != "*" {
            list.push(if list.is_empty() { "127.0.0.1" } else { ",127.0.0.1" });
            variables.push((name.into(), Some(list)));
        }
    }
    variables
}
