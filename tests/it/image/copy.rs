//! `mls copy`: from one place to another, as skopeo does it.

use mls::remote::registry::Digest;
use serde_json::json;

use super::registry::real::{gzip, layout};
use super::registry::tar;
use crate::server::oci::tools::{run, there};
use crate::support::Sandbox;
use crate::support::registry::{Answer, Asked, FakeRegistry, INDEX, MANIFEST, TAR};

fn digest_of(registry: &FakeRegistry, tag: &str) -> String {
    Digest::of(&registry.content.manifests.lock().unwrap()[tag].1).to_string()
}

/// An index of two images and something that belongs to it.
fn index(registry: &FakeRegistry) {
    let mut children = vec![];
    for (architecture, text) in [("amd64", "a"), ("arm64", "b")] {
        let large = crate::remote::registry::noise(text, 400_000);
        let mut child = registry.content.image(text, &[tar(text, &large), tar(text, b"small")]);
        child["platform"] = json!({"os": "linux", "architecture": architecture});
        children.push(child);
    }
    let index = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": children});
    registry.content.manifest("1", INDEX, &index);
}

#[test]
fn from_registry_to_registry_only_what_is_missing_travels_and_every_digest_stays() {
    let (from, to) = (FakeRegistry::sound(), FakeRegistry::sound());
    index(&from);
    // No store is needed.
    let sandbox = Sandbox::new();
    let source = format!("docker://{}/a/b:1", from.host());
    let said = sandbox.ok(["copy", "-q", "--all", &source, &format!("{}/c/d:2", to.host())]);
    assert_eq!(said, digest_of(&from, "1"));
    assert_eq!(digest_of(&to, "2"), said);
    let blobs = to.content.blobs.lock().unwrap().len();
    let again = sandbox.json(["copy", "--all", &source, &format!("{}/c/d:2", to.host())]);
    assert_eq!((&again["was_there"], &again["sent_bytes"]), (&true.into(), &0.into()));
    // One of its images, by platform: all of it is there.
    let arm = format!("{}/c/d:arm", to.host());
    let one = sandbox.json(["copy", "--platform", "linux/arm64", &source, &arm]);
    assert_eq!((&one["digest"], &one["sent_bytes"]), (&digest_of(&from, "b").into(), &0.into()));
    assert_eq!(to.content.blobs.lock().unwrap().len(), blobs);
    let none = sandbox.mls(["copy", "--platform", "linux/mips64", &source, &arm]);
    assert_eq!(none.code(), 5, "{none}");
}

#[test]
fn what_belongs_to_an_image_goes_along_when_asked_for() {
    let from = FakeRegistry::new(|asked: &Asked, content| {
        let of = asked.path.split("/referrers/").nth(1)?;
        let manifests = content.manifests.lock().unwrap();
        let found = manifests.iter().find(|(tag, _)| *tag == "signature");
        let found = found.filter(|(_, (_, bytes))| String::from_utf8_lossy(bytes).contains(of));
        let listed = found.map(|(_, (_, bytes))| json!({"mediaType": MANIFEST, "digest": Digest::of(bytes), "size": bytes.len()}));
        let body = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": listed.into_iter().collect::<Vec<_>>()});
        Some(Answer::of(200).body(body.to_string()))
    });
    let subject = from.content.image("1", &[tar("a", b"x")]);
    from.content.manifest("signature", MANIFEST, &json!({
        "schemaVersion": 2, "mediaType": MANIFEST, "artifactType": "application/x.signature",
        "config": {"mediaType": "application/vnd.oci.empty.v1+json", "digest": from.content.blob(b"{}"), "size": 2},
        "layers": [{"mediaType": "text/plain", "digest": from.content.blob(b"signed"), "size": 6}],
        "subject": subject,
    }));
    let (to, sandbox) = (FakeRegistry::sound(), Sandbox::new());
    let (source, target) = (format!("{}/a:1", from.host()), format!("{}/a:1", to.host()));
    sandbox.ok(["copy", "-q", &source, &target]);
    assert!(!to.content.manifests.lock().unwrap().contains_key(&digest_of(&from, "signature")));
    let copied = sandbox.json(["copy", "--referrers", &source, &target]);
    assert_eq!(copied["referrers"], 1);
    assert!(to.content.manifests.lock().unwrap().contains_key(&digest_of(&from, "signature")));
    // The other registry keeps no list: it is kept under a tag.
    let tag = digest_of(&from, "1").replace(':', "-");
    assert!(to.content.manifests.lock().unwrap().contains_key(&tag));
    sandbox.ok(["copy", "-q", "--referrers", &source, "oci:layout:a"]);
    let index: serde_json::Value =
        serde_json::from_slice(&sandbox.read("layout/index.json")).unwrap();
    assert_eq!(index["manifests"].as_array().unwrap().len(), 2);
}

