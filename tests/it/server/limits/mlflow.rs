//! MLflow's API, for a token that is limited to names.

use serde_json::{Value, json};

use super::{API, FILES, MARK, Team, World, call, limited, send, text};

fn names(found: &Value, list: &str, field: &str) -> Vec<String> {
    let all = found[list].as_array().cloned().unwrap_or_default();
    all.iter().map(|one| one[field].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_limited_token_does_its_own_work_as_any_other() {
    let world = World::new();
    let Team { run, logged, experiment, .. } = &world.mine;
    let made = world.ok("POST", &format!("{API}/experiments/create"), &json!({"name": "churn-b"}));
    let other = made["experiment_id"].as_str().unwrap();
    let new = json!({"experiment_id": other, "run_name": "bold"});
    let made = world.ok("POST", &format!("{API}/runs/create"), &new);
    let own = made["run"]["info"]["run_id"].as_str().unwrap().to_owned();
    let batch = json!({
        "run_id": own, "metrics": [{"key": "a", "value": 1, "timestamp": 1, "model_id": logged}],
        "params": [{"key": "p", "value": "1"}],
    });
    world.ok("POST", &format!("{API}/runs/log-batch"), &batch);
    let metric = json!({"run_id": own, "key": "b", "value": 2, "timestamp": 1});
    world.ok("POST", &format!("{API}/runs/log-metric"), &metric);
    world.ok(
        "POST",
        &format!("{API}/runs/outputs"),
        &json!({"run_id": own, "models": [{"model_id": logged}]}),
    );
    let target = format!("{FILES}/{other}/{own}/artifacts/a.txt");
    assert_eq!(send(&world.served, &world.limited, "PUT", &target, b"mine").status, 200);
    assert_eq!(world.get(&target).body, b"mine");
    assert_eq!(
        world.get(&format!("{API}/artifacts/list?run_id={own}")).json()["files"][0]["path"],
        "a.txt"
    );
    let ended = json!({"run_id": own, "status": "FINISHED", "end_time": 5});
    world.ok("POST", &format!("{API}/runs/update"), &ended);
    let history = world.get(&format!("{API}/metrics/get-history?run_id={own}&metric_key=b"));
    assert_eq!(history.json()["metrics"][0]["value"], 2.0);

    let version = json!({"name": "churn", "source": format!("runs:/{run}/"), "run_id": run});
    let version = world.ok("POST", &format!("{API}/model-versions/create"), &version);
    assert_eq!(version["model_version"]["version"], "2");
    world.ok("POST", &format!("{API}/registered-models/create"), &json!({"name": "churn-2"}));
    let copy = json!({"name": "churn-2", "source": "models:/churn/1"});
    world.ok("POST", &format!("{API}/model-versions/create"), &copy);
    world.ok(
        "POST",
        &format!("{API}/registered-models/alias"),
        &json!({"name": "churn", "alias": "best", "version": "1"}),
    );
    let uri = world.get(&format!("{API}/model-versions/get-download-uri?name=churn&version=1"));
    assert_eq!(uri.json()["artifact_uri"], "mlflow-artifacts:/registered/churn/1");
    assert_eq!(world.get(&format!("{FILES}/registered/churn/1/MLmodel")).body, b"the plain file");
    let file = "/model-versions/get-artifact?name=churn&version=1&path=MLmodel";
    assert_eq!(world.get(file).status, 200);
    let list = world.get(&format!("{API}/logged-models/{logged}/artifacts/directories"));
    assert_eq!(list.json()["files"][0]["path"], "MLmodel");
    assert_eq!(world.get(&format!("{API}/experiments/get?experiment_id={experiment}")).status, 200);
    let parts = json!({"path": "/tmp/big.bin", "num_parts": 1});
    let target = format!("/api/2.0/mlflow-artifacts/mpu/create/{other}/{own}/artifacts");
    let upload = world.ok("POST", &target, &parts)["upload_id"].as_str().unwrap().to_owned();
    let part = format!("/api/2.0/mlflow-artifacts/mpu/part/{upload}/1");
    assert_eq!(send(&world.served, &world.limited, "PUT", &part, b"x").status, 200);
}

#[test]
fn h06_lists_hold_what_the_patterns_name_whatever_is_asked_for() {
    let world = World::new();
    for method in ["GET", "POST"] {
        let target = format!("{API}/experiments/search?max_results=100&view_type=ALL");
        let found = world.call(method, &target, &json!({"max_results": 100, "view_type": "ALL"}));
        assert_eq!(names(&found.json(), "experiments", "name"), ["churn"], "{method}");
    }
    for filter in ["name = 'fraud'", "tags.mark = 'xyzzy'", "name LIKE '%r%'"] {
        let asked = json!({"max_results": 9, "filter": filter});
        let found = world.ok("POST", &format!("{API}/experiments/search"), &asked);
        assert!(!found.to_string().contains(MARK), "{found}");
    }
    let ids = [&world.mine.experiment, &world.theirs.experiment];
    let both = json!({"experiment_ids": ids});
    let found = world.ok("POST", &format!("{API}/runs/search"), &both);
    assert_eq!(found["runs"].as_array().unwrap().len(), 1);
    let found =
        world.ok("POST", &format!("{API}/runs/search"), &json!({"experiment_ids": [ids[1]]}));
    assert_eq!(found, json!({}), "none is not all");
    let found = world.ok("POST", &format!("{API}/logged-models/search"), &both);
    assert_eq!(found["models"].as_array().unwrap().len(), 1);
    let found = world.get(&format!("{API}/registered-models/search")).json();
    assert_eq!(names(&found, "registered_models", "name"), ["churn"]);
    let found = world.get(&format!("{API}/model-versions/search")).json();
    assert_eq!(names(&found, "model_versions", "name"), ["churn"]);
    for list in ["registered-models", "model-versions"] {
        let found = world.get(&format!("{API}/{list}/search?filter=name%3D%27fraud%27")).json();
        assert_eq!(found, json!({}), "{list}");
    }
}

#[test]
fn h08_a_foreign_id_opens_nothing_and_a_foreign_name_is_denied() {
    let world = World::new();
    let Team { experiment, run, logged, .. } = &world.theirs;
    world.absent("GET", &format!("{API}/runs/get?run_id={run}"), &json!({}));
    world.absent(
        "GET",
        &format!("{API}/runs/get?run_id={}&run_id={run}", world.mine.run),
        &json!({}),
    );
    world.absent(
        "GET",
        &format!("{API}/experiments/get-by-name?experiment_name=fraud"),
        &json!({}),
    );
    world.absent("POST", &format!("{API}/runs/create"), &json!({"experiment_id": experiment}));
    // `Default` is an experiment like any other.
    world.absent("POST", &format!("{API}/runs/create"), &json!({}));
    let own = &world.mine.run;
    let two = json!({"run_id": own, "run_uuid": run, "key": "a", "value": "b"});
    world.absent("POST", &format!("{API}/runs/set-tag"), &two);
    let metric = json!({"run_id": own, "key": "a", "value": 1, "timestamp": 1, "model_id": logged});
    world.absent("POST", &format!("{API}/runs/log-metric"), &metric);
    world.absent(
        "POST",
        &format!("{API}/runs/log-batch"),
        &json!({"run_id": own, "metrics": [metric]}),
    );
    for target in ["log-inputs", "outputs"] {
        let models = json!({"run_id": own, "models": [{"model_id": logged}]});
        world.absent("POST", &format!("{API}/runs/{target}"), &models);
    }
    // The same fields twice, or a body that two readers read in two ways.
    let twice =
        format!("{{\"run_id\":\"{own}\",\"run_id\":\"{run}\",\"key\":\"k\",\"value\":\"v\"}}");
    let bearer = format!("Bearer {}", world.limited);
    let headers = [("Authorization", bearer.as_str()), ("Content-Type", "application/json")];
    let target = format!("{API}/runs/set-tag");
    assert_eq!(world.served.send("POST", &target, &headers, twice.as_bytes()).status, 400);
    let target =
        format!("/ajax-api/2.0/mlflow/upload-artifact?run_uuid={own}&path=a&run_uuid={run}");
    assert_eq!(send(&world.served, &world.limited, "POST", &target, b"x").status, 404);
    for (method, target) in [
        ("PUT", format!("{FILES}/{}", world.theirs.file())),
        ("DELETE", format!("{FILES}/{}", world.theirs.file())),
        // The run decides, whatever stands before it.
        ("GET", format!("{FILES}/{}/{run}/artifacts/note.txt", world.mine.experiment)),
        ("GET", format!("{FILES}/{experiment}/models/{logged}/artifacts/MLmodel")),
        ("GET", format!("{FILES}/registered/fraud/1/MLmodel")),
        ("GET", "/model-versions/get-artifact?name=fraud&version=1&path=MLmodel".to_owned()),
        ("GET", format!("/get-artifact?run_uuid={run}&path=note.txt")),
    ] {
        let reply = send(&world.served, &world.limited, method, &target, b"x");
        assert_eq!(reply.status, 404, "{method} {target}: {}", text(&reply));
    }
    let empty = world.get(&format!("{FILES}?path={experiment}"));
    assert_eq!(empty.json(), json!({}));

    world.denied("POST", &format!("{API}/experiments/create"), &json!({"name": "fraud-2"}));
    world.denied("POST", &format!("{API}/experiments/create"), &json!({"name": "fraud"}));
    let away = json!({"experiment_id": world.mine.experiment, "new_name": "fraud-2"});
    world.denied("POST", &format!("{API}/experiments/update"), &away);
    for name in ["fraud", "fraud-2"] {
        world.denied("POST", &format!("{API}/registered-models/create"), &json!({"name": name}));
        let set = json!({"name": name, "key": "a", "value": "b"});
        world.denied("POST", &format!("{API}/registered-models/set-tag"), &set);
        let renamed = json!({"name": "churn", "new_name": name});
        world.denied("POST", &format!("{API}/registered-models/rename"), &renamed);
        world.absent("GET", &format!("{API}/registered-models/get?name={name}"), &json!({}));
    }
}

#[test]
fn h06_a_version_is_made_of_nothing_foreign() {
    let world = World::new();
    let Team { run, logged, .. } = &world.theirs;
    let create = format!("{API}/model-versions/create");
    for source in [
        json!({"source": format!("runs:/{run}/"), "run_id": run}),
        json!({"source": format!("models:/{logged}"), "model_id": logged}),
        json!({"source": "models:/fraud/1"}),
        json!({"source": "models:/fraud/latest"}),
        json!({"source": "s3://b/x", "run_id": run}),
        json!({"source": format!("mlflow-artifacts:/0/{run}/artifacts/x"), "run_id": run}),
    ] {
        let mut body = source;
        body["name"] = "churn".into();
        world.absent("POST", &create, &body);
    }
    // What somebody who may has registered is handed on as it was registered then, and no further.
    let body = json!({"name": "churn", "source": format!("models:/{logged}"), "model_id": logged});
    let made = call(&world.served, &world.admin, "POST", &create, &body);
    assert_eq!(made.json()["model_version"]["version"], "2", "{}", text(&made));
    assert!(text(&world.get(&format!("{FILES}/registered/churn/2/MLmodel"))).contains(MARK));
    world.absent("POST", &create, &json!({"name": "churn", "source": "models:/churn/2"}));
}

#[test]
fn h06_a_token_for_models_alone_reads_them_and_a_reader_writes_nothing() {
    let world = World::new();
    let reads = limited(&world.served, "serving", mls::server::Right::Read, &["models/churn"]);
    let get = |target: &str| send(&world.served, &reads, "GET", target, b"");
    let uri = get(&format!("{API}/model-versions/get-download-uri?name=churn&version=1")).json();
    assert_eq!(uri["artifact_uri"], "mlflow-artifacts:/registered/churn/1");
    let list = get(&format!("{FILES}?path=registered/churn/1")).json();
    assert_eq!(list["files"][0]["path"], "MLmodel");
    assert_eq!(get(&format!("{FILES}/registered/churn/1/MLmodel")).body, b"the plain file");
    assert_eq!(get(&format!("{API}/runs/get?run_id={}", world.mine.run)).status, 404);
    assert_eq!(get(&format!("{API}/experiments/search?max_results=9")).json(), json!({}));
    let set = json!({"name": "churn", "key": "a", "value": "b"});
    let target = format!("{API}/registered-models/set-tag");
    assert_eq!(call(&world.served, &reads, "POST", &target, &set).status, 403);
    // The source of a version that was registered while its run went on: the run decides.
    let Team { experiment, .. } = &world.mine;
    let made =
        world.ok("POST", &format!("{API}/runs/create"), &json!({"experiment_id": experiment}));
    let run = made["run"]["info"]["run_id"].as_str().unwrap();
    let file = format!("{FILES}/{experiment}/{run}/artifacts/m/MLmodel");
    assert_eq!(send(&world.served, &world.limited, "PUT", &file, b"live").status, 200);
    let body = json!({"name": "churn", "source": format!("runs:/{run}/m"), "run_id": run});
    world.ok("POST", &format!("{API}/model-versions/create"), &body);
    let file = format!("{FILES}/registered/churn/2/MLmodel");
    assert_eq!(world.get(&file).body, b"live");
    assert_eq!(get(&file).status, 404);
}
