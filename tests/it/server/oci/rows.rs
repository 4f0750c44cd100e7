//! Rows of the distribution specification that the other tests pass over: each code of an error, and the very requests that
//! `docker login` and `oras` make.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mls::remote::registry::{Algorithm, Digest};
use mls::server::token::{self, Keys};
use mls::server::{Options, Right};
use serde_json::{Value, json};

use super::{EMPTY, INDEX, MANIFEST, code, descriptor, manifest, put, upload};
use crate::support::{Reply, Served};

/// Returns an address with one more parameter.
fn with(location: &str, parameter: &str) -> String {
    format!("{location}{}{parameter}", if location.contains('?') { '&' } else { '?' })
}

fn begin(served: &Served) -> String {
    let reply = served.send("POST", "/v2/a/b/blobs/uploads/", &[], b"");
    reply.header("location").unwrap().to_owned()
}

#[test]
fn every_error_has_the_code_and_the_status_of_the_specification() {
    let served = Served::new();
    upload(&served, "a/b", b"x");
    let none = Digest::of(b"none");
    let (open, gone, short) = (begin(&served), begin(&served), begin(&served));
    assert_eq!(served.send("DELETE", &gone, &[], b"").status, 204, "given up");
    let length = [("Content-Range", "0-4")];
    for (method, path, headers, body, wanted) in [
        ("GET", format!("/v2/a/b/blobs/{none}"), &[][..], "", (404, "BLOB_UNKNOWN")),
        ("DELETE", format!("/v2/a/b/blobs/{none}"), &[], "", (404, "BLOB_UNKNOWN")),
        ("GET", "/v2/a/b/blobs/sha256:abc".to_owned(), &[], "", (400, "DIGEST_INVALID")),
        ("PUT", with(&open, "digest=sha256:abc"), &[], "", (400, "DIGEST_INVALID")),
        ("PUT", with(&open, &format!("digest={none}")), &[], "", (400, "DIGEST_INVALID")),
        ("PUT", begin(&served), &[], "", (400, "DIGEST_INVALID")),
        ("PATCH", short, &length, "longer", (400, "SIZE_INVALID")),
        ("GET", gone.clone(), &[], "", (404, "BLOB_UPLOAD_UNKNOWN")),
        ("PATCH", gone.clone(), &[], "x", (404, "BLOB_UPLOAD_UNKNOWN")),
        ("DELETE", gone, &[], "", (404, "BLOB_UPLOAD_UNKNOWN")),
        ("GET", "/v2/a/b/manifests/none".to_owned(), &[], "", (404, "MANIFEST_UNKNOWN")),
        ("DELETE", "/v2/a/b/manifests/none".to_owned(), &[], "", (404, "MANIFEST_UNKNOWN")),
        ("PUT", "/v2/a/b/manifests/1".to_owned(), &[], "{", (400, "MANIFEST_INVALID")),
        ("PUT", format!("/v2/a/b/manifests/{}", "t".repeat(129)), &[], "{}", (400, "TAG_INVALID")),
        ("PUT", "/v2/A/b/manifests/1".to_owned(), &[], "{}", (400, "NAME_INVALID")),
        ("GET", "/v2/never/was/tags/list".to_owned(), &[], "", (404, "NAME_UNKNOWN")),
        ("GET", "/v2/a/b/referrers/sha256:abc".to_owned(), &[], "", (400, "DIGEST_INVALID")),
        ("POST", "/v2/a/b/manifests/1".to_owned(), &[], "", (405, "UNSUPPORTED")),
    ] {
        let reply = served.send(method, &path, headers, body.as_bytes());
        assert_eq!(code(&reply), (wanted.0, wanted.1.to_owned()), "{method} {path}");
        let told = &reply.json()["errors"][0];
        assert!(told["message"].is_string(), "{method} {path}: {told}");
    }
    // What is not in order is 416, and what has come so far stays.
    let open = begin(&served);
    let patch =
        |range: &str| served.send("PATCH", &open, &[("Content-Range", range)], b"12345").status;
    assert_eq!((patch("0-4"), patch("0-4"), patch("9-13"), patch("zzz")), (202, 416, 416, 416));
    let reply = served.get(&open);
    assert_eq!((reply.status, reply.header("range")), (204, Some("0-4")));
    let missing = put(
        &served,
        "a/b",
        "1",
        &json!({
            "schemaVersion": 2, "mediaType": MANIFEST, "config": descriptor(EMPTY, b"{}"), "layers": [],
        }),
    );
    assert_eq!(code(&missing), (400, "MANIFEST_BLOB_UNKNOWN".to_owned()));
}

