use crate::support::Sandbox;
use crate::support::recorded::run;

#[test]
fn the_refs_of_another_store_are_listed() {
    let sandbox = Sandbox::fixed();
    sandbox.ok(["init"]);
    sandbox.ok(["init", "hub"]);
    sandbox.record(&run("bold-fox"));
    insta::assert_snapshot!(sandbox.mls(["ls-remote", "hub"]), @"
    exit 0
    --- stderr
    The other store has no refs.
    ");
    sandbox.ok(["push", "hub"]);
    insta::assert_snapshot!(sandbox.mls(["ls-remote", "hub"]), @"
    exit 0
    --- stdout
    ID            REF
    [SHORT]  experiments/854407830950488564
    [SHORT]  runs/[RUN]
    ");
    insta::assert_snapshot!(sandbox.mls(["ls-remote", "hub", "runs", "--format", "json"]), @r#"
    exit 0
    --- stdout
    [
      {
        "name": "runs/[RUN]",
        "id": "[ID]"
      }
    ]
    "#);
    insta::assert_snapshot!(sandbox.mls(["ls-remote", "nowhere"]), @"
    exit 5
    --- stderr
    error: no remote is called `nowhere`
    hint: Add one with `mls remote add origin PATH`.
    ");
}
