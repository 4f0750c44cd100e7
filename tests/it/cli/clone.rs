use crate::support::Sandbox;
use crate::support::recorded::run;

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::fixed();
    sandbox.ok(["init"]);
    for name in ["bold-fox", "bold-owl", "calm-elk"] {
        sandbox.record(&run(name));
    }
    sandbox
}

#[test]
fn a_clone_has_everything_and_pulls_from_where_it_came() {
    let sandbox = sandbox();
    insta::assert_snapshot!(sandbox.mls(["clone", ".", "copy"]), @"
    exit 0
    --- stderr
    Cloned into `[TOP]/work/copy`.
    From [TOP]/work
     * [new]         experiment 854407830950488564
     * [new]         run [SHORT]
     * [new]         run [SHORT]
     * [new]         run [SHORT]
    Moved 4 objects, 641 B.
    ");
    assert_eq!(sandbox.json(["-C", "copy", "runs"]).as_array().unwrap().len(), 3);
    sandbox.ok(["-C", "copy", "pull"]);
    insta::assert_snapshot!(sandbox.mls(["clone", ".", "copy"]), @"
    exit 3
    --- stderr
    error: `[TOP]/work/copy/.mlstore` holds something already
    hint: Name a folder that is not there yet; in a store, use `mls pull`.
    ");
}

#[test]
fn a_clone_takes_the_name_of_what_it_came_from() {
    let sandbox = sandbox();
    let address = format!("file://{}", sandbox.path().display());
    std::fs::create_dir(sandbox.path().join("elsewhere")).unwrap();
    sandbox.ok(["-C", "elsewhere", "clone", &address]);
    assert!(sandbox.path().join("elsewhere/work/.mlstore/format").exists());
}

#[test]
fn a_clone_of_some_runs_stays_one_of_some_runs() {
    let sandbox = sandbox();
    sandbox.ok(["clone", ".", "copy", "--runs", "bold-*"]);
    assert_eq!(sandbox.json(["-C", "copy", "runs"]).as_array().unwrap().len(), 2);
    sandbox.record(&run("bold-cat"));
    sandbox.record(&run("calm-cat"));
    sandbox.ok(["-C", "copy", "pull"]);
    let names = sandbox.json(["-C", "copy", "runs"]);
    let mut names: Vec<_> =
        names.as_array().unwrap().iter().map(|run| run["name"].as_str().unwrap()).collect();
    names.sort_unstable();
    assert_eq!(names, ["bold-cat", "bold-fox", "bold-owl"]);
}

#[test]
fn a_clone_of_what_is_no_store_leaves_nothing() {
    let sandbox = Sandbox::new();
    insta::assert_snapshot!(sandbox.mls(["clone", "nowhere", "copy"]), @"
    exit 10
    --- stderr
    error: no store at `[TOP]/work/nowhere`
    hint: Check the address, or make a store there with `mls init [TOP]/work/nowhere`.
    ");
    assert!(!sandbox.path().join("copy").exists());
    assert!(!sandbox.path().join("nowhere").exists());
}

#[test]
fn s07_a_store_of_another_user_is_cloned_only_on_request() {
    let sandbox = sandbox();
    let store = sandbox.store();
    let root = std::os::unix::fs::MetadataExt::uid(&std::fs::metadata(&store).unwrap()) == 0;
    if !root {
        return; // only root can give a file away
    }
    std::os::unix::fs::chown(&store, Some(12345), None).unwrap();
    insta::assert_snapshot!(sandbox.mls(["clone", ".", "copy"]), @"
    exit 12
    --- stderr
    error: `[TOP]/work/.mlstore` belongs to another user
    hint: Add `--trust-owner` if you trust that user.
    ");
    sandbox.ok(["clone", ".", "copy", "--trust-owner"]);
    assert_eq!(sandbox.json(["-C", "copy", "runs"]).as_array().unwrap().len(), 3);
    sandbox.ok(["-C", "copy", "pull"]);
}
