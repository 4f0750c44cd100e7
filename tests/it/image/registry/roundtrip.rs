use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use mls::image::catalog;
use mls::image::layer::Compression;
use mls::image::pull;
use mls::store::operation;
use serde_json::json;

use super::{access, is_sound, name, platform, pull_from, push_to, store, tar};
use crate::remote::registry::noise;
use crate::support::registry::{Answer, Asked, Content, FakeRegistry, INDEX, MANIFEST};

fn digest_of(content: &Content, tag: &str) -> String {
    mls::remote::registry::Digest::of(&content.manifests.lock().unwrap()[tag].1).to_string()
}

#[test]
fn what_was_pulled_is_pushed_with_the_same_digests() {
    let (from, to) = (FakeRegistry::sound(), FakeRegistry::sound());
    let layers = [tar("a", &noise("a", 400_000)), tar("b", b"small"), tar("b", b"small")];
    from.content.image("1", &layers);
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    let pulled = pull_from(&store, &from, "a/b:1").unwrap();
    assert!(pulled.changed);
    assert_eq!(operation::log(&store, None, None, 10).unwrap().len(), 1, "one operation");
    is_sound(&store);
    let again = pull_from(&store, &from, "a/b:1").unwrap();
    assert_eq!((again.changed, again.received), (false, 0));
    let pushed = push_to(&store, &pulled, &name(&to, "c/d:2"), None).unwrap();
    assert_eq!(pushed.digest, pulled.digest);
    assert_eq!(digest_of(&to.content, "2"), digest_of(&from.content, "1"));
    for layer in &layers {
        let digest = mls::remote::registry::Digest::of(layer).to_string();
        assert_eq!(&to.content.blobs.lock().unwrap()[&digest], layer);
    }
    let again = push_to(&store, &pulled, &name(&to, "c/d:2"), None).unwrap();
    assert!(again.was_there && again.sent == 0);
}

#[test]
fn layers_are_compressed_on_the_way_once() {
    let registry = FakeRegistry::sound();
    registry.content.image("1", &[tar("a", &[7; 500_000])]);
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    let pulled = pull_from(&store, &registry, "a/b:1").unwrap();
    for (compression, tag) in [(Compression::Zstd, "z"), (Compression::Gzip, "g")] {
        let to = name(&registry, &format!("c/d:{tag}"));
        let first = push_to(&store, &pulled, &to, Some(compression)).unwrap();
        assert!(first.sent > 0 && first.sent < 100_000, "{}", first.sent);
        let again = push_to(&store, &pulled, &to, Some(compression)).unwrap();
        assert!(again.was_there);
        assert_eq!(again.digest, first.digest);
        let patches = registry.content.count("PATCH", "");
        let elsewhere = name(&registry, &format!("e/f:{tag}"));
        let third = push_to(&store, &pulled, &elsewhere, Some(compression)).unwrap();
        assert_eq!(third.digest, first.digest);
        assert_eq!(registry.content.count("PATCH", ""), patches, "known by digest, and there");
    }
    let there = super::tempdir_store();
    let back = pull_from(&there.1, &registry, "c/d:z").unwrap();
    let image = there.1.read_node(&back.image).unwrap();
    let original = store.read_node(&pulled.image).unwrap();
    assert_eq!(
        catalog::layers(&there.1, &image).unwrap(),
        catalog::layers(&store, &original).unwrap(),
        "the same layer, however it came"
    );
}

#[test]
fn of_an_index_the_image_for_the_machine_comes_and_the_others_when_asked_for() {
    let (registry, to) = (FakeRegistry::sound(), FakeRegistry::sound());
    let mut children = vec![];
    for (architecture, text) in [("amd64", "a"), ("arm64", "b")] {
        let mut child = registry.content.image(text, &[tar(text, text.as_bytes())]);
        child["platform"] = json!({"os": "linux", "architecture": architecture});
        children.push(child);
    }
    let mut attestation = registry.content.manifest("attestation", MANIFEST, &json!({
        "schemaVersion": 2, "mediaType": MANIFEST,
        "config": {"mediaType": "application/vnd.oci.empty.v1+json", "digest": registry.content.blob(b"{}"), "size": 2},
        "layers": [{"mediaType": "application/vnd.in-toto+json", "digest": registry.content.blob(b"{\"x\":1}"), "size": 7}],
    }));
    attestation["platform"] = json!({"os": "unknown", "architecture": "unknown"});
    children.push(attestation);
    let index = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": children});
    registry.content.manifest("1", INDEX, &index);
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    let pulled = pull_from(&store, &registry, "a/b:1").unwrap();
    assert_eq!(pulled.digest.to_string(), digest_of(&registry.content, "1"));
    let here = |store: &mls::store::Store, link: &mls::store::Link| {
        store.read_node::<mls::image::Image>(link).unwrap().manifests.len()
    };
    assert_eq!(here(&store, &pulled.link), 1);
    let alone = push_to(&store, &pulled, &name(&to, "x:1"), None).unwrap();
    assert!(alone.alone, "a registry takes no index without its images");
    let arm = pull::Options { platform: platform("linux/arm64"), all_platforms: false };
    let both =
        pull::pull(&store, &name(&registry, "a/b:1"), &access(None), &arm, &mls::base::Silent);
    assert_eq!(here(&store, &both.unwrap().link), 2, "what was here stays");
    let all = pull::Options { platform: None, all_platforms: true };
    let all =
        pull::pull(&store, &name(&registry, "a/b:1"), &access(None), &all, &mls::base::Silent)
            .unwrap();
    assert_eq!(here(&store, &all.link), 3);
    let pushed = push_to(&store, &all, &name(&to, "y:1"), None).unwrap();
    assert_eq!((pushed.digest, pushed.alone), (all.digest, false));
    let mips = pull::Options { platform: platform("linux/mips64"), all_platforms: false };
    let none =
        pull::pull(&store, &name(&registry, "a/b:1"), &access(None), &mips, &mls::base::Silent);
    assert!(matches!(none, Err(mls::image::Error::NoPlatform { .. })));
}

#[test]
fn a_pull_that_was_cut_off_does_not_fetch_finished_layers_again() {
    let broken = Arc::new(AtomicBool::new(true));
    let is_broken = Arc::clone(&broken);
    let last = tar("z", &noise("z", 300_000));
    let digest = mls::remote::registry::Digest::of(&last).to_string();
    let registry = FakeRegistry::new(move |asked: &Asked, _| {
        let refused = is_broken.load(Ordering::SeqCst) && asked.path.ends_with(&digest);
        refused.then(|| Answer::of(404))
    });
    let big = tar("big", &noise("big", 9 << 20));
    registry.content.image("1", &[big.clone(), last]);
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    let mut finished = false;
    for _ in 0..20 {
        // Whether the large layer is done when the other one fails is up to the threads.
        pull_from(&store, &registry, "a/b:1").unwrap_err();
        finished = store.folder().join("cache/pulled").read_dir().is_ok_and(|notes| {
            notes.flatten().any(|note| {
                note.file_name()
                    .to_string_lossy()
                    .contains(&mls::remote::registry::Digest::of(&big).hex())
            })
        });
        if finished {
            break;
        }
    }
    broken.store(false, Ordering::SeqCst);
    let pulled = pull_from(&store, &registry, "a/b:1").unwrap();
    is_sound(&store);
    if finished {
        assert!(pulled.received < 1 << 20, "{}", pulled.received);
    }
    let left = store.folder().join("cache/pulled").read_dir().unwrap().count();
    assert_eq!(left, 0, "notes go when they have served");
}
