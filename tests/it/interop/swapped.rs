//! Models in Python that take over from one another while the server answers.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use mls::model::registry;

use super::package::{python, script};
use crate::proof;
use crate::server::score::workers::Server;
use crate::support::Sandbox;

/// Asks for two rows; returns which version says that it has answered, and fails where the model says another thing.
fn asked(server: &Server) -> u64 {
    let reply = server.send("POST", "/invocations", r#"{"inputs": [[1, 2], [3, 4]]}"#);
    assert_eq!(reply.status, 200, "{:?}", String::from_utf8_lossy(&reply.body));
    let number = reply.header("mls-model").unwrap().strip_prefix("numbered@v").unwrap();
    let number: u64 = number.parse().unwrap();
    assert_eq!(reply.json()["predictions"], serde_json::json!([number, number]));
    number
}

#[test]
fn m09_proof_an_alias_of_python_models_moves_under_load_and_no_process_is_left() {
    let Some(python) = python() else { return };
    let moves = proof::count(20, 2);
    let sandbox = Sandbox::with_store();
    script(&sandbox, python, "swapped.py", ["1.pkl", "2.pkl"]);
    for file in ["1.pkl", "2.pkl"] {
        sandbox.ok(["model", "register", "numbered", file]);
    }
    let store = sandbox.open();
    registry::set_alias(&store, "numbered", "champion", 1).unwrap();
    let mut command = sandbox.command(["serve", "numbered@champion", "--port", "0", "--follow"]);
    command.args(["--env", "local", "--allow-pickle", "--workers", "1"]);
    command.env("PATH", format!("{}:/usr/bin:/bin", python.parent().unwrap().display()));
    let server = Server::run(command);
    let (ended, count) = (AtomicBool::new(false), AtomicUsize::new(0));
    std::thread::scope(|threads| {
        for _ in 0..2 {
            threads.spawn(|| {
                while !ended.load(Ordering::Relaxed) {
                    asked(&server);
                    count.fetch_add(1, Ordering::Relaxed);
                    std::thread::sleep(Duration::from_millis(5));
                }
            });
        }
        for at in 0..moves {
            let number = 2 - at as u64 % 2;
            registry::set_alias(&store, "numbered", "champion", number).unwrap();
            until(|| asked(&server) == number);
        }
        ended.store(true, Ordering::Relaxed);
    });
    until(|| server.processes().len() == 1);
    let count = count.into_inner();
    assert!(count > moves, "{count}");
    proof::tell(&format!(
        "proof: Python: alias moved {moves} times under load, {count} requests, 0 failed, 1 process"
    ));
}

fn until(mut holds: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(120);
    while !holds() {
        assert!(Instant::now() < end, "it does not come to pass");
        std::thread::sleep(Duration::from_millis(20));
    }
}
