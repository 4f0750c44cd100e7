//! TLS, and the end of a hub that is told to end.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicI64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use mls::server::{Certificate, Options};
use reqwest::blocking::Client;
use serde_json::{Value, json};

use crate::support::{Reply, Sandbox, Served};

fn write_pair(folder: &Path, name: &str) -> Vec<u8> {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned(), name.to_owned()]);
    let made = made.unwrap();
    std::fs::write(folder.join("hub.key"), made.signing_key.serialize_pem()).unwrap();
    std::fs::write(folder.join("hub.pem"), made.cert.pem()).unwrap();
    made.cert.pem().into_bytes()
}

/// Returns a client that trusts this certificate alone.
fn client(pem: &[u8]) -> Client {
    // Another test may have been first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let trusted = reqwest::Certificate::from_pem(pem).unwrap();
    Client::builder().tls_certs_only([trusted]).timeout(Duration::from_secs(120)).build().unwrap()
}

#[test]
fn a_hub_speaks_tls_and_takes_up_a_new_certificate() {
    let folder = tempfile::tempdir().unwrap();
    let first = write_pair(folder.path(), "first");
    let tls = Certificate {
        certificate: folder.path().join("hub.pem"),
        key: folder.path().join("hub.key"),
    };
    let served = Served::with(Options { tls: Some(tls), ..Options::default() });
    let url = format!("https://localhost:{}/version", served.connect().peer_addr().unwrap().port());
    let reply = client(&first).get(&url).send().unwrap();
    assert_eq!((reply.status().as_u16(), reply.version()), (200, reqwest::Version::HTTP_2));
    // Half of a pair breaks nothing.
    std::fs::write(folder.path().join("hub.key"), "half").unwrap();
    let second = write_pair(folder.path(), "second");
    let until = Instant::now() + Duration::from_secs(120);
    while client(&second).get(&url).send().is_err() {
        assert!(Instant::now() < until, "the new certificate is not taken up");
        std::thread::yield_now();
    }
    assert!(client(&first).get(&url).send().is_err());
    // What speaks no TLS gets nothing, and holds nobody up.
    let mut plain = served.connect();
    plain.write_all(b"GET /version HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    let mut answer = vec![];
    let _ = plain.read_to_end(&mut answer);
    assert!(!answer.starts_with(b"HTTP"));
}

#[test]
fn a_certificate_that_cannot_be_read_is_told() {
    let sandbox = Sandbox::with_store();
    sandbox.write("hub.pem", "nothing");
    sandbox.write("hub.key", "nothing");
    let said = sandbox.mls(["hub", "--port", "0", "--tls-cert", "hub.pem", "--tls-key", "hub.key"]);
    insta::assert_snapshot!(said, @"
    exit 1
    --- stderr
    error: could not read `[TOP]/work/hub.pem`: it holds no certificate
    hint: Give the certificate with those above it, and its key, as PEM files.
    ");
}

#[test]
fn h07_an_address_that_others_reach_needs_tokens_or_a_word() {
    let sandbox = Sandbox::with_store();
    insta::assert_snapshot!(sandbox.mls(["hub", "--host", "0.0.0.0", "--port", "0"]), @"
    exit 2
    --- stderr
    error: `0.0.0.0` can be reached by others, and no token is asked for
    hint: Give `--auth` to ask for tokens, or `--insecure` if everybody may do everything.
    ");
    let said = sandbox.mls(["hub", "--auth", "--insecure"]);
    assert_eq!(said.code(), 2, "{said}");
}

/// A hub in a process of its own.
struct Hub {
    child: Child,
    address: String,
}

impl Hub {
    fn start(sandbox: &Sandbox, args: &[&str]) -> Self {
        let mut command = sandbox.command(["hub", "--port", "0"]);
        command.args(args).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim_end().strip_prefix("Listening on http://").unwrap().to_owned();
        Self { child, address }
    }

    fn connect(&self) -> TcpStream {
        TcpStream::connect(&self.address).unwrap()
    }

    fn signal(&self, signal: rustix::process::Signal) {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, signal).unwrap();
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Begins a request whose body is not there yet; its handler waits for it.
fn begin(hub: &Hub) -> TcpStream {
    let mut stream = hub.connect();
    let head = "POST /api/2.0/mlflow/logged-models/search HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n";
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = [0; 25];
    stream.read_exact(&mut answer).unwrap();
    stream
}

#[test]
fn a_hub_that_is_told_to_end_finishes_what_it_has_and_takes_no_more() {
    let sandbox = Sandbox::with_store();
    let mut hub = Hub::start(&sandbox, &[]);
    let idle = hub.connect();
    let mut stream = begin(&hub);
    hub.signal(rustix::process::Signal::TERM);
    let until = Instant::now() + Duration::from_secs(120);
    while TcpStream::connect(&hub.address).is_ok() {
        assert!(Instant::now() < until, "it still takes connections");
        std::thread::yield_now();
    }
    stream.write_all(b"{}").unwrap();
    let reply = Reply::read(stream);
    assert!(reply.status == 200 || reply.status == 400, "{}", reply.status);
    assert_eq!(hub.child.wait().unwrap().code(), Some(0));
    drop(idle);
}

#[test]
fn a_second_signal_ends_a_hub_at_once() {
    let sandbox = Sandbox::with_store();
    let mut hub = Hub::start(&sandbox, &[]);
    let stream = begin(&hub);
    hub.signal(rustix::process::Signal::INT);
    while TcpStream::connect(&hub.address).is_ok() {
        std::thread::yield_now();
    }
    hub.signal(rustix::process::Signal::INT);
    assert_eq!(hub.child.wait().unwrap().code(), Some(1));
    drop(stream);
}

/// Four clients log points one by one while the server is killed; every point that was answered is there once.
#[test]
fn what_was_answered_is_there_once_after_each_of_ten_kills() {
    let sandbox = Sandbox::with_store();
    let hub = Hub::start(&sandbox, &[]);
    let created = json!({"experiment_id": "0", "start_time": 1});
    let run = call(&hub.address, "runs/create", &created).unwrap();
    let run = run["run"]["info"]["run_id"].as_str().unwrap().to_owned();
    drop(hub);
    let mut answered: Vec<(usize, i64)> = vec![];
    for round in 0..10 {
        let hub = Hub::start(&sandbox, &[]);
        let enough = AtomicI64::new(0);
        let log = |client: usize| {
            let mut done = vec![];
            for step in (round * 1_000_000).. {
                let key = format!("m{client}");
                let point = json!({"run_id": run, "key": key, "value": step, "timestamp": step, "step": step});
                match call(&hub.address, "runs/log-metric", &point) {
                    Some(_) => done.push((client, step)),
                    None => return done,
                }
                enough.fetch_add(1, Ordering::Relaxed);
            }
            done
        };
        let log = &log;
        thread::scope(|scope| {
            let clients: Vec<_> = (0..4).map(|client| scope.spawn(move || log(client))).collect();
            while enough.load(Ordering::Relaxed) < 20 + round * 7 {
                thread::yield_now();
            }
            hub.signal(rustix::process::Signal::KILL);
            for client in clients {
                answered.extend(client.join().unwrap());
            }
        });
    }
    let hub = Hub::start(&sandbox, &[]);
    for client in 0..4 {
        let steps = history(&hub.address, &run, &format!("m{client}"));
        let mut once = steps.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), steps.len(), "a point is there twice");
        let lost: Vec<_> = answered
            .iter()
            .filter(|(of, step)| *of == client && once.binary_search(step).is_err())
            .collect();
        assert!(lost.is_empty(), "{lost:?}");
        // What was not answered may be there or not: one a client and a kill.
        let wanted = answered.iter().filter(|(of, _)| *of == client).count();
        assert!((wanted..=wanted + 10).contains(&steps.len()), "{wanted} {}", steps.len());
    }
    println!("{} points answered", answered.len());
    drop(hub);
    assert_eq!(sandbox.mls(["fsck"]).code(), 0);
}

/// Returns the answer, or nothing where there was none.
fn call(address: &str, name: &str, body: &Value) -> Option<Value> {
    let mut stream = TcpStream::connect(address).ok()?;
    let body = body.to_string();
    let head = format!(
        "POST /api/2.0/mlflow/{name} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all((head + &body).as_bytes()).ok()?;
    let reply = Reply::read(stream);
    if reply.status == 0 {
        return None;
    }
    assert_eq!(reply.status, 200, "{}", String::from_utf8_lossy(&reply.body));
    serde_json::from_slice(&reply.body).ok()
}

/// Returns the steps of all points of a metric.
fn history(address: &str, run: &str, key: &str) -> Vec<i64> {
    let (mut steps, mut token) = (vec![], String::new());
    loop {
        let mut stream = TcpStream::connect(address).unwrap();
        let target = format!(
            "/api/2.0/mlflow/metrics/get-history?run_id={run}&metric_key={key}&max_results=25000&page_token={token}"
        );
        let head = format!("GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        let page = Reply::read(stream).json();
        for point in page["metrics"].as_array().into_iter().flatten() {
            steps.push(point["step"].as_i64().unwrap_or(0));
        }
        match page["next_page_token"].as_str() {
            Some(next) => token = next.to_owned(),
            None => return steps,
        }
    }
}