#[test]
fn r02_what_is_another_on_its_way_is_refused_and_no_name_leads_there() {
    let from = FakeRegistry::new(|asked: &Asked, content| {
        let digest = asked.path.split("/blobs/").nth(1).filter(|_| asked.method == "GET")?;
        let mut bytes = content.blobs.lock().unwrap().get(digest)?.clone();
        if bytes.len() < 100_000 {
            return None;
        }
        bytes[50_000] ^= 1;
        Some(Answer::of(200).body(bytes))
    });
    let large = crate::remote::registry::noise("copy", 400_000);
    from.content.image("1", &[tar("a", &large)]);
    let (to, sandbox) = (FakeRegistry::sound(), Sandbox::new());
    let source = format!("{}/a:1", from.host());
    let other = format!("{}/a:1", to.host());
    for target in [other.as_str(), "oci-archive:a.tar", "docker-archive:d.tar", "oci:layout"] {
        let said = sandbox.mls(["copy", &source, target]);
        assert_ne!(said.code(), 0, "{target}: {said}");
    }
    assert!(to.content.manifests.lock().unwrap().is_empty());
    assert!(!sandbox.path().join("a.tar").exists() && !sandbox.path().join("d.tar").exists());
    assert!(!sandbox.path().join("layout/index.json").exists());
}

#[test]
fn layouts_and_archives_are_read_and_written_as_skopeo_does() {
    let sandbox = Sandbox::with_store();
    let content = tar("etc/motd", &b"hello, hello\n".repeat(20_000));
    let digest = layout(&sandbox.path().join("in"), &content, &format!("{TAR}+gzip"), gzip);
    let to = FakeRegistry::sound();
    let name = format!("{}/a:1", to.host());
    for (from, target) in [
        ("oci:in:train:1", "oci-archive:a.tar:x:1"),
        ("oci-archive:a.tar", "oci:out:first"),
        ("oci:in", "oci:out:second"),
        ("oci:out:second", name.as_str()),
        (name.as_str(), "oci-archive:b.tar"),
    ] {
        assert_eq!(sandbox.ok(["copy", "-q", from, target]), digest.to_string(), "{from} {target}");
    }
    // Two names, and one image behind both.
    let unclear = sandbox.mls(["copy", "oci:out", "oci:other"]);
    assert_eq!(unclear.code(), 6, "{unclear}");
    assert_eq!(sandbox.mls(["copy", "oci:out:third", "oci:other"]).code(), 5);
    // Into a docker-archive unpacked, and out of it with another manifest.
    sandbox.ok(["copy", "-q", &name, "docker-archive:d.tar:train:2"]);
    assert!(sandbox.ok(["load", "-i", "d.tar"]).contains("train:2"));
    let plain = sandbox.ok(["copy", "-q", "docker-archive:d.tar:train:2", "oci:from-docker:1"]);
    assert_ne!(plain, digest.to_string());
    sandbox.ok(["copy", "-q", "train:2", "oci-archive:stored.tar:train:2"]);
    assert_eq!(sandbox.mls(["copy", &name, "train:3"]).code(), 2);
    if there("skopeo") {
        for from in [
            "oci-archive:b.tar",
            "oci:out:first",
            "docker-archive:d.tar",
            "oci:from-docker:1",
            "oci-archive:stored.tar:train:2",
        ] {
            run(&sandbox, "skopeo", &["copy", "--insecure-policy", from, "dir:back"]);
        }
    }
}

#[test]
fn r07_an_index_in_an_index_in_an_index_ends() {
    let (from, to) = (FakeRegistry::sound(), FakeRegistry::sound());
    let mut below = from.content.image("0", &[tar("a", b"x")]);
    for depth in 0..8 {
        let index = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": [below]});
        below = from.content.manifest(&depth.to_string(), INDEX, &index);
    }
    let sandbox = Sandbox::new();
    let source = format!("{}/a:7", from.host());
    for more in [&["--all"][..], &[]] {
        let target = format!("{}/a:7", to.host());
        let said = sandbox.mls([&["copy"][..], more, &[source.as_str(), &target]].concat());
        assert_eq!(said.code(), 6, "{said}");
    }
}
