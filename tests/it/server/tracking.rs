use std::thread;

use mls::store::refs;
use mls::track::{RunId, Status, edit, index, live, series};
use serde_json::{Value, json};

use crate::support::{Reply, Served};

const API: &str = "/api/2.0/mlflow";

pub(super) fn post(served: &Served, path: &str, body: &Value) -> Reply {
    served.call("POST", &format!("{API}/{path}"), body)
}

fn done(served: &Served, path: &str, body: &Value) -> Value {
    let reply = post(served, path, body);
    assert_eq!(reply.status, 200, "{path} {body}: {}", String::from_utf8_lossy(&reply.body));
    reply.json()
}

/// The error code and the message of a refusal with `status`.
fn refused(served: &Served, status: u16, path: &str, body: &Value) -> (String, String) {
    let reply = post(served, path, body);
    let text = |key: &str| reply.json()[key].as_str().unwrap().to_owned();
    assert_eq!(reply.status, status, "{path}: {}", String::from_utf8_lossy(&reply.body));
    (text("error_code"), text("message"))
}

fn invalid(served: &Served, path: &str, body: &Value, says: &str) {
    let (code, message) = refused(served, 400, path, body);
    assert_eq!(code, "INVALID_PARAMETER_VALUE", "{message}");
    assert!(message.contains(says), "{message}");
}

pub(super) fn create(served: &Served, name: &str) -> String {
    let run = done(served, "runs/create", &json!({"run_name": name, "start_time": 1000}));
    run["run"]["info"]["run_id"].as_str().unwrap().to_owned()
}

fn get(served: &Served, id: &str) -> Value {
    served.get(&format!("{API}/runs/get?run_id={id}&run_uuid={id}")).json()["run"].take()
}

fn metric(id: &str, key: &str, step: i64, value: Value) -> Value {
    json!({"run_id": id, "key": key, "value": value, "timestamp": 1000 + step, "step": step})
}

fn history(served: &Served, id: &str, key: &str) -> Vec<Value> {
    let path = format!("{API}/metrics/get-history?run_id={id}&metric_key={key}");
    served.get(&path).json()["metrics"].as_array().cloned().unwrap_or_default()
}

#[test]
fn a_run_that_mlflow_logs_is_the_run_that_the_store_knows() {
    let mut served = Served::new();
    let id = create(&served, "r1");
    let batch = json!({
        "run_id": id,
        "metrics": [{"key": "loss", "value": "NaN", "timestamp": 1, "step": 0},
                    {"key": "loss", "value": 0.25, "timestamp": 2, "step": 1},
                    {"key": "top", "value": "Infinity", "timestamp": "3"}],
        "params": [{"key": "lr", "value": "0.1"}],
        "tags": [{"key": "team", "value": "blue"}],
    });
    assert_eq!(done(&served, "runs/log-batch", &batch), json!({}));
    let run = get(&served, &id);
    assert_eq!(run["info"]["status"], "RUNNING");
    assert_eq!(run["info"]["artifact_uri"], format!("mlflow-artifacts:/0/{id}/artifacts"));
    assert_eq!(run["data"]["params"], json!([{"key": "lr", "value": "0.1"}]));
    assert_eq!(run["data"]["metrics"][1]["value"], json!(f64::MAX), "as MLflow's store answers it");
    assert_eq!((&run["inputs"], &run["outputs"]), (&json!({}), &json!({})));
    assert_eq!(history(&served, &id, "loss")[0]["value"], "NaN");

    let end = json!({"run_id": id, "status": "FINISHED", "end_time": 5000});
    assert_eq!(done(&served, "runs/update", &end)["run_info"]["end_time"], 5000);
    served.restart();
    let run_id: RunId = id.parse().unwrap();
    let (link, run) = edit::get(&served.store(), &run_id).unwrap().unwrap();
    assert_eq!(
        (run.status, run.ended, run.metrics["loss"].count),
        (Status::Finished, Some(5000), 2)
    );
    assert!(run.metrics["top"].last.value.0.is_infinite(), "what was sent is kept");

    // It is written to again, and its next node names the one before.
    done(&served, "runs/log-metric", &metric(&id, "loss", 2, json!(0.125)));
    done(&served, "runs/log-metric", &metric(&id, "loss", 2, json!(0.125)));
    done(&served, "runs/set-tag", &json!({"run_id": id, "key": "late", "value": "1"}));
    assert_eq!(history(&served, &id, "loss").len(), 3);
    served.restart();
    let store = served.store();
    let (_, again) = edit::get(&store, &run_id).unwrap().unwrap();
    assert_eq!(
        again.previous.first().map(|digest| digest.as_slice()),
        Some(link.digest.as_bytes().as_slice())
    );
    assert_eq!(series::read(&store, &again, "loss").unwrap().len(), 3);
    assert_eq!((again.tags["late"].as_str(), again.metrics["loss"].count), ("1", 3));
    assert!(live::list(&store).unwrap().is_empty());
    assert!(index::check(&store).unwrap().is_empty());
}

