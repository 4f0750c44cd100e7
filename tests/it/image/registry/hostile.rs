use mls::image::Error;
use mls::remote::registry::{self, Digest};
use serde_json::json;

use super::{is_untouched, pull_from, store, tar};
use crate::remote::registry::noise;
use crate::support::registry::{
    Answer, Asked, CONFIG, Content, FakeRegistry, INDEX, MANIFEST, TAR,
};

#[test]
fn r02_no_ref_leads_to_a_layer_that_is_another() {
    for lie in 0..4 {
        let registry = FakeRegistry::new(move |asked: &Asked, content: &Content| {
            let mut answer = content.answer(asked);
            if asked.is("GET", "/blobs/") && answer.body.len() > 100_000 {
                match lie {
                    0 => answer.body[5000] ^= 1,
                    1 => drop(answer.body.pop()),
                    2 => answer.body.push(0),
                    _ => answer.cut = Some(60_000),
                }
            }
            Some(answer)
        });
        let layers = [tar("a", &noise("a", 150_000)), tar("b", b"small")];
        registry.content.image("1", &layers);
        let folder = tempfile::tempdir().unwrap();
        let store = store(folder.path());
        let outcome = pull_from(&store, &registry, "a/b:1");
        match lie {
            // Bytes that come in the end are the right ones.
            3 => drop(outcome.unwrap()),
            _ => {
                assert!(outcome.is_err(), "{lie}");
                is_untouched(&store);
            }
        }
    }
}

#[test]
fn r01_r03_a_manifest_that_means_two_things_or_none_is_refused() {
    let digest = Digest::of(b"{}");
    let one = json!({"mediaType": CONFIG, "digest": digest, "size": 2});
    let bad = |digest: &str| json!({"mediaType": CONFIG, "digest": digest, "size": 2});
    let image = |config: &serde_json::Value| json!({"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": []});
    let cases = [
        (MANIFEST, json!({"schemaVersion": 2, "config": one, "layers": [], "manifests": []})),
        (MANIFEST, json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": []})),
        (INDEX, json!({"schemaVersion": 2, "mediaType": INDEX, "layers": [], "manifests": []})),
        (MANIFEST, json!({"schemaVersion": 1, "fsLayers": []})),
        (MANIFEST, image(&bad("sha256:../../etc/x"))),
        (MANIFEST, image(&bad(&format!("md5:{}", digest.hex())))),
        (MANIFEST, image(&bad(&format!("sha256:{}", digest.hex().to_uppercase())))),
    ];
    for (media_type, manifest) in cases {
        let registry = FakeRegistry::sound();
        registry.content.blob(b"{}");
        registry.content.manifest("1", media_type, &manifest);
        let folder = tempfile::tempdir().unwrap();
        let store = store(folder.path());
        assert!(pull_from(&store, &registry, "a/b:1").is_err(), "{manifest}");
        is_untouched(&store);
    }
}

#[test]
fn r05_a_layer_behind_a_url_is_not_fetched_from_there() {
    let attacker = FakeRegistry::sound();
    let registry = FakeRegistry::sound();
    let layer = tar("x", b"x");
    let described = json!({
        "mediaType": "application/vnd.oci.image.layer.nondistributable.v1.tar",
        "digest": Digest::of(&layer), "size": layer.len(),
        "urls": [format!("http://{}/x", attacker.host()), "http://169.254.169.254/"],
    });
    let config = json!({"architecture": "amd64", "os": "linux", "config": {},
        "rootfs": {"type": "layers", "diff_ids": [Digest::of(&layer)]}})
    .to_string();
    let config = json!({"mediaType": CONFIG, "digest": registry.content.blob(config.as_bytes()), "size": config.len()});
    let manifest =
        json!({"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": [described]});
    registry.content.manifest("1", MANIFEST, &manifest);
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    let outcome = pull_from(&store, &registry, "a/b:1");
    assert!(matches!(outcome, Err(Error::Registry(registry::Error::Foreign(_)))), "{outcome:?}");
    assert!(attacker.content.asked.lock().unwrap().is_empty());
    is_untouched(&store);
}

#[test]
fn r07_indexes_in_indexes_end() {
    let registry = FakeRegistry::sound();
    let mut inner = registry.content.image("inner", &[tar("x", b"x")]);
    for level in 0..6 {
        inner["platform"] = json!({"os": "linux", "architecture": "amd64"});
        let index = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": [inner]});
        inner = registry.content.manifest(&format!("{level}"), INDEX, &index);
    }
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    assert!(matches!(pull_from(&store, &registry, "a/b:5"), Err(Error::BadManifest(_))));
    is_untouched(&store);
    pull_from(&store, &registry, "a/b:2").unwrap();
}

#[test]
fn r07_an_index_without_measure_is_refused() {
    let registry = FakeRegistry::sound();
    let one = json!({"mediaType": MANIFEST, "digest": Digest::of(b""), "size": 0});
    let index = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": vec![one; 10_000]});
    registry.content.manifest("1", INDEX, &index);
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    assert!(pull_from(&store, &registry, "a/b:1").is_err());
    is_untouched(&store);
}

#[test]
fn a_config_that_knows_other_layers_is_refused() {
    let registry = FakeRegistry::sound();
    let layer = tar("x", b"x");
    let config = json!({"architecture": "amd64", "os": "linux", "config": {},
        "rootfs": {"type": "layers", "diff_ids": [Digest::of(b"another")]}})
    .to_string();
    let config = json!({"mediaType": CONFIG, "digest": registry.content.blob(config.as_bytes()), "size": config.len()});
    let layer =
        json!({"mediaType": TAR, "digest": registry.content.blob(&layer), "size": layer.len()});
    let manifest =
        json!({"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": [layer]});
    registry.content.manifest("1", MANIFEST, &manifest);
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    assert!(pull_from(&store, &registry, "a/b:1").is_err());
    is_untouched(&store);
    let _ = Answer::of(200);
}
