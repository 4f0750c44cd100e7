//! What is too slow, too wide, too large or comes another way.

use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use mls::server::Certificate;
use mls::server::score::{Error, Options, Place};

use super::{connect, error_of, get, onnx, options, post, register, serve, with_penguins};
use crate::support::Sandbox;

#[test]
fn a_client_that_sends_a_byte_a_second_holds_up_nobody_and_is_cut_off() {
    let sandbox = with_penguins();
    let serving = serve(&sandbox, &["penguins"], &options()).unwrap();
    let mut slow = connect(&serving);
    slow.write_all(b"POST /invocations HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n").unwrap();
    slow.set_read_timeout(Some(Duration::from_secs(1))).unwrap();
    let mut said = vec![];
    // It has ten seconds, and one more for each KiB.
    for _ in 0..60 {
        assert_eq!(get(&serving, "/ping").status, 200);
        let _ = slow.write_all(b" ");
        let mut buffer = [0; 1024];
        match slow.read(&mut buffer) {
            Ok(count) => {
                said.extend_from_slice(&buffer[..count]);
                break;
            }
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(_) => break,
        }
    }
    let said = String::from_utf8_lossy(&said);
    assert!(said.starts_with("HTTP/1.1 408"), "{said}");
}

#[test]
fn ten_thousand_columns_are_answered_or_refused() {
    let sandbox = with_penguins();
    register(&sandbox, "wide", &onnx::identity(10_000));
    let serving = serve(&sandbox, &["penguins", "wide"], &options()).unwrap();
    let row = vec!["1.5"; 10_000].join(",");
    let names = (0..10_000).map(|at| format!("\"c{at}\"")).collect::<Vec<_>>().join(",");
    let split = format!("{{\"dataframe_split\":{{\"columns\":[{names}],\"data\":[[{row}]]}}}}");
    let narrow = post(&serving, "/models/penguins/invocations", &split);
    assert_eq!(narrow.status, 400, "{}", narrow.json());
    for body in [split, format!("{{\"inputs\":[[{row}]]}}")] {
        let reply = post(&serving, "/models/wide/invocations", &body);
        assert_eq!(reply.status, 200, "{}", reply.json());
    }
    let infer = format!(
        r#"{{"inputs":[{{"name":"X","shape":[1,10000],"datatype":"FP32","data":[{row}]}}]}}"#
    );
    let reply = post(&serving, "/v2/models/wide/infer", &infer);
    assert_eq!(reply.json()["outputs"][0]["data"].as_array().unwrap().len(), 10_000);
}

#[test]
fn m07_a_graph_that_asks_for_a_terabyte_costs_an_answer_and_not_the_server() {
    let sandbox = with_penguins();
    for operator in ["Expand", "Tile"] {
        register(&sandbox, operator, &onnx::sized(operator));
    }
    let serving = serve(&sandbox, &["penguins", "Expand", "Tile"], &options()).unwrap();
    for operator in ["Expand", "Tile"] {
        let asked = |size: &str| {
            let body = format!(
                r#"{{"inputs":[{{"name":"X","shape":[1,1],"datatype":"FP32","data":[1]}},{{"name":"S","shape":[2],"datatype":"INT64","data":[{size}]}}]}}"#
            );
            post(&serving, &format!("/v2/models/{operator}/infer"), &body)
        };
        let small = asked("2,3");
        assert_eq!(small.status, 200, "{operator}: {}", small.json());
        for size in ["1000000,1000000", "4294967296,4294967296", "-1,-7"] {
            let reply = asked(size);
            assert!((400..=500).contains(&reply.status), "{operator} {size}: {}", reply.status);
            assert!(!error_of(&reply).is_empty());
        }
    }
    assert_eq!(get(&serving, "/ping").status, 200);
    // What nobody knows how to run is refused when the server starts.
    register(&sandbox, "unknown", &onnx::single("Nonesuch"));
    assert!(matches!(serve(&sandbox, &["unknown"], &options()), Err(Error::Engine { .. })));
}

#[test]
fn m05_weights_that_lie_elsewhere_on_the_disk_are_not_read() {
    let sandbox = Sandbox::with_store();
    sandbox.write("secret", [0; 16]);
    let links = ["../secret", "../../../../../../etc/passwd", "/etc/passwd", "link"];
    for location in links {
        let _ = std::fs::remove_dir_all(sandbox.path().join("model"));
        sandbox.write("model/model.onnx", onnx::elsewhere(location));
        std::os::unix::fs::symlink("../secret", sandbox.path().join("model/link")).unwrap();
        let registered = sandbox.mls(["model", "register", "outside", "model", "--again"]);
        if registered.code() == 0 {
            let served = sandbox.mls(["serve", "outside", "--port", "0"]);
            assert!([1, 6, 12].contains(&served.code()), "{location}: {served}");
        }
    }
}

#[test]
fn a_server_on_a_socket_replaces_one_that_is_gone_and_nobodys_file() {
    let sandbox = with_penguins();
    let path = sandbox.path().join("socket");
    let options = Options { place: Place::Socket(path.clone()), ..options() };
    let ask = || {
        let mut stream = UnixStream::connect(&path).unwrap();
        stream
            .write_all(b"GET /v2/health/ready HTTP/1.1\r\nHost: any\r\nConnection: close\r\n\r\n")
            .unwrap();
        let mut said = String::new();
        stream.read_to_string(&mut said).unwrap();
        said
    };
    let serving = serve(&sandbox, &["penguins"], &options).unwrap();
    assert!(ask().starts_with("HTTP/1.1 200"));
    assert!(matches!(serve(&sandbox, &["penguins"], &options), Err(Error::Io { .. })));
    serving.stop();
    assert!(!path.exists());
    // What a server leaves behind that was killed.
    drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
    let serving = serve(&sandbox, &["penguins"], &options).unwrap();
    assert!(ask().starts_with("HTTP/1.1 200"));
    serving.stop();
    std::fs::write(&path, "mine").unwrap();
    assert!(serve(&sandbox, &["penguins"], &options).is_err());
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "mine");
}

#[test]
fn models_are_served_over_tls() {
    let sandbox = with_penguins();
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let files = Certificate {
        certificate: sandbox.write("cert.pem", made.cert.pem()),
        key: sandbox.write("key.pem", made.signing_key.serialize_pem()),
    };
    let options = Options { tls: Some(files), ..options() };
    let serving = serve(&sandbox, &["penguins"], &options).unwrap();
    let address = serving.url().strip_prefix("https://").unwrap();
    let port = address.rsplit(':').next().unwrap();
    let mut curl = sandbox.program("curl");
    let url = format!("https://localhost:{port}/v2/health/ready");
    curl.args(["--silent", "--show-error", "--noproxy", "*", "--cacert", "cert.pem", &url]);
    let Ok(said) = curl.output() else { return crate::proof::tell("skipped: no `curl`") };
    let words = String::from_utf8_lossy(&said.stderr);
    assert_eq!(said.stdout, br#"{"ready":true}"#, "{words}");
    // Who speaks no TLS gets no answer.
    let mut plain = std::net::TcpStream::connect(address).unwrap();
    plain.write_all(b"GET /ping HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    let mut said = vec![];
    let _ = plain.read_to_end(&mut said);
    assert!(!said.starts_with(b"HTTP/1.1 200"));
}