#[test]
fn a_run_that_was_ended_is_sealed_by_any_command() {
    let served = Served::new();
    let ids: Vec<String> = (0..5).map(|number| create(&served, &format!("r{number}"))).collect();
    for id in &ids {
        done(&served, "runs/update", &json!({"run_id": id, "status": "FAILED"}));
    }
    let store = served.store();
    mls::track::commit::seal_abandoned(&store).unwrap();
    for id in &ids {
        assert!(refs::get(&store, &format!("runs/{id}")).unwrap().is_some());
        assert_eq!(get(&served, id)["info"]["status"], "FAILED");
    }
}

#[test]
fn h15_limits_and_states_are_mlflows() {
    let served = Served::new();
    let id = create(&served, "r");
    let many = |count: usize, one: &dyn Fn(usize) -> Value| (0..count).map(one).collect::<Vec<_>>();
    let metrics = many(1001, &|n| json!({"key": format!("m{n}"), "value": 1, "timestamp": 1}));
    let texts = many(101, &|n| json!({"key": format!("k{n}"), "value": "v"}));
    for (what, list) in [("metrics", &metrics), ("params", &texts), ("tags", &texts)] {
        let says = format!(
            "can contain at most {} {what}. Got",
            if what == "metrics" { 1000 } else { 100 }
        );
        invalid(&served, "runs/log-batch", &json!({"run_id": id, what: list}), &says);
    }
    assert!(get(&served, &id)["data"]["metrics"].is_null(), "all of a batch or nothing");
    let param = |value: &str| json!({"run_id": id, "key": "p", "value": value});
    done(&served, "runs/log-parameter", &param("1"));
    done(&served, "runs/log-parameter", &param("1"));
    let says = format!(
        "Changing param values is not allowed. Param with key='p' was already logged with value='1' for run ID='{id}'. Attempted logging new value '2'."
    );
    invalid(&served, "runs/log-parameter", &param("2"), &says);
    let long = json!({"run_id": id, "key": "long", "value": "ö".repeat(6001)});
    done(&served, "runs/log-parameter", &long);
    let kept = &get(&served, &id)["data"]["params"][0]["value"];
    assert_eq!(kept.as_str().unwrap().chars().count(), 6000, "cut silently");
    for name in ["", "a=b", "../a", "/a", "a//b", &"k".repeat(251)] {
        invalid(&served, "runs/log-metric", &metric(&id, name, 0, json!(1)), "");
    }
    invalid(
        &served,
        "runs/log-metric",
        &json!({"run_id": id, "key": "m", "value": 1}),
        "timestamp",
    );
    done(&served, "runs/log-metric", &metric(&id, "m", -1, json!("1.5")));

    done(&served, "runs/delete", &json!({"run_id": id}));
    let says = format!("The run {id} must be in the 'active' state. Current state is deleted.");
    invalid(&served, "runs/log-metric", &metric(&id, "m", 1, json!(1)), &says);
    done(&served, "runs/restore", &json!({"run_id": id}));
    done(&served, "runs/update", &json!({"run_id": id, "status": "FINISHED"}));
    done(&served, "runs/log-metric", &metric(&id, "m", 1, json!(1)));

    let absent = "0".repeat(32);
    let (code, message) =
        refused(&served, 404, "runs/set-tag", &json!({"run_id": absent, "key": "a", "value": ""}));
    assert_eq!(
        (code.as_str(), message),
        ("RESOURCE_DOES_NOT_EXIST", format!("Run with id={absent} not found"))
    );
    refused(&served, 404, "runs/delete-tag", &json!({"run_id": id, "key": "absent"}));
}

