use crate::support::Sandbox;
use crate::support::recorded::run;

#[test]
fn a_fetch_shows_what_is_new_and_changes_nothing_here() {
    let sandbox = Sandbox::fixed();
    sandbox.ok(["init"]);
    sandbox.ok(["clone", ".", "other"]);
    sandbox.record(&run("bold-fox"));
    insta::assert_snapshot!(sandbox.mls(["-C", "other", "fetch"]), @"
    exit 0
    --- stderr
    From [TOP]/work
     * [new]         experiment 854407830950488564
     * [new]         run [SHORT]
    Moved 2 objects, 269 B.
    ");
    assert_eq!(sandbox.json(["-C", "other", "runs"]).as_array().unwrap().len(), 0);
    let name = format!("origin/{}", run("bold-fox").id.ref_name());
    sandbox.ok(["-C", "other", "log", &name]);
    insta::assert_snapshot!(sandbox.mls(["-C", "other", "fetch", "origin", "nobody"]), @"
    exit 5
    --- stderr
    error: no ref of the other store is called `nobody`
    hint: Run `mls ls-remote` to see what it has.
    ");
    insta::assert_snapshot!(sandbox.mls(["-C", "other", "fetch", "../elsewhere"]), @"
    exit 10
    --- stderr
    error: no store at `[TOP]/work/elsewhere`
    hint: Check the address, or make a store there with `mls init [TOP]/work/elsewhere`.
    ");
}

#[test]
fn s04_a_ref_that_is_not_what_its_name_says_is_left_there() {
    let sandbox = Sandbox::fixed();
    sandbox.ok(["init"]);
    sandbox.ok(["clone", ".", "other"]);
    sandbox.record(&run("bold-fox"));
    let store = sandbox.open();
    let experiments = mls::store::refs::list(&store, "experiments/").unwrap();
    let lie = format!("runs/{}", "ab".repeat(16));
    let change = mls::store::Change {
        name: lie,
        expected: mls::store::Expected::Absent,
        new: Some(experiments[0].target),
    };
    store.writer().unwrap().commit(vec![change]).unwrap();
    insta::assert_snapshot!(sandbox.mls(["-C", "other", "pull"]), @"
    exit 3
    --- stderr
    From [TOP]/work
     * [new]         experiment 854407830950488564
     * [new]         run [SHORT]
     ! run [SHORT]: what it points at is not what its name says
    Moved 2 objects, 269 B.
    error: `runs/[RUN]` was refused: what it points at is not what its name says
    hint: All else was taken; tell whoever keeps the other store.
    ");
    assert_eq!(sandbox.json(["-C", "other", "runs"]).as_array().unwrap().len(), 1);
}
