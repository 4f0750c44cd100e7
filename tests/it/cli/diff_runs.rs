use std::collections::BTreeMap;

use mls::track::{Code, Environment, Python};

use crate::support::{Sandbox, Trained};

fn environment(numpy: &str) -> Environment {
    Environment {
        host: "lab-7".to_owned(),
        cores: 16,
        memory: 68_719_476_736,
        python: Some(Python {
            version: "3.11.2".to_owned(),
            executable: "/usr/bin/python3".to_owned(),
            packages: BTreeMap::from([("numpy".to_owned(), numpy.to_owned())]),
        }),
        ..Environment::default()
    }
}

fn code(commit: &str, dirty: bool) -> Code {
    let commit = Some(commit.repeat(8));
    Code { commit, branch: Some("main".to_owned()), dirty, ..Code::default() }
}

fn first() -> Trained {
    Trained {
        number: 1,
        name: "bold-fox-12",
        params: vec![("lr", "0.1"), ("seed", "7"), ("model", "a/rather/long/path/that/ends/one")],
        tags: vec![("team", "vision")],
        metrics: vec![
            ("val_loss", vec![1.0, 0.52]),
            ("val_acc", vec![0.91]),
            ("lr", vec![0.1]),
            ("same", vec![1.0]),
        ],
        files: vec![
            ("config.yaml", b"lr: 0.1\nseed: 7\n"),
            ("model.bin", b"\x00\x01\x02"),
            ("old.txt", b"old"),
            ("same.txt", b"same"),
        ],
        environment: Some(environment("1.26.4")),
        code: Some(code("c0ffee12", false)),
    }
}

fn second() -> Trained {
    Trained {
        number: 2,
        name: "calm-owl-7",
        params: vec![
            ("lr", "0.2"),
            ("seed", "7"),
            ("model", "a/rather/long/path/that/ends/two"),
            ("depth", "3"),
        ],
        tags: vec![("team", "vision")],
        metrics: vec![
            ("val_loss", vec![1.0, 0.48]),
            ("val_acc", vec![0.90]),
            ("lr", vec![0.2]),
            ("same", vec![1.0]),
            ("f1", vec![0.7]),
        ],
        files: vec![
            ("config.yaml", b"lr: 0.2\nseed: 7\n"),
            ("model.bin", b"\x00\x01\x03\x04"),
            ("new/more.txt", b"new"),
            ("same.txt", b"same"),
        ],
        environment: Some(environment("2.0.1")),
        code: Some(code("badcab1e", true)),
    }
}

fn third() -> Trained {
    Trained { number: 3, name: "swift-hare-3", ..first() }
}

fn three() -> Sandbox {
    let sandbox = Sandbox::with_store();
    for run in [first(), second(), third()] {
        run.put(&sandbox);
    }
    sandbox
}

