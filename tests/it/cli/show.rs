use mls::track::{Code, Command, Run};

use crate::support::Sandbox;
use crate::support::recorded::{metrics, run, texts};

#[test]
fn a_run_is_shown_on_one_screen() {
    let sandbox = Sandbox::fixed_with_store();
    let tree = sandbox.tree(&[("model.bin", "weights"), ("plots/loss.txt", "0.5\n")]);
    sandbox.record(&Run {
        artifacts: Some(tree),
        params: texts(&[("lr", "0.1"), ("model", "tiny")]),
        metrics: metrics(&[("accuracy", 0.912_345), ("loss", 0.25)]),
        tags: texts(&[("team", "search"), ("mlflow.note.content", "first try\nof many")]),
        command: Some(Command {
            args: vec!["python".to_owned(), "train.py".to_owned()],
            cwd: "/home/ada/churn".to_owned(),
            exit_code: Some(0),
            signal: None,
            image: None,
        }),
        code: Some(Code {
            commit: Some("a1b2c3d4e5f6a7b8c9d0a1b2c3d4e5f6a7b8c9d0".to_owned()),
            branch: Some("main".to_owned()),
            dirty: true,
            ..Code::default()
        }),
        ..run("bold-fox-12")
    });
    insta::assert_snapshot!(sandbox.mls(["show", "@"]).exact(), @"
    exit 0
    --- stdout
    bold-fox-12  FINISHED
    b5da0c9b3ecbd78276d9c0ff358cc2b7

    Experiment  churn
    Started     2026-11-22T11:58:00.000Z, 2m ago
    Took        2m 00s
    User        ada
    Command     python train.py
                in /home/ada/churn, exit code 0
    Code        a1b2c3d4e5f6 on main, with uncommitted changes
    Artifacts   2 files, 11 B
                model.bin  7 B
                plots/     4 B
    Note        first try
                of many

    PARAM  VALUE
    lr     0.1
    model  tiny

    METRIC      LAST  STEP     MIN     MAX  POINTS
    accuracy  0.9123     0  0.9123  0.9123       1
    loss      0.2500     0  0.2500  0.2500       1

    TAG   VALUE
    team  search
    ");
}

#[test]
fn for_json_a_run_is_the_object_itself() {
    let sandbox = Sandbox::fixed_with_store();
    sandbox.record(&run("bold-fox-12"));
    assert_eq!(sandbox.ok(["show", "@", "--format", "json"]), sandbox.ok(["cat-file", "@"]));
}

#[test]
fn a_folder_and_a_file_are_shown_as_such() {
    let sandbox = Sandbox::fixed_with_store();
    let tree = sandbox.tree(&[("notes.txt", "one\n\u{1b}[31mtwo\n"), ("raw.bin", "\0\u{1}\u{2}")]);
    sandbox.record(&Run { artifacts: Some(tree), ..run("bold-fox-12") });
    insta::assert_snapshot!(sandbox.mls(["show", &tree.to_string()]), @"
    exit 0
    --- stdout
    MODE  SIZE  ID            NAME
    file  13 B  [SHORT]  notes.txt
    file   3 B  [SHORT]  raw.bin
    ");
    insta::assert_snapshot!(sandbox.mls(["show", "@:notes.txt"]), @r"
    exit 0
    --- stdout
    File  [ID]
    Size  13 B in 1 chunk

    one
    \u{1b}[31mtwo
    ");
    insta::assert_snapshot!(sandbox.mls(["show", "@:raw.bin"]), @"
    exit 0
    --- stdout
    File  [ID]
    Size  3 B in 1 chunk

    Binary; `mls cat-file` prints it.
    ");
}

#[test]
fn any_other_record_is_shown_as_it_is() {
    let sandbox = Sandbox::fixed_with_store();
    sandbox.record(&run("bold-fox-12"));
    insta::assert_snapshot!(sandbox.mls(["show", "experiments/854407830950488564"]), @r#"
    exit 0
    --- stdout
    experiment  [ID]

    {
      "created": 1795348800000,
      "edited": 1795348800000,
      "id": "854407830950488564",
      "name": "churn",
      "type": "experiment"
    }
    "#);
}

#[test]
fn t13_a_hostile_run_cannot_move_the_cursor() {
    let sandbox = Sandbox::fixed_with_store();
    sandbox.record(&Run {
        name: "\u{1b}[2Jevil\u{202e}".to_owned(),
        params: texts(&[("a\nb", "c\rd")]),
        tags: texts(&[("mlflow.note.content", "x\u{1b}[0m\nerror: y")]),
        ..run("x")
    });
    let shown = sandbox.ok(["show", "@"]);
    assert!(!shown.contains(['\u{1b}', '\u{202e}', '\r']), "{shown:?}");
}
