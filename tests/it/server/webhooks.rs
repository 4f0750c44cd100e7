//! Webhooks over the wire, and what their receivers get.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac as _};
use mls::server::Options;
use mls::store::Store;
use serde_json::{Value, json};
use sha2::Sha256;

use crate::support::{Sandbox, Served};

const HOOKS: &str = "/api/2.0/mlflow/webhooks";

/// What a receiver got.
struct Got {
    headers: Vec<(String, String)>,
    body: String,
}

impl Got {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// Starts a receiver that gives these answers, one for each connection.
fn receiver(answers: Vec<Vec<u8>>) -> (SocketAddr, Receiver<Got>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (told, got) = channel();
    thread::spawn(move || {
        for answer in answers {
            let (mut stream, _) = listener.accept().unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let (mut headers, mut line) = (vec![], String::new());
            while reader.read_line(&mut line).unwrap() > 2 {
                if let Some((name, value)) = line.trim_end().split_once(": ") {
                    headers.push((name.to_ascii_lowercase(), value.to_owned()));
                }
                line.clear();
            }
            let mut got = Got { headers, body: String::new() };
            let length: u64 = got.header("content-length").map_or(0, |text| text.parse().unwrap());
            reader.take(length).read_to_string(&mut got.body).unwrap();
            let _ = stream.write_all(&answer);
            drop(stream);
            if told.send(got).is_err() {
                return;
            }
        }
    });
    (address, got)
}

fn answer(status: &str, more: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n{more}\r\n")
        .into_bytes()
}

/// A server whose webhooks may lead to this machine.
fn open() -> Served {
    Served::with(Options {
        private_webhooks: true,
        webhook_pause: Duration::from_millis(20),
        ..Options::default()
    })
}

fn create(served: &Served, url: &str, events: &[(&str, &str)]) -> Value {
    let events: Vec<Value> =
        events.iter().map(|(of, done)| json!({"entity": of, "action": done})).collect();
    let body =
        json!({"name": "hook", "url": url, "events": events, "secret": "hush", "description": "d"});
    let reply = served.call("POST", HOOKS, &body);
    assert_eq!(reply.status, 200, "{}", String::from_utf8_lossy(&reply.body));
    reply.json()["webhook"].clone()
}

fn model(served: &Served, name: &str) {
    let path = "/api/2.0/mlflow/registered-models/create";
    assert_eq!(served.call("POST", path, &json!({"name": name})).status, 200);
}

const CREATED: &[(&str, &str)] = &[("REGISTERED_MODEL", "CREATED")];

#[test]
fn a_webhook_is_kept_changed_listed_and_removed_and_its_secret_never_shown() {
    let mut served = open();
    let hook = create(&served, "http://127.0.0.1:9/x", CREATED);
    let id = hook["webhook_id"].as_str().unwrap().to_owned();
    assert_eq!((&hook["status"], &hook["description"]), (&json!("ACTIVE"), &json!("d")));
    assert_eq!(hook["events"], json!([{"entity": "REGISTERED_MODEL", "action": "CREATED"}]));
    let one = format!("{HOOKS}/{id}");
    let body = json!({"name": "other", "status": "DISABLED", "events": [{"entity": "MODEL_VERSION_TAG", "action": "SET"}]});
    let changed = served.call("PATCH", &one, &body).json()["webhook"].clone();
    assert_eq!((&changed["name"], &changed["status"]), (&json!("other"), &json!("DISABLED")));
    assert_eq!(changed["url"], hook["url"]);
    served.restart();
    assert_eq!(served.get(&one).json()["webhook"], changed);
    for _ in 0..2 {
        create(&served, "http://127.0.0.1:9/x", CREATED);
    }
    let first = served.get(&format!("{HOOKS}?max_results=2")).json();
    assert_eq!(first["webhooks"].as_array().unwrap().len(), 2);
    let token = first["next_page_token"].as_str().unwrap().replace('=', "%3D");
    let second = served.get(&format!("{HOOKS}?max_results=2&page_token={token}")).json();
    assert_eq!(second["webhooks"], json!([changed]));
    assert!(second.get("next_page_token").is_none());
    let all = [served.get(HOOKS).body, served.get(&one).body].concat();
    assert!(!String::from_utf8_lossy(&all).contains("hush"));
    assert_eq!(served.call("DELETE", &one, &json!({})).json(), json!({}));
    assert_eq!(served.get(&one).status, 404);
    assert_eq!(served.call("PATCH", &one, &json!({})).status, 404);
}

#[test]
fn an_event_is_delivered_and_signed_as_mlflow_does_it() {
    let served = open();
    let (address, got) = receiver(vec![answer("200 OK", "")]);
    create(&served, &format!("http://{address}/hook?a=b"), CREATED);
    let disabled = create(&served, "http://127.0.0.1:9/", CREATED);
    let one = format!("{HOOKS}/{}", disabled["webhook_id"].as_str().unwrap());
    served.call("PATCH", &one, &json!({"status": "DISABLED"}));
    model(&served, "iris");
    let got = got.recv_timeout(Duration::from_secs(120)).unwrap();
    let sent = got.json();
    assert_eq!((&sent["entity"], &sent["action"]), (&json!("registered_model"), &json!("created")));
    assert_eq!(sent["data"], json!({"name": "iris", "tags": {}, "description": ""}));
    assert!(sent["timestamp"].as_str().unwrap().ends_with("+00:00"));
    let header = |name| got.header(name).unwrap().to_owned();
    assert_eq!(header("content-type"), "application/json");
    let (id, time) = (header("x-mlflow-delivery-id"), header("x-mlflow-timestamp"));
    let mut mac = Hmac::<Sha256>::new_from_slice(b"hush").unwrap();
    mac.update(format!("{id}.{time}.{}", got.body).as_bytes());
    assert_eq!(
        header("x-mlflow-signature"),
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    );
}

#[test]
fn a_delivery_that_fails_is_tried_again_with_the_same_id() {
    let served = open();
    let answers = vec![answer("503 Busy", "Retry-After: 0\r\n"), vec![], answer("200 OK", "")];
    let (address, got) = receiver(answers);
    create(&served, &format!("http://{address}/"), CREATED);
    model(&served, "iris");
    let got: Vec<Got> =
        (0..3).map(|_| got.recv_timeout(Duration::from_secs(120)).unwrap()).collect();
    assert!(
        got.iter()
            .all(|one| one.header("x-mlflow-delivery-id") == got[0].header("x-mlflow-delivery-id"))
    );
}

/// Returns the messages that wait, by their events, without id and time.
fn kept(store: &Store) -> Vec<(String, Value)> {
    let sql = "SELECT body FROM webhook_deliveries";
    let bodies = store.meta(|db| {
        db.prepare(sql)?.query_map([], |row| row.get(0))?.collect::<Result<Vec<String>, _>>()
    });
    let said = |body: String| {
        let message: Value = serde_json::from_str(&body).unwrap();
        let word = |name: &str| message[name].as_str().unwrap().to_owned();
        (format!("{} {}", word("entity"), word("action")), message["data"].clone())
    };
    let mut kept: Vec<_> = bodies.unwrap().into_iter().map(said).collect();
    kept.sort_by(|a, b| a.0.cmp(&b.0));
    kept
}

#[test]
fn what_is_told_is_what_mlflow_tells_and_a_change_that_fails_leaves_nothing_to_tell() {
    let pause = Duration::from_secs(3600);
    let options = Options { private_webhooks: true, webhook_pause: pause, ..Options::default() };
    let served = Served::with(options);
    let events = [
        ("REGISTERED_MODEL", "CREATED"),
        ("MODEL_VERSION", "CREATED"),
        ("MODEL_VERSION_TAG", "SET"),
        ("MODEL_VERSION_TAG", "DELETED"),
        ("MODEL_VERSION_ALIAS", "CREATED"),
        ("MODEL_VERSION_ALIAS", "DELETED"),
        ("PROMPT", "CREATED"),
        ("PROMPT_VERSION", "CREATED"),
        ("PROMPT_TAG", "SET"),
    ];
    create(&served, "http://127.0.0.1:9/", &events);
    let prompt = json!([{"key": "mlflow.prompt.is_prompt", "value": "true"}]);
    let text = json!([{"key": "mlflow.prompt.is_prompt", "value": "true"}, {"key": "mlflow.prompt.text", "value": "Hi"}]);
    let (models, versions) = ("registered-models", "model-versions");
    let one = |more: Value| {
        let mut body = json!({"name": "iris", "version": "1"});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    for (method, path, body, status) in [
        ("POST", format!("{models}/create"), json!({"name": "iris", "description": "d"}), 200),
        ("POST", format!("{models}/create"), json!({"name": "iris"}), 400),
        ("POST", format!("{models}/create"), json!({"name": "Iris"}), 400),
        ("POST", format!("{versions}/create"), json!({"name": "none", "source": "s3://b/x"}), 404),
        ("POST", format!("{versions}/create"), json!({"name": "iris", "source": "s3://b/x"}), 200),
        ("POST", format!("{versions}/set-tag"), one(json!({"key": "k", "value": "v"})), 200),
        // It is so already: MLflow tells of it again.
        ("POST", format!("{versions}/set-tag"), one(json!({"key": "k", "value": "v"})), 200),
        ("DELETE", format!("{versions}/delete-tag"), one(json!({"key": "k"})), 200),
        (
            "POST",
            format!("{models}/alias"),
            json!({"name": "iris", "alias": "a", "version": "2"}),
            404,
        ),
        ("POST", format!("{models}/alias"), one(json!({"alias": "a"})), 200),
        ("DELETE", format!("{models}/alias"), json!({"name": "iris", "alias": "a"}), 200),
        // A model's own tags are told of prompts alone.
        (
            "POST",
            format!("{models}/set-tag"),
            json!({"name": "iris", "key": "k", "value": "v"}),
            200,
        ),
        ("POST", format!("{models}/create"), json!({"name": "greet", "tags": prompt}), 200),
        (
            "POST",
            format!("{versions}/create"),
            json!({"name": "greet", "source": "dummy-source", "tags": text}),
            200,
        ),
        (
            "POST",
            format!("{models}/set-tag"),
            json!({"name": "greet", "key": "k", "value": "v"}),
            200,
        ),
    ] {
        let reply = served.call(method, &format!("/api/2.0/mlflow/{path}"), &body);
        assert_eq!(reply.status, status, "{path}: {}", String::from_utf8_lossy(&reply.body));
    }
    let tag = json!({"name": "iris", "version": "1", "key": "k", "value": "v"});
    let expected = [
        (
            "model_version created",
            json!({"name": "iris", "version": "1", "source": "s3://b/x", "run_id": null, "tags": {}, "description": null}),
        ),
        ("model_version_alias created", json!({"name": "iris", "version": "1", "alias": "a"})),
        ("model_version_alias deleted", json!({"name": "iris", "alias": "a"})),
        ("model_version_tag deleted", json!({"name": "iris", "version": "1", "key": "k"})),
        ("model_version_tag set", tag.clone()),
        ("model_version_tag set", tag),
        ("prompt created", json!({"name": "greet", "tags": {}, "description": ""})),
        ("prompt_tag set", json!({"name": "greet", "key": "k", "value": "v"})),
        (
            "prompt_version created",
            json!({"name": "greet", "version": "1", "template": "Hi", "tags": {}, "description": null}),
        ),
        ("registered_model created", json!({"name": "iris", "tags": {}, "description": "d"})),
    ];
    let kept = kept(&served.store());
    let kept: Vec<_> = kept.iter().map(|(event, data)| (event.as_str(), data.clone())).collect();
    assert_eq!(kept, expected);
}

/// Returns whether a delivery is signed with the secret of [`create`].
fn is_signed(got: &Got) -> bool {
    let header = |name| got.header(name).unwrap();
    let (id, time) = (header("x-mlflow-delivery-id"), header("x-mlflow-timestamp"));
    let mut mac = Hmac::<Sha256>::new_from_slice(b"hush").unwrap();
    mac.update(format!("{id}.{time}.{}", got.body).as_bytes());
    header("x-mlflow-signature") == format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}

fn waiting(store: &Store) -> i64 {
    let count = "SELECT count(*) FROM webhook_deliveries";
    store.meta(|db| db.query_row(count, [], |row| row.get(0))).unwrap()
}

#[test]
fn what_is_not_delivered_when_a_hub_is_stopped_is_delivered_by_the_next_and_once() {
    // No second attempt would be made before the hub ends.
    let pause = Duration::from_secs(3600);
    let options = Options { private_webhooks: true, webhook_pause: pause, ..Options::default() };
    let mut served = Served::with(options);
    let (address, got) = receiver(vec![answer("503 Busy", ""), answer("200 OK", "")]);
    create(&served, &format!("http://{address}/"), CREATED);
    model(&served, "iris");
    let got = || got.recv_timeout(Duration::from_secs(120)).unwrap();
    let first = got();
    served.restart();
    let second = got();
    assert_eq!(
        (first.header("x-mlflow-delivery-id"), &first.body),
        (second.header("x-mlflow-delivery-id"), &second.body)
    );
    assert!(is_signed(&first) && is_signed(&second));
    let (store, until) = (served.store(), Instant::now() + Duration::from_secs(120));
    while waiting(&store) > 0 {
        assert!(Instant::now() < until, "what was delivered is not forgotten");
        thread::yield_now();
    }
}

#[test]
fn what_waits_for_a_webhook_that_is_gone_goes_with_it() {
    let pause = Duration::from_secs(3600);
    let options = Options { private_webhooks: true, webhook_pause: pause, ..Options::default() };
    let mut served = Served::with(options);
    let (address, got) = receiver(vec![answer("503 Busy", ""), answer("503 Busy", "")]);
    let url = format!("http://{address}/");
    let ids =
        [(); 2].map(|()| create(&served, &url, CREATED)["webhook_id"].as_str().unwrap().to_owned());
    model(&served, "iris");
    for _ in 0..2 {
        got.recv_timeout(Duration::from_secs(120)).unwrap();
    }
    let store = served.store();
    assert_eq!(waiting(&store), 2);
    served.call("DELETE", &format!("{HOOKS}/{}", ids[0]), &json!({}));
    assert_eq!(waiting(&store), 1);
    served.call("PATCH", &format!("{HOOKS}/{}", ids[1]), &json!({"status": "DISABLED"}));
    served.restart();
    assert_eq!(waiting(&store), 0);
}

/// Returns the next connection, which must come.
fn accepted(listener: &TcpListener) -> TcpStream {
    listener.set_nonblocking(true).unwrap();
    let until = Instant::now() + Duration::from_secs(120);
    loop {
        match listener.accept() {
            Ok((stream, _)) => {
                stream.set_nonblocking(false).unwrap();
                return stream;
            }
            Err(_) => {
                assert!(Instant::now() < until, "nobody has come");
                thread::yield_now();
            }
        }
    }
}

fn hub(sandbox: &Sandbox) -> (Child, String) {
    let mut command = sandbox.command(["hub", "--port", "0", "--allow-private-webhooks"]);
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let url = line.split_whitespace().find(|word| word.starts_with("http://"));
    (child, url.unwrap_or_else(|| panic!("the hub said: {line}")).to_owned())
}

#[test]
fn what_is_under_way_when_a_hub_is_killed_is_delivered_by_the_next() {
    let sandbox = Sandbox::with_store();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (mut child, url) = hub(&sandbox);
    // Another test may have been first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::blocking::Client::new();
    let post = |path: &str, body: Value| {
        let request =
            client.post(format!("{url}{path}")).header("Content-Type", "application/json");
        assert!(request.body(body.to_string()).send().unwrap().status().is_success());
    };
    let events = json!([{"entity": "REGISTERED_MODEL", "action": "CREATED"}]);
    let to = format!("http://{}/", listener.local_addr().unwrap());
    post(HOOKS, json!({"name": "hook", "url": to, "events": events}));
    post("/api/2.0/mlflow/registered-models/create", json!({"name": "iris"}));
    let unanswered = accepted(&listener);
    child.kill().unwrap();
    child.wait().unwrap();
    drop(unanswered);
    let (mut child, _) = hub(&sandbox);
    let mut stream = accepted(&listener);
    let mut request = vec![];
    while !request.ends_with(b"}") {
        let mut block = [0; 4096];
        let length = stream.read(&mut block).unwrap();
        assert!(length > 0, "{}", String::from_utf8_lossy(&request));
        request.extend_from_slice(&block[..length]);
    }
    stream.write_all(&answer("200 OK", "")).unwrap();
    assert!(String::from_utf8_lossy(&request).contains("\"name\":\"iris\""));
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_webhook_is_tried_with_an_example() {
    let served = open();
    let (address, got) = receiver(vec![answer("204 No Content", ""), answer("410 Gone", "")]);
    let hook = create(&served, &format!("http://{address}/"), CREATED);
    let path = format!("{HOOKS}/{}/test", hook["webhook_id"].as_str().unwrap());
    let result = served.call("POST", &path, &json!({})).json()["result"].clone();
    assert_eq!(result, json!({"success": true, "response_status": 204}));
    assert_eq!(got.recv().unwrap().json()["data"]["name"], "example_model");
    let event = json!({"event": {"entity": "MODEL_VERSION_TAG", "action": "SET"}});
    let result = served.call("POST", &path, &event).json()["result"].clone();
    assert_eq!(result, json!({"success": false, "response_status": 410}));
    assert_eq!(got.recv().unwrap().json()["entity"], "model_version_tag");
    // Nobody is there any more.
    let result = served.call("POST", &path, &json!({})).json()["result"].clone();
    assert_eq!(result["success"], false);
    assert!(result["error_message"].as_str().unwrap().starts_with("Failed to test webhook:"));
}

#[test]
fn h09_a_webhook_leads_to_the_public_internet_and_nowhere_else() {
    let served = Served::new();
    for url in [
        "http://example.com/",
        "https://127.0.0.1/",
        "https://localhost/",
        "https://10.0.0.1/",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://[64:ff9b::a00:1]/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://127.1/",
        "https://user:pass@1.1.1.1/",
        "file:///etc/passwd",
        "gopher://1.1.1.1/",
        "",
    ] {
        let body = json!({"name": "h", "url": url, "events": [{"entity": "REGISTERED_MODEL", "action": "CREATED"}]});
        let reply = served.call("POST", HOOKS, &body);
        assert_eq!(reply.status, 400, "{url}");
        assert_eq!(reply.json()["error_code"], "INVALID_PARAMETER_VALUE", "{url}");
    }
    assert_eq!(served.get(HOOKS).json(), json!({}));
}

#[test]
fn h09_what_was_allowed_once_is_checked_again_when_it_is_sent() {
    let served = open();
    let (address, got) = receiver(vec![answer("200 OK", "")]);
    let hook = create(&served, &format!("https://{address}/"), CREATED);
    // The same store, served by an operator who allows less.
    let strict = mls::server::start(served.store(), &Options::default()).unwrap();
    let path = format!("{HOOKS}/{}/test", hook["webhook_id"].as_str().unwrap());
    let url = format!("{}{path}", strict.url());
    let said = std::process::Command::new("curl")
        .args(["-s", "-X", "POST", "-H", "Content-Type: application/json", "-d", "{}", &url])
        .output();
    let Ok(said) = said else { return eprintln!("skipped: no curl") };
    let result: Value = serde_json::from_slice(&said.stdout).unwrap();
    assert_eq!(result["result"]["success"], false, "{result}");
    assert!(result["result"]["error_message"].as_str().unwrap().contains("non-public"), "{result}");
    assert!(got.try_recv().is_err(), "nothing was sent");
}

#[test]
fn h09_redirects_are_not_followed_and_long_answers_not_read_or_shown() {
    let served = open();
    let (elsewhere, other) = receiver(vec![answer("200 OK", "")]);
    let mut long = b"HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n".to_vec();
    long.extend(std::iter::repeat_n(b'x', 1 << 20));
    let moved = answer("302 Found", &format!("Location: http://{elsewhere}/\r\n"));
    let (address, got) = receiver(vec![moved, long]);
    let hook = create(&served, &format!("http://{address}/"), CREATED);
    let path = format!("{HOOKS}/{}/test", hook["webhook_id"].as_str().unwrap());
    let result = served.call("POST", &path, &json!({})).json()["result"].clone();
    assert_eq!(result, json!({"success": true, "response_status": 302}));
    let reply = served.call("POST", &path, &json!({}));
    assert!(reply.body.len() < 1000, "what was answered is not shown");
    got.recv().unwrap();
    assert!(other.try_recv().is_err(), "the other place was not asked");
}

#[test]
fn requests_that_make_no_webhook_are_refused_with_mlflows_words() {
    let served = open();
    let event = json!([{"entity": "REGISTERED_MODEL", "action": "CREATED"}]);
    for (body, wanted) in [
        (json!({}), "Missing value for required parameter 'name'"),
        (json!({"name": "a"}), "Missing value for required parameter 'url'"),
        (
            json!({"name": "a", "url": "http://127.0.0.1/"}),
            "Missing value for required parameter 'events'",
        ),
        (json!({"name": "a", "url": "http://127.0.0.1/", "events": []}), "non-empty list"),
        (
            json!({"name": "-a", "url": "http://127.0.0.1/", "events": event}),
            "Webhook name '-a' is invalid",
        ),
        (
            json!({"name": "A", "url": "http://127.0.0.1/", "events": event}),
            "Webhook name 'A' is invalid",
        ),
        (
            json!({"name": "a", "url": "http://127.0.0.1/", "events": [{"entity": "REGISTERED_MODEL", "action": "DELETED"}]}),
            "Invalid action 'deleted' for entity 'registered_model'",
        ),
        (
            json!({"name": "a", "url": "http://127.0.0.1/", "events": event, "status": "x"}),
            "status",
        ),
    ] {
        let reply = served.call("POST", HOOKS, &body);
        let text = String::from_utf8_lossy(&reply.body).into_owned();
        assert_eq!(reply.status, 400, "{text}");
        assert!(text.contains(wanted), "{body}: {text}");
    }
}
