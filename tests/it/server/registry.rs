//! MLflow's model registry over the wire.

use serde_json::{Value, json};

use crate::support::Served;

const MODELS: &str = "/api/2.0/mlflow/registered-models";
const VERSIONS: &str = "/api/2.0/mlflow/model-versions";

fn ok(served: &Served, method: &str, path: &str, body: Value) -> Value {
    let reply = served.call(method, path, &body);
    assert_eq!(reply.status, 200, "{path} {body}: {}", String::from_utf8_lossy(&reply.body));
    reply.json()
}

/// Expects a failure with this status, code and message.
fn fails(served: &Served, method: &str, path: &str, body: &Value, wanted: (u16, &str, &str)) {
    let reply = served.call(method, path, body);
    let found = reply.json();
    let text = String::from_utf8_lossy(&reply.body).into_owned();
    assert_eq!(
        (reply.status, found["error_code"].as_str().unwrap()),
        (wanted.0, wanted.1),
        "{text}"
    );
    assert!(found["message"].as_str().unwrap().contains(wanted.2), "{text}");
}

fn get(served: &Served, path: &str) -> Value {
    let reply = served.get(path);
    assert_eq!(reply.status, 200, "{path}: {}", String::from_utf8_lossy(&reply.body));
    reply.json()
}

fn made(served: &Served, name: &str, count: usize) {
    ok(served, "POST", &format!("{MODELS}/create"), json!({"name": name}));
    for number in 1..=count {
        let body = json!({"name": name, "source": format!("s3://b/{number}")});
        let version = ok(served, "POST", &format!("{VERSIONS}/create"), body);
        assert_eq!(version["model_version"]["version"], number.to_string());
    }
}

#[test]
fn a_model_lives_as_mlflows_client_expects_it() {
    let served = Served::new();
    let body =
        json!({"name": "iris", "description": "words", "tags": [{"key": "a", "value": "1"}]});
    let model = ok(&served, "POST", &format!("{MODELS}/create"), body.clone());
    let model = &model["registered_model"];
    assert_eq!(model["tags"], json!([{"key": "a", "value": "1"}]));
    assert!(model["creation_timestamp"].is_i64());
    assert!(model.get("latest_versions").is_none() && model.get("aliases").is_none());
    fails(
        &served,
        "POST",
        &format!("{MODELS}/create"),
        &body,
        (400, "RESOURCE_ALREADY_EXISTS", "Registered Model (name=iris) already exists."),
    );
    let body = json!({"name": "iris", "source": "s3://b/1", "tags": [{"key": "k", "value": "v"}]});
    let version = ok(&served, "POST", &format!("{VERSIONS}/create"), body)["model_version"].clone();
    for (key, value) in [
        ("name", "iris"),
        ("version", "1"),
        ("current_stage", "None"),
        ("status", "READY"),
        ("source", "s3://b/1"),
        ("run_id", ""),
        ("run_link", ""),
        ("description", ""),
    ] {
        assert_eq!(version[key], value, "{key}");
    }
    ok(
        &served,
        "POST",
        &format!("{MODELS}/alias"),
        json!({"name": "iris", "alias": "best", "version": "1"}),
    );
    let model = get(&served, &format!("{MODELS}/get?name=iris"))["registered_model"].clone();
    assert_eq!(model["aliases"], json!([{"alias": "best", "version": "1"}]));
    assert_eq!(model["latest_versions"][0]["version"], "1");
    assert!(model["latest_versions"][0].get("aliases").is_none());
    let by_alias = get(&served, &format!("{MODELS}/alias?name=iris&alias=best"));
    assert_eq!(by_alias["model_version"]["aliases"], json!(["best"]));
    assert_eq!(by_alias, get(&served, &format!("{VERSIONS}/get?name=iris&version=1")),);
    ok(
        &served,
        "PATCH",
        &format!("{VERSIONS}/update"),
        json!({"name": "iris", "version": "1", "description": "d"}),
    );
    ok(
        &served,
        "PATCH",
        &format!("{MODELS}/update"),
        json!({"name": "iris", "description": "new"}),
    );
    ok(
        &served,
        "POST",
        &format!("{VERSIONS}/set-tag"),
        json!({"name": "iris", "version": "1", "key": "x", "value": "y"}),
    );
    ok(
        &served,
        "DELETE",
        &format!("{VERSIONS}/delete-tag"),
        json!({"name": "iris", "version": "1", "key": "k"}),
    );
    ok(
        &served,
        "POST",
        &format!("{MODELS}/set-tag"),
        json!({"name": "iris", "key": "x", "value": "y"}),
    );
    ok(&served, "DELETE", &format!("{MODELS}/delete-tag"), json!({"name": "iris", "key": "a"}));
    let moved = ok(
        &served,
        "POST",
        &format!("{VERSIONS}/transition-stage"),
        json!({"name": "iris", "version": "1", "stage": "production", "archive_existing_versions": true}),
    );
    assert_eq!(moved["model_version"]["current_stage"], "Production");
    let latest = ok(
        &served,
        "POST",
        &format!("{MODELS}/get-latest-versions"),
        json!({"name": "iris", "stages": ["Production"]}),
    );
    let version = &latest["model_versions"][0];
    assert_eq!(
        (&version["description"], &version["tags"]),
        (&json!("d"), &json!([{"key": "x", "value": "y"}]))
    );
    assert_eq!(version["aliases"], json!(["best"]));
    let uri = get(&served, &format!("{VERSIONS}/get-download-uri?name=iris&version=1"));
    assert_eq!(uri, json!({"artifact_uri": "s3://b/1"}));
    let renamed = ok(
        &served,
        "POST",
        &format!("{MODELS}/rename"),
        json!({"name": "iris", "new_name": "my iris"}),
    );
    assert_eq!(renamed["registered_model"]["name"], "my iris");
    ok(&served, "DELETE", &format!("{MODELS}/alias"), json!({"name": "my iris", "alias": "best"}));
    assert_eq!(
        ok(
            &served,
            "DELETE",
            &format!("{VERSIONS}/delete"),
            json!({"name": "my iris", "version": "1"})
        ),
        json!({})
    );
    assert_eq!(
        ok(&served, "DELETE", &format!("{MODELS}/delete"), json!({"name": "my iris"})),
        json!({})
    );
    assert_eq!(get(&served, &format!("{MODELS}/search")), json!({}));
}

