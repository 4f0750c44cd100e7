//! `--dry-run` of `push` and `copy`, at Debian's docker-registry: what was told is what then goes, and until then nothing.

use serde_json::Value;

use super::real::Registry;
use super::tar;
use crate::support::Sandbox;

/// A store with the image `train:1`, and a registry that it may push to; nothing where none is installed.
fn with_registry() -> Option<(Sandbox, Registry)> {
    let registry = Registry::start()?;
    let sandbox = Sandbox::with_store();
    assert_eq!(registry.login(&sandbox, "secret"), 0);
    sandbox.write("root.tar", tar("etc/motd", &[7; 20_000]));
    sandbox.ok(["import", "image", "root.tar", "train:1"]);
    Some((sandbox, registry))
}

fn told(registry: &Registry, sandbox: &Sandbox, args: &[&str]) -> Value {
    let said = registry.said(sandbox, &[&["--format", "json"], args].concat());
    assert_eq!(said.code(), 0, "{said}");
    serde_json::from_str(&said.stdout()).unwrap()
}

/// Does what was rehearsed, which left nothing; returns what both have told.
#[track_caller]
fn as_told(registry: &Registry, sandbox: &Sandbox, args: &[&str]) -> Value {
    let before = registry.kept();
    let would = told(registry, sandbox, &[args, &["--dry-run"]].concat());
    assert_eq!(registry.kept(), before, "{args:?}");
    let did = told(registry, sandbox, args);
    assert_eq!(would, did, "{args:?}");
    did
}

#[test]
fn a_dry_run_of_push_tells_what_would_go_and_sends_nothing() {
    let Some((sandbox, registry)) = with_registry() else { return };
    let at = |name: &str| format!("{}/{name}", registry.host);
    let first = at("team/train:1");
    let said = registry.said(&sandbox, &["push", "train:1", &first, "--dry-run"]);
    assert!(said.stderr().starts_with(&format!("Would push `{first}`, ")), "{said}");
    assert!(registry.kept().is_empty());
    let sent = as_told(&registry, &sandbox, &["push", "train:1", &first]);
    assert!(sent["sent_bytes"].as_u64().unwrap() > 0 && sent["was_there"] == false, "{sent}");
    let again = as_told(&registry, &sandbox, &["push", "train:1", &first]);
    assert!(again["sent_bytes"] == 0 && again["was_there"] == true, "{again}");
    // Another tag needs its name only; another repository borrows what it can.
    let tag = as_told(&registry, &sandbox, &["push", "train:1", &at("team/train:2")]);
    assert!(tag["sent_bytes"] == 0 && tag["was_there"] == false, "{tag}");
    let other = as_told(&registry, &sandbox, &["push", "train:1", &at("team/other:1")]);
    assert!(other["sent_bytes"].as_u64() < sent["sent_bytes"].as_u64(), "{other}");
    as_told(&registry, &sandbox, &["push", "--compression", "gzip", "train:1", &at("new:1")]);
    // What is refused is refused before.
    let name = at("team/train:3");
    let code = |args: &[&str]| registry.said(&sandbox, args).code();
    assert_eq!(code(&["push", "none:1", &name, "--dry-run"]), 5);
    assert_eq!(code(&["push", "train:1", "localhost:1/x:1", "--dry-run"]), 9);
    assert_eq!(code(&["logout", &registry.host]), 0);
    let refused = code(&["push", "train:1", &name]);
    assert_ne!(refused, 0);
    assert_eq!(code(&["push", "train:1", &name, "--dry-run"]), refused);
}

#[test]
fn a_dry_run_of_copy_tells_what_would_go_and_leaves_nothing() {
    let Some((sandbox, registry)) = with_registry() else { return };
    let at = |name: &str| format!("{}/{name}", registry.host);
    let from = at("team/train:1");
    as_told(&registry, &sandbox, &["copy", "train:1", &from]);
    as_told(&registry, &sandbox, &["copy", &from, &at("copied/train:1")]);
    for place in ["oci:layout:a", "oci-archive:a.tar:a", "docker-archive:b.tar:a:1"] {
        let path = sandbox.path().join(place.split(':').nth(1).unwrap());
        let said = registry.said(&sandbox, &["copy", &from, place, "--dry-run"]);
        assert!(said.stderr().starts_with("Would copy "), "{said}");
        assert!(!path.exists(), "{place}");
        let did = as_told(&registry, &sandbox, &["copy", &from, place]);
        assert!(did["sent_bytes"].as_u64().unwrap() > 0 && path.exists(), "{did}");
    }
    let again = as_told(&registry, &sandbox, &["copy", &from, "oci:layout:b"]);
    assert_eq!(again["sent_bytes"], 0);
    as_told(&registry, &sandbox, &["copy", "oci:layout:b", &at("back/train:1")]);
    sandbox.write("full/other", "something else");
    for (args, wanted) in [
        (["copy", &*from, "oci:full:a"], 6),
        (["copy", &*from, "oci-archive:nowhere/a.tar:a"], 5),
        (["copy", &*at("team/none:1"), "oci:new:a"], 5),
        (["copy", &*from, "store:x"], 2),
    ] {
        let rehearsed = registry.said(&sandbox, &[&args[..], &["--dry-run"]].concat());
        let said = registry.said(&sandbox, &args);
        assert_eq!(rehearsed.code(), said.code(), "{args:?}: {rehearsed}");
        assert_eq!(said.code(), wanted, "{args:?}: {said}");
    }
}