#[test]
fn what_a_manifest_may_be_is_taken_as_it_is() {
    let served = Served::new();
    let plain = manifest(&served, "a/b", b"{}", &[b"one"]);
    let mut far = plain.clone();
    far["layers"] = json!([{"mediaType": "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
        "digest": Digest::of(b"far"), "size": 9, "urls": ["https://example.com/far"]}]);
    let mut large = plain.clone();
    large["annotations"] = json!({"x": "y".repeat((4 << 20) - 2000)});
    let mut none = plain.clone();
    none["layers"] = json!([]);
    for (tag, value) in [("far", &far), ("large", &large), ("none", &none)] {
        let reply = put(&served, "a/b", tag, value);
        assert_eq!(reply.status, 201, "{tag}: {}", String::from_utf8_lossy(&reply.body));
        let back = served.get(reply.header("location").unwrap());
        assert_eq!(back.body, value.to_string().as_bytes(), "{tag}");
    }
    // By its digest, and under two tags at once.
    let bytes = plain.to_string();
    let digest = Digest::of(bytes.as_bytes());
    let target = format!("/v2/a/b/manifests/{digest}?tag=x&tag=y");
    let kind = [("Content-Type", MANIFEST)];
    let reply = served.send("PUT", &target, &kind, bytes.as_bytes());
    assert_eq!((reply.status, reply.header("oci-tag").is_some()), (201, true));
    for tag in ["x", "y"] {
        let head = served.send("HEAD", &format!("/v2/a/b/manifests/{tag}"), &[], b"");
        assert_eq!(head.header("docker-content-digest"), Some(&*digest.to_string()));
        assert_eq!(head.header("content-length"), Some(&*bytes.len().to_string()));
    }
    // A digest of another kind is announced, and holds.
    let reply = served.send("POST", "/v2/a/b/blobs/uploads/?digest-algorithm=sha512", &[], b"");
    let digest = Digest::with(Algorithm::Sha512, b"five");
    let target = with(reply.header("location").unwrap(), &format!("digest={digest}"));
    let reply = served.send("PUT", &target, &[], b"five");
    assert_eq!(reply.header("docker-content-digest"), Some(&*digest.to_string()));
}

/// Returns the digests of what belongs to a manifest.
fn belonging(served: &Served, digest: &Digest) -> Vec<String> {
    let reply = served.get(&format!("/v2/a/b/referrers/{digest}"));
    assert_eq!((reply.status, reply.header("content-type")), (200, Some(INDEX)));
    let answer = reply.json();
    let all = answer["manifests"].as_array().unwrap().iter();
    let mut all: Vec<String> = all.map(|one| one["digest"].as_str().unwrap().to_owned()).collect();
    all.sort();
    all
}

