//! A thousand clients that are slow in one way or another, and a healthy one beside them: at the hub, and at a model.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use reqwest::blocking::Client;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde_json::{Value, json};

use super::{count, isolate, mls, succeed, tell};

/// How a client is slow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Slow {
    /// It stops in the middle of a head.
    Head,
    /// It sends a byte of its body a second.
    Body,
    /// It never reads what it has asked for.
    Reader,
    /// It keeps its connection and asks nothing more.
    Idle,
    /// It stops in the middle of a handshake.
    Handshake,
}

/// What a server is asked.
struct Asks {
    healthy: (&'static str, Option<&'static str>),
    /// What takes a body.
    post: &'static str,
    /// What answers with more than a connection holds, once or asked for again and again.
    large: String,
    /// Whether it promises to need little memory for each, and to give it back.
    light: bool,
}

/// A server, started as most machines start it: with 1024 open files, and leave to have more.
struct Server {
    child: Child,
    url: String,
    /// How many sockets it has when nobody is there.
    idle: usize,
}

impl Server {
    fn start(folder: &Path, args: &[&str]) -> Self {
        let mut command = Command::new("sh");
        command.args(["-c", "ulimit -Sn 1024; exec \"$@\"", "sh", env!("CARGO_BIN_EXE_mls")]);
        command.args(args).args(["--port", "0"]);
        isolate(&mut command, folder);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.trim_end().strip_prefix("Listening on ").expect(&line).to_owned();
        let mut server = Self { child, url: url.replace("127.0.0.1", "localhost"), idle: 0 };
        server.idle = server.sockets();
        server
    }

    fn connect(&self) -> TcpStream {
        let port = self.url.rsplit(':').next().unwrap().parse().unwrap();
        TcpStream::connect(("127.0.0.1", port)).unwrap()
    }

    /// Returns how many sockets it has.
    fn sockets(&self) -> usize {
        let open = std::fs::read_dir(format!("/proc/{}/fd", self.child.id())).unwrap().flatten();
        let names = open.filter_map(|one| std::fs::read_link(one.path()).ok());
        names.filter(|name| name.to_string_lossy().starts_with("socket:")).count()
    }

    /// Returns its memory in kB.
    fn memory(&self) -> u64 {
        let path = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(path).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        line.unwrap().trim().trim_end_matches(" kB").parse().unwrap()
    }

    /// Waits until it has given back what it took for those who are gone.
    fn until_it_is_small(&self, before: u64) {
        let end = Instant::now() + Duration::from_secs(60);
        while self.memory() > before + (40 << 10) {
            assert!(Instant::now() < end, "it keeps {} kB, and had {before} kB", self.memory());
            thread::sleep(Duration::from_millis(100));
        }
        tell(&format!("proof: it keeps {} kB, and had {before} kB", self.memory()));
    }