#[test]
fn h15_many_clients_on_one_run_lose_no_point() {
    let served = Served::new();
    let id = create(&served, "r");
    thread::scope(|scope| {
        for client in 0..32_i64 {
            let (served, id) = (&served, &id);
            scope.spawn(move || {
                for step in 0..8 {
                    let key = format!("m{}", client % 4);
                    let sent = metric(id, &key, client * 8 + step, json!(step));
                    done(served, "runs/log-metric", &sent);
                }
            });
        }
    });
    let count: usize = (0..4).map(|key| history(&served, &id, &format!("m{key}")).len()).sum();
    assert_eq!(count, 32 * 8);
}

#[test]
fn h12_bodies_that_are_no_request_are_refused_in_json() {
    let served = Served::new();
    let id = create(&served, "r");
    let json = [("Content-Type", "application/json")];
    let deep = "[".repeat(100_000);
    let keys: String = (0..100_000).map(|n| format!("\"k{n}\":0,")).collect();
    let given = format!("\"run_id\":\"{id}\",\"key\":\"m\",\"timestamp\":1");
    for body in [
        String::new(),
        "null".to_owned(),
        "[]".to_owned(),
        "\u{feff}{}".to_owned(),
        "{\"run_id\":\"\\ud800\"}".to_owned(),
        format!("{{{keys}\"run_id\":7}}"),
        format!("{{\"x\":{deep}"),
        format!("{{{given},\"value\":1}} trailing"),
        format!("{{{given},\"value\":1e999}}"),
        format!("{{{given},\"value\":NaN}}"),
        format!("{{{given},\"value\":\"x\"}}"),
        format!("{{{given},\"value\":true}}"),
        format!("{{{given},\"value\":1,\"step\":9223372036854775808}}"),
    ] {
        for path in ["runs/log-metric", "runs/log-batch", "runs/create", "runs/update"] {
            let reply = served.send("POST", &format!("{API}/{path}"), &json, body.as_bytes());
            // The others do not look at the value of a metric, and a run needs nothing.
            let may_be_fine = path != "runs/log-metric";
            assert!(reply.status == 400 || may_be_fine && reply.status == 200, "{path} {body:.80}");
            reply.json();
        }
    }
    assert!(get(&served, &id)["data"]["metrics"].is_null());
}

fn found(served: &Served, query: &Value) -> Vec<String> {
    let found = done(served, "runs/search", query);
    let name = |run: &Value| run["info"]["run_name"].as_str().unwrap().to_owned();
    found["runs"].as_array().into_iter().flatten().map(name).collect()
}

#[test]
fn live_runs_are_found_at_once_and_in_mlflows_order() {
    let served = Served::new();
    for (name, value) in [("a", json!(1)), ("b", json!("NaN")), ("c", json!(3)), ("d", json!(2))] {
        let id = create(&served, name);
        done(&served, "runs/log-metric", &metric(&id, "acc", 0, value));
        done(&served, "runs/log-parameter", &json!({"run_id": id, "key": "p", "value": "x"}));
    }
    create(&served, "e");
    let query = |filter: &str, order: &str| json!({"experiment_ids": ["0"], "filter": filter, "order_by": [order]});
    assert_eq!(
        found(&served, &query("metrics.acc > 1 and params.p = 'x'", "metrics.acc DESC")),
        ["c", "d"]
    );
    assert_eq!(
        found(&served, &query("", "metrics.acc ASC")),
        ["a", "d", "c", "b", "e"],
        "NaN, then absent"
    );
    assert!(found(&served, &json!({"filter": ""})).is_empty(), "no experiment is none");

    let mut page = json!({"experiment_ids": ["0"], "max_results": 2, "order_by": ["run_name"]});
    let mut names = vec![];
    loop {
        let answer = done(&served, "runs/search", &page);
        names.extend(
            answer["runs"].as_array().unwrap().iter().map(|run| run["info"]["run_name"].clone()),
        );
        match answer["next_page_token"].as_str() {
            Some(token) => page["page_token"] = json!(token),
            None => break,
        }
    }
    assert_eq!(names, ["a", "b", "c", "d", "e"]);
}

