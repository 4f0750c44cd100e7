//! How things are named, on every command.

use crate::support::Sandbox;
use crate::support::recorded::run;

#[test]
fn a_run_is_named_by_id_prefix_name_and_place() {
    let sandbox = Sandbox::fixed_with_store();
    let fox = run("bold-fox-12");
    sandbox.record(&fox);
    sandbox.record(&mls::track::Run { started: fox.started - 1000, ..run("calm-owl-7") });
    let id = fox.id.as_str();
    let node = sandbox.ok(["cat-file", "bold-fox-12"]);
    let by_ref = format!("runs/{id}");
    for name in [id, &id[..4], "run:bold-fox-12", "@", &by_ref, &by_ref[..12]] {
        assert_eq!(sandbox.ok(["cat-file", name]), node, "{name}");
    }
    assert_ne!(sandbox.ok(["cat-file", "@~1"]), node);
}

#[test]
fn a_mistyped_name_is_not_found_and_the_right_one_is_named() {
    let sandbox = Sandbox::fixed_with_store();
    sandbox.record(&run("bold-fox-12"));
    insta::assert_snapshot!(sandbox.mls(["cat-file", "bold-fxo-12"]), @"
    exit 5
    --- stderr
    error: nothing is called `bold-fxo-12`
    hint: Did you mean `bold-fox-12`?
    ");
    insta::assert_snapshot!(sandbox.mls(["cat-file", "run:blod-fox-12"]), @"
    exit 5
    --- stderr
    error: no run `blod-fox-12`
    hint: Did you mean `bold-fox-12`?
    ");
}

#[test]
fn t13_a_hostile_name_is_escaped_in_the_error() {
    insta::assert_snapshot!(Sandbox::with_store().mls(["cat-file", "\u{1b}[2J\nerror: x"]), @r"
    exit 5
    --- stderr
    error: nothing is called `\u{1b}[2J\nerror: x`
    hint: Run `mls runs` to see all runs, `mls models` all models, `mls log` what was made lately.
    ");
}

#[test]
fn an_ambiguous_name_is_refused_with_the_candidates() {
    let sandbox = Sandbox::fixed_with_store();
    sandbox.record(&run("bold-fox-12"));
    sandbox.record(&mls::track::Run { name: "bold-fox-12".to_owned(), ..run("other") });
    insta::assert_snapshot!(sandbox.mls(["cat-file", "bold-fox-12"]).exact(), @"
    exit 3
    --- stderr
    error: `bold-fox-12` may be any of 2 runs
    hint: Give more of the id: `3f796163ebf9` (bold-fox-12), `b5da0c9b3ecb` (bold-fox-12).
    ");
}

#[test]
fn an_object_that_is_not_there_is_not_found() {
    insta::assert_snapshot!(Sandbox::with_store().mls(["cat-file", "object:00000000"]), @"
    exit 5
    --- stderr
    error: nothing is called `object:00000000`
    hint: Run `mls runs` to see all runs, `mls models` all models, `mls log` what was made lately.
    ");
}
