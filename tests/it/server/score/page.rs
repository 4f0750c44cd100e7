//! The page, and what machines read of the models.

use serde_json::Value;

use super::{error_of, get, options, post, send, serve, with_penguins};

#[test]
fn the_page_asks_for_nothing_from_elsewhere_and_runs_only_its_own_script() {
    let sandbox = with_penguins();
    let serving = serve(&sandbox, &["penguins"], &options()).unwrap();
    for (path, media) in [
        ("/", "text/html; charset=utf-8"),
        ("/page.js", "text/javascript; charset=utf-8"),
        ("/page.css", "text/css; charset=utf-8"),
    ] {
        let reply = get(&serving, path);
        assert_eq!((reply.status, reply.header("content-type")), (200, Some(media)), "{path}");
        let policy = reply.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
        let text = String::from_utf8(reply.body).unwrap();
        assert!(!text.contains("//cdn") && !text.contains("http"), "{path} names another place");
        assert!(!text.contains("innerHTML") && !text.contains(" style="), "{path}");
    }
    let page = String::from_utf8(get(&serving, "/").body).unwrap();
    assert!(!page.contains("<script>") && !page.contains("onclick"), "{page}");
}

#[test]
fn each_model_brings_a_request_that_it_answers() {
    let sandbox = with_penguins();
    let serving = serve(&sandbox, &["penguins@v1", "penguins@v2"], &options()).unwrap();
    let models = get(&serving, "/models").json();
    let document = get(&serving, "/openapi.json").json();
    assert_eq!(models.as_array().unwrap().len(), 2);
    for model in models.as_array().unwrap() {
        let name = model["reference"].as_str().unwrap();
        assert_eq!(model["inputs"]["tensors"][0]["name"], "X");
        let reply =
            post(&serving, &format!("/models/{name}/invocations"), &model["example"].to_string());
        assert_eq!(reply.status, 200, "{name}: {}", model["example"]);
        assert_eq!(reply.header("mls-model"), Some(name));
        let path = format!("/models/{}/invocations", name.replace('@', "%40"));
        assert!(document["paths"][&path]["post"].is_object(), "{path}: {document}");
    }
    assert_eq!(document["openapi"], "3.1.0");
    for place in references(&document) {
        let found = document.pointer(place.strip_prefix('#').unwrap());
        assert!(found.is_some(), "{place} leads nowhere");
    }
}

fn references(value: &Value) -> Vec<String> {
    match value {
        Value::Object(fields) => {
            let own = fields.get("$ref").and_then(Value::as_str).map(str::to_owned);
            own.into_iter().chain(fields.values().flat_map(references)).collect()
        }
        Value::Array(all) => all.iter().flat_map(references).collect(),
        _ => vec![],
    }
}

#[test]
fn without_a_token_nothing_is_told_of_what_is_served() {
    let sandbox = with_penguins();
    let tokens = Some(vec!["correct-horse-battery".to_owned()]);
    let options = mls::server::score::Options { tokens, ..options() };
    let serving = serve(&sandbox, &["penguins"], &options).unwrap();
    for path in ["/", "/page.js", "/page.css", "/ping", "/v2/health/live", "/v2/health/ready"] {
        assert_eq!(get(&serving, path).status, 200, "{path}");
    }
    let closed = ["/models", "/openapi.json", "/metrics", "/v2", "/v2/models/penguins"];
    for path in closed {
        assert_eq!(get(&serving, path).status, 401, "{path}");
        let wrong = [("Authorization", "Bearer correct-horse-batterY")];
        assert_eq!(send(&serving, "GET", path, &wrong, b"").status, 401, "{path}");
        let right = [("Authorization", "Bearer correct-horse-battery")];
        assert_eq!(send(&serving, "GET", path, &right, b"").status, 200, "{path}");
    }
    assert!(error_of(&get(&serving, "/v2")).contains("Bearer"));
    assert_eq!(post(&serving, "/invocations", "{}").status, 401);

    sandbox.write("tokens", "# too short\nabc\n");
    let said = sandbox.mls(["serve", "penguins", "--port", "0", "--token-file", "tokens"]);
    assert_eq!(said.code(), 2, "{said}");
}
