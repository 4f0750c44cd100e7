//! Requests that are asked together, those that find no room, and those whose client has gone.

use std::io::Write as _;
use std::time::Duration;

use mls::server::score::{Batching, Options, Serving};
use serde_json::json;

use super::{connect, metric, onnx, options, post, register, request, serve, until};
use crate::support::{Reply, Sandbox};

const WIDTH: usize = 512;

fn with_network() -> Sandbox {
    let sandbox = Sandbox::with_store();
    register(&sandbox, "double", &onnx::doubling(WIDTH));
    sandbox
}

fn batching(rows: usize, delay: u64) -> Options {
    let delay = Duration::from_millis(delay);
    Options { batching: Batching { rows, delay }, at_once: 1, ..options() }
}

/// Rows of the same number, in JSON.
fn rows(count: usize, value: usize) -> String {
    let row = format!("[{}]", vec![value.to_string(); WIDTH].join(","));
    format!("{{\"inputs\":[{}]}}", vec![row; count].join(","))
}

fn start(serving: &Serving, body: &str) -> std::net::TcpStream {
    let mut stream = connect(serving);
    let headers = [("Content-Type", "application/json"), ("Connection", "close")];
    stream.write_all(&request("POST", "/invocations", &headers, body.as_bytes())).unwrap();
    stream
}

#[test]
fn requests_are_asked_together_and_each_gets_its_own_rows() {
    let sandbox = with_network();
    let serving = serve(&sandbox, &["double"], &batching(8, 30_000)).unwrap();
    // As many rows as make a batch full: nobody waits out the delay.
    let counts = [1, 2, 1, 3, 1];
    let streams = counts.iter().enumerate();
    let streams: Vec<_> =
        streams.map(|(at, count)| start(&serving, &rows(*count, at + 1))).collect();
    for (at, (stream, count)) in streams.into_iter().zip(counts).enumerate() {
        let reply = Reply::read(stream);
        assert_eq!(reply.status, 200, "{}", reply.json());
        let said = reply.json();
        let own = said["predictions"]["Y"].as_array().unwrap();
        assert_eq!(own.len(), count);
        assert!(own.iter().all(|row| *row == json!(vec![2.0 * (at + 1) as f64; WIDTH])));
    }
    assert_eq!(metric(&serving, "mls_score_batch_rows_count", 1), 1);
    assert_eq!(metric(&serving, "mls_score_batch_rows_sum", 1), 8);
    // What does not fit fails alone, before it is asked.
    assert_eq!(post(&serving, "/invocations", "{\"inputs\":[[1,2]]}").status, 400);
}

#[test]
fn a_queue_that_is_full_says_so_and_when_to_come_again() {
    let sandbox = with_network();
    // Two requests of 33 rows fit into no batch: each waits for itself, and there are 65 places.
    let serving = serve(&sandbox, &["double"], &batching(64, 4000)).unwrap();
    let body = rows(33, 0);
    let streams: Vec<_> = (0..85).map(|_| start(&serving, &body)).collect();
    let replies: Vec<_> = streams.into_iter().map(Reply::read).collect();
    let refused: Vec<_> = replies.iter().filter(|reply| reply.status == 429).collect();
    assert!(!refused.is_empty());
    assert!(refused.iter().all(|reply| reply.header("retry-after") == Some("1")));
    assert!(refused[0].json()["message"].as_str().unwrap().contains("Too many requests"));
    let answered = replies.iter().filter(|reply| reply.status == 200).count();
    assert_eq!(answered + refused.len(), 85);
    assert_eq!(metric(&serving, "mls_score_queued", 1), 0);
}

#[test]
fn what_a_client_asked_that_has_gone_is_not_computed() {
    let sandbox = with_network();
    let serving = serve(&sandbox, &["double"], &batching(8, 1500)).unwrap();
    let stream = start(&serving, &rows(1, 1));
    until(|| (metric(&serving, "mls_score_in_flight", 1) == 1).then_some(()));
    drop(stream);
    until(|| (metric(&serving, "mls_score_in_flight", 1) == 0).then_some(()));
    // Another one opens a batch of its own, or joins what the first has left.
    assert_eq!(post(&serving, "/invocations", &rows(1, 2)).status, 200);
    assert_eq!(metric(&serving, "mls_score_batch_rows_sum", 1), 1);
}
