use std::sync::atomic::{AtomicUsize, Ordering};

use mls::image::hosted::{self, Error, Repository};
use mls::remote::registry::Digest;
use serde_json::json;

use super::{INDEX, MANIFEST, code, descriptor, manifest, put, upload};
use crate::support::{NOON, Sandbox, Served};

const DAY: i64 = 86_400_000;

#[test]
fn r08_a_manifest_of_what_is_not_there_is_refused() {
    let served = Served::new();
    let mut one = manifest(&served, "a", b"{}", &[b"x"]);
    one["layers"][0]["digest"] = json!(Digest::of(b"not there"));
    assert_eq!(code(&put(&served, "a", "1", &one)), (400, "MANIFEST_BLOB_UNKNOWN".to_owned()));
    one["layers"][0]["urls"] = json!(["https://example.com/x"]);
    assert_eq!(put(&served, "a", "1", &one).status, 201, "it lies elsewhere");
    let index =
        json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": [descriptor(MANIFEST, b"{}")]});
    assert_eq!(code(&put(&served, "a", "2", &index)), (400, "MANIFEST_BLOB_UNKNOWN".to_owned()));
    let one = manifest(&served, "a", b"{}", &[]);
    let other = Digest::of(b"other").to_string();
    assert_eq!(code(&put(&served, "a", &other, &one)), (400, "DIGEST_INVALID".to_owned()));
    assert_eq!(put(&served, "a", &"x".repeat(10_240), &one).status, 400);
    for (body, told) in [
        (b"{".as_slice(), MANIFEST),
        (b"[]", MANIFEST),
        (b"{\"schemaVersion\":1}", MANIFEST),
        (one.to_string().as_bytes(), INDEX),
        (one.to_string().as_bytes(), "text/html"),
    ] {
        let reply = served.send("PUT", "/v2/a/manifests/x", &[("Content-Type", told)], body);
        assert_eq!(code(&reply), (400, "MANIFEST_INVALID".to_owned()), "{told}");
    }
    let large = vec![b' '; (4 << 20) + 1];
    let reply = served.send("PUT", "/v2/a/manifests/x", &[("Content-Type", MANIFEST)], &large);
    assert_eq!(reply.status, 413);
    assert_eq!(served.get("/v2/a/manifests/x").status, 404);
}

#[test]
fn r09_what_another_repository_has_is_not_here() {
    let served = Served::new();
    let digest = upload(&served, "private", b"secret");
    for method in ["GET", "HEAD"] {
        let reply = served.send(method, &format!("/v2/public/blobs/{digest}"), &[], b"");
        assert_eq!(reply.status, 404);
    }
    let one = manifest(&served, "public", b"{}", &[]);
    let mut stolen = one.clone();
    stolen["layers"] = json!([descriptor("application/octet-stream", b"secret")]);
    assert_eq!(
        code(&put(&served, "public", "1", &stolen)),
        (400, "MANIFEST_BLOB_UNKNOWN".to_owned())
    );
    // A mount from nowhere, or from where it is not, is an upload.
    for from in ["", "&from=", "&from=nobody", "&from=../private", "&from=PRIVATE"] {
        let target = format!("/v2/public/blobs/uploads/?mount={digest}{from}");
        assert_eq!(served.send("POST", &target, &[], b"").status, 202, "{from}");
    }
    let target = format!("/v2/public/manifests/{}", Digest::of(one.to_string().as_bytes()));
    assert_eq!(put(&served, "private", "1", &manifest(&served, "private", b"{}", &[])).status, 201);
    assert_eq!(served.get(&target).status, 404);
}

#[test]
fn r10_uploads_are_counted_and_cannot_be_guessed() {
    let served = Served::new();
    let begin = || served.send("POST", "/v2/a/blobs/uploads/", &[], b"");
    let upload = begin().header("location").unwrap().to_owned();
    let id = upload.rsplit('/').next().unwrap().to_owned();
    for other in ["..", "%2e%2e", &"0".repeat(32), &id[..31], &id.to_uppercase(), "../../format"] {
        let reply = served.send("PATCH", &format!("/v2/a/blobs/uploads/{other}"), &[], b"x");
        assert!((400..500).contains(&reply.status), "{other}: {}", reply.status);
    }
    let elsewhere = format!("/v2/b/blobs/uploads/{id}");
    assert_eq!(served.send("PATCH", &elsewhere, &[], b"x").status, 404);
    let wrong = Digest::of(b"other");
    let reply = served.send("PUT", &format!("{upload}?digest={wrong}"), &[], b"bytes");
    assert_eq!(code(&reply), (400, "DIGEST_INVALID".to_owned()));
    assert_eq!(served.get(&format!("/v2/a/blobs/{wrong}")).status, 404);
    let refused = (0..1005).map(|_| begin().status).filter(|status| *status == 429).count();
    assert!(refused >= 5, "{refused}");
}

