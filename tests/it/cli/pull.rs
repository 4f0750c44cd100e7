use mls::track::Run;

use crate::support::Sandbox;
use crate::support::recorded::{run, texts};

/// A store and its clone `other`, which both have one run.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::fixed();
    sandbox.ok(["init"]);
    sandbox.record(&run("bold-fox"));
    sandbox.ok(["clone", ".", "other"]);
    sandbox
}

/// Returns the run in the store at `store`, with one more tag.
fn tagged(sandbox: &Sandbox, store: &str, key: &str, edited: i64) -> Run {
    let store = sandbox.open_at(&sandbox.path().join(store));
    let link = mls::store::refs::get(&store, &run("bold-fox").id.ref_name()).unwrap().unwrap();
    let mut old: Run = store.read_node(&link).unwrap();
    old.previous = vec![serde_bytes::ByteBuf::from(link.digest.as_bytes())];
    old.tags.extend(texts(&[(key, "x")]));
    old.edited += edited;
    old
}

#[test]
fn what_both_sides_changed_is_merged_key_by_key_and_can_be_pushed() {
    let sandbox = sandbox();
    let other = sandbox.path().join("other/.mlstore");
    sandbox.record(&tagged(&sandbox, ".mlstore", "here", 1));
    sandbox.record_in(&other, &tagged(&sandbox, "other/.mlstore", "there", 2));
    insta::assert_snapshot!(sandbox.mls(["-C", "other", "push"]), @"
    exit 3
    --- stderr
    error: `runs/[RUN]` was refused: both stores have changed it
    hint: Run `mls pull` to merge what both changed, then push again.
    ");
    insta::assert_snapshot!(sandbox.mls(["-C", "other", "pull"]), @"
    exit 0
    --- stderr
    From [TOP]/work
       [SHORT]..[SHORT]  run [SHORT] (merged)
    Moved 1 object, 243 B.
    ");
    insta::assert_snapshot!(sandbox.mls(["-C", "other", "push"]), @"
    exit 0
    --- stderr
    To [TOP]/work
       [SHORT]..[SHORT]  run [SHORT]
    Moved 1 object, 285 B.
    ");
    let tags = sandbox.json(["runs"])[0]["tags"].clone();
    assert_eq!((&tags["here"], &tags["there"]), (&"x".into(), &"x".into()));
}

#[test]
fn a_pull_of_news_is_one_operation_that_can_be_undone() {
    let sandbox = sandbox();
    sandbox.record(&run("calm-elk"));
    insta::assert_snapshot!(sandbox.mls(["-C", "other", "pull"]), @"
    exit 0
    --- stderr
    From [TOP]/work
     * [new]         run [SHORT]
    Moved 1 object, 186 B.
    ");
    insta::assert_snapshot!(sandbox.mls(["-C", "other", "pull"]), @"
    exit 0
    --- stderr
    Everything is up to date.
    ");
    sandbox.ok(["-C", "other", "undo"]);
    assert_eq!(sandbox.json(["-C", "other", "runs"]).as_array().unwrap().len(), 1);
}
