//! A command that logs over MLflow's API lands in the run that it is recorded as. The client here is Python's standard
//! library, so that the words on the wire are in sight; the real package is in `interop`.

use std::process::Command;

use mls::track::{Status, series};

use super::commit_run::{artifact, run, store};
use crate::support::Sandbox;

const CLIENT: &str = r#"
import json, os, urllib.error, urllib.request
uri, token = os.environ["MLFLOW_TRACKING_URI"], os.environ["MLFLOW_TRACKING_TOKEN"]
run, experiment = os.environ["MLFLOW_RUN_ID"], os.environ["MLFLOW_EXPERIMENT_ID"]

def ask(method, path, body=None, token=token):
    data = body if isinstance(body, (bytes, type(None))) else json.dumps(body).encode()
    request = urllib.request.Request(uri + path, data, method=method)
    request.add_header("Authorization", "Bearer " + token)
    if not isinstance(body, (bytes, type(None))):
        request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request) as answer:
        text = answer.read()
        return json.loads(text) if text and path.startswith("/api/2.0/mlflow/") else text

def api(path, body):
    return ask("POST", "/api/2.0/mlflow/" + path, body)

def put(run, name, content):
    ask("PUT", f"/api/2.0/mlflow-artifacts/artifacts/{experiment}/{run}/artifacts/{name}", content)
"#;

/// Returns a sandbox and a run of a script that has [`CLIENT`] before it; none where there is no Python.
fn recorded(name: &str, script: &str) -> Option<(Sandbox, mls::track::Run, crate::support::Said)> {
    if Command::new("python3").arg("--version").output().is_err() {
        crate::proof::tell(&format!("skipped: {name}: no python3"));
        return None;
    }
    let sandbox = Sandbox::with_store();
    let path = sandbox.write("client.py", format!("{CLIENT}\n{script}"));
    let path = path.to_str().unwrap();
    let said =
        sandbox.mls(["-q", "commit-run", "-e", "new", "-p", "lr=0.1", "--", "python3", path]);
    assert_eq!(said.code(), 0, "{said}");
    let id = said.stdout().lines().last().unwrap().to_owned();
    let run = run(&sandbox, &id);
    Some((sandbox, run, said))
}

#[test]
fn what_the_command_logs_over_the_api_is_in_its_run() {
    let script = r#"
api("runs/log-metric", {"run_id": run, "key": "loss", "value": 0.5, "timestamp": 1, "step": 1})
api("runs/log-batch", {"run_id": run, "metrics": [{"key": "loss", "value": 0.25, "timestamp": 2, "step": 2}],
    "params": [{"key": "depth", "value": "3"}], "tags": [{"key": "team", "value": "blue"}]})
put(run, "model/weights.txt", b"weights")
open(os.environ["MLS_RUN_DIR"] + "/own.txt", "w").write("own")
api("runs/update", {"run_id": run, "status": "FINISHED", "end_time": 5})
print(ask("GET", f"/api/2.0/mlflow/runs/get?run_id={run}")["run"]["data"]["params"])
"#;
    let Some((sandbox, run, _)) = recorded("a live run over the API", script) else { return };
    assert_eq!(run.status, Status::Finished);
    assert_eq!((run.params["lr"].as_str(), run.params["depth"].as_str()), ("0.1", "3"));
    assert_eq!(run.tags["team"], "blue");
    let points = series::read(&store(&sandbox), &run, "loss").unwrap();
    assert_eq!(points.iter().map(|point| point.value.0).collect::<Vec<_>>(), [0.5, 0.25]);
    assert_eq!(artifact(&sandbox, &run, "model/weights.txt").unwrap(), b"weights");
    assert_eq!(artifact(&sandbox, &run, "own.txt").unwrap(), b"own");
    assert!(artifact(&sandbox, &run, "logs/stdout.txt").is_some());
    assert_eq!(
        run.command.as_ref().unwrap().exit_code,
        Some(0),
        "the run is the command's all the same"
    );
}

#[test]
fn child_runs_of_the_command_are_children_and_ended_with_it() {
    let script = r#"
for name in ["ended", "forgotten"]:
    tags = [{"key": "mlflow.parentRunId", "value": run}]
    child = api("runs/create", {"experiment_id": experiment, "run_name": name, "start_time": 1, "tags": tags})
    child = child["run"]["info"]["run_id"]
    api("runs/log-metric", {"run_id": child, "key": "loss", "value": 1, "timestamp": 1, "step": 0})
    put(child, "note.txt", name.encode())
    if name == "ended":
        api("runs/update", {"run_id": child, "status": "FINISHED", "end_time": 9})
    print(child)
"#;
    let Some((sandbox, parent, said)) = recorded("child runs over the API", script) else { return };
    let stdout = said.stdout();
    let ids: Vec<&str> = stdout.lines().collect();
    for (id, name) in ids.iter().zip(["ended", "forgotten"]) {
        let child = run(&sandbox, id);
        assert_eq!((child.name.as_str(), child.status), (name, Status::Finished));
        assert_eq!(child.parent.as_ref(), Some(&parent.id));
        assert_eq!(artifact(&sandbox, &child, "note.txt").unwrap(), name.as_bytes());
    }
    assert_eq!(ids[2], parent.id.as_str());
}

#[test]
fn h06_nobody_but_the_command_gets_in() {
    let script = r#"
for token in ["", "mls_" + "x" * 43, os.environ["MLFLOW_TRACKING_TOKEN"][:-1]]:
    try:
        ask("GET", f"/api/2.0/mlflow/runs/get?run_id={run}", token=token)
        print("let in")
    except urllib.error.HTTPError as error:
        print(error.code)
"#;
    let Some((_, _, said)) = recorded("tokens of a live run", script) else { return };
    assert_eq!(said.stdout().lines().take(3).collect::<Vec<_>>(), ["401"; 3]);
}

#[test]
fn a_server_elsewhere_is_left_out_and_a_proxy_is_not_asked() {
    let sandbox = Sandbox::with_store();
    let mut command = sandbox.command(["-q", "commit-run", "--", "sh", "-c", "env"]);
    command
        .env("MLFLOW_TRACKING_URI", "http://elsewhere.example")
        .env("MLFLOW_TRACKING_USERNAME", "ada")
        .env("MLFLOW_TRACKING_PASSWORD", "secret")
        .env("no_proxy", "internal.example");
    let said = sandbox.finish(command);
    let stdout = said.stdout();
    let variable = |name: &str| {
        let prefix = format!("{name}=");
        stdout.lines().find_map(|line| line.strip_prefix(&prefix).map(str::to_owned))
    };
    assert!(variable("MLFLOW_TRACKING_URI").unwrap().starts_with("http://127.0.0.1:"));
    assert_eq!(variable("MLFLOW_TRACKING_USERNAME"), None);
    assert_eq!(variable("no_proxy").unwrap(), "internal.example,127.0.0.1");
}
