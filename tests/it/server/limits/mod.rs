//! A token that is limited to names, on every face: it does its work, and nothing else is there for it.

mod mlflow;
mod past;
mod routes;
mod sync;
mod tools;

use mls::server::token::{self, Keys, Only};
use mls::server::{Options, Right};
use serde_json::{Value, json};

use crate::support::{Reply, Served};

const API: &str = "/api/2.0/mlflow";
const FILES: &str = "/api/2.0/mlflow-artifacts/artifacts";

/// In everything that is another's, and nowhere else.
const MARK: &str = "xyzzy";

/// What one of the two teams has on the hub.
struct Team {
    experiment: String,
    run: String,
    logged: String,
    model: &'static str,
    repository: &'static str,
}

/// A hub with two teams, and a token that is limited to the names of the first.
struct World {
    served: Served,
    admin: String,
    limited: String,
    mine: Team,
    theirs: Team,
}

pub(super) fn limited(served: &Served, name: &str, right: Right, only: &[&str]) -> String {
    let only: Vec<String> = only.iter().map(|text| (*text).to_owned()).collect();
    let only = Only::parse(&only).unwrap();
    let (_, secret) = token::add_limited(&served.store(), name, right, only, None).unwrap();
    secret.reveal().to_owned()
}

pub(super) fn guarded() -> (Served, String) {
    let served = Served::with(Options { keys: Some(Keys::Stored), ..Options::default() });
    let admin = token::add(&served.store(), "admin", Right::Admin, None).unwrap().1;
    let admin = admin.reveal().to_owned();
    (served, admin)
}

pub(super) fn send(
    served: &Served,
    secret: &str,
    method: &str,
    target: &str,
    body: &[u8],
) -> Reply {
    let bearer = format!("Bearer {secret}");
    served.send(method, target, &[("Authorization", &bearer)], body)
}

pub(super) fn call(
    served: &Served,
    secret: &str,
    method: &str,
    target: &str,
    body: &Value,
) -> Reply {
    let bearer = format!("Bearer {secret}");
    let headers = [("Authorization", bearer.as_str()), ("Content-Type", "application/json")];
    served.send(method, target, &headers, body.to_string().as_bytes())
}

impl World {
    fn new() -> Self {
        let (served, admin) = guarded();
        let limited = limited(
            &served,
            "ci",
            Right::Write,
            &["experiments/churn*", "models/churn*", "images/churn/*"],
        );
        let mine = Team::make(&served, &admin, ["churn", "churn", "churn/app", "plain"]);
        let theirs = Team::make(&served, &admin, ["fraud", "fraud", "fraud/app", MARK]);
        Self { served, admin, limited, mine, theirs }
    }

    fn call(&self, method: &str, target: &str, body: &Value) -> Reply {
        call(&self.served, &self.limited, method, target, body)
    }

    fn get(&self, target: &str) -> Reply {
        send(&self.served, &self.limited, "GET", target, b"")
    }

    fn ok(&self, method: &str, target: &str, body: &Value) -> Value {
        let reply = self.call(method, target, body);
        assert_eq!(reply.status, 200, "{target} {body}: {}", text(&reply));
        reply.json()
    }

    /// Expects what is not there.
    fn absent(&self, method: &str, target: &str, body: &Value) {
        let reply = self.call(method, target, body);
        assert_eq!(reply.status, 404, "{method} {target} {body}: {}", text(&reply));
        assert_eq!(reply.json()["error_code"], "RESOURCE_DOES_NOT_EXIST", "{target}");
    }

    /// Expects a name that may not be written to.
    fn denied(&self, method: &str, target: &str, body: &Value) {
        let reply = self.call(method, target, body);
        assert_eq!(reply.status, 403, "{method} {target} {body}: {}", text(&reply));
        assert_eq!(reply.json()["error_code"], "PERMISSION_DENIED", "{target}");
    }
}

fn text(reply: &Reply) -> String {
    String::from_utf8_lossy(&reply.body).into_owned()
}

impl Team {
    /// Makes one of everything, with `mark` in all of it.
    fn make(
        served: &Served,
        admin: &str,
        [name, model, repository, mark]: [&'static str; 4],
    ) -> Self {
        let ok = |method: &str, target: String, body: Value| {
            let reply = call(served, admin, method, &target, &body);
            assert_eq!(reply.status, 200, "{target} {body}: {}", text(&reply));
            reply.json()
        };
        let id = |value: &Value| value.as_str().unwrap().to_owned();
        let tags = json!([{"key": "mark", "value": mark}]);
        let body = json!({"name": name, "tags": tags});
        let experiment =
            id(&ok("POST", format!("{API}/experiments/create"), body)["experiment_id"]);
        let body = json!({"experiment_id": experiment, "tags": tags});
        let made = ok("POST", format!("{API}/runs/create"), body);
        let run = id(&made["run"]["info"]["run_id"]);
        let body = json!({"run_id": run, "key": "loss", "value": 0.5, "timestamp": 1});
        ok("POST", format!("{API}/runs/log-metric"), body);
        let body = json!({"experiment_id": experiment, "name": "forest", "source_run_id": run, "tags": tags});
        let made = ok("POST", format!("{API}/logged-models"), body);
        let logged = id(&made["model"]["info"]["model_id"]);
        for path in
            [format!("{run}/artifacts/note.txt"), format!("models/{logged}/artifacts/MLmodel")]
        {
            let target = format!("{FILES}/{experiment}/{path}");
            let reply = send(served, admin, "PUT", &target, format!("the {mark} file").as_bytes());
            assert_eq!(reply.status, 200, "{target}");
        }
        let ready = json!({"status": "LOGGED_MODEL_READY"});
        ok("PATCH", format!("{API}/logged-models/{logged}"), ready);
        ok(
            "POST",
            format!("{API}/runs/update"),
            json!({"run_id": run, "status": "FINISHED", "end_time": 9}),
        );
        let body = json!({"name": model, "description": mark});
        ok("POST", format!("{API}/registered-models/create"), body);
        let body = json!({"name": model, "source": format!("models:/{logged}"), "model_id": logged, "description": mark});
        ok("POST", format!("{API}/model-versions/create"), body);
        image(served, admin, repository, mark);
        Self { experiment, run, logged, model, repository }
    }

    fn file(&self) -> String {
        format!("{}/{}/artifacts/note.txt", self.experiment, self.run)
    }
}

/// Pushes an image of one layer, as `REPOSITORY:1`.
fn image(served: &Served, secret: &str, repository: &str, mark: &str) {
    let blobs = [format!("{{\"mark\":\"{mark}\"}}"), format!("layer {mark}")];
    for blob in &blobs {
        let digest = mls::remote::registry::Digest::of(blob.as_bytes());
        let target = format!("/v2/{repository}/blobs/uploads/?digest={digest}");
        assert_eq!(send(served, secret, "POST", &target, blob.as_bytes()).status, 201);
    }
    let of = |kind: &str, blob: &str| super::oci::descriptor(kind, blob.as_bytes());
    let manifest = json!({
        "schemaVersion": 2, "mediaType": super::oci::MANIFEST, "config": of(super::oci::EMPTY, &blobs[0]),
        "layers": [of("application/octet-stream", &blobs[1])],
    });
    let bearer = format!("Bearer {secret}");
    let headers = [("Authorization", bearer.as_str()), ("Content-Type", super::oci::MANIFEST)];
    let target = format!("/v2/{repository}/manifests/1");
    let reply = served.send("PUT", &target, &headers, manifest.to_string().as_bytes());
    assert_eq!(reply.status, 201, "{}", text(&reply));
}
