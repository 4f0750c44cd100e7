//! The registry, for a token that is limited to names: by hand, and with a tool that people have.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mls::remote::registry::Digest;
use serde_json::json;

use super::{MARK, World, limited, send, text};
use crate::server::oci::code;
use crate::server::oci::tools::there;
use crate::support::Sandbox;

#[test]
fn r09_a_repository_that_no_pattern_names_is_not_there_and_nothing_is_taken_from_it() {
    let world = World::new();
    let ask = |method: &str, target: &str| send(&world.served, &world.limited, method, target, b"");
    assert_eq!(ask("GET", "/v2/_catalog").json(), json!({"repositories": ["churn/app"]}));
    assert_eq!(ask("GET", "/v2/churn/app/manifests/1").status, 200);
    let layer = Digest::of(format!("layer {MARK}").as_bytes());
    for target in [
        "/v2/fraud/app/tags/list".to_owned(),
        "/v2/fraud/app/manifests/1".to_owned(),
        format!("/v2/fraud/app/blobs/{layer}"),
        format!("/v2/fraud/app/referrers/{layer}"),
        "/v2/nothing/at/all/tags/list".to_owned(),
    ] {
        let reply = ask("GET", &target);
        assert_eq!(code(&reply), (404, "NAME_UNKNOWN".to_owned()), "{target}");
        assert_eq!(ask("HEAD", &target).status, 404);
    }
    assert_eq!(ask("GET", &format!("/v2/churn/app/blobs/{layer}")).status, 404);
    for (method, target) in [
        ("POST", "/v2/fraud/app/blobs/uploads/".to_owned()),
        ("POST", format!("/v2/fraud/app/blobs/uploads/?mount={layer}&from=churn/app")),
        ("PUT", "/v2/fraud/app/manifests/2".to_owned()),
        ("DELETE", "/v2/fraud/app/manifests/1".to_owned()),
        ("DELETE", format!("/v2/fraud/app/blobs/{layer}")),
    ] {
        assert_eq!(code(&ask(method, &target)), (403, "DENIED".to_owned()), "{method} {target}");
    }
    // A mount from there is an upload like any other, as of a blob that is nowhere.
    let nowhere = Digest::of(b"nowhere");
    for digest in [layer, nowhere] {
        let reply =
            ask("POST", &format!("/v2/churn/app/blobs/uploads/?mount={digest}&from=fraud/app"));
        assert_eq!(reply.status, 202, "{}", text(&reply));
    }
    assert_eq!(ask("GET", &format!("/v2/churn/app/blobs/{layer}")).status, 404);
}

#[test]
fn r09_what_is_given_for_a_limited_secret_is_limited() {
    let world = World::new();
    let basic = STANDARD.encode(format!("ada:{}", world.limited));
    let basic = format!("Basic {basic}");
    let scope = "repository:churn/app:pull,push%20repository:fraud/app:pull%20registry:catalog:*";
    let target = format!("/v2/token?service=mls&scope={scope}");
    let reply = world.served.send("GET", &target, &[("Authorization", &basic)], b"");
    let token = reply.json()["token"].as_str().unwrap().to_owned();
    let ask = |method: &str, target: &str| send(&world.served, &token, method, target, b"").status;
    assert_eq!(ask("GET", "/v2/churn/app/manifests/1"), 200);
    assert_eq!(ask("GET", "/v2/fraud/app/manifests/1"), 404);
    let layer = Digest::of(format!("layer {MARK}").as_bytes());
    let mount = format!("/v2/churn/app/blobs/uploads/?mount={layer}&from=fraud/app");
    assert_eq!(ask("POST", &mount), 202);
    let catalog = send(&world.served, &token, "GET", "/v2/_catalog", b"");
    assert!(!text(&catalog).contains("fraud"), "{}", text(&catalog));
    // A grant is worth what its secret is worth at that moment.
    mls::server::token::revoke(&world.served.store(), "ci").unwrap();
    assert_eq!(ask("GET", "/v2/churn/app/manifests/1"), 401);
}

#[test]
fn skopeo_copies_within_the_names_of_its_token_and_not_beyond() {
    if !there("skopeo") {
        return;
    }
    let world = World::new();
    let sandbox = Sandbox::new();
    let reads = limited(&world.served, "reads", mls::server::Right::Read, &["images/churn/*"]);
    let host = format!("127.0.0.1:{}", world.served.connect().peer_addr().unwrap().port());
    let copy = |secret: &str, from: &str, to: &str| {
        let creds = format!("ada:{secret}");
        let (from, to) = (format!("docker://{host}/{from}"), format!("docker://{host}/{to}"));
        let args = [
            "copy",
            "--insecure-policy",
            "--src-tls-verify=false",
            "--dest-tls-verify=false",
            "--src-creds",
            &creds,
            "--dest-creds",
            &creds,
            &from,
            &to,
        ];
        sandbox.program("skopeo").args(args).output().unwrap()
    };
    let said = |secret: &str, from: &str, to: &str| {
        let output = copy(secret, from, to);
        (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (done, words) = said(&world.limited, "churn/app:1", "churn/other:1");
    assert!(done, "{words}");
    for (secret, from, to) in [
        (&world.limited, "fraud/app:1", "churn/app:2"),
        (&world.limited, "churn/app:1", "fraud/app:2"),
        (&reads, "churn/app:1", "churn/app:2"),
    ] {
        let (done, words) = said(secret, from, to);
        assert!(!done, "{from} {to}: {words}");
    }
    let tags = send(&world.served, &world.admin, "GET", "/v2/fraud/app/tags/list", b"");
    assert_eq!(tags.json()["tags"], json!(["1"]));
}
