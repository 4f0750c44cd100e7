//! A server over a store of its own, and a client that sends exactly what it is told to.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use mls::base::Clock;
use mls::server::{self, Hub, Options};
use mls::store::{Context, Store};
use serde_json::Value;
use tempfile::TempDir;

/// A running server; ends with the test.
pub(crate) struct Served {
    folder: TempDir,
    hub: Option<Hub>,
    options: Options,
}

/// What came back.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Served {
    pub(crate) fn new() -> Self {
        Self::with(Options::default())
    }

    /// As [`Self::new`], with options of its own; the port is always any that is free.
    pub(crate) fn with(options: Options) -> Self {
        let folder = TempDir::new().unwrap();
        Store::init(&folder.path().join(".mlstore"), context()).unwrap();
        let mut served = Self { folder, hub: None, options };
        served.start();
        served
    }

    /// Opens the store that is served, as another process would.
    pub(crate) fn store(&self) -> Store {
        Store::open(&self.folder.path().join(".mlstore"), context()).unwrap()
    }

    /// Ends the server and starts another over the same store.
    pub(crate) fn restart(&mut self) {
        if let Some(hub) = self.hub.take() {
            hub.stop();
        }
        self.start();
    }

    fn start(&mut self) {
        self.hub = Some(server::start(self.store(), &self.options).unwrap());
    }

    /// Opens a connection.
    pub(crate) fn connect(&self) -> TcpStream {
        TcpStream::connect(self.hub.as_ref().unwrap().address()).unwrap()
    }

    /// Sends one request, whose target is not touched.
    pub(crate) fn send(
        &self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Reply {
        let mut stream = self.connect();
        let mut head = format!(
            "{method} {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {}\r\n",
            body.len()
        );
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        // A server that refuses early closes while the body is still being sent.
        let _ = stream.write_all(body);
        Reply::read(stream)
    }

    pub(crate) fn get(&self, target: &str) -> Reply {
        self.send("GET", target, &[], b"")
    }

    /// Calls MLflow's API with a JSON body.
    pub(crate) fn call(&self, method: &str, target: &str, body: &Value) -> Reply {
        let json = [("Content-Type", "application/json")];
        self.send(method, target, &json, body.to_string().as_bytes())
    }
}

impl Reply {
    /// Reads an answer up to the end of the connection.
    pub(crate) fn read(mut stream: TcpStream) -> Self {
        let mut bytes = vec![];
        let _ = stream.read_to_end(&mut bytes);
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap_or(bytes.len());
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok());
        let headers: Vec<(String, String)> = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        let mut reply = Self { status: status.unwrap_or(0), headers, body: vec![] };
        let body = bytes.get(end + 4..).unwrap_or_default();
        reply.body = match reply.header("transfer-encoding") {
            Some("chunked") => unchunked(body),
            _ => body.to_vec(),
        };
        reply
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|_| panic!("{}: {}", self.status, String::from_utf8_lossy(&self.body)))
    }
}

fn unchunked(mut rest: &[u8]) -> Vec<u8> {
    let mut body = vec![];
    while let Some(end) = rest.windows(2).position(|two| two == b"\r\n") {
        let size = std::str::from_utf8(&rest[..end]).unwrap();
        let size = usize::from_str_radix(size, 16).unwrap();
        if size == 0 {
            break;
        }
        body.extend_from_slice(&rest[end + 2..end + 2 + size]);
        rest = &rest[end + 2 + size + 2..];
    }
    body
}

fn context() -> Context {
    Context { actor: "a@b".to_owned(), command: "hub".to_owned(), clock: Clock::System }
}
