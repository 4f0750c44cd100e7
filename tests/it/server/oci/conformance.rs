use mls::remote::registry::{Algorithm, Digest};
use serde_json::json;

use super::{CONFIG, EMPTY, INDEX, MANIFEST, code, descriptor, manifest, put, upload};
use crate::support::Served;

#[test]
fn the_probe_answers_and_says_what_it_is() {
    let served = Served::new();
    for path in ["/v2/", "/v2"] {
        let reply = served.get(path);
        assert_eq!((reply.status, reply.body.as_slice()), (200, b"{}".as_slice()));
        assert_eq!(reply.header("docker-distribution-api-version"), Some("registry/2.0"));
    }
}

#[test]
fn a_blob_comes_at_once_in_pieces_or_as_a_stream_and_is_the_same() {
    let served = Served::new();
    let bytes = b"some bytes that are no layer".as_slice();
    let digest = Digest::of(bytes);
    let begin = || {
        let reply = served.send("POST", "/v2/a/b/blobs/uploads/", &[], b"");
        assert_eq!(reply.status, 202);
        assert_eq!(reply.header("range"), Some("0-0"));
        assert!(reply.header("docker-upload-uuid").is_some());
        reply.header("location").unwrap().to_owned()
    };
    // Whole in the last request.
    let reply = served.send("PUT", &format!("{}?digest={digest}", begin()), &[], bytes);
    assert_eq!(reply.status, 201);
    assert_eq!(reply.header("docker-content-digest"), Some(digest.to_string().as_str()));
    let location = reply.header("location").unwrap().to_owned();
    assert_eq!(served.get(&location).body, bytes);
    // In pieces, which must be in order.
    let upload = begin();
    let (one, two) = bytes.split_at(10);
    let reply = served.send("PATCH", &upload, &[("Content-Range", "0-9")], one);
    assert_eq!((reply.status, reply.header("range")), (202, Some("0-9")));
    let late = format!("15-{}", bytes.len() - 1);
    let reply = served.send("PATCH", &upload, &[("Content-Range", &late)], two);
    assert_eq!((reply.status, reply.header("range")), (416, Some("0-9")), "r10: out of order");
    let reply = served.get(&upload);
    assert_eq!((reply.status, reply.header("range")), (204, Some("0-9")));
    let rest = format!("10-{}", bytes.len() - 1);
    let headers = [("Content-Range", rest.as_str())];
    let reply = served.send("PUT", &format!("{upload}?digest={digest}"), &headers, two);
    assert_eq!(reply.status, 201);
    // As one stream that does not say where it is.
    let upload = begin();
    assert_eq!(served.send("PATCH", &upload, &[], bytes).status, 202);
    assert_eq!(served.send("PUT", &format!("{upload}?digest={digest}"), &[], b"").status, 201);
    assert_eq!(served.get(&upload).status, 404, "it is over");
    // Given up.
    let upload = begin();
    assert_eq!(served.send("DELETE", &upload, &[], b"").status, 204);
    assert_eq!(
        code(&served.send("PATCH", &upload, &[], b"x")),
        (404, "BLOB_UPLOAD_UNKNOWN".to_owned())
    );
}

#[test]
fn an_upload_goes_on_after_the_hub_has_started_again() {
    let mut served = Served::new();
    let bytes = vec![7; 300_000];
    let digest = Digest::of(&bytes);
    let begun = served.send("POST", "/v2/a/blobs/uploads/", &[], b"");
    let upload = begun.header("location").unwrap().to_owned();
    assert_eq!(served.send("PATCH", &upload, &[], &bytes[..200_000]).status, 202);
    served.restart();
    let reply = served.get(&upload);
    assert_eq!((reply.status, reply.header("range")), (204, Some("0-199999")));
    let target = format!("{upload}?digest={digest}");
    let headers = [("Content-Range", "200000-299999")];
    assert_eq!(served.send("PUT", &target, &headers, &bytes[200_000..]).status, 201);
    served.restart();
    assert_eq!(served.get(&format!("/v2/a/blobs/{digest}")).body, bytes);
}

