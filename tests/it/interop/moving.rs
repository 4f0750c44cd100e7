//! Moving in from stores that the package has made, and out into one that it opens.

use std::path::Path;

use serde_json::Value;

use super::package::{python, script};
use crate::support::Sandbox;

/// Fills `uri` with the package; returns what it says that it made.
fn fill(sandbox: &Sandbox, python: &Path, uri: &str) -> Value {
    let said = script(sandbox, python, "fill.py", [uri]);
    serde_json::from_str(said.lines().last().unwrap()).unwrap()
}

/// Tells what the package reads of a store, run by run, without what only the place decides.
fn read(sandbox: &Sandbox, python: &Path, uri: &str) -> Value {
    let said = script(sandbox, python, "dump.py", [uri]);
    serde_json::from_str(said.lines().last().unwrap()).unwrap()
}

/// Imports, imports again, exports, and has the package read what it wrote first and what came out.
fn there_and_back(uri: &str, source: &str) {
    let Some(python) = python() else { return };
    let sandbox = Sandbox::with_store();
    let uri = uri.replace("TOP", sandbox.path().to_str().unwrap());
    let made = fill(&sandbox, python, &uri);
    let report = sandbox.json(["import", "mlflow", source]);
    assert_eq!(report["runs"]["new"], made["runs"], "{report}");
    assert_eq!(report["skipped"], serde_json::json!([]), "{report}");
    let again = sandbox.json(["import", "mlflow", source]);
    assert_eq!(again["runs"]["unchanged"], made["runs"], "{again}");

    sandbox.ok(["export", "runs", "--as", "mlruns", "-o", "out"]);
    let out = sandbox.path().join("out");
    let (before, after) =
        (read(&sandbox, python, &uri), read(&sandbox, python, out.to_str().unwrap()));
    for (id, run) in before["runs"].as_object().unwrap() {
        if run["lifecycle_stage"] == "deleted" {
            continue; // it is no part of the export
        }
        assert_eq!(&after["runs"][id], run, "run {id}");
    }
    for (id, experiment) in before["experiments"].as_object().unwrap() {
        let written = &after["experiments"][id];
        if !written.is_null() && id != "0" {
            assert_eq!(written, experiment, "experiment {id}");
        }
    }
    let ids: Vec<&String> = after["runs"].as_object().unwrap().keys().collect();
    assert_eq!(ids.len() as u64, made["living"].as_u64().unwrap());
}

#[test]
fn a_folder_made_by_mlflow_comes_in_and_goes_out_whole() {
    there_and_back("TOP/mlruns", "mlruns");
}

#[test]
fn a_database_made_by_mlflow_comes_in_and_goes_out_whole() {
    there_and_back("sqlite:///TOP/mlflow.db", "mlflow.db");
}
