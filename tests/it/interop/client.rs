//! The package's own client against a hub: what a training script does, and what it finds again.

use super::package::{Hub, python, script};
use crate::support::Sandbox;

#[test]
fn everything_a_training_script_logs_is_there_as_the_client_expects() {
    let Some(python) = python() else { return };
    let sandbox = Sandbox::with_store();
    let hub = Hub::start(&sandbox);
    script(&sandbox, python, "client.py", [hub.url.as_str()]);
    drop(hub);
    // What a client of MLflow has logged is what `mls` knows.
    let runs = sandbox.json(["runs", "tags.late = 'yes'"]);
    assert_eq!(runs[0]["metrics"]["late"], 9.0);
    assert_eq!(runs[0]["name"], "renamed");
    sandbox.ok(["fsck", "--read-data"]);
}

#[test]
fn every_row_of_the_search_grammar_finds_what_mlflow_finds() {
    let Some(python) = python() else { return };
    let sandbox = Sandbox::with_store();
    let hub = Hub::start(&sandbox);
    let sqlite = format!("sqlite:///{}", sandbox.path().join("own.db").display());
    let said = script(&sandbox, python, "search.py", [hub.url.as_str(), &sqlite]);
    assert!(said.contains(" searches, "), "{said}");
}

#[test]
fn models_are_logged_registered_and_loaded_by_every_form_of_address() {
    let Some(python) = python() else { return };
    let sandbox = Sandbox::with_store();
    let hub = Hub::start(&sandbox);
    script(&sandbox, python, "models.py", [hub.url.as_str()]);
    drop(hub);
    let models = sandbox.json(["models"]);
    let names: Vec<_> = models.as_array().unwrap().iter().map(|model| &model["name"]).collect();
    assert!(names.contains(&&serde_json::json!("many")), "{models}");
    sandbox.ok(["fsck", "--read-data"]);
}

#[test]
fn h15_sixteen_clients_at_once_lose_no_point() {
    let Some(python) = python() else { return };
    let sandbox = Sandbox::with_store();
    let hub = Hub::start(&sandbox);
    let said = script(&sandbox, python, "crowd.py", [hub.url.as_str()]);
    assert!(said.contains("16 processes"), "{said}");
    drop(hub);
    assert_eq!(sandbox.json(["runs", "-e", "crowd"]).as_array().unwrap().len(), 17);
    sandbox.ok(["fsck", "--read-data"]);
}

#[test]
fn h06_a_client_with_a_limited_token_works_within_its_names_and_is_told_beyond() {
    let Some(python) = python() else { return };
    let sandbox = Sandbox::with_store();
    let hub = Hub::with(&sandbox, &["--auth"]);
    let token = |name: &str, more: &[&str]| {
        let secret = sandbox.ok([&["token", "add", name, "--right"], more].concat());
        secret.trim_end().to_owned()
    };
    let admin = token("admin", &["admin"]);
    let limited = ["write", "--only", "experiments/churn*", "--only", "models/churn*"];
    let limited = token("ci", &limited);
    let serving = token("serving", &["read", "--only", "models/churn"]);
    script(&sandbox, python, "limited.py", [hub.url.as_str(), &admin, &limited, &serving]);
}

/// The one `mlflow server` of all tests: it takes 20 s of CPU to start.
#[test]
fn the_same_requests_are_answered_as_mlflow_server_answers_them_and_it_can_be_imported() {
    let Some(python) = python() else { return };
    let (sandbox, into, beside) = (Sandbox::with_store(), Sandbox::with_store(), Sandbox::new());
    let hub = Hub::start(&sandbox);
    let (store, folder) = (into.path(), beside.path());
    let args = [
        hub.url.as_str(),
        env!("CARGO_BIN_EXE_mls"),
        store.to_str().unwrap(),
        folder.to_str().unwrap(),
    ];
    let said = script(&sandbox, python, "recorded.py", args);
    assert!(said.contains(" 0 answers differ"), "{said}");
    assert_eq!(into.json(["runs"])[0]["name"], "bold");
    into.ok(["fsck", "--read-data"]);
}
