//! Models over HTTP: through the library, and over the wire.

mod batch;
mod follow;
mod inference;
mod limits;
mod maps;
mod onnx;
mod page;
mod readiness;
mod swaps;
pub(crate) mod workers;

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::time::{Duration, Instant};

use mls::base::Silent;
use mls::model::registry::{self, New, NewVersion};
use mls::model::score::{Choice, python::environment};
use mls::model::{Reference, name};
use mls::server::score::{self, Error, Loading, Options, Place, Serving};
use mls::store::{Link, add};
use serde_json::Value;

use crate::support::{Reply, Sandbox};

/// A logistic regression and a forest that know penguins: one and the same input, `X`.
const REGRESSION: &str = "fixtures/models/penguins.onnx";
const FOREST: &str = "fixtures/models/penguins-forest.onnx";

/// An Adelie penguin, and a Gentoo.
const BIRDS: &str = "[[39.1,18.7,181.0,3750.0],[50.0,15.0,220.0,5000.0]]";

/// A store with `penguins@v1` and `penguins@v2`, the first of which is the champion.
fn with_penguins() -> Sandbox {
    let sandbox = Sandbox::with_store();
    for file in [REGRESSION, FOREST] {
        register(&sandbox, "penguins", &fixture(file));
    }
    registry::set_alias(&sandbox.open(), "penguins", "champion", 1).unwrap();
    sandbox
}

fn fixture(file: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap()
}

/// Registers a file as the next version of a model; returns its number.
fn register(sandbox: &Sandbox, name: &str, bytes: &[u8]) -> u64 {
    version(sandbox, name, put(sandbox, bytes))
}

/// Puts a file into the store.
fn put(sandbox: &Sandbox, bytes: &[u8]) -> Link {
    let store = sandbox.open();
    let path = sandbox.write("file.onnx", bytes);
    let mut writer = store.writer().unwrap();
    let added = add::path(&mut writer, &path, &add::Options::default(), &Silent).unwrap();
    writer.commit(vec![]).unwrap();
    added.link
}

/// Registers what is in the store as the next version of a model; returns its number.
fn version(sandbox: &Sandbox, name: &str, content: Link) -> u64 {
    let store = sandbox.open();
    if registry::find(&store, name).unwrap().is_none() {
        registry::create(&store, name, &New::default()).unwrap();
    }
    let new = NewVersion {
        source: "file:model.onnx".to_owned(),
        content: Some(content),
        ..NewVersion::default()
    };
    registry::register(&store, name, &new).unwrap().number
}

fn options() -> Options {
    let limit = Duration::from_secs(60);
    Options {
        place: Place::Address("127.0.0.1:0".parse().unwrap()),
        threads: 2,
        at_once: 2,
        loading: Loading {
            engine: Choice::Auto,
            environment: environment::Choice::Local,
            python: "python3".into(),
            uv: None,
            allow_pickle: false,
            workers: 1,
            limit,
            memory: None,
            libraries: vec![],
            program: env!("CARGO_BIN_EXE_mls").into(),
            sandbox: false,
        },
        batching: score::Batching::default(),
        beside: score::Beside::default(),
        follow: false,
        tokens: None,
        hosts: vec![],
        tls: None,
        log: None,
        connections: 256,
        most: 4 << 20,
        limit,
    }
}

fn reference(text: &str) -> Reference {
    name::Reference::parse(text)
}

/// Serves models of a sandbox's store.
fn serve(sandbox: &Sandbox, models: &[&str], options: &Options) -> Result<Serving, Error> {
    let models: Vec<_> = models.iter().map(|model| reference(model)).collect();
    score::start(sandbox.open(), &models, options, &|_| {})
}

fn connect(serving: &Serving) -> TcpStream {
    let stream = TcpStream::connect(serving.url().trim_start_matches("http://")).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    stream
}

/// Returns a request as it goes over the wire.
fn request(method: &str, target: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let mut head = format!("{method} {target} HTTP/1.1\r\nHost: localhost\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str(&format!("Content-Length: {}\r\n\r\n", body.len()));
    [head.as_bytes(), body].concat()
}

fn send(
    serving: &Serving,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Reply {
    let mut stream = connect(serving);
    let headers = [headers, &[("Connection", "close")]].concat();
    // A server that refuses early closes while the body is still being sent.
    let _ = stream.write_all(&request(method, target, &headers, body));
    Reply::read(stream)
}

fn get(serving: &Serving, target: &str) -> Reply {
    send(serving, "GET", target, &[], b"")
}

fn post(serving: &Serving, target: &str, body: &str) -> Reply {
    send(serving, "POST", target, &[("Content-Type", "application/json")], body.as_bytes())
}

/// Sends a request on a connection that is kept; returns its whole answer.
fn exchange(stream: &mut TcpStream, request: &[u8]) -> String {
    stream.write_all(request).unwrap();
    let mut said = vec![];
    let mut buffer = [0; 4096];
    loop {
        let count = stream.read(&mut buffer).unwrap();
        assert!(count > 0, "cut off after {}", String::from_utf8_lossy(&said));
        said.extend_from_slice(&buffer[..count]);
        let text = String::from_utf8_lossy(&said);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        if length.is_some_and(|length| body.len() >= length.parse().unwrap()) {
            return text.into_owned();
        }
    }
}

/// Asks again until something holds; fails when it does not within a minute.
fn until<T>(mut look: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + Duration::from_secs(60);
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < end, "it does not come to pass");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Returns a number of `/metrics`, of one version: the sum over what other labels there are.
fn metric(serving: &Serving, name: &str, version: u64) -> u64 {
    let text = String::from_utf8(get(serving, "/metrics").body).unwrap();
    let version = format!("version=\"{version}\"");
    let lines = text.lines().filter(|line| {
        line.strip_prefix(name).is_some_and(|rest| rest.starts_with('{')) && line.contains(&version)
    });
    lines.map(|line| line.rsplit(' ').next().unwrap().parse::<f64>().unwrap() as u64).sum()
}

fn error_of(reply: &Reply) -> String {
    let body: Value = reply.json();
    body["error"].as_str().unwrap_or_default().to_owned()
}
