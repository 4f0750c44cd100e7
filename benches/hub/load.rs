//! Clients that keep their connection and cost little themselves.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// One connection.
pub(crate) struct Client {
    stream: BufReader<TcpStream>,
    address: String,
}

impl Client {
    pub(crate) fn open(address: &str) -> Self {
        Self { stream: BufReader::new(connect(address)), address: address.to_owned() }
    }

    /// Posts JSON and returns the body of the answer, which must be 200.
    pub(crate) fn post(&mut self, path: &str, body: &str) -> String {
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            self.address,
            body.len()
        );
        self.stream.get_mut().write_all((head + body).as_bytes()).unwrap();
        let (status, body) = self.answer();
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    fn answer(&mut self) -> (u16, String) {
        let mut line = String::new();
        self.stream.read_line(&mut line).unwrap();
        let status = line.split(' ').nth(1).unwrap_or("0").parse().unwrap();
        let (mut length, mut chunked) = (0, false);
        loop {
            line.clear();
            self.stream.read_line(&mut line).unwrap();
            let header = line.trim_end().to_ascii_lowercase();
            if header.is_empty() {
                break;
            }
            if let Some(value) = header.strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            chunked |= header.starts_with("transfer-encoding:") && header.contains("chunked");
        }
        let body = if chunked { self.chunks() } else { self.bytes(length) };
        (status, String::from_utf8(body).unwrap())
    }

    fn bytes(&mut self, length: usize) -> Vec<u8> {
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).unwrap();
        body
    }

    fn chunks(&mut self) -> Vec<u8> {
        let (mut body, mut line) = (vec![], String::new());
        loop {
            line.clear();
            self.stream.read_line(&mut line).unwrap();
            let length = usize::from_str_radix(line.trim(), 16).unwrap();
            body.extend(self.bytes(length));
            self.bytes(2);
            if length == 0 {
                return body;
            }
        }
    }
}

fn connect(address: &str) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_nodelay(true).unwrap();
    stream
}

/// Puts a body of `bytes` zeros and letters to `path`, from memory.
pub(crate) fn put(address: &str, path: &str, body: &[u8]) {
    let mut stream = connect(address);
    let head = format!(
        "PUT {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(body).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

/// Returns how long it takes until `path` is answered with 200.
pub(crate) fn until_answered(address: &str, path: &str, patience: Duration) -> Duration {
    let start = Instant::now();
    while start.elapsed() < patience {
        if let Ok(mut stream) = TcpStream::connect(address) {
            let request =
                format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
            let mut answer = String::new();
            let said = stream
                .write_all(request.as_bytes())
                .and_then(|()| stream.read_to_string(&mut answer));
            if said.is_ok() && answer.starts_with("HTTP/1.1 200") {
                return start.elapsed();
            }
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    panic!("no answer from {address}{path}");
}

/// Lets `connections` clients do `count` requests in all; returns wall seconds.
pub(crate) fn together(
    address: &str,
    connections: usize,
    count: usize,
    request: impl Fn(&mut Client, usize) + Sync,
) -> f64 {
    let mut clients: Vec<Client> = (0..connections).map(|_| Client::open(address)).collect();
    let start = Instant::now();
    std::thread::scope(|scope| {
        for (number, client) in clients.iter_mut().enumerate() {
            let request = &request;
            scope.spawn(move || {
                for index in (number..count).step_by(connections) {
                    request(client, index);
                }
            });
        }
    });
    start.elapsed().as_secs_f64()
}
