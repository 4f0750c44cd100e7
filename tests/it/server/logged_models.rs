use serde_json::{Value, json};

use super::artifacts::FILES;
use crate::support::Served;

const MODELS: &str = "/api/2.0/mlflow/logged-models";

fn create(served: &Served, name: &str) -> Value {
    let body = json!({
        "experiment_id": "0", "name": name, "source_run_id": "r1",
        "params": [{"key": "depth", "value": "3"}], "tags": [{"key": "team", "value": "blue"}],
    });
    let reply = served.call("POST", MODELS, &body);
    assert_eq!(reply.status, 200, "{}", String::from_utf8_lossy(&reply.body));
    reply.json()["model"].clone()
}

fn id(model: &Value) -> String {
    model["info"]["model_id"].as_str().unwrap().to_owned()
}

#[test]
fn a_model_is_made_filled_and_finished_as_mlflows_client_does_it() {
    let served = Served::new();
    let model = create(&served, "forest");
    let id = id(&model);
    assert_eq!(model["info"]["status"], "LOGGED_MODEL_PENDING");
    assert_eq!(model["info"]["artifact_uri"], format!("mlflow-artifacts:/0/models/{id}/artifacts"));
    assert_eq!(model["info"]["tags"], json!([{"key": "team", "value": "blue"}]));
    assert_eq!(model["data"]["params"], json!([{"key": "depth", "value": "3"}]));
    let root = format!("{FILES}/0/models/{id}/artifacts");
    for (path, bytes) in [("MLmodel", "flavors"), ("data/model.skops", "...")] {
        assert_eq!(
            served.send("PUT", &format!("{root}/{path}"), &[], bytes.as_bytes()).status,
            200
        );
    }
    let ready = json!({"status": "LOGGED_MODEL_READY"});
    let done = served.call("PATCH", &format!("{MODELS}/{id}"), &ready).json();
    assert_eq!(done["model"]["info"]["status"], "LOGGED_MODEL_READY");
    assert_eq!(served.get(&format!("{root}/MLmodel")).body, b"flavors");
    let late = served.send("PUT", &format!("{root}/late.txt"), &[], b"late");
    assert_eq!(late.status, 200);
    let listed = served.get(&format!("{MODELS}/{id}/artifacts/directories")).json();
    let names: Vec<&str> =
        listed["files"].as_array().unwrap().iter().filter_map(|f| f["path"].as_str()).collect();
    assert_eq!(names, ["MLmodel", "data", "late.txt"]);
    assert_eq!(listed["root_uri"], model["info"]["artifact_uri"]);
    let below =
        served.get(&format!("{MODELS}/{id}/artifacts/directories?artifact_directory_path=data"));
    assert_eq!(below.json()["files"][0]["path"], "data/model.skops");
    let file = served.get(&format!(
        "/ajax-api/2.0/mlflow/logged-models/{id}/artifacts/files?artifact_file_path=late.txt"
    ));
    assert_eq!(file.body, b"late");
    assert_eq!(
        served
            .get(&format!("{MODELS}/{id}/artifacts/directories?artifact_directory_path=../x"))
            .status,
        400
    );
}

#[test]
fn params_and_tags_change_and_a_removed_model_is_shown_only_on_demand() {
    let served = Served::new();
    let id = id(&create(&served, "forest"));
    let one = format!("{MODELS}/{id}");
    let tags = json!({"tags": [{"key": "mlflow.modelVersions", "value": "[]"}]});
    assert_eq!(served.call("PATCH", &format!("{one}/tags"), &tags).json(), json!({}));
    let params = json!({"params": [{"key": "lr", "value": "0.1"}]});
    assert_eq!(served.call("POST", &format!("{one}/params"), &params).json(), json!({}));
    assert_eq!(served.call("DELETE", &format!("{one}/tags/team"), &json!({})).json(), json!({}));
    let gone = served.call("DELETE", &format!("{one}/tags/team"), &json!({}));
    assert_eq!(gone.status, 404);
    assert_eq!(
        gone.json()["message"],
        format!("No tag with key 'team' found for model with ID '{id}'.")
    );
    let model = served.get(&one).json()["model"].clone();
    assert_eq!(model["info"]["tags"], json!([{"key": "mlflow.modelVersions", "value": "[]"}]));
    assert_eq!(model["data"]["params"].as_array().unwrap().len(), 2);
    assert_eq!(served.call("DELETE", &one, &json!({})).json(), json!({}));
    let reply = served.get(&one);
    assert_eq!(reply.status, 404);
    assert_eq!(reply.json()["message"], format!("Logged model with ID '{id}' not found."));
    assert_eq!(served.get(&format!("{one}?allow_deleted=true")).status, 200);
}

#[test]
fn mistakes_are_told_in_mlflows_words() {
    let served = Served::new();
    let create = |body: Value| served.call("POST", MODELS, &body).json();
    assert_eq!(create(json!({}))["error_code"], "INVALID_PARAMETER_VALUE");
    let nowhere = create(json!({"experiment_id": "77"}));
    assert_eq!(nowhere["message"], "No Experiment with id=77 exists");
    let bad = create(json!({"experiment_id": "0", "name": "a/b"}));
    assert!(bad["message"].as_str().unwrap().starts_with("Invalid model name ('a/b') provided."));
    let unnamed = create(json!({"experiment_id": "0"}));
    assert!(!unnamed["model"]["info"]["name"].as_str().unwrap().is_empty());
    for id in ["m-1", &format!("m-{}", "0".repeat(32)), "../x"] {
        assert_eq!(served.get(&format!("{MODELS}/{id}")).status, 404, "{id}");
        let finalize = json!({"status": "LOGGED_MODEL_READY"});
        let reply = served.call("PATCH", &format!("{MODELS}/{id}"), &finalize);
        assert_eq!(reply.status, 404, "{id}");
    }
}

#[test]
fn a_search_has_pages_that_know_their_question() {
    let served = Served::new();
    for name in ["a", "b", "c", "d", "e"] {
        create(&served, name);
    }
    let search = |body: Value| served.call("POST", &format!("{MODELS}/search"), &body);
    let question = json!({
        "experiment_ids": ["0"], "filter": "name != 'b'", "max_results": 2,
        "order_by": [{"field_name": "name", "ascending": false}],
    });
    let names = |answer: &Value| -> Vec<String> {
        let models = answer["models"].as_array().unwrap();
        models.iter().map(|m| m["info"]["name"].as_str().unwrap().to_owned()).collect()
    };
    let first = search(question.clone()).json();
    assert_eq!(names(&first), ["e", "d"]);
    let mut next = question.clone();
    next["page_token"] = first["next_page_token"].clone();
    let second = search(next.clone()).json();
    assert_eq!(
        (names(&second), second.get("next_page_token")),
        (vec!["c".into(), "a".into()], None)
    );
    next["filter"] = json!("name != 'c'");
    assert_eq!(search(next).status, 400);
    for bad in [
        json!({}),
        json!({"experiment_ids": ["0"], "filter": "nonsense"}),
        json!({"experiment_ids": ["0"], "filter": "metric.a > 1"}),
        json!({"experiment_ids": ["0"], "page_token": "!"}),
        json!({"experiment_ids": ["0"], "order_by": [{"field_name": "params.x"}]}),
        json!({"experiment_ids": ["0"], "datasets": [{}]}),
    ] {
        assert_eq!(search(bad.clone()).status, 400, "{bad}");
    }
    assert_eq!(search(json!({"experiment_ids": ["9"]})).json(), json!({}));
}
