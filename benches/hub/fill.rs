//! Experiments with many runs, put there without asking the server: through it MLflow would take an hour.

use std::path::Path;

use mls::base::Clock;
use mls::store::{Change, Context, Expected, Store};
use mls::track::{ExperimentId, Point, Run, RunId, Status, Summary, Value, experiment};

const START: i64 = 1_780_000_000_000;
pub(crate) const EXPERIMENT: &str = "bench";

/// splitmix64 of one number: values that look random and repeat.
fn mix(number: u64) -> u64 {
    let mut z = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn metric(run: u64, index: u64) -> f64 {
    mix(run * 5 + index) as f64 / u64::MAX as f64
}

fn param(run: u64, index: u64) -> String {
    format!("v{}", mix(run * 7 + index) % 4)
}

fn id(run: u64) -> [u8; 16] {
    (u128::from(mix(run + 1)) << 64 | u128::from(run)).to_be_bytes()
}

/// Puts `count` runs of 5 metrics, 5 params and a tag into the store in `folder`; returns the experiment's id.
pub(crate) fn mls(folder: &Path, count: u64) -> String {
    let experiment = ExperimentId::for_name(EXPERIMENT);
    std::fs::create_dir_all(folder).unwrap();
    let context =
        Context { actor: "bench@localhost".into(), command: "bench".into(), clock: Clock::System };
    let store = Store::init(&folder.join(".mlstore"), context).unwrap();
    experiment::create(&store, EXPERIMENT).unwrap();
    for batch in 0..count.div_ceil(5_000) {
        let mut writer = store.writer().unwrap();
        let mut changes = Vec::new();
        for number in batch * 5_000..((batch + 1) * 5_000).min(count) {
            let run = run(number, &experiment);
            let new = Some(writer.node(&run).unwrap());
            changes.push(Change { name: run.id.ref_name(), expected: Expected::Absent, new });
        }
        writer.commit(changes).unwrap();
    }
    experiment.as_str().to_owned()
}

fn run(number: u64, experiment: &ExperimentId) -> Run {
    let started = START + number as i64 * 60_000;
    let summary = |index| {
        let value = Value(metric(number, index));
        let last = Point { step: 1, time: started + 1_000, value };
        (format!("m{index}"), Summary { last, min: value, max: value, count: 1 })
    };
    Run {
        id: RunId::from_bytes(id(number)),
        name: format!("run-{number}"),
        experiment: experiment.clone(),
        experiment_name: EXPERIMENT.to_owned(),
        status: Status::Finished,
        user: "bench".to_owned(),
        started,
        ended: Some(started + 50_000),
        parent: None,
        params: (0..5).map(|index| (format!("p{index}"), param(number, index))).collect(),
        metrics: (0..5).map(summary).collect(),
        tags: [("mlflow.user".to_owned(), "bench".to_owned())].into(),
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

/// Puts the same runs into MLflow's database, whose server has made the tables, as experiment 1.
pub(crate) fn mlflow(database: &Path, count: u64) -> String {
    let mut db = rusqlite::Connection::open(database).unwrap();
    db.busy_timeout(std::time::Duration::from_secs(60)).unwrap();
    let tx = db.transaction().unwrap();
    tx.execute(
        "INSERT INTO experiments (experiment_id, name, artifact_location, lifecycle_stage, creation_time, last_update_time)
         VALUES (1, ?1, 'mlflow-artifacts:/1', 'active', ?2, ?2)",
        (EXPERIMENT, START),
    )
    .unwrap();
    for number in 0..count {
        let run = RunId::from_bytes(id(number));
        let (run, started) = (run.as_str(), START + number as i64 * 60_000);
        tx.prepare_cached(
            "INSERT INTO runs (run_uuid, name, source_type, source_name, entry_point_name, user_id, status, start_time,
                 end_time, source_version, lifecycle_stage, artifact_uri, experiment_id)
             VALUES (?1, ?2, 'UNKNOWN', '', '', 'bench', 'FINISHED', ?3, ?4, '', 'active', ?5, 1)",
        )
        .unwrap()
        .execute((run, format!("run-{number}"), started, started + 50_000, format!("mlflow-artifacts:/1/{run}/artifacts")))
        .unwrap();
        for index in 0..5 {
            let (key, value, time) = (format!("m{index}"), metric(number, index), started + 1_000);
            for table in ["metrics", "latest_metrics"] {
                tx.prepare_cached(&format!(
                    "INSERT INTO {table} (key, value, timestamp, run_uuid, step, is_nan) VALUES (?1, ?2, ?3, ?4, 1, 0)"
                ))
                .unwrap()
                .execute((&key, value, time, run))
                .unwrap();
            }
            tx.prepare_cached("INSERT INTO params (key, value, run_uuid) VALUES (?1, ?2, ?3)")
                .unwrap()
                .execute((format!("p{index}"), param(number, index), run))
                .unwrap();
        }
        tx.prepare_cached(
            "INSERT INTO tags (key, value, run_uuid) VALUES ('mlflow.user', 'bench', ?1)",
        )
        .unwrap()
        .execute([run])
        .unwrap();
    }
    tx.commit().unwrap();
    "1".to_owned()
}
