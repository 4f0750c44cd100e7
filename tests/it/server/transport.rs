//! Hostile and slow clients on the wire.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use mls::server::Options;
use nix::sys::resource::{Resource, getrlimit, setrlimit};

use crate::support::{Reply, Served};

const HEAD: &str = "POST /api/2.0/mlflow/logged-models/search HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";

fn raw(served: &Served, request: impl AsRef<[u8]>) -> Vec<u8> {
    let mut stream = served.connect();
    // A server that refuses early may close before it has all.
    let _ = stream.write_all(request.as_ref());
    let mut answer = vec![];
    let _ = stream.read_to_end(&mut answer);
    answer
}

fn status(answer: &[u8]) -> u16 {
    let text = String::from_utf8_lossy(answer);
    text.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0)
}

fn is_well(served: &Served) -> bool {
    served.get("/version").status == 200
}

#[test]
fn h10_bodies_that_are_too_long_are_refused_before_they_are_read() {
    let served = Served::new();
    for length in ["104857600", "9223372036854775807"] {
        let answer = raw(&served, format!("{HEAD}Content-Length: {length}\r\n\r\n"));
        assert_eq!(status(&answer), 413, "{length}");
        let text = String::from_utf8_lossy(&answer);
        assert!(text.contains("connection: close") && text.contains("BAD_REQUEST"), "{text}");
    }
    for length in ["9223372036854775808", "18446744073709551616", "-1", "1e3", "0x10", "+5", "1, 2"]
    {
        let answer = raw(&served, format!("{HEAD}Content-Length: {length}\r\n\r\n"));
        assert!([400, 413].contains(&status(&answer)), "{length}");
    }
    let mut endless = format!("{HEAD}Transfer-Encoding: chunked\r\n\r\n").into_bytes();
    for _ in 0..80 {
        endless.extend_from_slice(b"10000\r\n");
        endless.extend(std::iter::repeat_n(b' ', 0x10000));
        endless.extend_from_slice(b"\r\n");
    }
    assert!([0, 413].contains(&status(&raw(&served, endless)))); // 0: cut off before the answer was read
    assert!(is_well(&served));
}

#[test]
fn h10_a_request_is_one_request_whoever_reads_it() {
    let served = Served::new();
    let smuggled = "GET /version HTTP/1.1\r\nHost: localhost\r\n\r\n";
    for lengths in [
        "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n",
    ] {
        let answer = raw(&served, format!("{HEAD}{lengths}\r\n0\r\n\r\n{smuggled}"));
        let text = String::from_utf8_lossy(&answer).into_owned();
        assert_eq!(text.matches("HTTP/1.1 ").count(), 1, "{text}");
        assert!(!text.contains("3.17"), "{text}");
    }
    for headers in [
        "Content-Length: 4\r\nContent-Length: 5\r\n",
        "Transfer-Encoding: chunked, identity\r\n",
        "Transfer-Encoding: xchunked\r\n",
        "Content-Length : 4\r\n",
        "X: a\r\n b\r\n",
        "X\r\n",
        "X: a\0b\r\n",
    ] {
        let answer = raw(&served, format!("{HEAD}{headers}\r\n{{}}  {smuggled}"));
        assert_eq!(status(&answer), 400, "{headers:?}");
        assert_eq!(String::from_utf8_lossy(&answer).matches("HTTP/1.1 ").count(), 1);
    }
    let bad = raw(&served, format!("{HEAD}Transfer-Encoding: chunked\r\n\r\nxyz\r\n{smuggled}"));
    assert!(!String::from_utf8_lossy(&bad).contains("3.17"));
    assert!(is_well(&served));
}

#[test]
fn h10_heads_are_bounded() {
    let served = Served::new();
    let big =
        format!("GET /version HTTP/1.1\r\nHost: localhost\r\nX: {}\r\n\r\n", "a".repeat(1 << 20));
    assert!([0, 431].contains(&status(&raw(&served, big))));
    let many =
        format!("GET /version HTTP/1.1\r\nHost: localhost\r\n{}\r\n", "X: a\r\n".repeat(10_000));
    assert!([0, 431].contains(&status(&raw(&served, many))));
    let long = format!("GET /{} HTTP/1.1\r\nHost: localhost\r\n\r\n", "a".repeat(1 << 20));
    assert!([0, 414, 431].contains(&status(&raw(&served, long))));
    assert!(is_well(&served));
}

