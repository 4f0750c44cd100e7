use std::collections::BTreeMap;
use std::convert::Infallible;

use mls::base::Digest;
use mls::store::Link;
use mls::track::compare::{self, Artifact, Comparison, Direction, Options, Side, Why};
use mls::track::{
    Code, Environment, ExperimentId, Point, Python, Run, RunId, Status, Summary, Value,
};

fn run(number: u8, name: &str) -> Run {
    Run {
        id: RunId::from_bytes([number; 16]),
        name: name.to_owned(),
        experiment: ExperimentId::for_name("Default"),
        experiment_name: "Default".to_owned(),
        status: Status::Finished,
        user: "ann".to_owned(),
        started: 1_000,
        ended: Some(2_000),
        parent: None,
        params: BTreeMap::new(),
        metrics: BTreeMap::new(),
        tags: BTreeMap::new(),
        series: Vec::new(),
        artifacts: None,
        datasets: Vec::new(),
        models: mls::track::Models::default(),
        command: None,
        code: None,
        environment: None,
        deleted: None,
        edited: 2_000,
        previous: Vec::new(),
    }
}

fn side(number: u8, name: &str) -> Side {
    Side { run: run(number, name), environment: None, artifacts: Vec::new() }
}

fn metric(side: &mut Side, name: &str, value: f64) {
    let last = Point { step: 1, time: 1, value: Value(value) };
    let summary = Summary { last, min: Value(value), max: Value(value), count: 1 };
    side.run.metrics.insert(name.to_owned(), summary);
}

fn param(side: &mut Side, name: &str, value: &str) {
    side.run.params.insert(name.to_owned(), value.to_owned());
}

/// Content by link, in place of a store.
#[derive(Default)]
struct Contents(BTreeMap<Link, Vec<u8>>);

impl Contents {
    fn add(&mut self, side: &mut Side, path: &str, bytes: &[u8]) {
        let content = self.keep(bytes);
        let size = bytes.len() as u64;
        let (digest, content) = (content.digest, Some(content));
        side.artifacts.push(Artifact { path: path.to_owned(), digest, content, size });
    }

    fn keep(&mut self, bytes: &[u8]) -> Link {
        let link = Link::blob(Digest::of(bytes));
        self.0.insert(link, bytes.to_owned());
        link
    }

    fn compare(&self, sides: &[Side], all: bool) -> Comparison {
        let read = |link: &Link, _| Ok::<_, Infallible>(self.0[link].clone());
        let Ok(comparison) = compare::compare(sides, Options { all }, read);
        comparison
    }
}

fn compared(sides: &[Side]) -> Comparison {
    Contents::default().compare(sides, false)
}

#[test]
fn only_changes_are_there_unless_all_are_wanted() {
    let (mut a, mut b) = (side(1, "a"), side(2, "b"));
    param(&mut a, "lr", "0.1");
    param(&mut b, "lr", "0.2");
    param(&mut a, "seed", "7");
    param(&mut b, "seed", "7");
    param(&mut b, "depth", "3");
    let json = serde_json::to_value(compared(&[a.clone(), b.clone()])).unwrap();
    assert_eq!(json["params"], serde_json::json!({"depth": [null, "3"], "lr": ["0.1", "0.2"]}));
    assert_eq!(json["runs"], serde_json::json!(["01".repeat(16), "02".repeat(16)]));
    let all = Contents::default().compare(&[a, b], true);
    assert_eq!(all.params["seed"], [Some("7".to_owned()), Some("7".to_owned())]);
    assert!(all.differs);
}

#[test]
fn a_run_does_not_differ_from_itself() {
    let mut a = side(1, "a");
    metric(&mut a, "loss", f64::NAN);
    param(&mut a, "lr", "0.1");
    let comparison = compared(&[a.clone(), a]);
    assert!(!comparison.differs);
    assert!(comparison.metrics.is_empty() && comparison.params.is_empty());
}

#[test]
fn a_metric_says_by_how_much_and_whether_that_is_better() {
    let (mut a, mut b) = (side(1, "a"), side(2, "b"));
    for (name, old, new) in [("loss", 0.5, 0.25), ("acc", 0.5, 0.25), ("lr", 0.5, 0.25)] {
        metric(&mut a, name, old);
        metric(&mut b, name, new);
    }
    metric(&mut b, "f1", 0.9);
    let comparison = compared(&[a, b]);
    let found = |name: &str| {
        let metric = &comparison.metrics[name];
        (metric.direction, metric.improved(), metric.best, metric.delta.map(|Value(d)| d))
    };
    assert_eq!(found("loss"), (Some(Direction::Lower), Some(true), Some(1), Some(-0.25)));
    assert_eq!(found("acc"), (Some(Direction::Higher), Some(false), Some(0), Some(-0.25)));
    assert_eq!(found("lr"), (None, None, None, Some(-0.25)));
    assert_eq!(found("f1"), (Some(Direction::Higher), None, None, None));
    assert_eq!(comparison.metrics["loss"].relative, Some(Value(-0.5)));
}

