//! Listing, filtering and sorting 100,000 runs of 50 metrics and 10 params.

use crate::measure;
use crate::report::Report;
use crate::tools::{self, Tool};
use mls::base::Clock;
use mls::store::{Change, Context, Expected, Store};
use mls::track::{ExperimentId, Point, Run, RunId, Status, Summary, Value, experiment};
use std::path::{Path, PathBuf};

const RUNS: u64 = 100_000;
const METRICS: u64 = 50;
const PARAMS: u64 = 10;
const START: i64 = 1_780_000_000_000;

pub(crate) fn queries(folder: &Path, _: &[Tool], report: &mut Report) {
    let store = filled(folder);
    let works: [(&str, &[&str]); 4] = [
        ("list 100 of 100,000 runs", &["runs", "-n", "100"]),
        (
            "filter on a metric and a param",
            &["runs", "-n", "100", "metrics.m07 > 0.9 and params.p3 = '5'"],
        ),
        (
            "filter that few runs pass",
            &["runs", "-n", "100", "metrics.m07 > 0.9999 and params.p3 = '5'"],
        ),
        ("sort by a metric", &["runs", "-n", "100", "--sort", "metrics.m13 desc"]),
    ];
    let program = measure::program();
    for round in 0..6 {
        for (name, args) in works {
            let command: Vec<&str> = [&*program].into_iter().chain(args.iter().copied()).collect();
            let cost = measure::command(&store, &tools::environment(&store, 0), &command);
            // The first brings the index up to date and the file into memory.
            if round > 0 {
                report.cost(name, "mls", cost);
            }
        }
    }
    for (name, _) in works {
        let wall = report.median(name, "mls").wall * 1000.0;
        report.at_most(&format!("{name} ≤ 100 ms"), wall, 100.0, " ms");
    }
}

/// Returns a folder whose store holds the runs; making it takes a minute or two, once.
fn filled(folder: &Path) -> PathBuf {
    let path = folder.join("runs");
    if path.join("filled").exists() {
        return path;
    }
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(&path).unwrap();
    let context =
        Context { actor: "bench@localhost".into(), command: "bench".into(), clock: Clock::System };
    let store = Store::init(&path.join(".mlstore"), context).unwrap();
    experiment::create(&store, "bench").unwrap();
    for batch in 0..RUNS / 5_000 {
        let mut writer = store.writer().unwrap();
        let mut changes = Vec::new();
        for number in batch * 5_000..(batch + 1) * 5_000 {
            let run = run(number);
            let link = writer.node(&run).unwrap();
            changes.push(Change {
                name: run.id.ref_name(),
                expected: Expected::Absent,
                new: Some(link),
            });
        }
        writer.commit(changes).unwrap();
        eprintln!("filling: {} of {RUNS} runs", (batch + 1) * 5_000);
    }
    std::fs::write(path.join("filled"), b"").unwrap();
    path
}

/// splitmix64 of one number: values that look random and repeat.
fn mix(number: u64) -> u64 {
    let mut z = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn run(number: u64) -> Run {
    let started = START + number as i64 * 60_000;
    let mut id = [0; 16];
    id[..8].copy_from_slice(&mix(number + 1).to_be_bytes());
    id[8..].copy_from_slice(&number.to_be_bytes());
    let metric = |index: u64| {
        let value = Value(mix(number * METRICS + index) as f64 / u64::MAX as f64);
        let last = Point { step: 100, time: started + 1_000, value };
        (format!("m{index:02}"), Summary { last, min: value, max: value, count: 1 })
    };
    let param = |index: u64| (format!("p{index}"), (mix(number * PARAMS + index) % 10).to_string());
    Run {
        id: RunId::from_bytes(id),
        name: format!("run-{number}"),
        experiment: ExperimentId::for_name("bench"),
        experiment_name: "bench".to_owned(),
        status: Status::Finished,
        user: "bench".to_owned(),
        started,
        ended: Some(started + 50_000),
        parent: None,
        params: (0..PARAMS).map(param).collect(),
        metrics: (0..METRICS).map(metric).collect(),
        tags: [("team".to_owned(), format!("t{}", number % 7))].into(),
        series: Vec::new(),
        artifacts: None,
        datasets: Vec::new(),
        models: mls::track::Models::default(),
        command: None,
        code: None,
        environment: None,
        deleted: None,
        edited: started,
        previous: Vec::new(),
    }
}
