//! Digests given up for room: what stays, what changes, and what is not touched.

use mls::image::manifest::media;
use mls::image::{Content, Image, catalog, drop_compressed};
use mls::store::Store;
use serde_json::{Value, json};

use super::registry::real::gzip;
use super::registry::tar;
use crate::remote::registry::noise;
use crate::support::Sandbox;
use crate::support::registry::{CONFIG, FakeRegistry, INDEX, MANIFEST, TAR};

/// Puts an image of one gzip layer under a tag; returns its descriptor. `docker` says in whose types.
fn packed(registry: &FakeRegistry, tag: &str, name: &str, docker: bool) -> Value {
    let (manifest, config, layer) = match docker {
        true => (media::DOCKER_MANIFEST, media::DOCKER_CONFIG, media::DOCKER_LAYER_GZIP.to_owned()),
        false => (MANIFEST, CONFIG, format!("{TAR}+gzip")),
    };
    let tar = tar(name, &noise(name, 60_000));
    let bytes = gzip(&tar);
    let text = json!({"architecture": "amd64", "os": "linux", "config": {"Cmd": [name]},
        "rootfs": {"type": "layers", "diff_ids": [mls::remote::registry::Digest::of(&tar)]}});
    let text = text.to_string();
    let own = json!({"org.opencontainers.image.title": name, "containerd.io/snapshot/stargz/toc.digest": "x"});
    registry.content.manifest(
        tag,
        manifest,
        &json!({
            "schemaVersion": 2, "mediaType": manifest,
            "config": {"mediaType": config, "digest": registry.content.blob(text.as_bytes()), "size": text.len()},
            "layers": [{"mediaType": layer, "digest": registry.content.blob(&bytes), "size": bytes.len(), "annotations": own}],
        }),
    )
}

fn inspected(sandbox: &Sandbox, name: &str) -> Value {
    sandbox.json(["inspect", name])[0].clone()
}

fn digest(sandbox: &Sandbox, name: &str) -> String {
    inspected(sandbox, name)["Descriptor"]["digest"].as_str().unwrap().to_owned()
}

#[test]
fn a_pulled_image_keeps_its_id_gets_a_new_digest_and_can_have_the_old_one_back() {
    let registry = FakeRegistry::sound();
    let came = packed(&registry, "1", "a", true)["digest"].as_str().unwrap().to_owned();
    let sandbox = Sandbox::with_store();
    let name = format!("{}/a/b:1", registry.host());
    sandbox.ok(["pull", &name]);
    sandbox.write("c/Dockerfile", format!("FROM {name}\nCOPY Dockerfile /\n"));
    sandbox.ok(["build", "-t", "child", "c"]);
    let before = inspected(&sandbox, &name);
    let kept = sandbox.json(["du"])["kept_bytes"].as_u64().unwrap();
    assert!(kept > 60_000);

    let refused = sandbox.mls(["gc", "--drop-compressed"]);
    assert_eq!(refused.code(), 3, "{refused}");
    assert!(refused.stderr().contains("2 images would get another digest"), "{refused}");
    let would = sandbox.json(["gc", "--drop-compressed", "--dry-run"]);
    assert_eq!(would["dropped"]["bytes"], kept);
    assert_eq!(digest(&sandbox, &name), came);

    let done = sandbox.json(["-y", "gc", "--drop-compressed"]);
    assert_eq!(done["dropped"], would["dropped"]);
    let after = inspected(&sandbox, &name);
    assert_ne!(after["Descriptor"]["digest"], came);
    assert_eq!((&after["Id"], &after["CameAs"]), (&before["Id"], &Value::from(came.clone())));
    assert_eq!(after["RootFS"], before["RootFS"]);
    assert_eq!(inspected(&sandbox, "child")["CameAs"], Value::Null, "it was made here");
    assert_eq!(sandbox.json(["du"])["kept_bytes"], 0);
    let shown = sandbox.ok(["show", &name]);
    assert!(shown.contains(&format!("Came as   {came}  its compressed layers")), "{shown}");
    assert_eq!(sandbox.json(["gc", "--drop-compressed"])["dropped"]["images"], 0, "once is enough");

    // What was built upon it is found again.
    let built = sandbox.mls(["build", "-t", "child", "c"]);
    assert!(built.stderr().contains("CACHED"), "{built}");

    // A registry gets another image of the same id, in OCI's types, packed as what was made here.
    let elsewhere = format!("{}/c/d:2", registry.host());
    sandbox.ok(["tag", &name, &elsewhere]);
    sandbox.ok(["push", &elsewhere]);
    let (media_type, bytes) = registry.content.manifests.lock().unwrap()["2"].clone();
    assert_eq!(media_type, MANIFEST);
    let pushed: Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(pushed["config"]["digest"], after["Id"]);
    let layer = &pushed["layers"][0];
    assert_eq!(layer["mediaType"], media::LAYER_ZSTD);
    assert_eq!(layer["annotations"], json!({"org.opencontainers.image.title": "a"}));

    assert_eq!(sandbox.mls(["-c", "gc.history=0", "gc", "--grace", "0"]).code(), 0);
    assert_eq!(sandbox.mls(["fsck", "--read-data"]).code(), 0);
    sandbox.ok(["pull", &name]);
    assert_eq!(digest(&sandbox, &name), came);
    assert_eq!(sandbox.json(["du"])["kept_bytes"], kept);
}