#[test]
fn two_runs_are_laid_side_by_side() {
    insta::assert_snapshot!(three().mls(["diff-runs", "bold-fox-12", "calm-owl-7"]), @"
    exit 0
    --- stdout
                      bold-fox-12                       calm-owl-7
      id              [SHORT]                      [SHORT]
      status          FINISHED                          FINISHED
      started         2026-11-22 12:01                  2026-11-22 12:02
      duration        [SECONDS]                             [SECONDS]
    Metrics
      f1              -                                 0.7
      lr              0.1                               0.2                               ▲ +0.1 (+100.0 %)
      val_acc         0.91                              0.9                               ▼ -0.01 (-1.1 %) worse
      val_loss        0.52                              0.48                              ▼ -0.04 (-7.7 %) better
    Params
      depth           -                                 3
      lr              0.1                               0.2
      model           a/rather/long/path/that/ends/one  a/rather/long/path/that/ends/two
    Code
      commit          [SHORT]                      [SHORT]
      dirty           no                                yes
    Environment
      packages.numpy  1.26.4                            2.0.1
    Artifacts
      config.yaml     [SHORT]                      [SHORT]                      changed
      model.bin       [SHORT]                      [SHORT]                      changed
      old.txt         [SHORT]                      -                                 removed
      new/more.txt    -                                 [SHORT]                      added

    config.yaml  16 B
    --- config.yaml (bold-fox-12)
    +++ config.yaml (calm-owl-7)
    @@ -1,2 +1,2 @@
    -lr: 0.1
    +lr: 0.2
     seed: 7

    model.bin  3 B to 4 B, binary
    ");
}

#[test]
fn three_runs_have_a_best_one() {
    let said = three().mls(["diff-runs", "bold-fox-12", "calm-owl-7", "@"]);
    insta::assert_snapshot!(said, @"
    exit 0
    --- stdout
                      bold-fox-12                       calm-owl-7                        swift-hare-3
      id              [SHORT]                      [SHORT]                      [SHORT]
      status          FINISHED                          FINISHED                          FINISHED
      started         2026-11-22 12:01                  2026-11-22 12:02                  2026-11-22 12:03
      duration        [SECONDS]                             [SECONDS]                             [SECONDS]
    Metrics
      f1              -                                 0.7                               -
      lr              0.1                               0.2                               0.1
      val_acc         0.91                              0.9                               0.91
      val_loss        0.52                              0.48 best                         0.52
    Params
      depth           -                                 3                                 -
      lr              0.1                               0.2                               0.1
      model           a/rather/long/path/that/ends/one  a/rather/long/path/that/ends/two  a/rather/long/path/that/ends/one
    Code
      commit          [SHORT]                      [SHORT]                      [SHORT]
      dirty           no                                yes                               no
    Environment
      packages.numpy  1.26.4                            2.0.1                             1.26.4
    Artifacts
      config.yaml     [SHORT]                      [SHORT]                      [SHORT]
      model.bin       [SHORT]                      [SHORT]                      [SHORT]
      old.txt         [SHORT]                      -                                 [SHORT]
      new/more.txt    -                                 [SHORT]                      -

    config.yaml  16 B
    --- config.yaml (bold-fox-12)
    +++ config.yaml (calm-owl-7)
    @@ -1,2 +1,2 @@
    -lr: 0.1
    +lr: 0.2
     seed: 7

    model.bin  3 B to 4 B, binary
    ");
}

#[test]
fn a_program_gets_the_changed_keys_with_null_where_one_is_absent() {
    let diff = three().json(["diff-runs", "bold-fox-12", "calm-owl-7"]);
    assert_eq!(diff["runs"], serde_json::json!(["01".repeat(16), "02".repeat(16)]));
    assert_eq!(
        diff["params"],
        serde_json::json!({
            "depth": [null, "3"],
            "lr": ["0.1", "0.2"],
            "model": ["a/rather/long/path/that/ends/one", "a/rather/long/path/that/ends/two"],
        })
    );
    assert_eq!(diff["metrics"]["val_loss"]["values"], serde_json::json!([0.52, 0.48]));
    assert!(diff["metrics"]["val_loss"]["delta"].as_f64().unwrap() < -0.03);
    assert_eq!(diff["metrics"]["f1"]["values"], serde_json::json!([null, 0.7]));
    assert!(diff["metrics"].get("same").is_none());
    assert_eq!(diff["tags"], serde_json::json!({}));
    assert_eq!(diff["environment"], serde_json::json!({"packages.numpy": ["1.26.4", "2.0.1"]}));
    assert_eq!(diff["code"]["dirty"], serde_json::json!([false, true]));
    assert_eq!(diff["artifacts"]["added"], serde_json::json!(["new/more.txt"]));
    assert_eq!(diff["artifacts"]["removed"], serde_json::json!(["old.txt"]));
    assert_eq!(diff["artifacts"]["changed"], serde_json::json!(["config.yaml", "model.bin"]));
    assert!(diff["diffs"][0]["diff"].as_str().unwrap().contains("-lr: 0.1\n+lr: 0.2\n"));
}

#[test]
fn the_exit_code_says_whether_they_differ() {
    let sandbox = three();
    let code =
        |args: &[&str]| sandbox.mls(["diff-runs", "--exit-code", "-q"].iter().chain(args)).code();
    assert_eq!(code(&["bold-fox-12", "calm-owl-7"]), 1);
    assert_eq!(code(&["bold-fox-12", "swift-hare-3"]), 0);
    assert_eq!(sandbox.mls(["diff-runs", "bold-fox-12", "calm-owl-7"]).code(), 0);
}

#[test]
fn what_is_the_same_is_shown_with_all() {
    let sandbox = three();
    insta::assert_snapshot!(sandbox.mls(["diff-runs", "bold-fox-12", "swift-hare-3"]), @"
    exit 0
    --- stdout
                bold-fox-12       swift-hare-3
      id        [SHORT]      [SHORT]
      status    FINISHED          FINISHED
      started   2026-11-22 12:01  2026-11-22 12:03
      duration  [SECONDS]             [SECONDS]

    The runs differ in nothing but their times.
    ");
    let all = sandbox.ok(["diff-runs", "bold-fox-12", "swift-hare-3", "--all"]);
    assert!(all.contains("same.txt") && all.contains("seed"), "{all}");
}

#[test]
fn one_run_alone_is_wrong_usage() {
    insta::assert_snapshot!(three().mls(["diff-runs", "@"]), @"
    exit 2
    --- stderr
    error: 2 values required by '<RUN> <RUN>...'; only 1 was provided
    hint: Run `mls diff-runs --help` to see how it is used.
    ");
}

#[test]
fn t13_what_runs_hold_cannot_move_the_cursor() {
    let sandbox = Sandbox::with_store();
    for (number, text) in [(1, "a\u{1b}[2J"), (2, "b\u{202e}")] {
        Trained {
            number,
            name: "x\u{1b}]0;evil\u{7}",
            params: vec![("p", text)],
            files: vec![("f.txt", if number == 1 { b"\x1b[31mred\n" } else { b"\x1b[32mgreen" })],
            ..Trained::default()
        }
        .put(&sandbox);
    }
    let said = sandbox.ok(["diff-runs", "@", "@~1"]);
    assert!(!said.contains(['\u{1b}', '\u{202e}', '\u{7}']), "{said:?}");
}