#[test]
fn h13_hostile_questions_are_refused() {
    let served = Served::new();
    create(&served, "r");
    let ands = vec!["metrics.a > 1"; 10_000].join(" and ");
    for filter in [
        "metrics.a = 'x'",
        "params.p = 1",
        "metrics.a > 1 or metrics.a < 0",
        "(metrics.a > 1)) --",
        "'; DROP TABLE runs; --",
        "metrics.a > 1 UNION SELECT 1",
        "nothing.a = 'x'",
        "status IN ('FINISHED')",
        &"(".repeat(100_000),
        &"x".repeat(100_000),
    ] {
        let query = json!({"experiment_ids": ["0"], "filter": filter});
        invalid(&served, "runs/search", &query, "");
    }
    let many = post(&served, "runs/search", &json!({"experiment_ids": ["0"], "filter": ands}));
    assert!([200, 400].contains(&many.status));
    for (key, value) in [
        ("page_token", json!("forged")),
        ("page_token", json!("eyJvZmZzZXQiOiAtMX0=")),
        ("max_results", json!(-1)),
        ("max_results", json!(0)),
        ("max_results", json!(1_000_000_000)),
        ("order_by", json!(["metrics.a; drop"])),
        ("order_by", json!([7])),
        ("experiment_ids", json!(["../x"])),
    ] {
        let mut query = json!({"experiment_ids": ["0"]});
        query[key] = value;
        invalid(&served, "runs/search", &query, "");
    }
}

#[test]
fn experiments_live_as_in_mlflow() {
    let served = Served::new();
    let made = done(
        &served,
        "experiments/create",
        &json!({"name": "churn", "tags": [{"key": "a", "value": "b"}]}),
    );
    let id = made["experiment_id"].as_str().unwrap().to_owned();
    let (code, _) = refused(&served, 400, "experiments/create", &json!({"name": "churn"}));
    assert_eq!(code, "RESOURCE_ALREADY_EXISTS");
    let by_name =
        |name: &str| served.get(&format!("{API}/experiments/get-by-name?experiment_name={name}"));
    let found = by_name("churn").json()["experiment"].take();
    assert_eq!(found["experiment_id"], id);
    assert_eq!(found["artifact_location"], format!("mlflow-artifacts:/{id}"));
    assert_eq!(found["tags"], json!([{"key": "a", "value": "b"}]));
    assert_eq!(by_name("Default").json()["experiment"]["experiment_id"], "0");
    assert_eq!(by_name("absent").json()["error_code"], "RESOURCE_DOES_NOT_EXIST");

    let run =
        done(&served, "runs/create", &json!({"experiment_id": id}))["run"]["info"]["run_id"].take();
    done(
        &served,
        "experiments/set-experiment-tag",
        &json!({"experiment_id": "0", "key": "k", "value": "v"}),
    );
    done(&served, "experiments/delete", &json!({"experiment_id": id}));
    assert_eq!(by_name("churn").json()["experiment"]["lifecycle_stage"], "deleted");
    assert_eq!(get(&served, run.as_str().unwrap())["info"]["lifecycle_stage"], "deleted");
    let logged = metric(run.as_str().unwrap(), "m", 0, json!(1));
    invalid(&served, "runs/log-metric", &logged, "must be in the 'active' state");
    invalid(&served, "runs/create", &json!({"experiment_id": id}), "must be in the 'active' state");
    done(&served, "experiments/restore", &json!({"experiment_id": id}));
    done(&served, "experiments/update", &json!({"experiment_id": id, "new_name": "stay"}));
    done(&served, "runs/log-metric", &logged);

    let search = |query: Value| -> Vec<String> {
        let found = done(&served, "experiments/search", &query);
        let name = |one: &Value| one["name"].as_str().unwrap().to_owned();
        found["experiments"].as_array().into_iter().flatten().map(name).collect()
    };
    assert_eq!(search(json!({"max_results": 10})), ["stay", "Default"]);
    assert_eq!(
        search(json!({"max_results": 10, "filter": "name LIKE 'st%' and tags.a = 'b'"})),
        ["stay"]
    );
    assert_eq!(search(json!({"max_results": 1, "order_by": ["name DESC"]})), ["stay"]);
    invalid(&served, "experiments/search", &json!({}), "positive integer");
    refused(&served, 404, "experiments/update", &json!({"experiment_id": "77", "new_name": "x"}));
}