#[test]
fn r10_an_upload_is_finished_once() {
    let served = Served::new();
    let bytes = b"bytes".as_slice();
    let digest = Digest::of(bytes);
    let begun = served.send("POST", "/v2/a/blobs/uploads/", &[], b"");
    let upload = begun.header("location").unwrap().to_owned();
    assert_eq!(served.send("PATCH", &upload, &[], bytes).status, 202);
    let done = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let reply = served.send("PUT", &format!("{upload}?digest={digest}"), &[], b"");
                match reply.status {
                    201 => drop(done.fetch_add(1, Ordering::Relaxed)),
                    status => assert_eq!(status, 404),
                }
            });
        }
    });
    assert_eq!(done.into_inner(), 1);
    assert_eq!(served.get(&format!("/v2/a/blobs/{digest}")).body, bytes);
}

#[test]
fn r11_names_that_are_none_are_refused() {
    let served = Served::new();
    let long = "x".repeat(300);
    for name in ["A", "a//b", "a..b", "-a", "a/", "_catalog", "a%2fb", "a:1", &long] {
        let reply = served.send("POST", &format!("/v2/{name}/blobs/uploads/"), &[], b"");
        assert!([400, 404].contains(&reply.status), "{name}: {}", reply.status);
    }
    let reply = served.send("POST", "/v2/A/blobs/uploads/", &[], b"");
    assert_eq!(code(&reply), (400, "NAME_INVALID".to_owned()));
}

#[test]
fn sixteen_push_at_once_and_all_of_it_is_there() {
    let served = Served::new();
    let failed = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for number in 0..16 {
            let (served, failed) = (&served, &failed);
            scope.spawn(move || {
                let (own, shared) = (vec![number; 100_000], vec![99; 200_000]);
                let one = manifest(served, "team/train", b"{}", &[&own, &shared]);
                for tag in [format!("v{number}"), "latest".to_owned()] {
                    if put(served, "team/train", &tag, &one).status != 201 {
                        failed.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    assert_eq!(failed.into_inner(), 0);
    let tags = served.get("/v2/team/train/tags/list").json();
    assert_eq!(tags["tags"].as_array().unwrap().len(), 17);
    for number in 0..16_u8 {
        let digest = Digest::of(&vec![number; 100_000]);
        assert_eq!(served.get(&format!("/v2/team/train/blobs/{digest}")).body.len(), 100_000);
    }
}

#[test]
fn r10_an_upload_that_nobody_goes_on_with_ends_after_a_day() {
    let mut sandbox = Sandbox::fixed_with_store();
    let repository = Repository::parse("a").unwrap();
    let id = hosted::begin(&sandbox.open(), &repository).unwrap();
    hosted::append(&sandbox.open(), &repository, &id, None, &b"some"[..]).unwrap();
    let (store, waiting) = (sandbox.open(), Digest::of(b"waits"));
    let other = hosted::begin(&store, &repository).unwrap();
    hosted::append(&store, &repository, &other, None, &b"waits"[..]).unwrap();
    hosted::finish(&store, &repository, &other, &waiting).unwrap();
    sandbox.set_clock(NOON + DAY);
    assert_eq!(hosted::size(&sandbox.open(), &repository, &id).unwrap(), 4, "a day is a day");
    sandbox.set_clock(NOON + DAY + 1);
    let store = sandbox.open();
    let late = hosted::append(&store, &repository, &id, None, &b"more"[..]);
    assert!(matches!(late, Err(Error::NoUpload(_))), "{late:?}");
    assert!(hosted::find_blob(&store, &repository, &waiting).unwrap().is_some());
    // Whoever begins another one sweeps.
    hosted::begin(&store, &repository).unwrap();
    let left = sandbox.store().join("cache/uploads").read_dir().unwrap().count();
    assert_eq!(left, 1);
    assert!(hosted::find_blob(&store, &repository, &waiting).unwrap().is_none());
}

#[test]
fn t12_a_config_that_lies_about_a_layer_is_refused() {
    let served = Served::new();
    let tar = crate::image::registry::tar("a", b"x");
    let push = |diff_ids: serde_json::Value| {
        let config = json!({"architecture": "amd64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": diff_ids}});
        let mut one = manifest(&served, "a", config.to_string().as_bytes(), &[&tar]);
        one["layers"][0]["mediaType"] = "application/vnd.oci.image.layer.v1.tar".into();
        put(&served, "a", "1", &one)
    };
    assert_eq!(code(&push(json!([Digest::of(b"other")]))), (400, "MANIFEST_INVALID".to_owned()));
    assert_eq!(push(json!([Digest::of(&tar)])).status, 201);
    // What says nothing does not lie: the specification's own tests push such.
    assert_eq!(push(json!([])).status, 201);
}
