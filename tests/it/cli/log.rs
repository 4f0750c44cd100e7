use crate::support::Sandbox;
use crate::support::recorded::run;

#[test]
fn a_new_store_has_no_history() {
    insta::assert_snapshot!(Sandbox::with_store().mls(["log"]), @"
    exit 0
    --- stderr
    Nothing has changed any ref yet.
    ");
}

#[test]
fn the_last_operation_comes_first() {
    let sandbox = Sandbox::fixed_with_store();
    sandbox.record(&run("bold-fox-12"));
    sandbox.record(&run("calm-owl-7"));
    insta::assert_snapshot!(sandbox.mls(["log"]), @"
    exit 0
    --- stdout
    OP  WHEN    WHO      CHANGES                               COMMAND
     2  [AGO]  ada@lab  +run [SHORT]                     mls test
     1  [AGO]  ada@lab  +run [SHORT]  +experiment churn  mls test
    ");
}

#[test]
fn a_run_has_a_history_of_its_own() {
    let sandbox = Sandbox::fixed_with_store();
    sandbox.record(&run("bold-fox-12"));
    sandbox.record(&run("calm-owl-7"));
    let log = sandbox.json(["log", "bold-fox-12"]);
    assert_eq!(log.as_array().unwrap().len(), 1, "{log}");
    assert_eq!(log[0]["number"], 1);
    assert_eq!(sandbox.json(["log", "runs"]).as_array().unwrap().len(), 2);
}

#[test]
fn scripts_read_every_change() {
    let sandbox = Sandbox::fixed_with_store();
    sandbox.record(&run("bold-fox-12"));
    insta::assert_snapshot!(sandbox.mls(["log", "--format", "json"]), @r#"
    exit 0
    --- stdout
    [
      {
        "number": 1,
        "id": "[ID]",
        "time": "[TIME]",
        "actor": "ada@lab",
        "command": "mls test",
        "undoes": null,
        "changes": [
          {
            "name": "experiments/854407830950488564",
            "old": null,
            "new": "[ID]"
          },
          {
            "name": "runs/[RUN]",
            "old": null,
            "new": "[ID]"
          }
        ]
      }
    ]
    "#);
}

#[test]
fn outside_a_store_there_is_a_hint() {
    insta::assert_snapshot!(Sandbox::new().mls(["log"]), @"
    exit 10
    --- stderr
    error: no store in `[TOP]/work` or any folder above it
    hint: Run `mls init` to make a store here.
    ");
}

#[test]
fn only_so_many_are_shown() {
    let sandbox = Sandbox::fixed_with_store();
    sandbox.record(&run("bold-fox-12"));
    sandbox.record(&run("calm-owl-7"));
    insta::assert_snapshot!(sandbox.mls(["log", "-n", "1"]), @"
    exit 0
    --- stdout
    OP  WHEN    WHO      CHANGES            COMMAND
     2  [AGO]  ada@lab  +run [SHORT]  mls test
    --- stderr
    Older ones are not shown; see more with `-n 10`.
    ");
}
