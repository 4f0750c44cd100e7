//! Whether somebody is there to answer: by all the ways in which it is asked, while workers are gone and after.

use serde_json::json;

use super::workers::{Server, is_gone, kill};
use super::{onnx, register, until, with_penguins};
use crate::support::{Reply, Sandbox};

fn serving(more: &[&str]) -> (Sandbox, Server) {
    let sandbox = with_penguins();
    register(&sandbox, "counting", &onnx::counting());
    let mut command = sandbox.command(["serve", "--port", "0", "penguins", "counting"]);
    command.args(more);
    let server = Server::run(command);
    (sandbox, server)
}

fn get(server: &Server, target: &str) -> Reply {
    server.send("GET", target, "")
}

/// Kills the only process whenever there is one, until it is not started again for a while.
fn worn_out(server: &Server) {
    // 100 ms, 200, 400, 800, 1.6 s, and then 3.2 s.
    for _ in 0..6 {
        let (process, _) = until(|| {
            let is_ready = get(server, "/v2/models/counting/ready").status == 200;
            server.networks().first().copied().filter(|_| is_ready)
        });
        kill(process);
        until(|| is_gone(process));
        until(|| (get(server, "/ping").status == 503).then_some(()));
    }
}

#[test]
fn m07_a_model_whose_workers_are_gone_is_not_ready_and_says_when_to_come_again() {
    let (_sandbox, server) = serving(&["--workers", "1"]);
    for target in ["/ping", "/health", "/v2/health/ready", "/v2/models/counting/ready"] {
        assert_eq!(get(&server, target).status, 200, "{target}");
    }
    worn_out(&server);
    // Answered at once: long before anything is started again.
    let began = server.metric("mls_score_worker_restarts_total", "counting");
    let reply = server.send("POST", "/v2/models/counting/infer", COUNT);
    assert_eq!(reply.status, 503);
    let after: u32 = reply.header("retry-after").unwrap().parse().unwrap();
    assert!((2..=10).contains(&after), "{after}");
    for (target, body) in [
        ("/v2/health/ready", json!({"ready": false})),
        ("/v2/models/counting/ready", json!({"name": "counting", "version": "1", "ready": false})),
    ] {
        let reply = get(&server, target);
        assert_eq!((reply.status, reply.json()), (503, body), "{target}");
    }
    assert_eq!(get(&server, "/ping").status, 503);
    assert_eq!(get(&server, "/health").status, 503);
    // It lives, and others answer.
    assert_eq!(get(&server, "/v2/health/live").status, 200);
    assert_eq!(get(&server, "/v2/models/penguins/ready").status, 200);
    let index = server.send("POST", "/v2/repository/index", "{}").json();
    let states: Vec<_> = index.as_array().unwrap().iter().map(|one| &one["state"]).collect();
    assert_eq!(states, ["READY", "UNAVAILABLE"]);
    assert_eq!(server.metric("mls_score_worker_restarts_total", "counting"), began);
    // Nobody asks, and all the same it is there again.
    until(|| (get(&server, "/v2/health/ready").status == 200).then_some(()));
    assert!(server.counts_to(5));
    assert_eq!(server.processes().len(), 1);
}

/// Counts to three.
const COUNT: &str = r#"{"inputs":[{"name":"X","shape":[1,1],"datatype":"FP32","data":[0.5]},{"name":"M","shape":[],"datatype":"INT64","data":[3]}]}"#;

#[test]
fn m07_a_process_that_ends_while_nobody_asks_costs_no_call() {
    let (_sandbox, server) = serving(&["--workers", "2"]);
    let [(first, _), (second, _)] = server.networks()[..] else {
        panic!("{:?}", server.networks())
    };
    kill(first);
    until(|| is_gone(first));
    for _ in 0..10 {
        assert!(server.counts_to(3));
    }
    assert_eq!(get(&server, "/v2/health/ready").status, 200, "the other is there");
    until(|| (server.metric("mls_score_workers", "counting") == 2).then_some(()));
    kill(second);
    until(|| is_gone(second));
    until(|| (server.metric("mls_score_worker_restarts_total", "counting") == 2).then_some(()));
    assert!(server.counts_to(4));
}
