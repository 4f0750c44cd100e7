//! Tokens of the hub as clients of registries get and use them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mls::server::token::{self, Keys, Secret};
use mls::server::{Options, Right};

use crate::support::{Reply, Served};

fn served() -> (Served, Secret, Secret) {
    let served = Served::with(Options { keys: Some(Keys::Stored), ..Options::default() });
    let writes = token::add(&served.store(), "writer", Right::Write, None).unwrap().1;
    let reads = token::add(&served.store(), "reader", Right::Read, None).unwrap().1;
    (served, writes, reads)
}

fn basic(secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("ada:{secret}")))
}

fn with(served: &Served, method: &str, path: &str, authorization: &str) -> Reply {
    served.send(method, path, &[("Authorization", authorization)], b"")
}

/// Returns the header of a token for `scope`.
fn bearer(served: &Served, secret: &Secret, scope: &str) -> String {
    let path = format!("/v2/token?service=mls&account=ada&scope={scope}");
    let reply = with(served, "GET", &path, &basic(secret.reveal()));
    assert_eq!(reply.status, 200);
    let answer = reply.json();
    assert_eq!(answer["token"], answer["access_token"]);
    assert!(answer["expires_in"].as_i64().unwrap() >= 60);
    assert!(answer.get("refresh_token").is_none());
    format!("Bearer {}", answer["token"].as_str().unwrap())
}

#[test]
fn who_is_refused_learns_where_a_token_is_given_and_for_what() {
    let (served, ..) = served();
    for (method, path, scope) in [
        ("GET", "/v2/", ""),
        ("GET", "/v2/a/b/manifests/1", ",scope=\"repository:a/b:pull\""),
        ("POST", "/v2/a/blobs/uploads/", ",scope=\"repository:a:pull,push\""),
        (
            "POST",
            "/v2/a/blobs/uploads/?mount=x&from=b",
            ",scope=\"repository:a:pull,push repository:b:pull\"",
        ),
        ("DELETE", "/v2/a/manifests/1", ",scope=\"repository:a:delete\""),
        ("GET", "/v2/_catalog", ",scope=\"registry:catalog:*\""),
    ] {
        let reply = served.send(method, path, &[], b"");
        let wanted = format!("Bearer realm=\"http://localhost/v2/token\",service=\"mls\"{scope}");
        assert_eq!(
            (reply.status, reply.header("www-authenticate")),
            (401, Some(&*wanted)),
            "{path}"
        );
    }
}

#[test]
fn a_token_opens_what_it_is_for_and_no_more() {
    let (served, writes, reads) = served();
    let pull = bearer(&served, &writes, "repository:a:pull");
    let both = bearer(&served, &writes, "repository:a:pull,push&scope=repository:b:pull");
    let none = bearer(&served, &writes, "");
    let status = |method: &str, path: &str, token: &str| with(&served, method, path, token).status;
    for token in [&pull, &both, &none] {
        assert_eq!(status("GET", "/v2/", token), 200);
    }
    assert_eq!(status("GET", "/v2/a/tags/list", &pull), 404, "let in, and nothing there");
    assert_eq!(status("GET", "/v2/a/tags/list", &none), 401);
    assert_eq!(status("GET", "/v2/b/tags/list", &pull), 401);
    assert_eq!(status("GET", "/v2/_catalog", &both), 401);
    assert_eq!(status("POST", "/v2/a/blobs/uploads/", &pull), 401);
    assert_eq!(status("POST", "/v2/a/blobs/uploads/", &both), 202);
    let digest = mls::remote::registry::Digest::of(b"");
    let mount = |from: &str| format!("/v2/a/blobs/uploads/?mount={digest}&from={from}");
    assert_eq!(status("POST", &mount("b"), &both), 202, "r09: may, and is not there");
    assert_eq!(status("POST", &mount("c"), &both), 401, "r09: may not");
    assert_eq!(status("GET", "/api/2.0/mlflow/experiments/get?experiment_id=0", &both), 401);
    // Nobody lives on a token for ever.
    assert_eq!(status("GET", "/v2/token", &both), 401);
    let given = bearer(&served, &reads, "repository:a:pull,push");
    assert_eq!(status("GET", "/v2/a/tags/list", &given), 404);
    assert_eq!(status("POST", "/v2/a/blobs/uploads/", &given), 403, "its secret may only read");
    token::revoke(&served.store(), "writer").unwrap();
    assert_eq!(status("GET", "/v2/a/tags/list", &pull), 401, "at once");
}

#[test]
fn a_token_is_given_for_a_form_too_and_for_no_wrong_secret() {
    let (served, writes, _) = served();
    let post = |form: String| {
        let kind = [("Content-Type", "application/x-www-form-urlencoded")];
        served.send("POST", "/v2/token", &kind, form.as_bytes())
    };
    let secret = writes.reveal();
    let scope = "service=mls&client_id=x&scope=repository%3Aa%3Apull";
    for form in [
        format!("grant_type=password&username=ada&password={secret}&access_type=offline&{scope}"),
        format!("grant_type=refresh_token&refresh_token={secret}&{scope}"),
    ] {
        let reply = post(form);
        assert_eq!(reply.status, 200);
        assert_eq!(reply.json()["refresh_token"], secret);
        let token = format!("Bearer {}", reply.json()["access_token"].as_str().unwrap());
        assert_eq!(with(&served, "GET", "/v2/a/tags/list", &token).status, 404);
    }
    assert_eq!(
        post(format!("grant_type=password&username=ada&password=wrong&{scope}")).status,
        401
    );
    assert_eq!(post(scope.to_owned()).status, 400);
    assert_eq!(post("x".repeat(100_000)).status, 400);
    assert_eq!(served.get("/v2/token").status, 401);
    assert_eq!(with(&served, "GET", "/v2/token", &basic("wrong")).status, 401);
    let both = with(&served, "GET", "/v2/a/tags/list", &basic(secret));
    assert_eq!(both.status, 404, "a password is as good");
    let guesses = (0..200).map(|_| with(&served, "GET", "/v2/token", &basic("guess")).status);
    assert!(guesses.into_iter().any(|status| status == 429), "h08: who guesses is held up");
}
