//! Versions that take over, answer a share, or are asked besides, while the server answers.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use mls::model::registry;
use mls::server::score::Beside;

use super::{
    BIRDS, connect, exchange, fixture, get, metric, onnx, options, post, put, reference, register,
    request, serve, until, version, with_penguins,
};
use crate::proof;
use crate::support::Sandbox;

fn follow() -> mls::server::score::Options {
    mls::server::score::Options { follow: true, ..options() }
}

fn body() -> String {
    format!("{{\"inputs\":{BIRDS}}}")
}

/// Returns which version answers.
fn answers(serving: &mls::server::score::Serving) -> String {
    let reply = post(serving, "/models/penguins/invocations", &body());
    assert_eq!(reply.status, 200);
    reply.header("mls-model").unwrap().to_owned()
}

#[test]
fn m09_proof_an_alias_moves_under_load_and_no_request_fails() {
    let moves = proof::count(100, 6);
    let sandbox = with_penguins();
    let serving = serve(&sandbox, &["penguins@champion"], &follow()).unwrap();
    let (ended, asked) = (AtomicBool::new(false), AtomicUsize::new(0));
    let json = [("Content-Type", "application/json")];
    let infer =
        format!(r#"{{"inputs":[{{"name":"X","shape":[2,4],"datatype":"FP32","data":{BIRDS}}}]}}"#);
    let requests = [
        request("POST", "/invocations", &json, body().as_bytes()),
        request("POST", "/v2/models/penguins/infer", &json, infer.as_bytes()),
    ];
    std::thread::scope(|threads| {
        for _ in 0..4 {
            threads.spawn(|| {
                let mut stream = connect(&serving);
                while !ended.load(Ordering::Relaxed) {
                    for request in &requests {
                        let said = exchange(&mut stream, request);
                        assert!(said.starts_with("HTTP/1.1 200"), "{said}");
                        asked.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
        let store = sandbox.open();
        for at in 0..moves {
            let number = 2 - at as u64 % 2;
            registry::set_alias(&store, "penguins", "champion", number).unwrap();
            let wanted = format!("penguins@v{number}");
            until(|| (answers(&serving) == wanted).then_some(()));
        }
        ended.store(true, Ordering::Relaxed);
    });
    let asked = asked.into_inner();
    proof::tell(&format!(
        "proof: alias moved {moves} times under load, {asked} requests, 0 failed"
    ));
    assert!(asked > moves, "{asked}");
    // Each version's numbers go on where they were.
    for version in [1, 2] {
        assert!(metric(&serving, "mls_score_requests_total", version) > 0);
    }
    assert_eq!(serving.news().try_iter().count(), moves);
}

#[test]
fn m09_a_version_that_does_not_load_never_takes_over() {
    let sandbox = with_penguins();
    let serving = serve(&sandbox, &["penguins@champion"], &follow()).unwrap();
    let store = sandbox.open();
    let refused = |number: u64| {
        registry::set_alias(&store, "penguins", "champion", number).unwrap();
        let said = until(|| serving.news().try_recv().ok());
        assert!(said.starts_with("penguins@champion goes on with version 1: "), "{said}");
        assert_eq!(answers(&serving), "penguins@v1");
        said
    };
    // Nothing that runs, and an operator that nobody knows.
    let junk = register(&sandbox, "penguins", b"no model at all");
    assert!(refused(junk).contains("holds nothing that can be served"));
    let unknown = register(&sandbox, "penguins", &onnx::single("Nonesuch"));
    assert!(refused(unknown).contains("Nonesuch"));
    // An alias that is gone changes nothing either.
    registry::remove_alias(&store, "penguins", "champion").unwrap();
    until(|| serving.news().try_recv().ok());
    assert_eq!(answers(&serving), "penguins@v1");
    registry::set_alias(&store, "penguins", "champion", 2).unwrap();
    until(|| (answers(&serving) == "penguins@v2").then_some(()));
    // And a version that is deleted goes on to answer those who are at it.
    registry::remove_version(&store, "penguins", 2).unwrap();
    assert_eq!(answers(&serving), "penguins@v2");
}

fn packs(sandbox: &Sandbox) -> Vec<std::path::PathBuf> {
    let all = std::fs::read_dir(sandbox.store().join("packs")).unwrap();
    let all = all.map(|one| one.unwrap().path());
    all.filter(|path| path.extension().is_some_and(|end| end == "pack")).collect()
}

/// Turns bytes over in every pack that was not there before.
fn damage(sandbox: &Sandbox, before: &[std::path::PathBuf]) {
    for path in packs(sandbox).iter().filter(|path| !before.contains(path)) {
        let mut bytes = std::fs::read(path).unwrap();
        let end = bytes.len() / 2;
        bytes[64..end].iter_mut().for_each(|byte| *byte ^= 0x55);
        std::fs::remove_file(path).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
}

#[test]
fn m09_a_version_that_is_damaged_never_takes_over() {
    let sandbox = with_penguins();
    let serving = serve(&sandbox, &["penguins@champion"], &follow()).unwrap();
    let before = packs(&sandbox);
    let content = put(&sandbox, &onnx::doubling(64));
    damage(&sandbox, &before);
    let number = version(&sandbox, "penguins", content);
    let store = sandbox.open();
    registry::set_alias(&store, "penguins", "champion", number).unwrap();
    let said = until(|| serving.news().try_recv().ok());
    assert!(said.starts_with("penguins@champion goes on with version 1: "), "{said}");
    assert_eq!(answers(&serving), "penguins@v1");
    // What is whole takes over after it as before.
    registry::set_alias(&store, "penguins", "champion", 2).unwrap();
    until(|| (answers(&serving) == "penguins@v2").then_some(()));
}

#[test]
fn m10_weights_that_changed_on_the_disk_are_not_served() {
    let sandbox = Sandbox::with_store();
    let before = packs(&sandbox);
    register(&sandbox, "penguins", &fixture(super::FOREST));
    assert!(serve(&sandbox, &["penguins"], &options()).is_ok());
    damage(&sandbox, &before);
    let said = sandbox.mls(["serve", "penguins", "--port", "0"]);
    assert_eq!(said.code(), 6, "{said}");
}

#[test]
fn m10_a_number_is_never_used_again_and_case_makes_no_second_name() {
    let sandbox = with_penguins();
    let store = sandbox.open();
    registry::remove_version(&store, "penguins", 2).unwrap();
    assert_eq!(register(&sandbox, "penguins", &fixture(super::FOREST)), 3);
    let serving = serve(&sandbox, &["penguins"], &options()).unwrap();
    assert_eq!(answers(&serving), "penguins@v3");
    assert_eq!(get(&serving, "/v2/models/penguins/versions/2").status, 404);
    assert_eq!(get(&serving, "/v2/models/Penguins").status, 404);
}

#[test]
fn a_canary_answers_its_share_and_a_shadow_is_asked_in_silence() {
    let sandbox = with_penguins();
    let beside = Beside {
        canaries: vec![(reference("penguins@v2"), 10)],
        shadows: vec![reference("penguins@v2")],
    };
    let options = mls::server::score::Options { beside, ..options() };
    let serving = serve(&sandbox, &["penguins@v1"], &options).unwrap();
    let by: Vec<_> = (0..100).map(|_| answers(&serving)).collect();
    assert_eq!(by.iter().filter(|by| *by == "penguins@v2").count(), 10);
    // A version that is named answers itself.
    let named = post(&serving, "/models/penguins@v1/invocations", &body());
    assert_eq!(named.header("mls-model"), Some("penguins@v1"));
    let compared = || {
        let count = metric(&serving, "mls_score_shadow_total", 2);
        (count == 100).then_some(())
    };
    until(compared);
    assert_eq!(metric(&serving, "mls_score_requests_total", 1), 91);
    let text = String::from_utf8(get(&serving, "/metrics").body).unwrap();
    assert!(text.contains("answer=\"same\"") && text.contains("answer=\"different\""), "{text}");
    assert!(!text.contains("answer=\"failed\""), "{text}");
}

#[test]
fn a_share_of_a_model_that_is_not_served_is_refused() {
    let sandbox = with_penguins();
    let said = sandbox.mls(["serve", "penguins", "--port", "0", "--canary", "penguins@v2"]);
    assert_eq!(said.code(), 2, "{said}");
    let beside = Beside { canaries: vec![], shadows: vec![reference("cats")] };
    let options = mls::server::score::Options { beside, ..options() };
    assert!(serve(&sandbox, &["penguins"], &options).is_err());
}