#[test]
fn h10_a_packed_body_is_not_unpacked() {
    let served = Served::new();
    for encoding in ["gzip", "deflate", "br", "zstd", "identity, gzip"] {
        let headers = [("Content-Type", "application/json"), ("Content-Encoding", encoding)];
        let reply =
            served.send("POST", "/api/2.0/mlflow/logged-models/search", &headers, b"\x1f\x8b");
        assert_eq!(reply.status, 415, "{encoding}");
        assert!(reply.json()["error_code"].is_string());
    }
}

#[test]
fn h16_what_is_not_offered_is_told_in_the_shape_of_the_face() {
    let served = Served::new();
    for target in
        ["/api/2.0/mlflow/nope", "/ajax-api/2.0/mlflow/nope", "/api/3.0/mlflow/traces", "/api/"]
    {
        let reply = served.get(target);
        assert_eq!(
            (reply.status, &reply.json()["error_code"]),
            (404, &"ENDPOINT_NOT_FOUND".into())
        );
    }
    let reply = served.send("DELETE", "/api/3.0/mlflow/server-info", &[], b"");
    assert_eq!((reply.status, reply.header("allow")), (405, Some("GET")));
    assert!(reply.json()["message"].is_string());
    for request in [
        "GET /version\r\n\r\n",
        "\0\0\0\0\0\0",
        "GET / HTTP/9.9\r\n\r\n",
        "\x16\x03\x01\x02\0\x01\0\x01\x7c\x03\x03",
    ] {
        assert!(!String::from_utf8_lossy(&raw(&served, request)).contains("3.17"), "{request:?}");
    }
    assert!(is_well(&served));
}

#[test]
fn h16_one_connection_may_ask_very_often() {
    let served = Served::new();
    let mut stream = served.connect();
    let request = b"GET /version HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(100);
    let mut buffer = vec![0; 1 << 16];
    let (mut seen, wanted) = (0, 20_000);
    let mut tail = Vec::new();
    for _ in 0..wanted / 100 {
        stream.write_all(&request).unwrap();
        let until = seen + 100;
        while seen < until {
            let count = stream.read(&mut buffer).unwrap();
            assert!(count > 0, "closed after {seen}");
            tail.extend_from_slice(&buffer[..count]);
            while let Some(at) = tail.windows(6).position(|bytes| bytes == b"3.17.2") {
                tail.drain(..at + 6);
                seen += 1;
            }
        }
    }
    assert_eq!(seen, wanted);
}

/// CVE-2023-44487: a stream is opened and given up at once, again and again.
#[test]
fn h16_a_client_that_resets_streams_without_end_is_cut_off() {
    let served = Served::new();
    let mut stream = served.connect();
    let mut bytes = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0".to_vec();
    let block = b"\x82\x86\x04\x08/version\x01\x09localhost";
    for number in 0..20_000_u32 {
        let id = (number * 2 + 1).to_be_bytes();
        bytes.extend_from_slice(&[0, 0, block.len() as u8, 1, 5]);
        bytes.extend_from_slice(&id);
        bytes.extend_from_slice(block);
        bytes.extend_from_slice(&[0, 0, 4, 3, 0]);
        bytes.extend_from_slice(&id);
        bytes.extend_from_slice(&8_u32.to_be_bytes());
    }
    let _ = stream.write_all(&bytes);
    stream.set_read_timeout(Some(Duration::from_secs(120))).unwrap();
    let mut answer = vec![];
    let read = stream.read_to_end(&mut answer);
    let is_away = |at: usize| answer.get(at + 3) == Some(&7) && answer.get(at + 16) == Some(&11);
    let goaway = (0..answer.len()).any(is_away); // ENHANCE_YOUR_CALM
    let reset = read.is_err_and(|error| error.kind() == std::io::ErrorKind::ConnectionReset);
    assert!(goaway || reset, "{answer:02x?}");
    assert!(is_well(&served));
}

