//! Load from one thread: many connections, each with one request under way, at next to no cost a request.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use rustix::event::epoll;
use rustix::fs::Timespec;
use rustix::thread::{CpuSet, sched_setaffinity};

/// What came of a flood.
pub(crate) struct Flood {
    pub(crate) wall: f64,
    /// Seconds from each request to its whole answer, sorted.
    pub(crate) took: Vec<f64>,
}

impl Flood {
    /// Returns how long `percent` of the requests took at most, in milliseconds.
    pub(crate) fn percentile(&self, percent: f64) -> f64 {
        let at = ((self.took.len() - 1) as f64 * percent / 100.0).round() as usize;
        self.took[at] * 1000.0
    }

    pub(crate) fn rate(&self) -> f64 {
        self.took.len() as f64 / self.wall
    }
}

/// Keeps this thread to one core, counted from the first; or from the last, where it is negative.
pub(crate) fn keep_to(core: isize) {
    let all = std::thread::available_parallelism().map_or(1, usize::from);
    let mut set = CpuSet::new();
    set.set(if core < 0 { all.saturating_sub(core.unsigned_abs()) } else { core as usize });
    let _ = sched_setaffinity(None, &set);
}

/// Returns a POST of JSON as it goes over the wire.
pub(crate) fn post(path: &str, body: &str) -> Vec<u8> {
    format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// Sends `request` `count` times over `connections`, each of which asks again as soon as it is answered with 200.
pub(crate) fn flood(address: &str, connections: usize, count: usize, request: &[u8]) -> Flood {
    let (address, request) = (address.to_owned(), request.to_vec());
    let work = move || {
        keep_to(-1);
        run(&address, connections, count, &request)
    };
    std::thread::spawn(work).join().unwrap()
}

struct Client {
    stream: TcpStream,
    sent: Instant,
    said: Vec<u8>,
}

fn run(address: &str, connections: usize, count: usize, request: &[u8]) -> Flood {
    let epoll = epoll::create(epoll::CreateFlags::CLOEXEC).unwrap();
    let mut clients: Vec<Client> = (0..connections)
        .map(|number| {
            let stream = TcpStream::connect(address).unwrap();
            stream.set_nodelay(true).unwrap();
            stream.set_nonblocking(true).unwrap();
            let data = epoll::EventData::new_u64(number as u64);
            epoll::add(&epoll, &stream, data, epoll::EventFlags::IN).unwrap();
            Client { stream, sent: Instant::now(), said: vec![] }
        })
        .collect();
    let start = Instant::now();
    let (mut asked, mut took) = (0, Vec::with_capacity(count));
    for client in &mut clients {
        asked += usize::from(client.ask(asked < count, request));
    }
    let mut buffer = vec![0; 64 << 10];
    let mut events: Vec<epoll::Event> = Vec::with_capacity(connections);
    while took.len() < count {
        events.clear();
        let patience = Timespec { tv_sec: 60, tv_nsec: 0 };
        let spare = rustix::buffer::spare_capacity(&mut events);
        assert!(epoll::wait(&epoll, spare, Some(&patience)).unwrap() > 0, "no answer in a minute");
        for event in &events {
            let client = &mut clients[event.data.u64() as usize];
            if let Some(after) = client.hear(&mut buffer) {
                took.push(after.as_secs_f64());
                asked += usize::from(client.ask(asked < count, request));
            }
        }
    }
    let wall = start.elapsed().as_secs_f64();
    took.sort_by(f64::total_cmp);
    Flood { wall, took }
}

impl Client {
    fn ask(&mut self, more: bool, request: &[u8]) -> bool {
        if more {
            self.sent = Instant::now();
            // What fits into the socket's buffer goes at once, and a request does.
            assert_eq!(self.stream.write(request).unwrap(), request.len());
        }
        more
    }

    /// Reads what is there; returns how long the answer took once it is whole.
    fn hear(&mut self, buffer: &mut [u8]) -> Option<Duration> {
        let count = self.stream.read(buffer).unwrap();
        assert!(count > 0, "the server has hung up");
        self.said.extend_from_slice(&buffer[..count]);
        let head = find(&self.said, b"\r\n\r\n")? + 4;
        let length = length(&self.said[..head]);
        if self.said.len() < head + length {
            return None;
        }
        let text = || String::from_utf8_lossy(&self.said).into_owned();
        assert!(self.said.starts_with(b"HTTP/1.1 200"), "{}", text());
        self.said.clear();
        Some(self.sent.elapsed())
    }
}

fn length(head: &[u8]) -> usize {
    let name = b"content-length: ";
    let same = |window: &[u8]| window.eq_ignore_ascii_case(name);
    let at = head.windows(name.len()).position(same).expect("an answer of known length");
    let digits = head[at + name.len()..].iter().take_while(|byte| byte.is_ascii_digit());
    digits.fold(0, |number, digit| number * 10 + usize::from(digit - b'0'))
}

fn find(text: &[u8], what: &[u8]) -> Option<usize> {
    text.windows(what.len()).position(|window| window == what)
}
