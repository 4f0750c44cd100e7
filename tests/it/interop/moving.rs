//! Moving in from stores that the package has made, and out into one that it opens.

use std::path::Path;

use serde_json::Value;

use super::package::{Hub, python, script};
use crate::support::Sandbox;

/// Fills `uri` with the package; returns what it says that it made.
fn fill(sandbox: &Sandbox, python: &Path, uri: &str) -> Value {
    let said = script(sandbox, python, "fill.py", [uri]);
    serde_json::from_str(said.lines().last().unwrap()).unwrap()
}

/// Tells what the package reads of stores, run by run, without what only the place decides.
fn read<const N: usize>(sandbox: &Sandbox, python: &Path, uris: [&str; N]) -> [Value; N] {
    let said = script(sandbox, python, "dump.py", uris);
    let told = said.lines().filter(|line| line.starts_with('{'));
    let told: Vec<Value> = told.map(|line| serde_json::from_str(line).unwrap()).collect();
    told.try_into().unwrap()
}

/// Everything of one kind that the package read before is read after.
fn same(kind: &str, before: &Value, after: &Value) {
    for (id, one) in before[kind].as_object().unwrap() {
        assert_eq!(&after[kind][id], one, "{kind} {id}");
    }
    let count = |told: &Value| told[kind].as_object().unwrap().len();
    assert_eq!(count(before), count(after), "{kind}");
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

    assert_eq!(report["logged_models"]["new"], 3, "a removed one is imported too: {report}");
    assert_eq!(report["model_versions"]["new"], made["versions"], "{report}");
    assert_eq!(again["logged_models"]["unchanged"], 3, "{again}");
    assert_eq!(again["model_versions"]["unchanged"], made["versions"], "{again}");

    let answer = sandbox.json(["export", "runs", "--as", "mlruns", "-o", "out"]);
    assert_eq!(answer["logged_models"], made["models"], "{answer}");
    assert_eq!(answer["left_out"], serde_json::json!([]), "{answer}");
    let out = sandbox.path().join("out");
    let hub = Hub::start(&sandbox);
    let [before, after, online] = read(&sandbox, python, [&uri, out.to_str().unwrap(), &hub.url]);
    drop(hub);
    for (id, run) in before["runs"].as_object().unwrap() {
        if run["lifecycle_stage"] == "deleted" {
            continue; // it is no part of the export
        }
        assert_eq!(&after["runs"][id], run, "run {id}");
        for what in ["used", "made", "params"] {
            assert_eq!(online["runs"][id][what], run[what], "{what} of run {id}");
        }
    }
    for kind in ["logged", "registered", "prompts"] {
        same(kind, &before, &after);
        same(kind, &before, &online);
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