#[test]
fn the_best_of_several_runs_is_marked() {
    let mut sides = [side(1, "a"), side(2, "b"), side(3, "c")];
    for (side, value) in sides.iter_mut().zip([0.7, f64::NAN, 0.9]) {
        metric(side, "val_acc", value);
    }
    let comparison = compared(&sides);
    assert_eq!(comparison.metrics["val_acc"].best, Some(2));
    let json = serde_json::to_value(&comparison).unwrap();
    assert_eq!(json["metrics"]["val_acc"]["values"], serde_json::json!([0.7, "NaN", 0.9]));
    assert_eq!(json["metrics"]["val_acc"]["direction"], "higher");
}

#[test]
fn environments_are_laid_side_by_side_package_by_package() {
    let environment = |numpy: &str| Environment {
        host: "one".to_owned(),
        cores: 8,
        python: Some(Python {
            version: "3.11.2".to_owned(),
            packages: BTreeMap::from([("numpy".to_owned(), numpy.to_owned())]),
            ..Python::default()
        }),
        ..Environment::default()
    };
    let (mut a, mut b) = (side(1, "a"), side(2, "b"));
    a.environment = Some(environment("1.26.4"));
    b.environment = Some(environment("2.0.1"));
    let json = serde_json::to_value(compared(&[a.clone(), b])).unwrap();
    assert_eq!(json["environment"], serde_json::json!({"packages.numpy": ["1.26.4", "2.0.1"]}));
    let json = serde_json::to_value(compared(&[a, side(3, "c")])).unwrap();
    assert_eq!(json["environment"]["cores"], serde_json::json!([8, null]));
}

#[test]
fn artifacts_are_added_removed_or_changed_by_their_content() {
    let mut contents = Contents::default();
    let (mut a, mut b) = (side(1, "a"), side(2, "b"));
    contents.add(&mut a, "same.txt", b"same");
    contents.add(&mut b, "same.txt", b"same");
    contents.add(&mut a, "old.txt", b"old");
    contents.add(&mut b, "new/er.txt", b"new");
    contents.add(&mut a, "config.yaml", b"lr: 1\nseed: 7\n");
    contents.add(&mut b, "config.yaml", b"lr: 2\nseed: 7\n");
    contents.add(&mut a, "model.bin", b"\x00\x01");
    contents.add(&mut b, "model.bin", b"\x00\x02");
    let comparison = contents.compare(&[a, b], false);
    assert_eq!(comparison.artifacts.added, ["new/er.txt"]);
    assert_eq!(comparison.artifacts.removed, ["old.txt"]);
    assert_eq!(comparison.artifacts.changed, ["config.yaml", "model.bin"]);
    assert!(!comparison.artifacts.values.contains_key("same.txt"));
    insta::assert_snapshot!(comparison.diffs[0].diff.as_deref().unwrap(), @"
    --- config.yaml (a)
    +++ config.yaml (b)
    @@ -1,2 +1,2 @@
    -lr: 1
    +lr: 2
     seed: 7
    ");
    assert_eq!(comparison.diffs[1].why, Some(Why::Binary));
}

#[test]
fn a_large_text_is_said_to_differ_and_not_read() {
    let mut contents = Contents::default();
    let (mut a, mut b) = (side(1, "a"), side(2, "b"));
    contents.add(&mut a, "big.log", b"one");
    contents.add(&mut b, "big.log", b"two");
    a.artifacts[0].size = compare::MOST_TEXT + 1;
    contents.0.clear();
    let comparison = contents.compare(&[a, b], false);
    assert_eq!(comparison.diffs[0].why, Some(Why::Large));
}

#[test]
fn uncommitted_changes_are_shown_as_they_are_where_the_commit_is_one() {
    let mut contents = Contents::default();
    let (mut a, mut b) = (side(1, "a"), side(2, "b"));
    let code = Code { commit: Some("c0ffee".to_owned()), ..Code::default() };
    a.run.code = Some(code.clone());
    let patch = contents.keep(b"--- a/train.py\n+++ b/train.py\n@@ -1 +1 @@\n-x\n+y\n");
    b.run.code = Some(Code { dirty: true, patch: Some(patch), ..code });
    let comparison = contents.compare(&[a, b], false);
    let json = serde_json::to_value(&comparison).unwrap();
    assert_eq!(json["code"]["dirty"], serde_json::json!([false, true]));
    assert!(json["code"].get("commit").is_none());
    let diff = comparison.diffs[0].diff.as_deref().unwrap();
    assert_eq!(comparison.diffs[0].path, "code.patch");
    assert!(diff.starts_with("--- a/train.py"), "{diff}");
}

#[test]
fn files_that_both_runs_changed_alike_are_no_difference_of_their_code() {
    let mut contents = Contents::default();
    let (mut a, mut b) = (side(1, "a"), side(2, "b"));
    let shared = "diff --git a/x b/x\n@@ -1 +1 @@\n-1\n+2\n";
    let own = "diff --git a/y b/y\n@@ -1 +1 @@\n-3\n+4\n";
    let code = |patch| Some(Code { dirty: true, patch: Some(patch), ..Code::default() });
    a.run.code = code(contents.keep(shared.as_bytes()));
    b.run.code = code(contents.keep([shared, own].concat().as_bytes()));
    let comparison = contents.compare(&[a, b], false);
    assert_eq!(comparison.diffs[0].diff.as_deref(), Some(own));
}
