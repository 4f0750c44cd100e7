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