#[test]
fn what_oras_makes_is_pushed_attached_discovered_and_copied() {
    let served = Served::new();
    upload(&served, "a/b", b"{}");
    upload(&served, "a/b", b"a file");
    let mut empty = descriptor(EMPTY, b"{}");
    empty["data"] = "e30=".into();
    let mut file = descriptor("text/plain", b"a file");
    file["annotations"] = json!({"org.opencontainers.image.title": "hi.txt"});
    // oras push
    let pushed = json!({"schemaVersion": 2, "mediaType": MANIFEST, "artifactType": "application/vnd.unknown.artifact.v1",
        "config": empty, "layers": [file], "annotations": {"org.opencontainers.image.created": "2026-01-01T00:00:00Z"}});
    assert_eq!(put(&served, "a/b", "v1", &pushed).status, 201);
    let bytes = pushed.to_string();
    let (digest, subject) = (Digest::of(bytes.as_bytes()), descriptor(MANIFEST, bytes.as_bytes()));
    // oras attach
    let attached = json!({"schemaVersion": 2, "mediaType": MANIFEST, "artifactType": "application/example",
        "config": empty, "layers": [empty], "subject": subject, "annotations": {"a": "b"}});
    let own = Digest::of(attached.to_string().as_bytes());
    let reply = put(&served, "a/b", &own.to_string(), &attached);
    assert_eq!((reply.status, reply.header("oci-subject")), (201, Some(&*digest.to_string())));
    // oras manifest index create
    let index = json!({"schemaVersion": 2, "mediaType": INDEX, "artifactType": "application/vnd.ix",
        "manifests": [subject], "subject": subject});
    assert_eq!(put(&served, "a/b", "all", &index).status, 201);
    // oras discover
    let mut wanted = vec![own.to_string(), Digest::of(index.to_string().as_bytes()).to_string()];
    wanted.sort();
    assert_eq!(belonging(&served, &digest), wanted);
    let filtered =
        served.get(&format!("/v2/a/b/referrers/{digest}?artifactType=application/example"));
    assert_eq!(filtered.header("oci-filters-applied"), Some("artifactType"));
    let found: &Value = &filtered.json()["manifests"][0];
    assert_eq!(
        (&found["artifactType"], &found["annotations"]["a"]),
        (&"application/example".into(), &"b".into())
    );
    assert_eq!(served.send("DELETE", &format!("/v2/a/b/manifests/{own}"), &[], b"").status, 202);
    assert_eq!(belonging(&served, &digest).len(), 1);
}

#[test]
fn docker_logs_in_by_the_requests_that_it_makes() {
    let served = Served::with(Options { keys: Some(Keys::Stored), ..Options::default() });
    let secret = token::add(&served.store(), "docker", Right::Write, None).unwrap().1;
    let ask = |method: &str, path: &str, header: &str| -> Reply {
        served.send(method, path, &[("Authorization", header)], b"")
    };
    // It asks, is told where a token is given, and gets one for its name and password.
    let told = served.send("GET", "/v2/", &[], b"");
    assert_eq!(
        (told.status, told.header("docker-distribution-api-version")),
        (401, Some("registry/2.0"))
    );
    assert!(told.header("www-authenticate").unwrap().starts_with("Bearer realm="));
    let login = "/v2/token?account=ada&client_id=docker&offline_token=true&service=mls";
    let basic = |secret: &str| format!("Basic {}", STANDARD.encode(format!("ada:{secret}")));
    let given = ask("GET", login, &basic(secret.reveal()));
    assert_eq!(given.status, 200);
    let bearer = format!("Bearer {}", given.json()["token"].as_str().unwrap());
    assert_eq!(ask("GET", "/v2/", &bearer).status, 200);
    assert_eq!(ask("GET", login, &basic("wrong")).status, 401);
    // A push asks for a token of its own, by the form where it holds one that lasts.
    let form = format!(
        "grant_type=refresh_token&service=mls&client_id=docker&access_type=offline&refresh_token={}&scope={}",
        secret.reveal(),
        "repository%3Aada%2Fx%3Apull%2Cpush"
    );
    let kind = [("Content-Type", "application/x-www-form-urlencoded")];
    let given = served.send("POST", "/v2/token", &kind, form.as_bytes());
    let bearer = format!("Bearer {}", given.json()["access_token"].as_str().unwrap());
    let digest = Digest::of(b"layer");
    assert_eq!(ask("HEAD", &format!("/v2/ada/x/blobs/{digest}"), &bearer).status, 404);
    let begun = ask("POST", "/v2/ada/x/blobs/uploads/", &bearer);
    let location = begun.header("location").unwrap();
    let sent = served.send("PATCH", location, &[("Authorization", &bearer)], b"layer");
    assert_eq!((sent.status, sent.header("range")), (202, Some("0-4")));
    let end = with(sent.header("location").unwrap(), &format!("digest={digest}"));
    assert_eq!(ask("PUT", &end, &bearer).status, 201);
    assert_eq!(ask("GET", &format!("/v2/ada/x/blobs/{digest}"), &bearer).body, b"layer");
}