#[test]
fn h11_the_one_that_waits_longest_makes_room_and_one_that_works_does_not() {
    let served = Served::with(Options { connections: 4, ..Options::default() });
    let mut waiting: Vec<TcpStream> = (0..4).map(|_| served.connect()).collect();
    for _ in 0..20 {
        assert!(is_well(&served));
    }
    let mut byte = [0];
    assert_eq!(waiting[0].read(&mut byte).unwrap_or(0), 0, "it has made room");
    waiting.clear();
    // Four that are in the middle of a body; the answer to `100-continue` says that their handlers read it.
    let put = format!("{HEAD}Expect: 100-continue\r\nContent-Length: 10\r\n\r\n");
    let mut working: Vec<TcpStream> = (0..4).map(|_| served.connect()).collect();
    for stream in &mut working {
        stream.write_all(put.as_bytes()).unwrap();
        let mut answer = [0; 25];
        stream.read_exact(&mut answer).unwrap();
        assert!(answer.starts_with(b"HTTP/1.1 100"), "{}", String::from_utf8_lossy(&answer));
    }
    let reply = Reply::read(served.connect());
    assert_eq!((reply.status, reply.header("retry-after")), (503, Some("1")));
    drop(working);
    let until = Instant::now() + Duration::from_secs(120);
    while served.get("/version").status != 200 {
        assert!(Instant::now() < until);
        std::thread::yield_now();
    }
}

/// Clients that stop in the middle of a head, of a body, or before their first byte lose their connection; others do
/// not notice them.
#[test]
fn h11_a_thousand_slow_clients_hold_nobody_up() {
    const SLOW: usize = 999;
    let (_, most) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
    if most < 4096 {
        println!("skipped: this process may open {most} files only");
        return;
    }
    setrlimit(Resource::RLIMIT_NOFILE, most, most).unwrap();
    let served = Served::new();
    let began = Instant::now();
    let mut slow: Vec<TcpStream> = vec![];
    for number in 0..SLOW {
        let mut stream = served.connect();
        match number % 3 {
            0 => {}
            1 => stream.write_all(b"GET /version HTTP/1.1\r\nHost: loc").unwrap(),
            _ => stream
                .write_all(format!("{HEAD}Content-Length: 1000\r\n\r\n{{").as_bytes())
                .unwrap(),
        }
        slow.push(stream);
    }
    let mut times: Vec<Duration> = (0..500)
        .map(|_| {
            let began = Instant::now();
            assert!(is_well(&served));
            began.elapsed()
        })
        .collect();
    times.sort();
    println!("beside {SLOW} slow clients: median {:?}, p99 {:?}", times[250], times[495]);
    let (mut ended, mut told) = (0, 0);
    for stream in &mut slow {
        stream.set_read_timeout(Some(Duration::from_secs(180))).unwrap();
        let mut answer = vec![];
        if stream.read_to_end(&mut answer).is_ok() || !answer.is_empty() {
            ended += 1;
        }
        told += usize::from(status(&answer) == 408);
    }
    println!("all closed after {:?}, {told} of them told why", began.elapsed());
    assert_eq!(ended, SLOW);
    assert_eq!(told, SLOW / 3);
    assert!(is_well(&served));
}

#[test]
fn h12_json_that_can_be_read_in_two_ways_is_refused_in_mlflows_shape() {
    let served = Served::new();
    let json = [("Content-Type", "application/json; charset=utf-8")];
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    for target in ["/api/2.0/mlflow/experiments/search", "/api/2.0/mlflow/runs/log-batch"] {
        for body in [
            r#"{"max_results":5,"max_results":6}"#,
            r#"{"x":1e999}"#,
            r#"{"x":"\ud800"}"#,
            "\u{feff}{}",
            "{} {}",
            "{",
            "[]",
            "3",
            "{\"x\":NaN}",
            &deep,
        ] {
            let reply = served.send("POST", target, &json, body.as_bytes());
            assert_eq!(reply.status, 400, "{target} {body:.60}");
            assert!(reply.json()["error_code"].is_string());
        }
        for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""] {
            let reply = served.send("POST", target, &[("Content-Type", kind)], b"{}");
            assert_eq!(reply.status, 400, "{target} {kind}");
            assert!(reply.json()["message"].as_str().unwrap().contains("Content-Type"));
        }
    }
    let keys: String = (0..200_000).map(|key| format!("\"{key}\":0,")).collect();
    let body = format!("{{{keys}\"max_results\":5}}");
    let reply = served.send("POST", "/api/2.0/mlflow/experiments/search", &json, body.as_bytes());
    assert_eq!(reply.status, 200);
}