    fn until(&self, what: &str, holds: impl Fn(usize) -> bool) {
        let end = Instant::now() + Duration::from_secs(180);
        while !holds(self.sockets()) {
            assert!(Instant::now() < end, "{what}: {} sockets", self.sockets());
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Waits until it has done what can be done for those who are there.
    fn until_it_rests(&self) {
        let path = format!("/proc/{}/stat", self.child.id());
        let worked = || {
            let stat = std::fs::read_to_string(&path).unwrap();
            let fields = stat.rsplit(')').next().unwrap().split_whitespace();
            fields.skip(11).take(2).map(|ticks| ticks.parse::<u64>().unwrap()).sum::<u64>()
        };
        let (mut before, end) = (worked(), Instant::now() + Duration::from_secs(20));
        while Instant::now() < end {
            thread::sleep(Duration::from_millis(100));
            let now = worked();
            if now == before {
                return;
            }
            before = now;
        }
    }

    fn begin(&self, slow: Slow, asks: &Asks) -> TcpStream {
        let mut stream = self.connect();
        let get = |target: &str| format!("GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        match slow {
            Slow::Head => stream.write_all(b"GET /version HTTP/1.1\r\nHost: loc").unwrap(),
            Slow::Body => {
                let post = asks.post;
                let head = format!(
                    "POST {post} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{{"
                );
                stream.write_all(head.as_bytes()).unwrap();
            }
            Slow::Reader => {
                rustix::net::sockopt::set_socket_recv_buffer_size(&stream, 4096).unwrap();
                stream.write_all(get(&asks.large).repeat(100).as_bytes()).unwrap();
            }
            Slow::Idle => {
                stream.write_all(get("/version").as_bytes()).unwrap();
                assert!(stream.read(&mut [0; 4096]).unwrap() > 0);
            }
            // The beginning of a record that holds a `ClientHello`.
            Slow::Handshake => stream.write_all(b"\x16\x03\x01\x02\x00\x01").unwrap(),
        }
        stream
    }

    /// Asks again and again, each time on a connection of its own; returns how long each answer took.
    fn measure(&self, client: &Client, asks: &Asks) -> Vec<Duration> {
        let (target, body) = asks.healthy;
        let url = format!("{}{target}", self.url);
        let mut times: Vec<Duration> = (0..count(500, 20))
            .map(|_| {
                let began = Instant::now();
                let request = match body {
                    Some(body) => {
                        client.post(&url).header("Content-Type", "application/json").body(body)
                    }
                    None => client.get(&url),
                };
                let reply = request.send().unwrap();
                assert_eq!(reply.status(), 200);
                reply.bytes().unwrap();
                began.elapsed()
            })
            .collect();
        times.sort();
        times
    }

    fn is_healthy_beside(&self, slow: Slow, asks: &Asks, client: &Client) {
        let (many, full) = (count(1000, 20), count(1, 0) == 1);
        self.until("nobody is there", |sockets| sockets <= self.idle);
        let (there, small) = (self.idle + many, self.memory());
        let began = Instant::now();
        let mut all: Vec<TcpStream> = (0..many).map(|_| self.begin(slow, asks)).collect();
        self.until("they are there", |sockets| sockets >= there);
        self.until_it_rests();
        let done = AtomicBool::new(false);
        let times = thread::scope(|scope| {
            if slow == Slow::Body {
                scope.spawn(|| dribble(&mut all, &done));
            }
            let times = self.measure(client, asks);
            let held = self.sockets();
            let (median, late) = (times[times.len() / 2], times[times.len() * 99 / 100]);
            tell(&format!(
                "proof: beside {many} of {slow:?}: median {median:.1?}, p99 {late:.1?}, {} sockets, {} kB",
                held - self.idle,
                self.memory()
            ));
            let each = self.memory().saturating_sub(small) / many as u64;
            if full {
                assert!(held >= there, "{slow:?}: all of them are still there");
                assert!(late < Duration::from_millis(250), "{slow:?}: {late:?}");
                assert!(!asks.light || each < 120, "{slow:?}: {each} kB for each");
                self.until("they are let go", |sockets| sockets <= self.idle);
                tell(&format!("proof: {slow:?} are let go after {:.0?}", began.elapsed()));
                if asks.light {
                    self.until_it_is_small(small);
                }
            }
            done.store(true, Ordering::Relaxed);
            times
        });
        drop(all);
        assert_eq!(times.len(), count(500, 20));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill().and_then(|()| self.child.wait());
    }
}

/// Sends a byte a second for each of them.
fn dribble(all: &mut [TcpStream], done: &AtomicBool) {
    while !done.load(Ordering::Relaxed) {
        for stream in &mut *all {
            let _ = stream.write(b" "); // some are cut off already
        }
        let next = Instant::now() + Duration::from_secs(1);
        while Instant::now() < next && !done.load(Ordering::Relaxed) {
            thread::sleep(Duration::from_millis(5));
        }
    }
}

/// Returns the files of a certificate, and a client that opens a connection for each request.
fn secured(folder: &Path) -> Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    std::fs::write(folder.join("key.pem"), made.signing_key.serialize_pem()).unwrap();
    std::fs::write(folder.join("cert.pem"), made.cert.pem()).unwrap();
    let trusted = reqwest::Certificate::from_pem(made.cert.pem().as_bytes()).unwrap();
    let builder = Client::builder().tls_certs_only([trusted]).no_proxy();
    builder.pool_max_idle_per_host(0).timeout(Duration::from_secs(120)).build().unwrap()
}

/// Tries all kinds at a server that is started with `args`, the last of them at one with TLS.
fn try_all(folder: &Path, args: &[&str], asks: impl Fn(&Server, &Client) -> Asks) {
    let limit = getrlimit(Resource::Nofile);
    if limit.maximum.is_some_and(|most| most < 4096) {
        return tell("skipped: slow clients: this process may not open as many files");
    }
    setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit }).unwrap();
    let client = secured(folder);
    let server = Server::start(folder, args);
    let known = asks(&server, &client);
    for slow in [Slow::Head, Slow::Body, Slow::Reader, Slow::Idle] {
        server.is_healthy_beside(slow, &known, &client);
    }
    let tls = ["--tls-cert", "cert.pem", "--tls-key", "key.pem"];
    let server = Server::start(folder, &[args, &tls].concat());
    server.is_healthy_beside(Slow::Handshake, &known, &client);
}

#[test]
fn h11_a_thousand_slow_clients_of_each_kind_hold_nobody_up_at_the_hub() {
    let folder = tempfile::tempdir().unwrap();
    succeed(&mut mls(folder.path(), &["init"]));
    try_all(folder.path(), &["hub"], |server, client| {
        let at = |path: &str| format!("{}/api/2.0/mlflow{path}", server.url);
        let made = client.post(at("/runs/create")).json(&json!({"experiment_id": "0"})).send();
        let made: Value = made.unwrap().json().unwrap();
        let run = made["run"]["info"]["run_id"].as_str().unwrap();
        let large = format!("-artifacts/artifacts/0/{run}/artifacts/large");
        let put = client.put(at(&large)).body(vec![7; 1 << 20]).send().unwrap();
        assert_eq!(put.status(), 200);
        Asks {
            healthy: ("/api/2.0/mlflow/experiments/search?max_results=1", None),
            post: "/api/2.0/mlflow/runs/log-metric",
            large: format!("/api/2.0/mlflow{large}"),
            light: true,
        }
    });
}

#[test]
fn h11_a_thousand_slow_clients_of_each_kind_hold_nobody_up_at_a_model() {
    let folder = tempfile::tempdir().unwrap();
    succeed(&mut mls(folder.path(), &["init"]));
    let model = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/models/penguins.onnx");
    succeed(&mut mls(folder.path(), &["model", "register", "penguins", model.to_str().unwrap()]));
    try_all(folder.path(), &["serve", "penguins"], |_, _| Asks {
        healthy: ("/invocations", Some(r#"{"inputs": [[39.1, 18.7, 181.0, 3750.0]]}"#)),
        post: "/invocations",
        large: "/page.js".to_owned(),
        light: false,
    });
}
