//! Networks that take over from one another while the server answers: whose answer it is, and what is left behind.

use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use mls::model::registry;

use super::workers::Server;
use super::{exchange, onnx, register, request, until};
use crate::proof;
use crate::support::Sandbox;

/// Bytes of weights in each version: what is kept of a few of them shows.
const WEIGHTS: usize = 16 << 20;

/// What one point of the picture is.
const POINT: f32 = 0.25;

/// A store with `net@v1` and `net@v2`, which answer their numbers times [`POINT`].
fn with_networks() -> Sandbox {
    let sandbox = Sandbox::with_store();
    for factor in [1.0, 2.0] {
        register(&sandbox, "net", &onnx::convolving(factor, WEIGHTS));
    }
    registry::set_alias(&sandbox.open(), "net", "champion", 1).unwrap();
    sandbox
}

/// The same picture by both protocols.
fn requests() -> [Vec<u8>; 2] {
    let json = [("Content-Type", "application/json")];
    let points = vec![POINT.to_string(); 64].join(",");
    let rows = vec![format!("[{}]", vec![POINT.to_string(); 8].join(",")); 8].join(",");
    let infer = format!(
        r#"{{"inputs":[{{"name":"X","shape":[1,1,8,8],"datatype":"FP32","data":[{points}]}}]}}"#
    );
    [
        request("POST", "/v2/models/net/infer", &json, infer.as_bytes()),
        request(
            "POST",
            "/invocations",
            &json,
            format!(r#"{{"inputs":{{"X":[[[{rows}]]]}}}}"#).as_bytes(),
        ),
    ]
}

/// Returns which version says that it has answered; fails where its weights say another thing.
#[track_caller]
fn version(said: &str) -> u64 {
    assert!(said.starts_with("HTTP/1.1 200"), "{said}");
    let (_, rest) = said.split_once("mls-model: net@v").expect(said);
    let number: u64 = rest.lines().next().unwrap().parse().unwrap();
    let body = said.split_once("\r\n\r\n").unwrap().1;
    let value = (number as f32 * POINT).to_string();
    assert!(body.contains(&format!("[{value}]")), "version {number}: {body}");
    number
}

#[test]
fn m09_proof_an_alias_of_networks_moves_under_load_and_no_process_is_left() {
    let moves = proof::count(100, 6);
    let sandbox = with_networks();
    let server = Server::start(&sandbox, &["net@champion", "--follow", "--workers", "2"]);
    let connect = || {
        let stream = TcpStream::connect(&server.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        stream
    };
    let (requests, ended, asked) = (requests(), AtomicBool::new(false), AtomicUsize::new(0));
    let mut early = 0;
    std::thread::scope(|threads| {
        for _ in 0..3 {
            threads.spawn(|| {
                let mut stream = connect();
                while !ended.load(Ordering::Relaxed) {
                    for request in &requests {
                        version(&exchange(&mut stream, request));
                        asked.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
        let (store, mut stream) = (sandbox.open(), connect());
        for at in 0..moves {
            let number = 2 - at as u64 % 2;
            registry::set_alias(&store, "net", "champion", number).unwrap();
            until(|| (version(&exchange(&mut stream, &requests[0])) == number).then_some(()));
            if at == 1 {
                early = server.most();
            }
        }
        ended.store(true, Ordering::Relaxed);
    });
    let (asked, grown) = (asked.into_inner(), server.most().saturating_sub(early));
    assert!(asked > moves, "{asked}");
    // Those that answered before end with their last answer; nothing of them stays, not their weights either.
    until(|| (server.processes().len() == 2 && server.networks().len() == 2).then_some(()));
    assert_eq!(server.held(), 1);
    let kept = (moves - 2) * WEIGHTS / 1024;
    assert!(grown < kept as u64 / 2, "{grown} KiB after {moves} moves");
    proof::tell(&format!(
        "proof: networks: alias moved {moves} times under load, {asked} requests, 0 failed, {grown} KiB more, 2 processes"
    ));
}