fn pulled(store: &Store, registry: &FakeRegistry, rest: &str, all_platforms: bool) -> Image {
    let options =
        mls::image::pull::Options { all_platforms, ..mls::image::pull::Options::default() };
    let access = crate::remote::registry::access(None);
    let name = format!("{}/{rest}", registry.host()).parse().unwrap();
    let pulled =
        mls::image::pull::pull(store, &name, &access, &options, &mls::base::Silent).unwrap();
    store.read_node(&pulled.link).unwrap()
}

fn found(store: &Store, registry: &FakeRegistry, rest: &str) -> Image {
    catalog::resolve(store, &format!("{}/{rest}", registry.host())).unwrap().image
}

#[test]
fn what_somebody_counts_on_by_digest_stays_as_it_came() {
    let registry = FakeRegistry::sound();
    let named = packed(&registry, "named", "named", false);
    let signed = packed(&registry, "signed", "signed", false);
    let tagged = packed(&registry, "tagged", "tagged", false);
    let hex = tagged["digest"].as_str().unwrap().replace(':', "-");
    let tarball = gzip(&tar("x", b"an artifact"));
    let mut subject = signed.clone();
    subject["annotations"] = json!({});
    let artifact = json!({
        "schemaVersion": 2, "mediaType": MANIFEST, "artifactType": "application/vnd.example.sig",
        "config": {"mediaType": media::EMPTY, "digest": registry.content.blob(b"{}"), "size": 2},
        "layers": [{"mediaType": format!("{TAR}+gzip"), "digest": registry.content.blob(&tarball), "size": tarball.len()}],
        "subject": subject,
    });
    registry.content.manifest("signature", MANIFEST, &artifact);
    registry.content.manifest(&format!("{hex}.sig"), MANIFEST, &{
        let mut other = artifact.clone();
        other.as_object_mut().unwrap().remove("subject");
        other
    });
    let (_folder, store) = super::registry::tempdir_store();
    let by_digest = format!("a/b@{}", named["digest"].as_str().unwrap());
    let others = ["a/b:signed", "a/b:tagged", "a/b:signature"];
    let sig = format!("a/b:{hex}.sig");
    let all: Vec<&str> = others.iter().copied().chain([by_digest.as_str(), &sig]).collect();
    let before: Vec<Image> =
        all.iter().map(|name| pulled(&store, &registry, name, false)).collect();
    let report = drop_compressed(&store, false).unwrap();
    assert_eq!((report.images, report.layers), (0, 0), "{report:?}");
    assert!(report.left >= 3 && report.left_bytes > 180_000, "{report:?}");
    let after: Vec<Image> = all.iter().map(|name| found(&store, &registry, name)).collect();
    assert_eq!(after, before);
    // Under a tag of its own the repository may have it by another digest.
    pulled(&store, &registry, "a/b:named", false);
    let report = drop_compressed(&store, false).unwrap();
    assert_eq!((report.images, report.layers), (1, 1), "{report:?}");
    let new = found(&store, &registry, "a/b:named");
    assert_eq!(new.came_as, Some(before[3].digest));
    assert_eq!(found(&store, &registry, &format!("a/b@{}", new.digest)), new, "renamed");
    super::registry::is_sound(&store);
}

#[test]
fn an_index_names_the_new_manifests_and_what_is_plain_stays() {
    let registry = FakeRegistry::sound();
    let mut children =
        vec![packed(&registry, "x", "x", true), registry.content.image("y", &[tar("y", b"plain")])];
    for (child, architecture) in children.iter_mut().zip(["amd64", "arm64"]) {
        child["platform"] = json!({"os": "linux", "architecture": architecture});
    }
    let index = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": children});
    registry.content.manifest("1", INDEX, &index);
    let (_folder, store) = super::registry::tempdir_store();
    let before = pulled(&store, &registry, "a/b:1", true);
    let report = drop_compressed(&store, false).unwrap();
    assert_eq!((report.images, report.layers, report.left), (1, 1, 0));
    let after = found(&store, &registry, "a/b:1");
    assert_eq!((after.came_as, after.manifests.len()), (Some(before.digest), 2));
    assert_eq!(after.manifests[1], before.manifests[1]);
    let below: Image = store.read_node(&after.manifests[0].image).unwrap();
    assert_eq!(below.media_type, media::MANIFEST);
    assert!(below.blobs.iter().any(|blob| matches!(blob.content, Content::Tar(_))));
    let text = String::from_utf8(store.read(&after.manifest).unwrap()).unwrap();
    assert!(text.contains(&below.digest.to_string()) && text.contains("amd64"), "{text}");
    super::registry::is_sound(&store);
}
