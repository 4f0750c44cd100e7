use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use mls::base::Silent;
use mls::remote::registry::{Access, Client, Error, Host, Target, Upload};

use super::{access, ada, client, noise};
use crate::support::registry::{Answer, Asked, FakeRegistry};

const BASIC: &str = "Basic YWRhOnNlY3JldA==";

fn challenge(realm: &str) -> Answer {
    Answer::of(401).with("WWW-Authenticate", format!("Bearer realm=\"{realm}\",service=\"s&x=1\""))
}

/// A token server on a port of its own, which counts its tokens.
fn token_server(expires_in: u64) -> FakeRegistry {
    let count = AtomicUsize::new(0);
    FakeRegistry::new(move |_, _| {
        let number = count.fetch_add(1, Ordering::SeqCst);
        let body = serde_json::json!({"token": format!("t{number}"), "expires_in": expires_in});
        Some(Answer::of(200).body(body.to_string()))
    })
}

#[test]
fn a_password_is_said_where_it_is_asked_for() {
    let registry = FakeRegistry::new(|asked, _| {
        let known = asked.header("authorization") == BASIC;
        (!known).then(|| Answer::of(401).with("WWW-Authenticate", "Basic realm=\"x\""))
    });
    client(&registry, ada()).ping().unwrap();
    let nobody = client(&registry, None).ping();
    assert!(matches!(nobody, Err(Error::Denied { login: true, .. })), "{nobody:?}");
}

#[test]
fn a_token_is_fetched_once_for_a_scope_and_again_when_it_ends() {
    let tokens = token_server(300);
    let realm = format!("http://{}/token", tokens.host());
    let refused: Arc<Mutex<Vec<String>>> = Arc::default();
    let list = Arc::clone(&refused);
    let registry = FakeRegistry::new(move |asked: &Asked, _| {
        let token = asked.header("authorization");
        let ended = list.lock().unwrap().iter().any(|ended| ended == token);
        (token.is_empty() || ended).then(|| challenge(&realm))
    });
    registry.content.image("1", &[]);
    let client = client(&registry, ada());
    let fetch = || client.manifest("a/b", &Target::Tag("1".to_owned())).map(drop);
    fetch().unwrap();
    fetch().unwrap();
    assert_eq!(tokens.content.count("GET", "/token"), 1);
    refused.lock().unwrap().push("Bearer t0".to_owned());
    fetch().unwrap();
    let asked = tokens.content.asked.lock().unwrap().clone();
    assert_eq!(asked.len(), 2);
    assert_eq!(asked[0].header("authorization"), BASIC);
    assert!(asked[0].path.contains("scope=repository%3Aa%2Fb%3Apull"), "{}", asked[0].path);
    assert!(
        asked[0].path.contains("service=s%26x%3D1"),
        "nothing can be slipped in: {}",
        asked[0].path
    );
}

#[test]
fn a_token_that_ends_in_the_middle_of_an_upload_is_fetched_again() {
    let tokens = token_server(300);
    let realm = format!("http://{}/token", tokens.host());
    let spent = AtomicUsize::new(0);
    let registry = FakeRegistry::new(move |asked: &Asked, _| {
        let first = asked.header("authorization") == "Bearer t0";
        let late = asked.method == "PATCH" || asked.method == "PUT";
        let ended = first && late && spent.fetch_add(1, Ordering::SeqCst) < 9;
        (asked.header("authorization").is_empty() || ended).then(|| challenge(&realm))
    });
    let bytes = noise("upload", 3_000_000);
    let digest = mls::remote::registry::Digest::of(&bytes);
    let upload = Upload {
        source: &bytes[..].to_vec(),
        known: Some((digest, bytes.len() as u64)),
        from: &[],
        progress: &Silent,
    };
    client(&registry, ada()).upload("a/b", &upload).unwrap();
    assert_eq!(registry.content.blobs.lock().unwrap()[&digest.to_string()], bytes);
    assert!(tokens.content.asked.lock().unwrap().len() >= 2);
}

#[test]
fn r04_a_login_goes_to_the_registry_and_no_other_host() {
    // The same machine under another name is another host.
    let tokens = token_server(300);
    let realm = format!("http://localhost:{}/token", tokens.address.port());
    let registry = FakeRegistry::new(move |asked: &Asked, _| {
        let is_let_in = asked.header("authorization") == "Bearer t0" && asked.path == "/v2/";
        (!is_let_in).then(|| challenge(&realm))
    });
    let outcome = client(&registry, ada()).manifest("a/b", &Target::Tag("1".to_owned()));
    assert!(
        matches!(&outcome, Err(Error::TokenHost { host, .. }) if host == "localhost"),
        "{outcome:?}"
    );
    let asked = tokens.content.asked.lock().unwrap().clone();
    let secret = base64::engine::general_purpose::STANDARD.encode("ada:secret");
    assert!(!asked.is_empty());
    assert!(asked.iter().all(|asked| {
        !asked.path.contains("ada") && asked.headers.values().all(|value| !value.contains(&secret))
    }));
    // A host that the settings name is told.
    let host =
        Host { name: registry.host(), token_host: Some("localhost".to_owned()), ..Host::default() };
    let trusting = Access { hosts: vec![host], ..access(ada()) };
    let _ = Client::new(&registry.host(), &trusting).unwrap().ping();
    assert!(
        tokens
            .content
            .asked
            .lock()
            .unwrap()
            .iter()
            .any(|asked| asked.header("authorization") == BASIC)
    );
}

#[test]
fn r04_a_realm_that_is_no_way_is_refused() {
    for realm in
        ["file:///etc/passwd", "http://ada@127.0.0.1/token", "http://169.254.169.254/token"]
    {
        let registry = FakeRegistry::new(move |_, _| Some(challenge(realm)));
        let outcome = client(&registry, ada()).ping();
        assert!(matches!(outcome, Err(Error::Unsafe { .. })), "{realm}: {outcome:?}");
    }
}

#[test]
fn r04_a_token_without_end_is_refused() {
    let tokens = FakeRegistry::new(|_, _| {
        Some(Answer::of(200).body(format!("{{\"token\":\"{}\"}}", "x".repeat(3 << 20))))
    });
    let realm = format!("http://{}/token", tokens.host());
    let registry = FakeRegistry::new(move |_, _| Some(challenge(&realm)));
    let outcome = client(&registry, ada()).ping();
    assert!(matches!(outcome, Err(Error::TooLarge { .. })), "{outcome:?}");
}
