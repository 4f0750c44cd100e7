//! What is asked of the servers, and what has to be reached.

use std::path::Path;

use serde_json::{Value, json};

use crate::fill;
use crate::load::{Client, put, together};
use crate::measure;
use crate::report::Report;
use crate::server::Server;
use crate::transfer;

const API: &str = "/api/2.0/mlflow";
const MIB: f64 = 1024.0 * 1024.0;

type Work = fn(&Path, &mut Report);

/// Does all works, or those whose names begin with one of `only`.
pub(crate) fn all(folder: &Path, only: &[String], report: &mut Report) {
    let works: [(&str, Work); 4] = [
        ("log", log),
        ("search", search),
        ("artifact", artifact),
        ("transfer", transfer::transfer),
    ];
    for (name, work) in works {
        if only.is_empty() || only.iter().any(|start| name.starts_with(start)) {
            work(folder, report);
        }
    }
}

pub(crate) fn fresh(folder: &Path, name: &str) -> std::path::PathBuf {
    let path = folder.join(name);
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(&path).unwrap();
    path
}

/// Single points, batches and new runs, each answered when it is durable.
fn log(folder: &Path, report: &mut Report) {
    let servers = [
        Some(Server::mls(&fresh(folder, "log-mls"))),
        Server::mlflow(&fresh(folder, "log-mlflow")),
    ];
    for server in servers.into_iter().flatten() {
        let who = server.name;
        report.row("start to first answer", who, "s", server.start);
        report.row("memory, idle", who, "MiB", server.usage().memory / MIB);
        if who == "mls" {
            report.at_most("start to first answer ≤ 0.05 s", server.start, 0.05);
            report.at_most("memory idle ≤ 30 MB", server.usage().memory / 1e6, 30.0);
        }
        // MLflow needs a hundredth of the requests to be measured as well.
        let times = if who == "mls" { 100 } else { 1 };
        points(&server, 1, 50 * times, report);
        points(&server, 16, 200 * times, report);
        batches(&server, 5 * times.min(20), report);
        runs(&server, 1, 20 * times, report);
        runs(&server, 16, 100 * times, report);
        report.row("memory, under load", who, "MiB", server.usage().memory / MIB);
        if who == "mls" {
            report.at_most("memory under load ≤ 150 MB", server.usage().memory / 1e6, 150.0);
        }
    }
}

fn new_run(client: &mut Client, number: usize) -> String {
    let body = json!({
        "experiment_id": "0",
        "user_id": "bench",
        "run_name": format!("r{number}"),
        "start_time": 1_780_000_000_000_i64 + number as i64,
        "tags": [{"key": "mlflow.user", "value": "bench"}, {"key": "mlflow.source.type", "value": "LOCAL"}],
    });
    let answer = client.post(&format!("{API}/runs/create"), &body.to_string());
    let answer: Value = serde_json::from_str(&answer).unwrap();
    answer["run"]["info"]["run_id"].as_str().unwrap().to_owned()
}

fn points(server: &Server, connections: usize, count: usize, report: &mut Report) {
    let run = new_run(&mut Client::open(&server.address), connections);
    let path = format!("{API}/runs/log-metric");
    let (cpu, wall) = server.cpu_of(|| {
        together(&server.address, connections, count, |client, index| {
            let body = format!(
                r#"{{"run_id":"{run}","run_uuid":"{run}","key":"loss","value":0.5,"timestamp":1780000000000,"step":{index}}}"#
            );
            client.post(&path, &body);
        })
    });
    let work = format!("log-metric, {connections} connections");
    let (each, rate) = (cpu * 1000.0 / count as f64, count as f64 / wall);
    report.row(&work, server.name, "ms CPU each", each);
    report.row(&work, server.name, "requests/s", rate);
    if server.name == "mls" {
        report.at_most(&format!("{work} ≤ 0.1 ms CPU"), each, 0.1);
        if connections > 1 {
            report.at_least(&format!("{work} ≥ 5,000 requests/s on one core"), rate, 5000.0);
        }
    }
}

