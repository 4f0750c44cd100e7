use crate::support::Sandbox;
use crate::support::recorded::run;

/// A store with two runs, whose `origin` is the empty store `hub`.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::fixed();
    sandbox.ok(["init"]);
    sandbox.ok(["init", "hub"]);
    sandbox.ok(["remote", "add", "origin", "hub"]);
    sandbox.record(&run("bold-fox"));
    sandbox.record(&run("calm-elk"));
    sandbox
}

#[test]
fn a_push_tells_what_moved_and_a_second_one_that_nothing_is_new() {
    let sandbox = sandbox();
    insta::assert_snapshot!(sandbox.mls(["push"]), @"
    exit 0
    --- stderr
    To [TOP]/work/hub
     * [new]         experiment 854407830950488564
     * [new]         run [SHORT]
     * [new]         run [SHORT]
    Moved 3 objects, 455 B.
    ");
    insta::assert_snapshot!(sandbox.mls(["push"]), @"
    exit 0
    --- stderr
    Everything is up to date.
    ");
    let names = sandbox.json(["--store", "hub", "runs"]);
    assert_eq!(names.as_array().unwrap().len(), 2);
}

#[test]
fn for_json_a_push_is_one_document() {
    let sandbox = sandbox();
    insta::assert_snapshot!(sandbox.mls(["push", "origin", "bold-fox", "--format", "json"]), @r#"
    exit 0
    --- stdout
    {
      "remote": "origin",
      "url": "[TOP]/work/hub",
      "dry_run": false,
      "refs": [
        {
          "name": "experiments/854407830950488564",
          "old": null,
          "new": "[ID]",
          "how": "new"
        },
        {
          "name": "runs/[RUN]",
          "old": null,
          "new": "[ID]",
          "how": "new"
        }
      ],
      "same": 0,
      "behind": 0,
      "refused": [],
      "left_out": [],
      "renumbered": [],
      "objects": 2,
      "copied_bytes": 269,
      "shared_bytes": 0
    }
    "#);
}

#[test]
fn a_run_is_pushed_by_name_with_its_experiment_and_no_other() {
    let sandbox = sandbox();
    sandbox.ok(["push", "origin", "calm-elk"]);
    let refs = sandbox.json(["--store", "hub", "runs"]);
    assert_eq!(refs[0]["name"], "calm-elk");
    assert_eq!(refs.as_array().unwrap().len(), 1);
    assert_eq!(refs[0]["experiment"], "churn");
    insta::assert_snapshot!(sandbox.mls(["push", "origin", "calm-elc"]), @"
    exit 5
    --- stderr
    error: no ref of this store is called `calm-elc`
    hint: Run `mls runs` to see all runs, `mls log` what was made lately.
    ");
}

#[test]
fn a_dry_run_pushes_nothing() {
    let sandbox = sandbox();
    insta::assert_snapshot!(sandbox.mls(["push", "--dry-run"]), @"
    exit 0
    --- stderr
    To [TOP]/work/hub
     * [new]         experiment 854407830950488564
     * [new]         run [SHORT]
     * [new]         run [SHORT]
    Would move 3 objects, 722 B; nothing was changed.
    ");
    assert_eq!(sandbox.json(["--store", "hub", "runs"]).as_array().unwrap().len(), 0);
}

#[test]
fn a_remote_that_is_no_store_is_told() {
    let sandbox = sandbox();
    std::fs::create_dir(sandbox.path().join("plain")).unwrap();
    insta::assert_snapshot!(sandbox.mls(["push", "plain"]), @"
    exit 10
    --- stderr
    error: no store at `[TOP]/work/plain`
    hint: Check the address, or make a store there with `mls init [TOP]/work/plain`.
    ");
}

#[test]
fn a_remote_of_a_newer_format_is_left_alone() {
    let sandbox = sandbox();
    sandbox.write("hub/.mlstore/format", "mls store format 2\n");
    insta::assert_snapshot!(sandbox.mls(["push"]), @"
    exit 11
    --- stderr
    error: `[TOP]/work/hub/.mlstore` holds a store of format `2`; this program knows format 1
    hint: A later version of mls made it; use that one.
    ");
}

#[test]
fn a_fetch_between_lets_no_push_take_back_what_others_changed() {
    let sandbox = Sandbox::new();
    sandbox.ok(["init", "hub"]);
    sandbox.ok(["init", "a"]);
    sandbox.ok(["-C", "a", "remote", "add", "origin", "../hub"]);
    let id = sandbox.ok(["-C", "a", "-q", "commit-run", "-m", "x=1"]);
    sandbox.ok(["-C", "a", "push"]);
    sandbox.ok(["clone", "hub", "b"]);
    sandbox.ok(["-C", "a", "run-edit", &id, "-t", "a=1"]);
    sandbox.ok(["-C", "b", "run-edit", &id, "-t", "b=1"]);
    sandbox.ok(["-C", "a", "push"]);
    sandbox.ok(["-C", "b", "fetch"]);
    let refused = sandbox.mls(["-C", "b", "push"]);
    assert_eq!(refused.code(), 3, "{refused}");
    sandbox.ok(["-C", "b", "pull"]);
    sandbox.ok(["-C", "b", "push"]);
    let tags = sandbox.json(["-C", "hub", "runs"])[0]["tags"].clone();
    assert_eq!((tags["a"].as_str(), tags["b"].as_str()), (Some("1"), Some("1")), "{tags}");
}

#[test]
fn a_store_without_remotes_says_how_to_add_one() {
    let sandbox = Sandbox::with_store();
    for command in ["push", "pull", "fetch"] {
        insta::allow_duplicates! {
            insta::assert_snapshot!(sandbox.mls([command, "origin"]), @"
            exit 5
            --- stderr
            error: no remote is called `origin`
            hint: Add one with `mls remote add origin PATH`.
            ");
        }
    }
}
