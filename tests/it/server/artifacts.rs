use std::io::Write as _;
use std::net::Shutdown;

use mls::model::registry::{self, NewVersion};
use mls::store::{Change, Expected, add, tree};
use mls::track::live::{self, End};
use mls::track::{ExperimentId, Run, RunId, Status};
use serde_json::{Value, json};

use crate::support::{Reply, Served, recorded};

pub(super) const FILES: &str = "/api/2.0/mlflow-artifacts/artifacts";

/// A server, and a run that is live in it.
fn served() -> (Served, String) {
    let served = Served::new();
    let id = run(&served);
    (served, format!("0/{id}/artifacts"))
}

fn run(served: &Served) -> RunId {
    let store = served.store();
    let run = Run { status: Status::Running, ended: None, ..recorded::run("r") };
    live::create(&store, &run, None, &[]).unwrap();
    run.id
}

fn put(served: &Served, path: &str, body: &[u8]) -> Reply {
    served.send("PUT", &format!("{FILES}/{path}"), &[], body)
}

fn get(served: &Served, path: &str) -> Reply {
    served.get(&format!("{FILES}/{path}"))
}

fn list(served: &Served, path: &str) -> Value {
    served.get(&format!("{FILES}?path={path}")).json()
}

/// Bytes that do not repeat.
fn noise(size: usize) -> Vec<u8> {
    let mut state = 7_u64;
    let mut next = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as u8
    };
    (0..size).map(|_| next()).collect()
}

#[test]
fn files_of_all_sizes_come_back_as_they_were_sent() {
    let (served, root) = served();
    for size in [0, 1, 70_000, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 9_000_000] {
        let bytes = noise(size);
        let reply = put(&served, &format!("{root}/d/{size}.bin"), &bytes);
        assert_eq!((reply.status, reply.body.len()), (200, 0), "{size}");
        let reply = get(&served, &format!("{root}/d/{size}.bin"));
        assert_eq!(reply.status, 200, "{size}");
        assert_eq!(reply.header("content-length"), Some(size.to_string().as_str()));
        assert!(reply.body == bytes, "{size}");
    }
    let listed = list(&served, &format!("{root}/d"));
    assert_eq!(listed["files"].as_array().unwrap().len(), 7);
    assert_eq!(listed["files"][0], json!({"path": "0.bin", "is_dir": false}));
    assert_eq!(list(&served, &root), json!({"files": [{"path": "d", "is_dir": true}]}));
    for nothing in [format!("{root}/d/1.bin"), format!("{root}/x"), "9".to_owned(), String::new()] {
        assert_eq!(list(&served, &nothing), json!({}), "{nothing}");
    }
}

#[test]
fn a_body_in_chunks_is_as_good_as_one_whose_length_is_known() {
    let (served, root) = served();
    for size in [10, 3_000_000] {
        let bytes = noise(size);
        let mut stream = served.connect();
        let target = format!("{FILES}/{root}/chunked");
        let head = format!(
            "PUT {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        for chunk in bytes.chunks(50_000) {
            stream.write_all(format!("{:x}\r\n", chunk.len()).as_bytes()).unwrap();
            stream.write_all(chunk).unwrap();
            stream.write_all(b"\r\n").unwrap();
        }
        stream.write_all(b"0\r\n\r\n").unwrap();
        assert_eq!(Reply::read(stream).status, 200);
        assert!(get(&served, &format!("{root}/chunked")).body == bytes);
    }
}