fn batches(server: &Server, count: usize, report: &mut Report) {
    let run = new_run(&mut Client::open(&server.address), 77);
    let path = format!("{API}/runs/log-batch");
    let bodies: Vec<String> = (0..count)
        .map(|index| {
            let metrics: Vec<Value> = (0..1000)
                .map(|point| {
                    let step = index * 100 + point / 10;
                    json!({"key": format!("m{}", point % 10), "value": 0.25, "timestamp": 1_780_000_000_000_i64, "step": step})
                })
                .collect();
            json!({"run_id": run, "metrics": metrics, "params": [], "tags": []}).to_string()
        })
        .collect();
    let (cpu, wall) = server.cpu_of(|| {
        together(&server.address, 4.min(count), count, |client, index| {
            client.post(&path, &bodies[index]);
        })
    });
    let (each, rate) = (cpu * 1000.0 / count as f64, 1000.0 * count as f64 / wall);
    report.row("log-batch of 1,000", server.name, "ms CPU each", each);
    report.row("log-batch of 1,000", server.name, "points/s", rate);
    if server.name == "mls" {
        report.at_most("log-batch of 1,000 ≤ 2 ms CPU", each, 2.0);
        report.at_least("log-batch ≥ 300,000 points/s", rate, 300_000.0);
    }
}

fn runs(server: &Server, connections: usize, count: usize, report: &mut Report) {
    let (cpu, wall) = server.cpu_of(|| {
        together(&server.address, connections, count, |client, index| {
            new_run(client, index);
        })
    });
    let each = cpu * 1000.0 / count as f64;
    let work = format!("runs/create, {connections} connections");
    report.row(&work, server.name, "ms CPU each", each);
    report.row(&work, server.name, "requests/s", count as f64 / wall);
    if server.name == "mls" {
        report.at_most(&format!("{work} ≤ 0.2 ms CPU"), each, 0.2);
    }
}

/// A filter on a metric and a param, an order by a metric, 100 runs back.
fn search(folder: &Path, report: &mut Report) {
    for (count, limit) in [(10_000, 8.0), (100_000, 20.0)] {
        let store = fresh(folder, "search-mls");
        let experiment = fill::mls(&store, count);
        let server = Server::mls(&store);
        let each = asked(&server, &experiment, 50, count, report);
        report.at_most(&format!("runs/search, {count} runs ≤ {limit} ms CPU"), each, limit);
    }
    let data = fresh(folder, "search-mlflow");
    let Some(server) = Server::mlflow(&data) else { return };
    let experiment = fill::mlflow(&data.join("mlflow.db"), 10_000);
    asked(&server, &experiment, 3, 10_000, report);
}

fn asked(server: &Server, experiment: &str, times: usize, runs: u64, report: &mut Report) -> f64 {
    let body = json!({
        "experiment_ids": [experiment],
        "filter": "metrics.m1 > 0.5 and params.p1 = 'v1'",
        "order_by": ["metrics.m1 DESC"],
        "max_results": 100,
    })
    .to_string();
    let mut client = Client::open(&server.address);
    let answer = client.post(&format!("{API}/runs/search"), &body);
    let answer: Value = serde_json::from_str(&answer).unwrap();
    assert_eq!(answer["runs"].as_array().unwrap().len(), 100);
    let (cpu, ()) = server.cpu_of(|| {
        for _ in 0..times {
            client.post(&format!("{API}/runs/search"), &body);
        }
    });
    let each = cpu * 1000.0 / times as f64;
    report.row(&format!("runs/search, {runs} runs"), server.name, "ms CPU each", each);
    each
}

/// A file of 1 GiB of weights, put through the proxy, beside the same file added by `commit-run -a`.
fn artifact(folder: &Path, report: &mut Report) {
    let mib = transfer::mib();
    let (weights, _) = crate::data::float32(folder, mib);
    let body = std::fs::read(&weights).unwrap();
    let own = fresh(folder, "artifact-add");
    let mls = measure::program();
    let init = measure::script(&own, &[], &format!("{mls} init"));
    let add = format!("{mls} commit-run -q -a {}", weights.display());
    let added = measure::script(&own, &[], &add).cpu;
    report.row("the same file added, and `init`", "mls", "CPU s", init.cpu + added);
    let servers = [
        Some(Server::mls(&fresh(folder, "artifact-mls"))),
        Server::mlflow(&fresh(folder, "artifact-mlflow")),
    ];
    for server in servers.into_iter().flatten() {
        let run = new_run(&mut Client::open(&server.address), 1);
        let path = format!("/api/2.0/mlflow-artifacts/artifacts/0/{run}/artifacts/weights.bin");
        let (cpu, ()) = server.cpu_of(|| put(&server.address, &path, &body));
        let work = format!("artifact of {mib} MiB put");
        report.row(&work, server.name, "CPU s", cpu);
        if server.name == "mls" {
            report.at_most(&format!("{work} ≤ 1.5 × adding it"), cpu / added, 1.5);
            report.row(&work, "mls", "MiB resident", server.usage().memory / MIB);
        }
    }
}