#[test]
fn failures_have_mlflows_codes_and_words() {
    let served = Served::new();
    made(&served, "iris", 1);
    let absent = |what| (404, "RESOURCE_DOES_NOT_EXIST", what);
    let invalid = |what| (400, "INVALID_PARAMETER_VALUE", what);
    let (models, versions) = (MODELS, VERSIONS);
    for (method, path, body, wanted) in [
        (
            "POST",
            format!("{models}/create"),
            json!({}),
            invalid("Missing value for required parameter 'name'"),
        ),
        (
            "POST",
            format!("{models}/create"),
            json!({"name": "a/b"}),
            invalid("Invalid model name 'a/b'. Names cannot contain '/' or ':'."),
        ),
        (
            "POST",
            format!("{models}/create"),
            json!({"name": ".."}),
            invalid("Names may be treated as files"),
        ),
        (
            "POST",
            format!("{models}/create"),
            json!({"name": "IRIS"}),
            (400, "RESOURCE_ALREADY_EXISTS", "only in upper and lower case"),
        ),
        (
            "PATCH",
            format!("{models}/update"),
            json!({"name": "nope"}),
            absent("Registered Model with name=nope not found"),
        ),
        (
            "DELETE",
            format!("{models}/delete"),
            json!({"name": "nope"}),
            absent("Registered Model with name=nope not found"),
        ),
        (
            "POST",
            format!("{models}/rename"),
            json!({"name": "iris"}),
            invalid("Missing value for required parameter 'new_name'"),
        ),
        (
            "POST",
            format!("{models}/rename"),
            json!({"name": "iris", "new_name": "iris"}),
            (400, "RESOURCE_ALREADY_EXISTS", "Registered Model (name=iris) already exists."),
        ),
        (
            "POST",
            format!("{models}/alias"),
            json!({"name": "iris", "alias": "latest", "version": "1"}),
            invalid("'latest' alias name (case insensitive) is reserved."),
        ),
        (
            "POST",
            format!("{models}/alias"),
            json!({"name": "iris", "alias": "v1", "version": "1"}),
            invalid("Version alias name 'v1' is reserved."),
        ),
        (
            "POST",
            format!("{models}/alias"),
            json!({"name": "iris", "alias": "a b", "version": "1"}),
            invalid("Invalid alias name: 'a b'. Names may only contain"),
        ),
        (
            "POST",
            format!("{models}/alias"),
            json!({"name": "iris", "alias": "a", "version": "9"}),
            absent("Model Version (name=iris, version=9) not found"),
        ),
        (
            "POST",
            format!("{models}/alias"),
            json!({"name": "iris", "alias": "a", "version": "x"}),
            invalid("Parameter 'version' must be an integer, got 'x'."),
        ),
        (
            "POST",
            format!("{models}/set-tag"),
            json!({"name": "iris", "key": "a=b"}),
            invalid("for parameter 'key' supplied"),
        ),
        (
            "POST",
            format!("{models}/set-tag"),
            json!({"name": "iris", "key": "a", "value": "x".repeat(100_001)}),
            invalid("'value' exceeds the maximum length of 100000 characters"),
        ),
        (
            "PATCH",
            format!("{versions}/update"),
            json!({"name": "iris", "version": "2"}),
            absent("Model Version (name=iris, version=2) not found"),
        ),
        (
            "POST",
            format!("{versions}/transition-stage"),
            json!({"name": "iris", "version": "1", "stage": "x"}),
            invalid(
                "Invalid Model Version stage: x. Value must be one of None, Staging, Production, Archived.",
            ),
        ),
    ] {
        fails(&served, method, &path, &body, wanted);
    }
    for (path, wanted) in [
        (format!("{models}/get?name=nope"), absent("Registered Model with name=nope not found")),
        (
            format!("{models}/alias?name=iris&alias=x"),
            invalid("Registered model alias x not found."),
        ),
        (
            format!("{versions}/get?name=iris&version=-1"),
            absent("Model Version (name=iris, version="),
        ),
        (format!("{models}/search?filter=nope%20%3D%201"), invalid("Invalid attribute key 'nope'")),
        (format!("{models}/search?max_results=1001"), invalid("max_results")),
        (
            format!("{models}/search?page_token=!"),
            invalid("Invalid page token, could not base64-decode"),
        ),
        (format!("{models}/search?order_by=up"), invalid("could not sort")),
        (format!("{versions}/search?max_results=0"), invalid("max_results")),
    ] {
        let reply = served.get(&path);
        let found = reply.json();
        assert_eq!(
            (reply.status, found["error_code"].as_str().unwrap()),
            (wanted.0, wanted.1),
            "{path} {found}"
        );
        assert!(found["message"].as_str().unwrap().contains(wanted.2), "{path} {found}");
    }
}