#[test]
fn h10_a_client_that_stops_mid_body_leaves_nothing() {
    let (served, root) = served();
    for size in [1_000, 5_000_000] {
        let mut stream = served.connect();
        let target = format!("{FILES}/{root}/half");
        let head = format!(
            "PUT {target} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n",
            size * 2
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(&noise(size)).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        let reply = Reply::read(stream);
        assert!(matches!(reply.status, 0 | 400), "{}", reply.status);
    }
    assert_eq!(get(&served, &format!("{root}/half")).status, 404);
    assert_eq!(list(&served, &root), json!({}));
}

#[test]
fn a_hub_that_is_restarted_has_what_it_acknowledged() {
    let (mut served, root) = served();
    put(&served, &format!("{root}/small"), b"small");
    let large = noise(2_000_000);
    put(&served, &format!("{root}/large"), &large);
    served.restart();
    assert_eq!(get(&served, &format!("{root}/small")).body, b"small");
    assert!(get(&served, &format!("{root}/large")).body == large);
}

#[test]
fn ranges_conditions_and_head_are_answered_as_http_says() {
    let (served, root) = served();
    for size in [1_000, 3_000_000_usize] {
        let bytes = noise(size);
        let target = format!("{FILES}/{root}/ranges.bin");
        served.send("PUT", &target, &[], &bytes);
        let ranged = |range: &str| served.send("GET", &target, &[("Range", range)], b"");
        let part = ranged("bytes=100-199");
        assert_eq!(part.status, 206);
        assert_eq!(part.header("content-range"), Some(format!("bytes 100-199/{size}").as_str()));
        assert!(part.body == bytes[100..200]);
        assert!(ranged("bytes=-10").body == bytes[size - 10..]);
        assert!(ranged(&format!("bytes={}-", size - 7)).body == bytes[size - 7..]);
        let middle = ranged(&format!("bytes=50-{}", size - 50));
        assert!(middle.body == bytes[50..=size - 50]);
        let beyond = ranged(&format!("bytes={size}-"));
        assert_eq!(beyond.status, 416);
        assert_eq!(beyond.header("content-range"), Some(format!("bytes */{size}").as_str()));

        let whole = served.get(&target);
        let tag = whole.header("etag").unwrap().to_owned();
        assert!(whole.header("last-modified").unwrap().ends_with("GMT"));
        assert_eq!(whole.header("accept-ranges"), Some("bytes"));
        let known = served.send("GET", &target, &[("If-None-Match", &tag)], b"");
        assert_eq!((known.status, known.body.len()), (304, 0));
        let other = [("If-Range", "\"another\""), ("Range", "bytes=0-9")];
        assert_eq!(served.send("GET", &target, &other, b"").status, 200);
        let head = served.send("HEAD", &target, &[], b"");
        assert_eq!((head.status, head.body.len()), (200, 0));
        assert_eq!(head.header("content-length"), Some(size.to_string().as_str()));
    }
}

#[test]
fn h01_no_path_leads_out_of_a_run() {
    let (served, root) = served();
    put(&served, &format!("{root}/a"), b"1");
    let long = "n".repeat(300);
    for path in [
        "../x",
        "%2e%2e/x",
        "%252e%252e/x",
        "..%2fx",
        "..%252fx",
        "b/..%2f..%2fx",
        "b%5c..%5cx",
        "b%00",
        "b%23",
        long.as_str(),
    ] {
        for method in ["GET", "PUT", "DELETE"] {
            let target = format!("{FILES}/{root}/{path}");
            let reply = served.send(method, &target, &[], b"");
            assert_eq!(reply.status, 400, "{method} {path}");
            assert_eq!(reply.json()["error_code"], "INVALID_PARAMETER_VALUE");
        }
        let listed = served.get(&format!("{FILES}?path={root}/{}", path.replace("%", "%25")));
        assert_eq!(listed.status, 400, "list {path}");
    }
    for path in ["//etc/passwd", "/%2fetc/passwd", "/C:/x"] {
        let reply = served.send("PUT", &format!("{FILES}{path}"), &[], b"x");
        assert_eq!(reply.status, 400, "{path}");
    }
    assert_eq!(get(&served, &format!("{root}/a")).body, b"1");
}

#[test]
fn what_is_not_there_is_told_in_json() {
    let (served, root) = served();
    put(&served, &format!("{root}/folder/x"), b"1");
    let nobody = format!("0/{}/artifacts/x", "0".repeat(32));
    let traces = "0/traces/tr-1/artifacts/traces.json".to_owned();
    for path in [format!("{root}/nothing"), nobody.clone(), traces.clone(), "x".to_owned()] {
        let reply = get(&served, &path);
        assert_eq!(reply.status, 404, "{path}");
        assert_eq!(reply.json()["error_code"], "RESOURCE_DOES_NOT_EXIST", "{path}");
    }
    for path in [nobody, traces] {
        assert_eq!(put(&served, &path, b"x").status, 404, "{path}");
    }
    for (path, status) in [("folder", 400), ("folder/x/y", 400), ("", 404)] {
        let reply = put(&served, &format!("{root}/{path}"), b"x");
        assert!(reply.status == status || path.is_empty(), "{path}: {}", reply.status);
    }
    assert_eq!(get(&served, &format!("{root}/folder")).status, 400);
}

#[test]
fn files_and_folders_are_removed() {
    let (served, root) = served();
    for path in ["a", "d/x", "d/y"] {
        put(&served, &format!("{root}/{path}"), b"1");
    }
    let delete = |path: &str| served.send("DELETE", &format!("{FILES}/{root}/{path}"), &[], b"");
    assert_eq!(delete("d").json(), json!({}));
    assert_eq!(delete("d").status, 404);
    assert_eq!(list(&served, &root)["files"].as_array().unwrap().len(), 1);
}

#[test]
fn h14_a_browser_runs_nothing_of_what_it_downloads() {
    let (served, root) = served();
    for name in ["evil.html", "evil.svg", "evil.js", "evil.png"] {
        put(&served, &format!("{root}/{name}"), b"<script>alert(1)</script>");
        let reply = get(&served, &format!("{root}/{name}"));
        assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(reply.header("content-security-policy"), Some("sandbox; default-src 'none'"));
        let disposition = reply.header("content-disposition").unwrap();
        assert_eq!(disposition, format!("attachment; filename=\"{name}\""));
    }
    let odd = format!("{root}/a%22b%0d%0aX-Evil:%20ö.txt");
    put(&served, &odd, b"x");
    let reply = get(&served, &odd);
    assert_eq!(reply.status, 200);
    assert_eq!(reply.header("x-evil"), None);
}

#[test]
fn a_run_that_has_ended_still_takes_files_and_gives_them_up() {
    let (served, root) = served();
    let id: RunId = root.split('/').nth(1).unwrap().parse().unwrap();
    put(&served, &format!("{root}/d/before"), b"1");
    put(&served, &format!("{root}/gone"), b"2");
    let store = served.store();
    let seal = || {
        let end = End::new(Status::Finished, store.now());
        live::seal(&store, store.writer().unwrap(), &id, end).unwrap().1
    };
    let sealed = seal();
    assert_eq!(get(&served, &format!("{root}/d/before")).body, b"1");
    assert_eq!(put(&served, &format!("{root}/d/after"), b"3").status, 200);
    assert_eq!(put(&served, &format!("{root}/d/large"), &noise(2_000_000)).status, 200);
    let gone = format!("{FILES}/{root}/gone");
    assert_eq!(served.send("DELETE", &gone, &[], b"").status, 200);
    assert_eq!(put(&served, &format!("{root}/d"), b"4").status, 400);
    let again = seal();
    assert_eq!(again.previous.len(), 1);
    assert_ne!(again.artifacts, sealed.artifacts);
    let names = |path: &str| list(&served, path)["files"].as_array().unwrap().len();
    assert_eq!((names(&root), names(&format!("{root}/d"))), (1, 3));
    assert_eq!(get(&served, &format!("{root}/gone")).status, 404);
}

#[test]
fn pages_ask_by_the_run() {
    let (served, root) = served();
    let id = root.split('/').nth(1).unwrap();
    put(&served, &format!("{root}/d/x.txt"), b"hello");
    let reply = served.get(&format!("/get-artifact?path=d/x.txt&run_uuid={id}"));
    assert_eq!((reply.status, reply.body.as_slice()), (200, &b"hello"[..]));
    let listed = served.get(&format!("/api/2.0/mlflow/artifacts/list?run_id={id}&path=d")).json();
    let expected = json!({
        "root_uri": format!("mlflow-artifacts:/{}/{id}/artifacts", ExperimentId::for_name("churn")),
        "files": [{"path": "d/x.txt", "is_dir": false, "file_size": 5}],
    });
    assert_eq!(listed, expected);
    assert_eq!(served.get("/get-artifact?path=../x&run_uuid=1").status, 400);
    assert_eq!(served.get("/get-artifact?path=x&run_uuid=1").status, 404);
    let presigned = served.get("/api/2.0/mlflow-artifacts/presigned/x");
    assert_eq!(
        (presigned.status, &presigned.json()["error_code"]),
        (501, &json!("NOT_IMPLEMENTED"))
    );
}

#[test]
fn an_upload_in_parts_survives_a_restart_between_them() {
    let (mut served, root) = served();
    let mpu = |step: &str| format!("/api/2.0/mlflow-artifacts/mpu/{step}/{root}/sub");
    let begin = json!({"path": "/home/ada/big.bin", "num_parts": 3});
    let head = [("Authorization", "Bearer t"), ("Content-Type", "application/json")];
    let created = served.send("POST", &mpu("create"), &head, begin.to_string().as_bytes()).json();
    let credentials = created["credentials"].as_array().unwrap().clone();
    assert_eq!(credentials.len(), 3);
    assert_eq!(credentials[0]["headers"], json!({"Authorization": "Bearer t"}));
    let bytes = noise(4_000_000);
    let mut parts = vec![];
    for (credential, piece) in credentials.iter().zip(bytes.chunks(1_500_000)) {
        let url = credential["url"].as_str().unwrap();
        let target = url.strip_prefix("http://localhost").unwrap();
        let reply = served.send("PUT", target, &[], piece);
        assert_eq!(reply.status, 200);
        parts.push(json!({
            "part_number": credential["part_number"],
            "etag": reply.header("etag").unwrap(),
            "url": url,
        }));
        served.restart();
    }
    assert_eq!(get(&served, &format!("{root}/sub/big.bin")).status, 404);
    let mut end = json!({"path": "big.bin", "upload_id": created["upload_id"], "parts": parts});
    end["parts"][0]["etag"] = json!("\"wrong\"");
    assert_eq!(served.call("POST", &mpu("complete"), &end).status, 400);
    end["parts"][0]["etag"] = parts[0]["etag"].clone();
    assert_eq!(served.call("POST", &mpu("complete"), &end).json(), json!({}));
    assert!(get(&served, &format!("{root}/sub/big.bin")).body == bytes);
    assert_eq!(served.call("POST", &mpu("abort"), &end).json(), json!({}));
}

#[test]
fn pages_send_small_files_by_the_run() {
    let (served, root) = served();
    let id = root.split('/').nth(1).unwrap();
    let send = |query: &str, body: &[u8]| {
        served.send("POST", &format!("/ajax-api/2.0/mlflow/upload-artifact?{query}"), &[], body)
    };
    assert_eq!(send(&format!("run_uuid={id}&path=d/x.txt"), b"hello").status, 200);
    assert_eq!(get(&served, &format!("{root}/d/x.txt")).body, b"hello");
    for (query, body) in [
        (format!("run_uuid={id}&path=../x"), &b"x"[..]),
        (format!("run_uuid={id}&path=x"), b""),
        (format!("run_uuid={id}"), b"x"),
        ("path=x".to_owned(), b"x"),
    ] {
        assert_eq!(send(&query, body).status, 400, "{query}");
    }
    assert_eq!(send("run_uuid=1&path=x", b"x").status, 404);
}

#[test]
fn files_of_registered_versions_are_asked_for_by_name_and_number() {
    let (served, root) = served();
    put(&served, &format!("{root}/m/MLmodel"), b"of the run");
    let store = served.store();
    let mut writer = store.writer().unwrap();
    let added = add::bytes(&mut writer, b"of a folder").unwrap();
    let mut builder = tree::Builder::default();
    let target = tree::Target::Content(added.link);
    let entry = tree::Entry { name: vec![], mode: tree::FILE, size: added.size, target };
    builder.insert(b"data/MLmodel", entry).unwrap();
    let content = builder.write(&mut writer).unwrap();
    writer
        .commit(vec![Change {
            name: "tests/keep".to_owned(),
            expected: Expected::Any,
            new: Some(content),
        }])
        .unwrap();
    let name = "my model";
    registry::create(&store, name, &registry::New::default()).unwrap();
    let of_run = NewVersion { source: format!("mlflow-artifacts:/{root}/m"), ..Default::default() };
    registry::register(&store, name, &of_run).unwrap();
    let source = "/home/ada/model".to_owned();
    let of_folder = NewVersion { source, content: Some(content), ..Default::default() };
    registry::register(&store, name, &of_folder).unwrap();

    let file = |version: u32, path: &str| {
        let query = format!("name=my%20model&version={version}&path={path}");
        served.get(&format!("/model-versions/get-artifact?{query}"))
    };
    assert_eq!(file(1, "MLmodel").body, b"of the run");
    assert_eq!(file(2, "data/MLmodel").body, b"of a folder");
    assert_eq!((file(2, "data").status, file(2, "../x").status), (400, 400));
    assert_eq!((file(2, "x").status, file(3, "x").status), (404, 404));
    let uri = served
        .get("/api/2.0/mlflow/model-versions/get-download-uri?name=my%20model&version=2")
        .json();
    assert_eq!(uri, json!({"artifact_uri": "mlflow-artifacts:/registered/my%20model/2"}));
    assert_eq!(get(&served, "registered/my%20model/2/data/MLmodel").body, b"of a folder");
    let listed = list(&served, "registered/my%2520model/2/data");
    assert_eq!(listed["files"][0]["path"], "MLmodel");
    assert_eq!(list(&served, "registered/nobody/2"), json!({}));
    assert_eq!(put(&served, "registered/my%20model/2/x", b"x").status, 404);
}