#[test]
fn a_blob_goes_out_whole_and_in_parts() {
    let served = Served::new();
    let bytes: Vec<u8> =
        (0..3_000_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let target = format!("/v2/a/blobs/{}", upload(&served, "a", &bytes));
    let head = served.send("HEAD", &target, &[], b"");
    assert_eq!((head.status, head.header("content-length")), (200, Some("3000000")));
    assert_eq!(head.header("accept-ranges"), Some("bytes"));
    assert!(head.body.is_empty());
    assert_eq!(served.get(&target).body, bytes);
    let part = |range: &str| served.send("GET", &target, &[("Range", range)], b"");
    let reply = part("bytes=1000000-1999999");
    assert_eq!((reply.status, reply.body.as_slice()), (206, &bytes[1_000_000..2_000_000]));
    assert_eq!(reply.header("content-range"), Some("bytes 1000000-1999999/3000000"));
    assert_eq!(part("bytes=-5").body, bytes[2_999_995..]);
    let reply = part("bytes=3000000-");
    assert_eq!((reply.status, reply.header("content-range")), (416, Some("bytes */3000000")));
    let reply = part("bytes=5-9,2000000-2000003");
    assert_eq!(reply.status, 206);
    let kind = reply.header("content-type").unwrap().to_owned();
    assert!(kind.starts_with("multipart/byteranges; boundary="), "{kind}");
    let length: usize = reply.header("content-length").unwrap().parse().unwrap();
    assert_eq!(reply.body.len(), length);
    let holds = |part: &[u8]| reply.body.windows(part.len()).any(|window| window == part);
    assert!(holds(&bytes[5..10]) && holds(&bytes[2_000_000..2_000_004]));
    let tag = head.header("etag").unwrap();
    assert_eq!(served.send("GET", &target, &[("If-None-Match", tag)], b"").status, 304);
}

#[test]
fn a_manifest_comes_back_byte_for_byte_by_tag_and_by_digest() {
    let served = Served::new();
    let manifest = manifest(
        &served,
        "a",
        br#"{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}"#,
        &[b"x", b"y"],
    );
    let bytes = manifest.to_string();
    let digest = Digest::of(bytes.as_bytes()).to_string();
    let reply = put(&served, "a", "1", &manifest);
    assert_eq!((reply.status, reply.header("docker-content-digest")), (201, Some(digest.as_str())));
    for which in ["1", &digest] {
        let target = format!("/v2/a/manifests/{which}");
        let reply = served.get(&target);
        assert_eq!((reply.status, reply.body.as_slice()), (200, bytes.as_bytes()));
        assert_eq!(reply.header("content-type"), Some(MANIFEST));
        assert_eq!(reply.header("docker-content-digest"), Some(digest.as_str()));
        let head = served.send("HEAD", &target, &[], b"");
        assert_eq!(
            (head.status, head.header("content-length")),
            (200, Some(bytes.len().to_string().as_str()))
        );
        assert!(head.body.is_empty());
    }
    assert_eq!(code(&served.get("/v2/a/manifests/2")), (404, "MANIFEST_UNKNOWN".to_owned()));
    // Its blobs are there still, though nothing waits any longer.
    assert_eq!(served.get(&format!("/v2/a/blobs/{}", Digest::of(b"x"))).body, b"x");
    // Several tags at once.
    let target = format!("/v2/a/manifests/{digest}?tag=2&tag=3");
    let reply = served.send("PUT", &target, &[("Content-Type", MANIFEST)], bytes.as_bytes());
    assert_eq!(reply.status, 201);
    let tags = served.get("/v2/a/tags/list").json();
    assert_eq!(tags, json!({"name": "a", "tags": ["1", "2", "3"]}));
}

#[test]
fn sha512_names_blobs_and_manifests_too() {
    let served = Served::new();
    let bytes = b"{}".as_slice();
    let digest = Digest::with(Algorithm::Sha512, bytes);
    let target = format!("/v2/a/blobs/uploads/?digest={digest}");
    assert_eq!(served.send("POST", &target, &[], bytes).status, 201);
    assert_eq!(served.get(&format!("/v2/a/blobs/{digest}")).body, bytes);
    let manifest = json!({
        "schemaVersion": 2, "mediaType": MANIFEST, "artifactType": "application/x",
        "config": {"mediaType": EMPTY, "digest": digest, "size": 2}, "layers": [],
    });
    let name = Digest::with(Algorithm::Sha512, manifest.to_string().as_bytes());
    assert_eq!(put(&served, "a", &name.to_string(), &manifest).status, 201);
    assert_eq!(served.get(&format!("/v2/a/manifests/{name}")).status, 200);
}

#[test]
fn tags_and_repositories_come_in_pages() {
    let served = Served::new();
    let one = manifest(&served, "b", b"{}", &[]);
    for tag in ["v1", "V2", "a", "_x"] {
        assert_eq!(put(&served, "b", tag, &one).status, 201);
    }
    manifest(&served, "a/c", b"{}", &[]);
    assert_eq!(put(&served, "a/c", "1", &one).status, 201);
    let tags = |query: &str| served.get(&format!("/v2/b/tags/list{query}"));
    assert_eq!(tags("").json()["tags"], json!(["V2", "_x", "a", "v1"]), "by bytes");
    let page = tags("?n=2");
    assert_eq!(page.json()["tags"], json!(["V2", "_x"]));
    let link = page.header("link").unwrap().to_owned();
    assert!(link.ends_with("; rel=\"next\""), "{link}");
    let next = link.trim_start_matches('<').split('>').next().unwrap().to_owned();
    let last = served.get(&next);
    assert_eq!(last.json()["tags"], json!(["a", "v1"]));
    assert!(last.header("link").is_none());
    let none = tags("?n=0");
    assert_eq!((none.json()["tags"].clone(), none.header("link")), (json!([]), None));
    assert_eq!(code(&served.get("/v2/nobody/tags/list")), (404, "NAME_UNKNOWN".to_owned()));
    assert_eq!(served.get("/v2/_catalog").json(), json!({"repositories": ["a/c", "b"]}));
    let page = served.get("/v2/_catalog?n=1");
    assert_eq!(page.json()["repositories"], json!(["a/c"]));
    assert!(page.header("link").is_some());
    assert_eq!(tags("?n=-1").status, 400, "r07");
    assert_eq!(tags("?n=1000000000000").status, 200, "r07");
}

#[test]
fn what_belongs_to_a_manifest_is_listed_though_it_need_not_be_there() {
    let served = Served::new();
    let subject = manifest(&served, "a", b"{}", &[]);
    let bytes = subject.to_string();
    let digest = Digest::of(bytes.as_bytes());
    let list = |query: &str| served.get(&format!("/v2/a/referrers/{digest}{query}"));
    let empty = list("");
    assert_eq!((empty.status, empty.json()["manifests"].clone()), (200, json!([])));
    assert_eq!(empty.header("content-type"), Some(INDEX));
    // As oras pushes it: an empty config, and the artifact as a layer.
    let mut referrer = manifest(&served, "a", b"{}", &[b"a signature"]);
    referrer["config"]["mediaType"] = EMPTY.into();
    referrer["artifactType"] = "application/x.signature".into();
    referrer["subject"] = descriptor(MANIFEST, bytes.as_bytes());
    referrer["annotations"] = json!({"by": "ada"});
    let own = Digest::of(referrer.to_string().as_bytes()).to_string();
    let reply = put(&served, "a", &own, &referrer);
    assert_eq!(
        (reply.status, reply.header("oci-subject")),
        (201, Some(digest.to_string().as_str()))
    );
    // One without a type of its own has that of its config.
    let mut other = referrer.clone();
    other.as_object_mut().unwrap().remove("artifactType");
    other["config"]["mediaType"] = CONFIG.into();
    let other_digest = Digest::of(other.to_string().as_bytes()).to_string();
    assert_eq!(put(&served, "a", &other_digest, &other).status, 201);
    let found = list("").json();
    assert_eq!(found["manifests"].as_array().unwrap().len(), 2);
    let filtered = list("?artifactType=application/x.signature");
    assert_eq!(filtered.header("oci-filters-applied"), Some("artifactType"));
    let found = &filtered.json()["manifests"];
    assert_eq!(found.as_array().unwrap().len(), 1);
    assert_eq!((&found[0]["digest"], &found[0]["annotations"]["by"]), (&json!(own), &json!("ada")));
    let found = list(&format!("?artifactType={CONFIG}").replace('+', "%2B")).json();
    assert_eq!(found["manifests"][0]["digest"], other_digest);
    // What a client of an older registry keeps under a tag is folded in.
    let listed = json!({
        "schemaVersion": 2, "mediaType": INDEX,
        "manifests": [{"mediaType": MANIFEST, "digest": own, "size": referrer.to_string().len(), "artifactType": "application/x.signature"}],
    });
    assert_eq!(put(&served, "a", &format!("sha256-{}", digest.hex()), &listed).status, 201);
    assert_eq!(list("").json()["manifests"].as_array().unwrap().len(), 2, "each once");
    assert_eq!(served.get("/v2/a/referrers/x").status, 400);
}

#[test]
fn what_is_deleted_is_gone() {
    let served = Served::new();
    let one = manifest(&served, "a", b"{}", &[b"layer"]);
    let digest = Digest::of(one.to_string().as_bytes());
    for tag in ["1", "2"] {
        assert_eq!(put(&served, "a", tag, &one).status, 201);
    }
    let delete = |path: &str| served.send("DELETE", &format!("/v2/a/{path}"), &[], b"").status;
    assert_eq!(delete("manifests/1"), 202);
    assert_eq!(served.get("/v2/a/manifests/1").status, 404);
    assert_eq!(served.get(&format!("/v2/a/manifests/{digest}")).status, 200, "a tag alone is gone");
    assert_eq!(delete(&format!("blobs/{}", Digest::of(b"layer"))), 405, "an image needs it");
    assert_eq!(delete(&format!("manifests/{digest}")), 202);
    assert_eq!(served.get("/v2/a/manifests/2").status, 404, "its tags go with it");
    assert_eq!(delete(&format!("manifests/{digest}")), 404);
    let waiting = upload(&served, "a", b"nobody needs this");
    assert_eq!(delete(&format!("blobs/{waiting}")), 202);
    assert_eq!(served.get(&format!("/v2/a/blobs/{waiting}")).status, 404);
}

#[test]
fn a_blob_is_taken_over_from_another_repository() {
    let served = Served::new();
    let digest = upload(&served, "a", b"shared");
    let target = format!("/v2/b/blobs/uploads/?mount={digest}&from=a");
    let reply = served.send("POST", &target, &[], b"");
    assert_eq!(reply.status, 201);
    assert_eq!(served.get(&format!("/v2/b/blobs/{digest}")).body, b"shared");
    let target = format!("/v2/b/blobs/uploads/?mount={}&from=a", Digest::of(b"other"));
    assert_eq!(served.send("POST", &target, &[], b"").status, 202);
}