#[test]
fn answers_come_in_pages_with_mlflows_tokens() {
    let served = Served::new();
    made(&served, "a", 5);
    made(&served, "b", 0);
    made(&served, "c", 0);
    let first = get(&served, &format!("{MODELS}/search?max_results=2&order_by=name%20DESC"));
    let token = first["next_page_token"].as_str().unwrap();
    assert_eq!(first["registered_models"][0]["name"], "c");
    let second = get(
        &served,
        &format!(
            "{MODELS}/search?max_results=2&order_by=name%20DESC&page_token={}",
            token.replace('=', "%3D")
        ),
    );
    assert_eq!(second["registered_models"][0]["name"], "a");
    assert!(second.get("next_page_token").is_none());
    let found = get(&served, &format!("{VERSIONS}/search?filter=name%3D%27a%27&max_results=3"));
    let numbers: Vec<&str> = found["model_versions"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|v| v["version"].as_str())
        .collect();
    assert_eq!(numbers, ["5", "4", "3"]);
    assert!(found["next_page_token"].is_string());
}

#[test]
fn prompts_are_models_that_ordinary_searches_do_not_show() {
    let served = Served::new();
    made(&served, "iris", 1);
    let tag = json!([{"key": "mlflow.prompt.is_prompt", "value": "true"}]);
    ok(&served, "POST", &format!("{MODELS}/create"), json!({"name": "hello", "tags": tag}));
    let text = json!([{"key": "mlflow.prompt.is_prompt", "value": "true"}, {"key": "mlflow.prompt.text", "value": "Hi {{name}}"}]);
    let body = json!({"name": "hello", "source": "dummy-source", "tags": text});
    ok(&served, "POST", &format!("{VERSIONS}/create"), body);
    let bad = json!({"name": "hello", "source": "s3://b/x", "tags": tag});
    fails(
        &served,
        "POST",
        &format!("{VERSIONS}/create"),
        &bad,
        (400, "INVALID_PARAMETER_VALUE", "Invalid prompt source"),
    );
    fails(
        &served,
        "POST",
        &format!("{MODELS}/create"),
        &json!({"name": "iris", "tags": tag}),
        (
            400,
            "RESOURCE_ALREADY_EXISTS",
            "Tried to create a prompt with name 'iris', but the name is already taken by a registered model.",
        ),
    );
    let names = |filter: &str| -> Vec<String> {
        let found = get(&served, &format!("{MODELS}/search?filter={filter}"));
        let found = found["registered_models"].as_array().cloned().unwrap_or_default();
        found.iter().map(|model| model["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(""), ["iris"]);
    assert_eq!(names("tag.%60mlflow.prompt.is_prompt%60%20!%3D%20%27true%27"), ["iris"]);
    assert_eq!(names("tags.%60mlflow.prompt.is_prompt%60%20%3D%20%27true%27"), ["hello"]);
    let from = json!({"name": "iris", "source": "models:/hello/1"});
    fails(
        &served,
        "POST",
        &format!("{VERSIONS}/create"),
        &from,
        (400, "INVALID_PARAMETER_VALUE", "Prompt versions cannot be used"),
    );
}

#[test]
fn h03_sources_that_lead_where_they_must_not_are_refused() {
    let served = Served::new();
    made(&served, "iris", 1);
    let run = "0123456789abcdef0123456789abcdef";
    let logged = format!("m-{run}");
    for source in [
        "/etc/passwd",
        "file:///etc/passwd",
        "file:/etc",
        "etc/passwd",
        "../../etc",
        "s3://b/../x",
        "s3://b/%2e%2e/x",
        "s3://b/%252e%252e/x",
        "s3://b/a/./x",
        "s3://b/x%00",
        "s3://b",
        "dbfs:x",
        "http://127.0.0.1/x",
        "https://example.com/api/2.0/mlflow-artifacts/artifacts/x",
        "ftp://example.com/x",
        "hdfs://namenode/x",
        "mlflow-artifacts://host/x",
        "mlflow-artifacts:/0/x/artifacts",
        &format!("mlflow-artifacts:/0/{run}/artifacts/model"),
        &format!("runs:/{run}/model"),
        &format!("runs:/{run}/../../x"),
        "runs://host/x/y",
        &format!("models:/{logged}"),
        "models://other/iris/1",
        "models:/iris",
        "models:/",
        "dummy-source",
        "",
        &format!("s3://b/{}", "x".repeat(5000)),
    ] {
        let body = json!({"name": "iris", "source": source});
        let reply = served.call("POST", &format!("{VERSIONS}/create"), &body);
        assert_eq!(reply.status, 400, "{source}: {}", String::from_utf8_lossy(&reply.body));
        assert_eq!(reply.json()["error_code"], "INVALID_PARAMETER_VALUE", "{source}");
    }
    for source in [format!("runs:/{run}/model"), format!("models:/{logged}")] {
        let body = json!({"name": "iris", "source": source, "model_id": format!("m-{}", "0".repeat(32)), "run_id": "0".repeat(32)});
        assert_eq!(served.call("POST", &format!("{VERSIONS}/create"), &body).status, 400);
    }
    let entry = get(&served, &format!("{VERSIONS}/search?filter=name%3D%27iris%27"));
    assert_eq!(entry["model_versions"].as_array().unwrap().len(), 1, "none of them was registered");
}

#[test]
fn h03_a_version_made_of_a_version_stands_for_its_source_and_leads_in_no_circle() {
    let served = Served::new();
    made(&served, "iris", 1);
    made(&served, "copy", 0);
    let create = |name: &str, source: &str| {
        ok(&served, "POST", &format!("{VERSIONS}/create"), json!({"name": name, "source": source}))
            ["model_version"]
            .clone()
    };
    ok(
        &served,
        "POST",
        &format!("{MODELS}/alias"),
        json!({"name": "iris", "alias": "best", "version": "1"}),
    );
    let copy = create("copy", "models:/iris@best");
    assert_eq!(copy["source"], "models:/iris/1");
    let of_copy = create("copy", "models:/copy/1");
    assert_eq!(of_copy["source"], "models:/copy/1");
    let uri = get(&served, &format!("{VERSIONS}/get-download-uri?name=copy&version=2"));
    assert_eq!(uri["artifact_uri"], "s3://b/1");
    let own = json!({"name": "copy", "source": "models:/copy/3"});
    fails(
        &served,
        "POST",
        &format!("{VERSIONS}/create"),
        &own,
        (404, "RESOURCE_DOES_NOT_EXIST", "Model Version (name=copy, version=3) not found"),
    );
}

#[test]
fn a_logged_model_becomes_a_version_that_keeps_its_files_and_knows_its_run() {
    let served = Served::new();
    let body = json!({"experiment_id": "0", "name": "forest", "source_run_id": "0123456789abcdef0123456789abcdef"});
    let logged =
        ok(&served, "POST", "/api/2.0/mlflow/logged-models", body)["model"]["info"].clone();
    let id = logged["model_id"].as_str().unwrap();
    let file = format!("/api/2.0/mlflow-artifacts/artifacts/0/models/{id}/artifacts/MLmodel");
    assert_eq!(served.send("PUT", &file, &[], b"flavors: {}").status, 200);
    ok(
        &served,
        "PATCH",
        &format!("/api/2.0/mlflow/logged-models/{id}"),
        json!({"status": "LOGGED_MODEL_READY"}),
    );
    made(&served, "iris", 0);
    let body = json!({"name": "iris", "source": format!("models:/{id}"), "model_id": id});
    let version = ok(&served, "POST", &format!("{VERSIONS}/create"), body)["model_version"].clone();
    assert_eq!(version["run_id"], "0123456789abcdef0123456789abcdef");
    let uri = get(&served, &format!("{VERSIONS}/get-download-uri?name=iris&version=1"));
    assert_eq!(uri["artifact_uri"], logged["artifact_uri"]);
    let tags =
        get(&served, &format!("/api/2.0/mlflow/logged-models/{id}"))["model"]["info"]["tags"]
            .clone();
    let noted: Value = serde_json::from_str(tags[0]["value"].as_str().unwrap()).unwrap();
    assert_eq!(
        (&tags[0]["key"], noted),
        (&json!("mlflow.modelVersions"), json!([{"name": "iris", "version": 1}]))
    );
    let store = served.store();
    let found =
        mls::model::registry::resolve(&store, &mls::model::Reference::parse("iris")).unwrap();
    let tree = mls::model::source::content(&store, &found).unwrap();
    assert_eq!(mls::store::tree::read(&store, &tree).unwrap().entries.len(), 1);
}

#[test]
fn registry_routes_are_mirrored_and_need_the_right_that_they_say() {
    let rows = mls::server::rows();
    let of = |path: &str| rows.iter().filter(|row| row.path.ends_with(path)).count();
    assert_eq!(of("/mlflow/registered-models/alias"), 6, "three methods, two names");
    assert_eq!(of("/mlflow/model-versions/create"), 2);
    for row in rows
        .iter()
        .filter(|row| row.path.contains("registered-models") || row.path.contains("model-versions"))
    {
        let reads = row.path.ends_with("get-latest-versions") || row.method.as_str() == "GET";
        let wanted = if reads { mls::server::Right::Read } else { mls::server::Right::Write };
        assert_eq!(row.right, wanted, "{} {}", row.method, row.path);
    }
}
