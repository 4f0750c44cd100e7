use crate::support::Sandbox;
use crate::support::recorded::{run, texts};

#[test]
fn the_last_operation_is_taken_back_and_then_made_again() {
    let sandbox = Sandbox::fixed_with_store();
    sandbox.record(&run("bold-fox-12"));
    insta::assert_snapshot!(sandbox.mls(["undo"]), @"
    exit 0
    --- stderr
    Undid operation 1: -run [SHORT]  -experiment churn.
    ");
    assert_eq!(sandbox.mls(["cat-file", "bold-fox-12"]).code(), 5);
    insta::assert_snapshot!(sandbox.mls(["undo"]), @"
    exit 0
    --- stderr
    Undid operation 2: +run [SHORT]  +experiment churn.
    ");
    assert_eq!(sandbox.mls(["cat-file", "bold-fox-12"]).code(), 0);
}

#[test]
fn what_has_changed_since_is_not_taken_back() {
    let sandbox = Sandbox::fixed_with_store();
    sandbox.record(&run("bold-fox-12"));
    sandbox.record(&mls::track::Run { tags: texts(&[("a", "b")]), ..run("bold-fox-12") });
    insta::assert_snapshot!(sandbox.mls(["undo", "1"]), @"
    exit 3
    --- stderr
    error: operation 1 cannot be taken back: ref `runs/[RUN]` has moved since
    hint: Run `mls log` to see what changed since, and undo that first.
    ");
}

#[test]
fn a_dry_run_shows_what_would_move() {
    let sandbox = Sandbox::fixed_with_store();
    sandbox.record(&run("bold-fox-12"));
    insta::assert_snapshot!(sandbox.mls(["undo", "--dry-run"]), @"
    exit 0
    --- stderr
    Would undo operation 1: -run [SHORT]  -experiment churn.
    ");
    assert_eq!(sandbox.mls(["cat-file", "bold-fox-12"]).code(), 0);
}

#[test]
fn an_operation_that_never_was_is_not_found() {
    let sandbox = Sandbox::with_store();
    insta::assert_snapshot!(sandbox.mls(["undo", "7"]), @"
    exit 5
    --- stderr
    error: no operation 7
    hint: Run `mls log` to see what there is.
    ");
    insta::assert_snapshot!(sandbox.mls(["undo"]), @"
    exit 5
    --- stderr
    error: there is nothing to undo
    ");
}