/// MLflow 3.17 takes `file:///etc`, and lists it.
#[test]
fn h02_artifacts_of_an_experiment_lie_nowhere_on_the_server() {
    let served = Served::new();
    let long = format!("s3://{}", "x".repeat(100_000));
    for location in [
        "file:///etc",
        "FILE:/etc",
        "/etc",
        "etc",
        "http://127.0.0.1/x",
        "s3://b/../x",
        "s3://b/%2e%2e/x",
        "s3://b?x",
        "s3://b#x",
        "s3://b;x",
        "..",
        "http://#/../",
        &long,
    ] {
        invalid(
            &served,
            "experiments/create",
            &json!({"name": "x", "artifact_location": location}),
            "artifact",
        );
    }
    done(
        &served,
        "experiments/create",
        &json!({"name": "far", "artifact_location": "s3://bucket/x"}),
    );
}

#[test]
fn inputs_outputs_and_measures_of_models_are_kept() {
    let mut served = Served::new();
    let id = create(&served, "r");
    let dataset = json!({"name": "wine", "digest": "d1", "source_type": "local", "source": "{}", "schema": "{}"});
    let tags =
        json!([{"key": "mlflow.data.context", "value": "train"}, {"key": "x", "value": "y"}]);
    let given = json!({"run_id": id, "datasets": [{"tags": tags, "dataset": dataset}]});
    done(&served, "runs/log-inputs", &given);
    done(&served, "runs/log-inputs", &given);
    let model = format!("m-{}", "a".repeat(32));
    done(
        &served,
        "runs/outputs",
        &json!({"run_id": id, "models": [{"model_id": model, "step": 3}]}),
    );
    for step in 0..3 {
        let mut sent = metric(&id, "acc", step, json!(step));
        (sent["model_id"], sent["dataset_name"], sent["dataset_digest"]) =
            (json!(model), json!("wine"), json!("d1"));
        done(&served, "runs/log-metric", &sent);
    }
    let end = json!({"run_id": id, "status": "FINISHED", "end_time": 5000});
    done(&served, "runs/update", &end);
    for _ in 0..2 {
        let run = get(&served, &id);
        assert_eq!(run["inputs"]["dataset_inputs"], json!([{"tags": tags, "dataset": dataset}]));
        assert_eq!(run["outputs"]["model_outputs"], json!([{"model_id": model, "step": 3}]));
        let found = done(
            &served,
            "runs/search",
            &json!({"experiment_ids": ["0"], "filter": "dataset.name = 'wine'"}),
        );
        assert_eq!(found["runs"][0]["inputs"], run["inputs"]);
        let measured = index::model_metrics(&served.store(), &model).unwrap();
        assert_eq!(measured.len(), 1);
        assert_eq!((measured[0].metric.point.step, measured[0].run.as_str()), (2, id.as_str()));
        served.restart();
    }
}
